"""Files that are wrong in part or in whole: the page says what is the matter and what to do, and never more."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.newcomer import newcomer, speaks_plainly
from browser.studio import Studio, csv_file
from browser.visitor import PAGES, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEADER = b"customer_id,date,amount\n"
NO_TABLES = {
    "empty.csv": (b"", "is empty", "export it again"),
    "header.csv": (HEADER, "has a header and no rows", "export it again with its rows"),
    "report.csv": (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "is a PDF, not a table",
        "upload the table itself",
    ),
    "nul.csv": (HEADER + b"a,2025-01-02,\x00\x00\n", "holds NUL bytes", "export it again as CSV"),
    "cut.csv.gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "damaged or cut-off gz", "upload or export it again"),
    "old.xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "is an old Excel workbook",
        "upload the table itself",
    ),
    "page.csv": (
        b"<!doctype html><html><body>Log in</body></html>",
        "is a web page, not a table",
        "upload the table itself",
    ),
}

EVIL = "http://evil.test"
# A bare address may be a link, as it says where it leads; nothing else of a stranger's may be more than text.
HARMFUL = f'img[src*="{EVIL}"], a:text-is("pay"), [href^=javascript], [onerror], [onload]'
HOSTILE = {
    "html": f"<img src={EVIL}/1.png onerror=window.hacked=1><script>window.hacked=1</script>",
    "markdown": f"![a]({EVIL}/2.png) [pay](javascript:window.hacked=1) [pay]({EVIL}/6) **b** :red[c] :material/home:",
    "formula": '=HYPERLINK("http://evil.test/3","pay")',
    "quotes": "'\"><svg onload=window.hacked=1> -- ; DROP TABLE customers $\\frac{1}{2}$",
}


def test_files_that_are_no_tables_are_explained(studio: Studio, visit: Callable[..., Visitor]) -> None:
    """What cannot be read at all is named with its remedy before anything is imported."""
    person = newcomer(studio, visit, "No tables")
    for name, (content, what, remedy) in NO_TABLES.items():
        person.give({"name": name, "mimeType": "text/csv", "buffer": content})
        person.sees(re.compile(f"{re.escape(name)}.*{re.escape(what)}"))
        person.sees(re.compile(re.escape(remedy), re.IGNORECASE))
        speaks_plainly(person)
        expect(person.main.get_by_role("button", name="Import this file")).to_have_count(0)


def test_columns_can_be_corrected(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """A file with headers that nobody could guess is imported once a person says which column is which."""
    rows = ["wer,wann,wieviel", *(f"k{n},2025-04-0{n},1{n}.50" for n in range(1, 7))]
    person = newcomer(studio, visit, "Corrected")
    person.give(csv_file(tmp_path / "bestellungen.csv", rows))
    person.sees("Please check the columns")
    person.pick("What is in it", "Orders or order lines")
    person.sees(re.compile("Still needed: .*Customer"))
    speaks_plainly(person)
    expect(person.main.get_by_role("button", name="Import this file")).to_be_disabled()
    person.pick("Customer (needed)", "wer")
    person.pick("Date (needed)", "wann")
    person.pick("Amount", "wieviel")
    person.sees(re.compile(r"11\.50"))
    person.sees("Everything that is needed is there.")
    person.press("Import this file")
    person.sees(re.compile(r"6 of 6\srows accepted"))


def test_hostile_text_stays_text(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """HTML, Markdown and formulas from files, names and links stay as they are: nothing runs or is fetched."""
    person = newcomer(studio, visit, HOSTILE["markdown"][:80])
    person.give(_hostile_file(tmp_path))
    person.main.get_by_text("columns recognised").click()
    person.sees(re.compile(re.escape(HOSTILE["html"][:30])))
    _unharmed(person.page)
    person.press("Check without importing")
    person.sees("Only checked")
    person.settle()
    person.press("Import this file")
    person.sees("Imported: ")
    _unharmed(person.page)
    person.go("Segments")
    person.tab("Build a segment")
    person.pick("Field", "Customer id")
    person.fill("Value", "a")
    person.fill("Save it as", HOSTILE["markdown"][:80])
    person.press("Save segment")
    person.tab("Saved segments")
    person.press("Write to them")
    person.sees(re.compile(r"^Subject: "))
    person.fill("Name of the campaign", HOSTILE["markdown"])
    person.send(len(HOSTILE), messages=len(HOSTILE) - 1)  # one has no address that mail can go to
    for title in PAGES:
        person.go(title)
        for tab in person.main.get_by_role("tab").all():
            tab.click()
            person.settle()
            _unharmed(person.page)
        _unharmed(person.page)
    for link in ("?org=", "campaign?segment=", "inbox?campaign="):
        person.open(link + f"![a]({EVIL}/4.png)<img src={EVIL}/5.png>")
        _unharmed(person.page)


def test_hostile_headers_stay_text(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """Headers and cells that mean harm: in lists, questions, reports, the log and what is taken away from it."""
    person = newcomer(studio, visit, "Hostile headers")
    person.give(_hostile_columns(tmp_path))
    person.pick("What is in it", "Orders or order lines")
    for label, key in (("Customer (needed)", "html"), ("Date (needed)", "markdown"), ("Amount", "formula")):
        person.pick(label, HOSTILE[key])
        _unharmed(person.page)
    person.press("Import this file")
    person.sees(re.compile("How are the dates of "))
    person.sees(re.compile(re.escape(HOSTILE["markdown"][:40])))
    expect(person.main.locator(".st-key-question")).to_contain_text("material/home")  # no icon in its place
    _unharmed(person.page)
    person.press("3 Feb 2025 (day first)")
    person.sees(
        re.compile(r"1,600 of 1,603\srows accepted, 2 rejected, 1 set aside because it repeats the header")
    )
    person.main.get_by_text(re.compile(r"1,603\srows ·")).click()
    person.sees("Rejected rows")
    person.settle()
    expect(person.cells(HOSTILE["formula"]).first).to_be_attached()
    _unharmed(person.page)
    with person.page.expect_download() as download:
        person.press("Download to correct")
    taken = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert [cell for row in taken for cell in row if cell.startswith("=")] == []
    assert f"'{HOSTILE['formula']}" in taken[0]


def _hostile_columns(folder: Path) -> Path:
    path = folder / "<img src=x onerror=window.hacked=1> **x**.csv"
    texts = list(HOSTILE.values())
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(texts)
        writer.writerows([texts[row % 4], f"03/0{row % 6 + 2}/2025", row, texts[3]] for row in range(1600))
        writer.writerows([text, text, 5, text] for text in texts[1:])
    return path


def _hostile_file(folder: Path) -> Path:
    path = folder / "<img src=x onerror=window.hacked=1> ![a](b).csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["customer_id", "date", "amount", "product", "name", "email", "country", *HOSTILE.values()]
        )
        for day, text in enumerate(HOSTILE.values(), 1):
            email = text if day == 1 else f"{day}@shop.example"
            writer.writerow([text, f"2025-04-0{day}", "10", text, text, email, text, *HOSTILE.values()])
        writer.writerow([HOSTILE["html"], HOSTILE["markdown"], HOSTILE["formula"], *HOSTILE.values()])
    return path


def _unharmed(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert [element.inner_text() for element in page.locator(HARMFUL).all()] == []
