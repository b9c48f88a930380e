"""A plain table as columns of text: from any file that the intake opens, or from rows that were imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from pulse_core.errors import Invalid
from pulse_core.intake.formats import NULLS
from pulse_core.intake.opening import Opened, opened

LABEL = "Label"  # as `plain_tables` calls it


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of text, NULL where empty. `row`: where each row stands in its file; `broken` lines could not be split."""

    name: str
    cells: pa.Table
    row: pa.Array
    broken: int = 0
    customer_id: pa.Array | None = None

    def columns(self) -> Iterator[tuple[str, pa.Array]]:
        """Each column by its header."""
        for name, cells in zip(self.cells.column_names, self.cells.columns, strict=True):
            yield name, cells.combine_chunks()

    def take(self, places: pa.Array) -> Table:
        """The same with some of its rows."""
        whose = self.customer_id.take(places) if self.customer_id is not None else None
        return replace(self, cells=self.cells.take(places), row=self.row.take(places), customer_id=whose)


def read(source: Mapping[str, str | None]) -> Table:
    """The table of a file (`path`, `workspace` for what must be unpacked, `name`, `sheet`), or of imported rows.

    Those stand in a Parquet file (`imported`) with the columns of the view `churn_tables`.
    """
    if source.get("imported"):
        return _imported(str(source["imported"]), str(source["name"]))
    path, workspace = Path(str(source["path"])), Path(str(source["workspace"]))
    with opened(path, workspace, name=source.get("name"), sheet=source.get("sheet")) as file:
        return _file(file)


def _file(file: Opened) -> Table:
    facts, broken = file.facts, []

    def leave_out(row: csv.InvalidRow) -> str:
        broken.append(row.number)
        return "skip"

    with (
        file.copy() as copy,
        pa.input_stream(str(copy), compression="gzip" if facts.gz and facts.plain else None) as text,
    ):
        try:
            table = csv.read_csv(
                text,
                csv.ReadOptions(column_names=list(facts.header), skip_rows=facts.rows_before if facts.plain else 0),
                csv.ParseOptions(
                    delimiter="," if facts.spaced else facts.delimiter, quote_char=facts.quote,
                    newlines_in_values=True, invalid_row_handler=leave_out,
                ),
                csv.ConvertOptions(column_types=dict.fromkeys(facts.header, pa.string())),
            )  # fmt: skip
        except pa.ArrowInvalid as error:
            raise Invalid(
                f"{facts.name} cannot be read as a table ({str(error).splitlines()[0]})",
                remedy="open it in a spreadsheet and export it again as CSV (UTF-8)", file=facts.name,
            ) from error  # fmt: skip
    file.refuse_if_written_to()
    cells = pa.table([_cleaned(column) for column in table.columns], names=table.column_names)
    row = pa.array(range(facts.rows_before + 1, facts.rows_before + 1 + len(cells)), pa.int64())
    return Table(facts.name, cells, row, len(broken))


def _cleaned(cells: pa.ChunkedArray) -> pa.Array:
    """Without margins, and NULL for what people write for nothing."""
    words = pc.utf8_trim_whitespace(cells.combine_chunks())
    return pc.if_else(pc.is_in(words, pa.array(NULLS)), pa.scalar(None, pa.string()), words)


def _imported(path: str, name: str) -> Table:
    rows = pq.read_table(path)
    found: dict[str, list[str | None]] = {}
    for place, pairs in enumerate(rows["attributes"].to_pylist()):
        for key, value in pairs or ():
            found.setdefault(key, [None] * len(rows))[place] = value
    label = pc.if_else(rows["churned"].combine_chunks(), "yes", "no")
    columns = {LABEL: label} | {
        key: pa.array(values, pa.string()) for key, values in found.items() if key != LABEL
    }
    return Table(
        name, pa.table(columns), rows["row"].combine_chunks(), 0, rows["customer_id"].combine_chunks()
    )
