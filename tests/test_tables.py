"""What people take away: whole, readable, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from pulse_core import tables
from pulse_core.errors import Invalid

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://evil.example","click")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "-1\n=1+1",
    "=",
    "--1",
    "+49 30 1234",
)
HARMLESS = (
    "-5",
    "+5",
    "-5.25",
    "-5,25",
    "-1e5",
    "a=b",
    "",
    "'=1",
    "<script>alert(1)</script>",
    "a\nb",
    'say "hi", now',
)
MOMENT = dt.datetime(2011, 12, 9, 8, 26)


def written(rows: pa.Table) -> list[list[str]]:
    """The CSV of the rows, read back."""
    out = io.BytesIO()
    tables.csv(rows, out)
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_text_in_csv(text: str) -> None:
    """A customer's name cannot run in the spreadsheet of whoever opens the export, nor can a column's."""
    assert written(pa.table({text: [text]})) == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text: str) -> None:
    """Negative numbers stay numbers, and nothing else is touched."""
    assert written(pa.table({"a": [text], "b": ["."]})) == [["a", "b"], [text, "."]]


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.list_(pa.string())]
)
def test_a_formula_is_text_however_it_is_stored(kind: pa.DataType) -> None:
    """Lists and coded columns become text too, and go the same way."""
    value = ["=1+1"] if pa.types.is_list(kind) else "=1+1"
    assert written(pa.table({"a": pa.array([value], kind)}))[1] == ["'=1+1"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([17850.0]), "17850"),
        (pa.array([0.1]), "0.1"),
        (pa.array([float("nan")]), ""),
        (pa.array([Decimal("12.3400")]), "12.3400"),
        (pa.array([True]), "true"),
        (pa.array([MOMENT]), "2011-12-09 08:26:00"),
        (pa.array([MOMENT.replace(microsecond=500000)]), "2011-12-09 08:26:00.500000"),
        (pa.array([MOMENT], pa.timestamp("us", "Europe/Berlin")), "2011-12-09 08:26:00Z"),
        (pa.array([MOMENT.date()]), "2011-12-09"),
        (pa.array([MOMENT.date()], pa.date64()), "2011-12-09"),
        (pa.array([["tea", "cups"]]), "tea; cups"),
        (
            pa.array([[("plan", "gold"), ("seats", None)]], pa.map_(pa.string(), pa.string())),
            "plan: gold; seats: ",
        ),
        (pa.array([{"x": 1, "y": [True, None]}]), "x: 1; y: true; "),
        (pa.array(["é".encode()], pa.binary()), "é"),
        (pa.array([b"\xff\x00"], pa.binary()), "ff00"),
        (pa.array([None], pa.null()), ""),
        (pa.array([2**60]), str(2**60)),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_every_type_is_readable(column: pa.Array, text: str) -> None:
    """No column of the warehouse, and none of a Parquet file, makes an export fail or turns into code."""
    assert written(pa.table({"a": column, "b": ["."]}))[1] == [text, "."]


def test_a_workbook_reads_back() -> None:
    """Text, numbers and days arrive as what they are; hostile text is text; ids keep every digit."""
    texts = [*HOSTILE, *HARMLESS, "007", "http://example.com", "{=1}"]
    size = len(texts)
    rows = pa.table(
        {
            "text": texts,
            "number": [1.5] * size,
            "amount": [Decimal("2.50")] * size,
            "id": [12345678901234567] * size,
            "day": [dt.date(2011, 12, 9)] * size,
            "at": [MOMENT] * size,
            "old": [dt.date(1899, 1, 2)] * size,
            "yes": [True] * size,
            "nothing": [float("nan")] * size,
            "tags": [["a", "b"]] * size,
        }
    )
    out = io.BytesIO()
    tables.xlsx(rows, out)
    header, *found = (
        CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()
    )
    assert header == rows.column_names
    assert [row[0].replace("\r\n", "\n") for row in found] == texts
    assert found[0][1:] == [
        1.5, 2.5, "12345678901234567", MOMENT.date(), MOMENT, "1899-01-02", True, "", "a; b"
    ]  # fmt: skip


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    """What looks like a formula or an address is stored as text, not only shown as such."""

    out = io.BytesIO()
    tables.xlsx(pa.table({"a": [*HOSTILE, "http://example.com", "internal:x!A1", "mailto:a@b.c"]}), out)
    sheet = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace("=hyperlink(", "")


def test_text_longer_than_a_cell_is_cut_in_a_workbook() -> None:
    """One long value does not vanish, and does not break the file."""
    out = io.BytesIO()
    tables.xlsx(pa.table({"a": ["x" * 40_000]}), out)
    text = str(
        CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()[1][0]
    )
    assert len(text) == 32_767
    assert text.endswith("x…")


def test_a_workbook_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    """Excel would drop the rest in silence."""
    target = tmp_path / "x.xlsx"
    with pytest.raises(Invalid, match="at most 1,048,575 rows"):
        tables.xlsx(pa.table({"a": pa.nulls(tables.XLSX_ROWS + 1)}), target)
    assert not target.exists()


def test_a_stream_of_too_many_rows_is_refused_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when how many there are is known only at the end."""
    monkeypatch.setattr(tables, "XLSX_ROWS", 5)
    target = tmp_path / "x.xlsx"
    batches = [pa.record_batch({"a": [1, 2, 3]})] * 2
    with pytest.raises(Invalid, match="at most 5 rows"):
        tables.xlsx(pa.RecordBatchReader.from_batches(batches[0].schema, batches), target)
    assert not target.exists()


def test_parquet_keeps_the_types(tmp_path: Path) -> None:
    """Another program gets dates as dates and lists as lists."""
    rows = pa.table({"a": ["=1"], "b": [Decimal("1.5")], "c": [MOMENT], "d": [["x"]]})
    tables.parquet(rows.to_reader(), tmp_path / "x.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "x.parquet").equals(rows)


@pytest.mark.parametrize("write", [tables.csv, tables.parquet, tables.xlsx], ids=lambda write: write.__name__)
def test_a_table_of_no_rows_has_its_header(write: Callable[..., None], tmp_path: Path) -> None:
    """An empty audience gives a file that opens."""
    write(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.float64())}), tmp_path / "x")
    assert (tmp_path / "x").stat().st_size > 0


@pytest.mark.parametrize("write", [tables.csv, tables.xlsx], ids=lambda write: write.__name__)
def test_the_same_rows_make_the_same_file(write: Callable[..., None], tmp_path: Path) -> None:
    """An export can be compared with an earlier one, byte by byte."""
    rows = pa.table({"a": ["x"], "at": [MOMENT]})
    write(rows, tmp_path / "1")
    write(rows, tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_what_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    """Half an export must not look like a whole one."""

    def broken() -> object:
        yield pa.record_batch({"a": ["x"]})
        raise OSError("gone")

    schema = pa.schema([("a", pa.string())])
    for write in (tables.csv, tables.parquet, tables.xlsx):
        with pytest.raises(OSError, match="gone"):
            write(pa.RecordBatchReader.from_batches(schema, broken()), tmp_path / "x")
        assert not (tmp_path / "x").exists()
