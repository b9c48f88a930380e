"""Tables to take away: CSV that no spreadsheet runs, Parquet, and Excel workbooks; written batch by batch."""

from __future__ import annotations

import csv as csv_module
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from pulse_core.errors import Invalid

XLSX_ROWS = 1_048_575  # below the header
_XLSX_COLUMNS = 16_384
_XLSX_TEXT = 32_767
_XLSX_DIGITS = 15
_XLSX_FIRST_DAY = dt.date(1900, 3, 1)  # before it, Excel's calendar has a day that never was
_BATCH_ROWS = 65_536

# What a spreadsheet takes for the start of a formula (the wide forms too), unless the whole cell is a number.
_FORMULA = r"^([=+\-@\t\r\n＝＋－＠])"
_NUMBER = r"^[+-]?\d+([.,]\d+)?([eE][+-]?\d{1,3})?$"

Rows: TypeAlias = "pa.Table | pa.RecordBatch | pa.RecordBatchReader"


def csv(rows: Rows, target: Path | BinaryIO) -> None:
    """Write UTF-8 CSV. Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    reader = _reader(rows)
    names = _without_formulas(pa.array(reader.schema.names, pa.string())).to_pylist()
    with _Out(target) as out:
        write_csv(names, (_safe(batch) for batch in reader), out)


def parquet(rows: Rows, target: Path | BinaryIO) -> None:
    """Write Parquet, in the types that the rows have."""
    reader = _reader(rows)
    with _Out(target) as out, pyarrow.parquet.ParquetWriter(out, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def xlsx(rows: Rows, target: Path | BinaryIO, *, sheet: str = "Pulse") -> None:
    """Write a workbook of one sheet; text stays text. Invalid beyond the rows and columns that a sheet can hold.

    Numbers of more than 15 digits are written as text, since Excel would change them; longer text than a cell
    can hold is cut.
    """
    reader = _reader(rows)
    if isinstance(rows, pa.Table):
        _refuse_too_large(rows.num_rows, rows.num_columns)
    _refuse_too_large(0, len(reader.schema))
    with _Out(target) as out:
        _write_workbook(reader, out, sheet)


def texts(column: pa.Array) -> pa.Array:
    """The column as readable text: ISO dates and times (zoned ones in UTC), `a; b` for lists, `k: v` for maps."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary).take(column.indices)
    if pa.types.is_floating(kind):
        return _strings(pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column))
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or _has_text_form(kind):
        return _strings(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _binaries(column)
    return pa.array([_readable(value) for value in column.to_pylist()], pa.string())


def write_csv(names: list[str], batches: Iterator[pa.RecordBatch], out: BinaryIO) -> None:
    """Write a header and batches of text and numbers as they stand (nothing is made safe here)."""
    header = io.StringIO(newline="")
    csv_module.writer(header, quoting=csv_module.QUOTE_ALL, lineterminator="\n").writerow(names)
    out.write(header.getvalue().encode())
    for batch in batches:
        if batch.num_rows and batch.num_columns:
            plain = batch.rename_columns([str(place) for place in range(batch.num_columns)])
            pyarrow.csv.write_csv(plain, out, pyarrow.csv.WriteOptions(include_header=False))


def plain(column: pa.Array) -> pa.Array:
    """The column as `write_csv` takes it: numbers as they are (NaN is no number), all else as text."""
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column if _is_number(column.type) else texts(column)


class _Out:
    """An open file that is gone again when writing it fails; a file that was open already is left to its owner."""

    def __init__(self, target: Path | BinaryIO) -> None:
        self._path = target if isinstance(target, Path) else None
        self._file = target.open("wb") if isinstance(target, Path) else target

    def __enter__(self) -> BinaryIO:
        return self._file

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._path is not None:
            self._file.close()
            if kind is not None:
                self._path.unlink()


def _reader(rows: Rows) -> pa.RecordBatchReader:
    if isinstance(rows, pa.RecordBatch):
        rows = pa.Table.from_batches([rows])
    return rows.to_reader(max_chunksize=_BATCH_ROWS) if isinstance(rows, pa.Table) else rows


def _safe(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [plain(column) for column in batch.columns]
    columns = [_without_formulas(each) if pa.types.is_string(each.type) else each for each in columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _without_formulas(column: pa.Array) -> pa.Array:
    quoted = pc.replace_substring_regex(column, _FORMULA, r"'\1")
    return pc.if_else(pc.match_substring_regex(column, _NUMBER), column, quoted)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _has_text_form(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_null(kind)
        or pa.types.is_boolean(kind)
        or _is_number(kind)
        or pa.types.is_date(kind)
        or pa.types.is_time(kind)
    )


def _strings(column: pa.Array) -> pa.Array:
    if pa.types.is_date64(column.type):
        column = column.cast(pa.date32())
    return column.cast(pa.string())


def _timestamps(column: pa.Array) -> pa.Array:
    """`2011-12-09 08:26:00`, with a fraction only where there is one; what has a zone is told in UTC, with Z."""
    zoned = column.type.tz is not None
    plain = (
        column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.timestamp(column.type.unit))
        if zoned
        else column
    )
    text = pc.replace_substring_regex(plain.cast(pa.string()), r"\.0+$", "")
    return pc.binary_join_element_wise(text, "Z", "") if zoned else text


def _binaries(column: pa.Array) -> pa.Array:
    try:  # old writers store text so
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(
            [value.hex() if value is not None else None for value in column.to_pylist()], pa.string()
        )


def _readable(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, list):
        return "; ".join(_item(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _item(item: Any) -> str:
    if isinstance(item, tuple):  # a map comes as pairs
        return f"{item[0]}: {_readable(item[1]) or ''}"
    return _readable(item) or ""


def _refuse_too_large(rows: int, columns: int) -> None:
    for count, most, what in ((rows, XLSX_ROWS, "rows"), (columns, _XLSX_COLUMNS, "columns")):
        if count > most:
            raise Invalid(
                f"an Excel sheet holds at most {most:,} {what}",
                remedy="take the CSV or Parquet file",
                most=most,
            )


def _write_workbook(reader: pa.RecordBatchReader, out: BinaryIO, sheet: str) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # the same rows make the same file
    bold = book.add_format({"bold": True})
    formats: dict[type, Any] = {
        dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    page = book.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    for place, name in enumerate(reader.schema.names):
        page.write_string(0, place, name[:_XLSX_TEXT], bold)
    line = 0
    try:
        for batch in reader:
            _refuse_too_large(line + batch.num_rows, 0)
            for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
                line += 1
                for place, cell in enumerate(cells):
                    _write_cell(page, line, place, cell, formats)
    finally:
        book.close()


def _cells(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        utc = column.cast(pa.timestamp("us", kind.tz), safe=False)
        return [value if value is None else value.replace(tzinfo=None) for value in _utc(utc).to_pylist()]
    if _is_number(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return list(column.to_pylist())
    return list(texts(column).to_pylist())


def _utc(column: pa.Array) -> pa.Array:
    return column if column.type.tz is None else column.cast(pa.timestamp("us", "UTC"))


def _write_cell(page: Any, line: int, place: int, cell: Any, formats: dict[type, Any]) -> None:
    if cell is None or cell != cell:  # NaN
        return
    if isinstance(cell, bool):
        page.write_boolean(line, place, cell)
    elif isinstance(cell, dt.date):
        _write_day(page, line, place, cell, formats[type(cell)])
    elif isinstance(cell, int | float | Decimal) and _is_exact(cell):
        page.write_number(line, place, cell)
    else:
        text = str(cell)
        page.write_string(line, place, text if len(text) <= _XLSX_TEXT else f"{text[: _XLSX_TEXT - 1]}…")


def _write_day(page: Any, line: int, place: int, cell: dt.date, form: Any) -> None:
    day = cell.date() if isinstance(cell, dt.datetime) else cell
    if day < _XLSX_FIRST_DAY:
        page.write_string(line, place, str(cell))
    else:
        page.write_datetime(line, place, cell, form)


def _is_exact(number: float | Decimal) -> bool:
    """Whether Excel keeps the number as it is: it stores 15 digits, and nothing infinite."""
    if isinstance(number, float):
        return abs(number) != float("inf")
    return len(Decimal(number).normalize().as_tuple().digits) <= _XLSX_DIGITS
