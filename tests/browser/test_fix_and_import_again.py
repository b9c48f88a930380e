"""Rejected rows: looked at, taken away, corrected, and imported like the file that they are of."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.newcomer import newcomer, speaks_plainly
from browser.studio import Studio, csv_file
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ROWS = [
    "who,when,paid",
    *(f"c{n},2025-04-0{n},10" for n in range(1, 7)),
    "=1+1,2025-13-45,5",
    "b,2025-01-02,five",
    "c,2999-01-01,-5",
    ",2025-01-05,7",
]
OURS = {"Customer (needed)": "who", "Date (needed)": "when", "Amount": "paid"}


def test_rejected_rows_are_corrected_and_imported(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """The whole round: told on the page, taken away safe for a spreadsheet, corrected, known again, imported."""
    person = newcomer(studio, visit, "Fixing")
    _imports_by_hand(person, csv_file(tmp_path / "orders.csv", ROWS))
    person.main.get_by_text(re.compile(r"^orders.csv · 10")).click()
    for cell in ("8", "when", "2025-13-45", "9", "paid", "five", "10", "2999-01-01"):
        expect(person.cells(cell).first).to_be_attached()
    rejected = _download(person, "Download to correct")
    assert [row[:4] for row in rejected] == [
        ["who", "when", "paid", "row"],
        ["'=1+1", "2025-13-45", "5", "8"],
        ["b", "2025-01-02", "five", "9"],
        ["c", "2999-01-01", "-5", "10"],
    ]
    assert all(row[4] for row in rejected)
    assert _download(person, "Download the rows")[1:] == [["", "2025-01-05", "7", "11", "names no customer"]]
    _brings_back(person, tmp_path, rejected)


def test_import_is_removed(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """Removing an import names the number of rows, asks once, and says so in the list and in the figures."""
    person = newcomer(studio, visit, "Removing")
    _imports_by_hand(person, csv_file(tmp_path / "orders.csv", ROWS))
    person.main.get_by_text(re.compile(r"^orders.csv · 10")).click()
    person.press("Remove this import")
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"6\srows of orders.csv"))
    dialog.get_by_role("button", name=re.compile(r"Remove 6\srows")).click()
    person.sees("was removed from your figures")
    person.sees(re.compile("^orders.csv · .*removed"))
    person.go("Home")
    person.sees("Welcome to Pulse")


def _imports_by_hand(person: Visitor, path: Path) -> None:
    person.give(path)
    person.sees("Please check the columns")
    for ours, header in OURS.items():
        person.pick(ours, header)
    person.press("Import this file")
    person.sees(re.compile(r"6 of 10\srows accepted, 3 rejected, 1 set aside because it names no customer"))
    person.settle()


def _download(person: Visitor, button: str) -> list[list[str]]:
    with person.page.expect_download() as download:
        person.press(button)
    text = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def _brings_back(person: Visitor, folder: Path, rejected: list[list[str]]) -> None:
    """As a German spreadsheet writes it, with one row that is still wrong."""
    rejected[1][1], rejected[2][2] = "2025-12-24", "5"
    path = folder / "corrected.csv"
    path.write_text("\r\n".join(";".join(row) for row in rejected) + "\r\n", encoding="cp1252")
    person.give(path)
    person.sees(re.compile(r"Rejected rows of import \d+"))
    person.sees("They are read as orders.csv was.")
    person.sees("3 columns recognised")
    speaks_plainly(person)
    person.press("Import this file")
    person.sees(re.compile(r"Imported: corrected.csv. 2 of 3\srows accepted, 1 rejected"))
    found = person.studio.pulse("--org", "fixing", "customer", "=1+1")
    assert float(found["monetary"]) == 5
