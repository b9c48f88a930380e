"""Files as the warehouse reads them: a person's file as a view of text cells, batches as a view of typed rows.

DuckDB takes no bound values in a view, so paths, names and marks stand in its text, always quoted.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from pulse_core.stores.warehouse.access import Writer, quoted

LONGEST_LINE = 1 << 21  # bytes of a record, quoted line breaks included


def text_source(
    path: Path, *, width: int, skip: int, delimiter: str, quote: str, packed: bool, nulls: Sequence[str]
) -> str:
    """The table function that reads a file of text into cells `f0`, `f1`, …; what cannot be split is noted."""
    columns = ", ".join(f"'f{place}': 'VARCHAR'" for place in range(width))
    spelled = ", ".join(quoted(null) for null in nulls)
    return (
        f"read_csv({quoted(str(path))}, columns = {{{columns}}}, auto_detect = FALSE, header = FALSE, skip = {skip}, "
        f"delim = {quoted(delimiter)}, quote = {quoted(quote)}, escape = {quoted(quote)}, nullstr = [{spelled}], "
        f"compression = '{'gzip' if packed else 'none'}', max_line_size = {LONGEST_LINE}, store_rejects = TRUE)"
    )


def view_cells(
    writer: Writer,
    source: str,
    header: Sequence[str],
    *,
    columns: Mapping[str, str | None],
    as_they_are: Container[str],
    nulls: Sequence[str],
    lists: Mapping[str, Sequence[str]],
    attributes: Iterable[str] | None,
) -> None:
    """Make the temporary view `source`: our columns (None: not in the file), `raw` with all cells, lists of cells.

    Cells go through the macro `cleaned` but those `as_they_are`. With `attributes` (header names) a map of these cells
    comes under that name.
    """
    spelled = quoted("|".join(re.escape(null) for null in nulls))
    place = {column: f"f{at}" for at, column in enumerate(header)}

    def cell(ours: str, column: str | None) -> str:
        if column is None:
            return "NULL::VARCHAR"
        return place[column] if ours in as_they_are else f"cleaned({place[column]}, {spelled})"

    parts = [f"{cell(ours, column)} AS {_name(ours)}" for ours, column in columns.items()]
    parts += [
        f"[{', '.join(place[c] for c in cells)}]::VARCHAR[] AS {_name(ours)}" for ours, cells in lists.items()
    ]
    parts.append(f"struct_pack({', '.join(f'{f} := {f}' for f in place.values())}) AS raw")
    if attributes is not None:
        named = list(attributes)
        keys, cells = ", ".join(quoted(n) for n in named), ", ".join(cell("", n) for n in named)
        parts.append(f"MAP([{keys}]::VARCHAR[], [{cells}]::VARCHAR[]) AS attributes")
    writer.execute(f"CREATE OR REPLACE TEMP VIEW source AS SELECT {', '.join(parts)} FROM {source}")  # noqa: S608


def view_batches(writer: Writer, kind: str, paths: Sequence[Path]) -> None:
    """Point the view `<kind>_batches` at these files; `filename` and `file_row_number` say where a row stands."""
    listed = ", ".join(quoted(str(path)) for path in paths)
    source = (
        f"SELECT * FROM read_parquet([{listed}], file_row_number = TRUE, filename = TRUE, union_by_name = TRUE)"  # noqa: S608
        if paths
        else "SELECT NULL::VARCHAR AS filename, NULL::BIGINT AS file_row_number WHERE FALSE"
    )
    writer.execute(f"CREATE OR REPLACE VIEW {_name(f'{kind}_batches')} AS {source}")


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
