"""Long work: followed on every page, and stopped without a trace."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.studio import Studio
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINES = 15_000_000
PIECE = 1000  # lines that are told again and again, so that the file is made and uploaded quickly


def test_running_import_is_followed_and_cancelled(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """The bar of jobs stays through a switch of pages; after Cancel no row, file or figure remains."""
    studio.pulse("--org", "cancelled", "import", str(_small(tmp_path)))
    before = _files(studio.home)
    person = visit(studio)
    person.open("data?org=cancelled")
    person.give(_large(tmp_path))
    person.press("Import this file")
    for title in ("Segments", "Data"):
        expect(person.menu.get_by_role("progressbar")).to_be_visible()
        person.go(title)
    person.menu.get_by_role("button", name="Cancel").click()
    expect(person.page.get_by_text("The import was stopped")).to_be_visible()
    expect(person.menu.get_by_role("progressbar")).to_have_count(0)
    assert _files(studio.home) == before
    expect(person.main.get_by_text(re.compile(r"large.*rows"))).to_have_count(0)
    person.go("Segments")
    person.sees(re.compile(r"1\scustomer"))


def _small(folder: Path) -> Path:
    path = folder / "small.csv"
    path.write_text("customer_id,date,amount\nada,2025-01-02,10\n")
    return path


def _large(folder: Path) -> Path:
    path = folder / "large.csv.gz"
    piece = "".join(f"c{n},2025-01-{n % 28 + 1:02},{n}.50\n" for n in range(PIECE)).encode()
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(b"customer_id,date,amount\n")
        for _ in range(LINES // PIECE):
            out.write(piece)
    return path


def _files(home: Path) -> set[Path]:
    """What imports leave behind: batches, and copies that are being read (the upload itself may be imported again)."""
    return {*home.glob("batches/**/*"), *home.glob("uploads/**/reading-*")}
