"""Bombs and monsters: each ends in a clear answer, soon and in little memory. Made in under two seconds each."""

from __future__ import annotations

import dataclasses

from .build import GOOD, GOOD_TEXT, GOOD_VALUES, HEADER, text
from .case import Case
from .columnar import equal_rows
from .squeeze import CHUNK, GIGABYTE, Entry, as_gz, as_zip, gz, squeeze, zipped
from .verdicts import Loads, Refused
from .workbook import SHEET_HEAD, SHEET_TAIL, Cell, packed, parts, sheet_xml

MEGABYTE = 1024**2
HEAD = f"{HEADER},product\n".encode()
LINE = b"c1,2020-01-01,10,x\n"
ROW = {"customer_id": "c1", "date": "2020-01-01", "amount": "10"}
SHEET_ROW = (
    b'<row><c t="inlineStr"><is><t>c1</t></is></c><c t="inlineStr"><is><t>2020-01-01</t></is></c>'
    b"<c><v>10</v></c></row>"
)
HALF_A_GIGABYTE = 500 * MEGABYTE // (len(SHEET_ROW) * 10_000)
COLUMNS = ("customer_id", "date", "amount")


def gigabyte(byte: bytes, before: bytes = b"") -> bytes:
    """A gz of one byte, a thousand million times."""
    return as_gz(squeeze(before, byte * CHUNK, GIGABYTE))


def wide(columns: int, rows: int = 2) -> bytes:
    """Orders with so many columns."""
    more = columns - 3
    header = ",".join((HEADER, *(f"f{number}" for number in range(more))))
    return "\n".join((header, *(line + ",1" * more for line in GOOD[:rows]), "")).encode()


def celled(size: int, filler: str = "a") -> bytes:
    """The second of three rows has a cell of that size."""
    lines = (f"{GOOD[0]},x", f'{GOOD[1]},"{filler * size}"', f"{GOOD[2]},x")
    return text(*lines, header=f"{HEADER},product").encode()


def workbook_at(place: str, row: int) -> bytes:
    """The good rows, and one cell far away."""
    rows = [COLUMNS, *((line.split(",")[0], line.split(",")[1], float(line.split(",")[2])) for line in GOOD)]
    far = f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>far</t></is></c></row>'
    return packed(parts({"Orders": sheet_xml(rows).replace(SHEET_TAIL, far + SHEET_TAIL)}))


def large_sheet() -> bytes:
    """A workbook of a few megabytes whose sheet has 500 MB."""
    head = sheet_xml([COLUMNS]).replace(SHEET_TAIL, "").encode()
    stream = squeeze(head, SHEET_ROW * 10_000, HALF_A_GIGABYTE, SHEET_TAIL.encode())
    return packed(parts({"Orders": stream}))


def large_texts() -> bytes:
    """A workbook whose shared texts have a gigabyte."""
    sheet = sheet_xml([[Cell("<v>0</v>", "s")] * 3] * 2)
    item = b"<si><t>" + b"a" * 1000 + b"</t></si>"
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return packed(parts({"Orders": sheet}, shared=squeeze(head, item * 10_000, 100, b"</sst>")))


def deep_sheet() -> bytes:
    """A workbook whose sheet has a hundred million tags, one within the other."""
    return packed(parts({"Orders": squeeze(SHEET_HEAD.encode(), b"<a>" * MEGABYTE, 100)}))


def lying_zip() -> bytes:
    """A zip that says that its file has 100 bytes; it has a gigabyte."""
    stream = squeeze(HEAD, LINE * 100_000, 560)
    return as_zip([Entry("orders.csv", stream, said_size=100)])


GZ = (
    Case(
        "bomb_gz_zeros",
        lambda: gigabyte(b"\x00"),
        Refused(),
        "W5: unpacks to 1000 times its size; NUL bytes, too",
    ),
    Case("bomb_gz_blanks", lambda: gigabyte(b" "), Refused(), "W5: unpacks too far; blank, too"),
    Case("bomb_gz_letters", lambda: gigabyte(b"a"), Refused(), "W5: unpacks too far; one endless line, too"),
    Case("bomb_gz_line_ends", lambda: gigabyte(b"\n"), Refused(), "W5: unpacks too far; blank, too"),
    Case("bomb_gz_commas", lambda: gigabyte(b","), Refused(), "W5: unpacks too far; one endless line, too"),
    Case("bomb_gz_quotes", lambda: gigabyte(b'"'), Refused(), "W5: unpacks too far; one endless line, too"),
    Case(
        "bomb_gz_rows",
        lambda: as_gz(squeeze(HEAD, LINE * 100_000, 560)),
        Refused("unpacks"),
        "W5: a gigabyte of good rows in 4 MB",
    ),
    Case(
        "bomb_gz_behind_rows",
        lambda: gigabyte(b"\n", HEAD + LINE * 1000),
        Refused("unpacks|blank"),
        "W5: good rows, then blank lines",
    ),
    Case("bomb_gz_members", lambda: gz(b"a" * CHUNK) * GIGABYTE, Refused(), "W5: over all of its members"),
    Case("bomb_gz_in_gz", lambda: gz(gigabyte(b"a")), Refused("gz"), "W2: never unpacked twice"),
)

ZIP = (
    Case(
        "bomb_zip_rows",
        lambda: as_zip([Entry("orders.csv", squeeze(HEAD, LINE * 100_000, 560))]),
        Refused("unpacks"),
        "W5",
    ),
    Case(
        "bomb_zip_zeros",
        lambda: as_zip([Entry("orders.csv", squeeze(b"", bytes(CHUNK), GIGABYTE))]),
        Refused(),
        "W5",
    ),
    Case("bomb_zip_that_lies", lying_zip, Refused(), "W5: what it says of its size is not believed"),
    Case(
        "bomb_zip_of_many",
        lambda: zipped(*((f"{n}.csv", b"") for n in range(20_000))),
        Refused("more than one file"),
        "W2, W5",
    ),
    Case(
        "bomb_zip_of_gz",
        lambda: as_zip([Entry("orders.csv.gz", gigabyte(b"a"))]),
        Refused("gz"),
        "W2: never unpacked twice",
    ),
)

XLSX = (
    Case("bomb_xlsx_sheet", large_sheet, Refused(), "W5: a sheet of 500 MB", file_name="orders.xlsx"),
    Case(
        "bomb_xlsx_texts", large_texts, Refused(), "W5: shared texts of a gigabyte", file_name="orders.xlsx"
    ),
    Case("bomb_xlsx_deep", deep_sheet, Refused(), "W5: tags without end", file_name="orders.xlsx"),
    Case(
        "bomb_xlsx_last_cell",
        lambda: workbook_at("XFD1048576", 1_048_576),
        Refused(),
        "W5: 16,384 columns are over 2,000, even if only one cell is filled",
        file_name="orders.xlsx",
    ),
    Case(
        "bomb_xlsx_last_row",
        lambda: workbook_at("A1048576", 1_048_576),
        Loads(4, 3, 1, values=GOOD_VALUES),
        "W6: a million blank rows are no rows; the last has a customer and no date",
        file_name="orders.xlsx",
    ),
    Case(
        "bomb_xlsx_beyond",
        lambda: workbook_at("XFE1048577", 1_048_577),
        Refused(),
        "W5: beyond what a sheet can hold",
    ),
    Case(
        "bomb_xlsx_row_number",
        lambda: workbook_at("A99999999999", 99_999_999_999),
        Refused(),
        "W5: a row number that no sheet has",
    ),
)

TEXT = (
    Case(
        "columns_1000", lambda: wide(1000), Loads(2, 2, values=GOOD_VALUES[:2]), "W5: as many as there may be"
    ),
    Case("columns_1001", lambda: wide(1001), Refused("columns"), "W5: one too many"),
    Case("columns_100000", lambda: wide(100_000), Refused("columns"), "W5"),
    Case("columns_100000_in_gz", lambda: gz(wide(100_000)), Refused("columns"), "W5: also in a gz"),
    Case(
        "cell_of_1_mb_less",
        lambda: celled(1_000_000),
        Loads(3, 3, values=GOOD_VALUES),
        "W5: just under the limit",
    ),
    Case("cell_of_1_mb_more", lambda: celled(MEGABYTE + 1), Refused("row 3"), "W5: just over the limit"),
    Case("cell_of_5_mb", lambda: celled(5 * MEGABYTE), Refused("row 3"), "W5"),
    Case("cell_of_5_mb_in_gz", lambda: gz(celled(5 * MEGABYTE)), Refused("row 3"), "W5: also in a gz"),
    Case("cell_of_5_mb_wide", lambda: celled(2 * MEGABYTE, "李"), Refused("row 3"), "W5: bytes are counted"),
    Case(
        "header_of_5_mb",
        lambda: GOOD_TEXT.replace("date", "d" * 5 * MEGABYTE).encode(),
        Refused(),
        "W5: in the header",
    ),
    Case("line_of_20_mb", lambda: b"a" * 20 * MEGABYTE, Refused(), "W5: no line end at all"),
    Case("line_of_commas", lambda: b"," * 10 * MEGABYTE, Refused(), "W5: ten million columns in one line"),
    Case("line_of_quotes", lambda: b'"' * 10 * MEGABYTE, Refused(), "W5: one line"),
    Case(
        "opened_by_a_quote",
        lambda: HEAD + b'c1,2020-01-01,10,"' + LINE * 500_000,
        Refused("row 2"),
        "W8: a quotation mark never closed",
    ),
    Case("line_ends_of_10_mb", lambda: b"\n" * 10 * MEGABYTE, Refused(), "W3: blank only"),
    Case(
        "blank_lines_among_rows",
        lambda: HEAD + LINE + b"\n" * 5 * MEGABYTE + LINE,
        Refused("blank"),
        "W6 leaves it open: nobody's table has a megabyte of blank lines",
    ),
    Case("utf16_line_of_20_mb", lambda: b"\xff\xfe" + b"a\x00" * 10 * MEGABYTE, Refused(), "W1, W5"),
    Case(
        "rows_all_rejected",
        lambda: HEAD + b"c1,soon,free,x\n" * 300_000,
        Refused("none of the"),
        "R9: as many as you like",
    ),
    Case(
        "parquet_2_billion_rows",
        lambda: equal_rows(ROW, 2_000_000_000),
        Refused(),
        "W5: 363 bytes that say 2,000,000,000 rows",
        file_name="orders.parquet",
    ),
    Case(
        "parquet_9_quintillion_rows",
        lambda: equal_rows(ROW, 2**62),
        Refused(),
        "W5: more rows than any page can hold",
    ),
    Case(
        "parquet_many_columns",
        lambda: equal_rows({**ROW, **{f"f{n}": "1" for n in range(11)}}, 2_000_000_000),
        Refused(),
        "W5",
    ),
)

CASES = tuple(dataclasses.replace(case, bomb=True) for case in (*GZ, *ZIP, *XLSX, *TEXT))
