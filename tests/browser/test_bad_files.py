"""Files that are wrong in part or in whole: the page says what is the matter and what to do, and never more."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.studio import Studio, csv_file
from browser.visitor import PAGES, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEADER = b"customer_id,date,amount\n"
NO_TABLES = {
    "empty.csv": (b"", "is empty", "export it again"),
    "header.csv": (HEADER, "has a header and no rows", "export it again with its rows"),
    "report.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "is a PDF, not CSV", "export the table as CSV"),
    "nul.csv": (HEADER + b"a,2025-01-02,\x00\x00\n", "holds NUL bytes", "export it again as CSV"),
    "cut.csv.gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "damaged or cut-off gz", "upload or export it again"),
    "page.csv": (b"<!doctype html><html><body>Log in</body></html>", "is a web page", "download it again"),
}
INNER_WORDS = ("Traceback", "Error:", "Exception", ".py")

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
    person = _newcomer(studio, visit, "No tables")
    for name, (content, what, remedy) in NO_TABLES.items():
        person.give({"name": name, "mimeType": "text/csv", "buffer": content})
        person.sees(re.compile(f"{re.escape(name)}.*{re.escape(what)}"))
        person.sees(re.compile(re.escape(remedy), re.IGNORECASE))
        _speaks_plainly(person)
        expect(person.main.get_by_role("button", name="Import this file")).to_have_count(0)


def test_ambiguous_dates_are_asked_for(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """03/04/2025 is never guessed: the page asks, and the answer "day first" is what is imported."""
    rows = ["customer_id,date,amount", *(f"c{n},0{n}/04/2025,10" for n in range(1, 7))]
    person = _newcomer(studio, visit, "Ambiguous")
    person.give(csv_file(tmp_path / "ambiguous.csv", rows))
    person.press("Import this file")
    person.sees(re.compile(r"read both ways"))
    _speaks_plainly(person)
    person.pick("How dates are written", "Day first (09/12/2011)")
    person.press("Import this file")
    person.sees(re.compile(r"6 of 6\srows accepted"))
    person.main.get_by_text("ambiguous.csv · 6").click()
    person.sees("From 1 Apr 2025 to 6 Apr 2025")


def test_columns_can_be_corrected(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """A file with headers that nobody could guess is imported once a person says which column is which."""
    rows = ["wer,wann,wieviel", *(f"k{n},2025-04-0{n},1{n}.50" for n in range(1, 7))]
    person = _newcomer(studio, visit, "Corrected")
    person.give(csv_file(tmp_path / "bestellungen.csv", rows))
    person.sees("Please check the columns")
    person.main.get_by_role("radio", name="Orders or order lines").click()
    person.sees("Date (needed)")
    person.sees("no column was found")
    _speaks_plainly(person)
    expect(person.main.get_by_role("button", name="Import this file")).to_have_count(0)
    person.pick("Customer (needed)", "wer")
    person.pick("Date (needed)", "wann")
    person.pick("Amount", "wieviel")
    person.sees("11.50")
    person.press("Import this file")
    person.sees(re.compile(r"6 of 6\srows accepted"))


def test_rejected_rows_are_shown_and_can_be_taken_away(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """Good rows load; each bad one is told with row, column, value and reason, on the page and in a file."""
    bad = ["a,2025-13-45,5", "b,2025-01-02,five", "c,2999-01-01,5"]
    rows = ["customer_id,date,amount", *(f"c{n},2025-04-0{n},10" for n in range(1, 7)), *bad]
    person = _newcomer(studio, visit, "Rejected")
    person.give(csv_file(tmp_path / "rejected.csv", rows))
    person.press("Import this file")
    person.sees(re.compile(r"6 of 9\srows accepted"))
    person.main.get_by_text("rejected.csv · 9").click()
    person.press("Rows left out")
    for cell in ("8", "date", "2025-13-45", "9", "amount", "five", "10", "2999-01-01"):
        expect(person.cells(cell).first).to_be_attached()
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Download all as CSV").click()
    told = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert [(row["row"], row["column"], row["value"]) for row in told] == [
        ("8", "date", "2025-13-45"),
        ("9", "amount", "five"),
        ("10", "date", "2999-01-01"),
    ]
    assert all(row["reason"] for row in told)


def test_hostile_text_stays_text(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """HTML, Markdown and formulas from files, names and links stay as they are: nothing runs or is fetched."""
    person = _newcomer(studio, visit, HOSTILE["markdown"][:80])
    person.give(_hostile_file(tmp_path))
    person.sees(HOSTILE["html"])
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


def _newcomer(studio: Studio, visit: Callable[..., Visitor], organisation: str) -> Visitor:
    """Somebody on the Data page of a new organisation."""
    person = visit(studio)
    person.open("data")
    person.menu.get_by_role("button", name="New organisation").click()
    person.page.get_by_label("Name", exact=True).fill(organisation)
    person.page.get_by_role("button", name="Create organisation").click()
    expect(person.menu.get_by_role("combobox", name="Organisation")).to_have_value(organisation)
    person.settle()
    return person


def _speaks_plainly(person: Visitor) -> None:
    told = person.everything()
    assert [word for word in INNER_WORDS if word in told] == []


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
