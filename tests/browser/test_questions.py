"""What only the person knows is asked on the Data page, once, and the answer is what is imported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect

from browser.newcomer import newcomer, speaks_plainly
from browser.studio import Studio, csv_file
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEADER = "customer_id,date,amount"
LATE = 1_600  # rows; the page looks at the first thousand


def test_dates_that_read_two_ways_are_asked_beforehand(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """03/04/2025 is never guessed: both readings are shown, Import waits, and the answer is what is imported."""
    rows = [HEADER, *(f"c{n},0{n}/04/2025,10" for n in range(1, 7))]
    person = newcomer(studio, visit, "Ambiguous")
    person.give(csv_file(tmp_path / "ambiguous.csv", rows))
    person.sees("What does 01/04/2025 mean?")
    person.sees(re.compile(r"In 5\srows"))
    expect(person.main.get_by_role("button", name="Import this file")).to_be_disabled()
    person.sees(re.compile(r"Waits: say how the dates are meant"))
    _choose(person, "1 Apr 2025 (day first)")
    _import(person, r"6 of 6\srows accepted")
    person.main.get_by_text("ambiguous.csv · 6").click()
    person.sees(re.compile("from 1 Apr 2025 to 6 Apr 2025"))
    person.sees(re.compile("Dates: Day first"))


def test_dates_of_a_long_file_are_asked_by_the_import(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """Where the first rows cannot tell, the import asks; its question waits on the page and is announced on others."""
    rows = [HEADER, *(f"c{n},03/0{n % 6 + 1}/2025,{n % 7}" for n in range(LATE))]
    person = newcomer(studio, visit, "Ambiguous and long")
    person.give(csv_file(tmp_path / "long.csv", rows))
    person.press("Import this file")
    person.sees("How are the dates of long.csv meant?")
    person.sees(re.compile(r"holds 1,333 dates that read both ways \(first: row 2, '03/01/2025'\)"))
    speaks_plainly(person)
    person.go("Home")
    person.press("Answer it")
    person.press("1 Mar 2025 (month first)")
    person.sees(re.compile(r"1,600 of 1,600\srows accepted"))
    expect(person.main.get_by_text("How are the dates")).to_have_count(0)
    person.main.get_by_text(re.compile(r"^long.csv · 1,600")).click()
    person.sees(re.compile("from 1 Mar 2025 to 6 Mar 2025"))


def test_dates_that_contradict_each_other_are_asked(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """Two exports glued together, one day-first and one month-first: the page says so and does not choose."""
    person = newcomer(studio, visit, "Mixed")
    person.give(
        csv_file(tmp_path / "mixed.csv", [HEADER, "a,25/03/2025,1", "b,03/26/2025,2", "c,27/03/2025,3"])
    )
    person.press("Import this file")
    person.sees("How are the dates of mixed.csv meant?")
    person.sees(re.compile("mixes day-first and month-first dates"))
    person.press("Day first (09/12/2011)")
    person.sees(re.compile(r"2 of 3\srows accepted, 1 rejected"))


def test_dates_that_a_late_row_decides_are_not_asked(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """An export that is sorted by day begins with days that read both ways: nobody is asked what a later row tells."""
    rows = [HEADER, *(f"c{n},03/04/2025,{n % 7}" for n in range(LATE)), "late,03/25/2025,5"]
    person = newcomer(studio, visit, "Decided late")
    person.give(csv_file(tmp_path / "sorted.csv", rows))
    _import(person, r"1,601 of 1,601\srows accepted")
    person.main.get_by_text(re.compile(r"^sorted.csv · 1,601")).click()
    person.sees(re.compile("from 4 Mar 2025 to 25 Mar 2025"))


def test_decimal_mark_is_asked(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """1.234 is one thousand and more, or one and a bit: the person says which, and the revenue follows."""
    rows = ["customer_id;date;amount", *(f"c{n};2025-04-0{n};1.23{n}" for n in range(1, 7))]
    person = newcomer(studio, visit, "Marks")
    person.give(csv_file(tmp_path / "marks.csv", rows))
    person.sees("What does 1.231 mean?")
    person.sees("1.231 (the mark stands before decimals)")
    _choose(person, "1,231 (the mark stands between thousands)")
    _import(person, r"6 of 6\srows accepted")
    person.go("Segments")
    person.sees(re.compile(r"6\scustomers"))
    segments = studio.pulse("--org", "marks", "segments")["segments"]
    assert round(sum(float(row["revenue"]) for row in segments)) == 7401


def test_sheet_of_a_workbook_is_asked(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """A workbook with two sheets: the page names them, imports the one that is chosen, and the other one after it."""
    person = newcomer(studio, visit, "Workbook")
    person.give(_workbook(tmp_path / "months.xlsx"))
    person.sees("Which of its 2 sheets?")
    expect(person.main.get_by_role("button", name="Import this file")).to_have_count(0)
    speaks_plainly(person)
    person.pick("Which of its 2 sheets?", "May & June")
    _import(person, r"3 of 3\srows accepted")
    person.give(tmp_path / "months.xlsx")
    person.pick("Which of its 2 sheets?", "July <b> `x`")
    person.sees(re.compile(r"Read as last time \(import \d+\)"))
    _import(person, r"5 of 5\srows accepted")
    expect(person.main.get_by_text("months.xlsx ·")).to_have_count(2)


def test_rows_of_earlier_imports_are_asked_for(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """An export that begins before the last one ended: left out on request, and told as set aside."""
    april = [f"c{n},2025-04-0{n},10" for n in range(1, 8)]
    person = newcomer(studio, visit, "Overlap")
    person.give(csv_file(tmp_path / "april.csv", [HEADER, *april]))
    _import(person, r"7 of 7\srows accepted")
    person.give(csv_file(tmp_path / "may.csv", [HEADER, *april[3:], "new,2025-05-01,5"]))
    person.press("Import this file")
    person.sees(re.compile(r"4\srows of may.csv were imported before"))
    expect(person.main.get_by_role("button", name="Count them again")).to_be_visible()
    person.press("Leave them out")
    person.sees(
        re.compile(r"1 of 5\srows accepted, 0 rejected, 4 set aside because they stand in an earlier import")
    )
    person.give(csv_file(tmp_path / "june.csv", [f"{HEADER},note", *(f"{row},x" for row in april[:2])]))
    person.press("Import this file")
    person.sees(re.compile(r"2\srows of june.csv were imported before"))
    person.press("Count them again")
    person.sees(re.compile(r"2 of 2\srows accepted"))


def test_amounts_of_whole_orders_are_asked_for(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """An order's total on each of its lines: both sums are shown, and the answer is what the figures say."""
    rows = [
        "order_id,customer_id,date,product,quantity,unit_price,total",
        *(f"A{n},c{n},2025-04-0{n},mug,1,{n}0,{n}9.90" for n in range(1, 7)),
        *(f"A{n},c{n},2025-04-0{n},cup,1,5,{n}9.90" for n in range(1, 7)),
    ]
    person = newcomer(studio, visit, "Whole orders")
    person.give(csv_file(tmp_path / "shop.csv", rows))
    person.press("Import this file")
    person.sees("What is an amount of shop.csv of?")
    person.sees(re.compile(r"In 6 of 6\sorders with several lines, total stands the same on all their lines"))
    person.sees(re.compile(r"The first is order A1, with 19\.9 in rows 2 and 8"))
    person.sees(re.compile("this speaks for the whole order"))
    speaks_plainly(person)
    expect(person.main.get_by_role("button", name="Each line, added up: 538.8")).to_be_visible()
    person.press("The whole order, counted once: 269.4")
    person.sees(re.compile(r"12 of 12\srows accepted"))
    person.main.get_by_text(re.compile(r"^shop.csv · 12")).click()
    person.sees(re.compile("Amounts: of whole orders, counted once"))
    person.go("Segments")
    person.sees(re.compile(r"6\scustomers"))
    segments = studio.pulse("--org", "whole-orders", "segments")["segments"]
    assert round(sum(float(row["revenue"]) for row in segments), 2) == 269.4


def test_question_can_wait(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """ "Answer later" puts the question away and leaves the file in hand; importing it again asks again."""
    rows = [HEADER, *(f"c{n},03/0{n % 6 + 1}/2025,{n % 7}" for n in range(LATE))]
    person = newcomer(studio, visit, "Later")
    person.give(csv_file(tmp_path / "later.csv", rows))
    person.press("Check without importing")
    person.sees("How are the dates of later.csv meant?")
    person.press("Answer later")
    expect(person.main.get_by_text("How are the dates")).to_have_count(0)
    person.press("Check without importing")
    person.press("3 Jan 2025 (day first)")
    person.sees(re.compile(r"Only checked, nothing imported: 1,600 of 1,600\srows accepted"))
    person.press("Import this file")  # what was answered to the check is not asked again
    person.sees(re.compile(r"Imported: later.csv. 1,600 of 1,600\srows accepted"))


def test_customers_are_asked_for_their_consent(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """A list of customers without a column of consent: asked once; what Pulse has no column for becomes attributes."""
    rows = ["customer_id,name,email,plan", *(f"c{n},Ada {n},a{n}@shop.example,gold" for n in range(12))]
    person = newcomer(studio, visit, "Consent")
    person.give(csv_file(tmp_path / "people.csv", rows))
    person.sees("These become attributes: plan")
    person.sees("Did these customers agree to get e-mail from you?")
    _choose(person, "Yes, all of them")
    _import(person, r"12 of 12\srows accepted")
    person.main.get_by_text(re.compile(r"^people.csv · 12")).click()
    person.sees(re.compile("Consent to e-mail: given"))
    with_column = [
        "customer_id,name,email,newsletter",
        *(f"d{n},Eve {n},e{n}@shop.example,yes" for n in range(12)),
    ]
    person.give(csv_file(tmp_path / "told.csv", with_column))
    person.sees("Recognised by its columns")
    person.settle()
    expect(person.main.get_by_text("Did these customers agree")).to_have_count(0)


def test_file_in_hand_is_still_there_after_a_walk(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """A look at another page loses neither the file nor what Pulse understood; putting it away empties the page."""
    person = newcomer(studio, visit, "Walk")
    person.give(csv_file(tmp_path / "walk.csv", [HEADER, "ada,2025-01-02,10"]))
    person.sees("Recognised by its columns")
    person.go("Home")
    person.go("Data")
    person.sees(re.compile("^walk.csv · "))
    person.press("Put it away")
    expect(person.main.get_by_text("walk.csv")).to_have_count(0)
    person.sees("No imports yet")


def _choose(person: Visitor, option: str) -> None:
    person.main.get_by_text(option, exact=True).click()
    person.settle()


def _import(person: Visitor, told: str) -> None:
    person.settle()
    person.press("Import this file")
    person.sees(re.compile(told))
    person.settle()


def _workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (("May & June", 3), ("July <b> `x`", 5)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER.split(","))
            for row in range(1, rows + 1):
                sheet.write_row(row, 0, [f"{name[0]}{row}", f"2025-0{rows}-0{row}", row])
    return path
