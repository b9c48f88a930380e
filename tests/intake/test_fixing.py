"""Rejected rows go out, are corrected, and come back as rows of the file that they are of."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workshop import Workshop

from pulse_core.errors import Invalid
from pulse_core.intake import batches, fixing
from pulse_core.intake.opening import opened
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.imports import Batch

ORDERS = (
    "who,when,paid,what\n"
    "1,2020-01-01,5,tea\n"
    "=1+1,2020-13-01,5,=HYPERLINK(1)\n"
    "2,2020-01-03,five,'=tea\n"
    "3,2020-01-04,-5,too,many\n"
    ",2020-01-05,5,@cake\n"
    "4,2020-13-06,-5,\"two\nlines, 'quoted'\"\n"
)
ANSWERS = {"columns": {"customer_id": "who", "ordered_at": "when", "amount": "paid", "product": "what"}}


def log(shop: Workshop) -> list[Batch]:
    """The import log, the newest first."""
    with shop.ledger.read() as conn:
        return imports.all(conn, "acme")


def taken(shop: Workshop, what: str = "rejected_csv") -> bytes:
    """The rows that the last import left out, as a file."""
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        made: bytes = getattr(fixing, what)(reader, log(shop)[0], shop.home)
        return made


def table(content: bytes) -> list[list[str]]:
    """The cells of a file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def restored(shop: Workshop, content: str | bytes, name: str = "fixed.csv") -> bytes | None:
    """What a file that comes back is read as; None when it is not known again."""
    path, where = shop.file(content, name), batches.workspace(shop.home, "acme")
    with opened(path, where) as file, fixing.as_it_was(file, log(shop)) as (plain, batch):
        return plain.text.read_bytes() if batch else None


def test_rejected_rows_stand_under_the_files_own_header(shop: Workshop) -> None:
    """Each with its row and a reason that names the column; nothing that a spreadsheet runs; numbers as they are."""
    shop.load(ORDERS, answers=ANSWERS)
    header, *rows = table(taken(shop))
    assert header == ["who", "when", "paid", "what", "row", "reason"]
    assert [row[:5] for row in rows] == [
        ["'=1+1", "2020-13-01", "5", "'=HYPERLINK(1)", "3"],
        ["2", "2020-01-03", "five", "''=tea", "4"],
        ["3,2020-01-04,-5,too,many", "", "", "", "5"],
        ["4", "2020-13-06", "-5", "two\nlines, 'quoted'", "7"],
    ]
    assert rows[0][5].startswith("when is not a date")
    assert rows[1][5] == "paid is not a number that fits"
    assert all(row[5] for row in rows)


def test_rows_that_were_set_aside_are_a_file_of_their_own(shop: Workshop) -> None:
    """They are no errors, so they do not stand among the rows to be corrected."""
    shop.load(ORDERS, answers=ANSWERS)
    assert table(taken(shop, "set_aside_csv"))[1:] == [
        ["", "2020-01-05", "5", "'@cake", "6", "names no customer"]
    ]


def test_rows_come_back_as_they_were(shop: Workshop) -> None:
    """Uploaded again unchanged, every cell is what the first file had, apostrophes of its own included."""
    shop.load(ORDERS, answers=ANSWERS)
    back = restored(shop, taken(shop))
    assert back is not None
    assert table(back) == [
        ["who", "when", "paid", "what"],
        ["=1+1", "2020-13-01", "5", "=HYPERLINK(1)"],
        ["2", "2020-01-03", "five", "'=tea"],
        ["3,2020-01-04,-5,too,many", "", "", ""],
        ["4", "2020-13-06", "-5", "two\nlines, 'quoted'"],
    ]


def test_corrected_rows_are_imported_like_their_file(shop: Workshop) -> None:
    """The corrected file loads with the same mapping, nothing asked, beside the rows that were good at once."""
    first = shop.load(ORDERS, answers=ANSWERS)
    fixed = taken(shop).decode("utf-8-sig").replace("2020-13-", "2020-12-").replace("five", "5")
    back = restored(shop, fixed)
    assert back is not None
    second = shop.load(back, name="fixed.csv")
    assert (first.accepted, second.accepted, second.rejected) == (1, 3, 1)
    assert shop.rows("SELECT customer_id, product FROM order_lines ORDER BY 1") == [
        ("1", "tea"), ("2", "'=tea"), ("4", "two\nlines, 'quoted'"), ("=1+1", "=HYPERLINK(1)"),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_write_it_in_its_own_way(shop: Workshop, delimiter: str) -> None:
    """Another delimiter, another encoding, a title and a blank line: still the same rows, at the same row numbers."""
    shop.load("who,when,paid\n1,2020-01-01,5\nZoë,soon,5\n", answers={"columns": {
        "customer_id": "who", "ordered_at": "when", "amount": "paid"}})  # fmt: skip
    lines = ["My corrections", "who;when;paid;row;reason", "", "Zoë;2020-01-02;'+5 EUR;3;when is not a date"]
    content = "\r\n".join(lines).replace(";", delimiter).encode("cp1252")
    back = restored(shop, content)
    assert back is not None
    assert back.decode().splitlines() == ["", '"who","when","paid"', "", '"Zoë","2020-01-02","+5 EUR"']


def test_a_workbook_keeps_its_numbers(shop: Workshop) -> None:
    """Corrected in Excel, numbers come as numbers: that they have a point is known, whatever the first file had."""
    shop.load("who;when;paid\n1;2020-01-01;5,25\n2;soon;1,234\n", answers={"numbers": "comma", "columns": {
        "customer_id": "who", "ordered_at": "when", "amount": "paid"}})  # fmt: skip
    path, where = shop.home / "fixed.xlsx", batches.workspace(shop.home, "acme")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["who", "when", "paid", "row", "reason"])
        sheet.write_row(1, 0, ["2", "2020-01-02", 1.234, 3, "when is not a date"])
    with opened(path, where) as file, fixing.as_it_was(file, log(shop)) as (plain, batch):
        assert batch is not None
        assert (plain.facts.typed, table(plain.text.read_bytes())[1]) == (True, ["2", "2020-01-02", "1.234"])


def test_other_files_are_left_alone(shop: Workshop) -> None:
    """An apostrophe before a formula is only taken off rows of ours, not off any export with two columns more."""
    shop.load(ORDERS, answers=ANSWERS)
    assert restored(shop, "who,when,paid,what,row,why\n1,2020-01-01,5,'=tea,3,x\n") is None
    assert restored(shop, ORDERS) is None


def test_rows_of_a_file_without_faults_are_nobodys(shop: Workshop) -> None:
    """A header that fits an import which left nothing out is not one of ours: nothing was taken away from it."""
    shop.load("who,when,paid\n1,2020-01-01,5\n", answers={"columns": {
        "customer_id": "who", "ordered_at": "when", "amount": "paid"}})  # fmt: skip
    assert restored(shop, "who,when,paid,row,reason\n1,2020-01-01,5,3,x\n") is None


def test_an_open_quotation_mark_is_told(shop: Workshop) -> None:
    """What an editor left open would swallow the rows behind it."""
    shop.load(ORDERS, answers=ANSWERS)
    with pytest.raises(Invalid, match="quotation mark"):
        restored(shop, 'who,when,paid,what,row,reason\n1,2020-01-01,5,"tea,3,x\n2,2020-01-01,5,tea,4,x\n')


def test_a_row_of_another_width_is_left_to_reading(shop: Workshop) -> None:
    """A cell that was lost or added in the file that comes back is never cut off in silence."""
    shop.load(ORDERS, answers=ANSWERS)
    back = restored(
        shop, "who,when,paid,what,row,reason\n1,2020-01-01,5,tea,3,x\n2,2020-01-01,5,tea,and,4,x\n"
    )
    assert back is not None
    assert [len(row) for row in table(back)] == [4, 4, 7]


def test_header_that_has_our_names_already_stays_unique(shop: Workshop) -> None:
    """A file with a column called row gets another name for ours, and is known again by it."""
    shop.load("who,when,paid,row\n1,2020-01-01,5,a\n2,soon,5,b\n", answers={"columns": {
        "customer_id": "who", "ordered_at": "when", "amount": "paid"}})  # fmt: skip
    assert table(taken(shop))[0] == ["who", "when", "paid", "row", "row_", "reason"]
    assert restored(shop, taken(shop)) == b'"who","when","paid","row"\n"2","soon","5","b"\n'


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.text(alphabet="'=+-@\t\r\n１＝＋ a1.,eE", max_size=8))
def test_every_cell_comes_back(cell: str) -> None:
    """Whatever a cell holds, the way out and back changes nothing, and on the way no formula stands at its start."""
    out = fixing._guarded(cell)
    assert fixing._freed(out) == cell
    assert not out.startswith(tuple("=@\t\r\n＝＋－＠")) or fixing._NUMBER.fullmatch(out)


def test_nothing_is_left_behind(shop: Workshop, tmp_path: Path) -> None:
    """The restored copy is gone when the file has been read."""
    shop.load(ORDERS, answers=ANSWERS)
    before = shop.stray_files()
    restored(shop, taken(shop))
    assert shop.stray_files() == before
