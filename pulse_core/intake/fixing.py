"""Rejected rows that are taken away, corrected and brought back: a file that is known again by its header.

A spreadsheet would run a cell such as =1+1, so an apostrophe stands in front of it on the way out; on the way back it
is taken off again, and the cell is what it was.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from pulse_core.errors import Invalid
from pulse_core.intake import batches
from pulse_core.intake.loading import SET_ASIDE
from pulse_core.intake.mapping import Mapping
from pulse_core.intake.opening import READING, Opened
from pulse_core.intake.reading import FileFacts, examine
from pulse_core.intake.scanning import open_text
from pulse_core.stores.ledger.imports import Batch
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = load("intake")
_EXTRA = ("row", "reason")
# Cells that begin so are formulas to some spreadsheet, unless they are numbers. Apostrophes before them are counted in,
# so that a cell which had one of its own comes back with it.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'('*[=+\-@\t\r\n＝＋－＠])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d{1,3})?")


def rejected_csv(reader: Reader, batch: Batch, home: Path) -> bytes:
    """The rejected rows of a batch under the file's own header, with their row in the file and the reason behind.

    A row that could not be split into cells stands whole in the first column. The mark at the beginning tells
    spreadsheets that it is UTF-8.
    """
    return _table(reader, batch, home, wanted=lambda fault: fault not in SET_ASIDE)


def set_aside_csv(reader: Reader, batch: Batch, home: Path) -> bytes:
    """The rows of a batch that were set aside, written as the rejected ones are."""
    return _table(reader, batch, home, wanted=lambda fault: fault in SET_ASIDE)


def why_set_aside(reason: str, count: int = 1) -> str:
    """Why rows were set aside, as a verb that fits their number ("names no customer", "name no customer")."""
    verb, _, rest = SET_ASIDE.get(reason, reason).partition(" ")
    return f"{verb}s {rest}" if count == 1 else f"{verb} {rest}"


def header_of(header: Sequence[str]) -> tuple[str, ...]:
    """The header of the rows that are taken away from a file with this one."""
    extra = []
    for name in _EXTRA:
        free = name
        while free in header:
            free += "_"
        extra.append(free)
    return (*map(_guarded, header), *extra)


def origin(log: Iterable[Batch], header: Sequence[str]) -> Batch | None:
    """The batch that a file with this header was taken away from: the first of `log` with rows left out."""
    came = (batch for batch in log if batch.rows > batch.accepted)
    return next((batch for batch in came if header_of(batch.mapping["header"]) == tuple(header)), None)


@contextmanager
def as_it_was(file: Opened, log: Iterable[Batch]) -> Iterator[tuple[Opened, Batch | None]]:
    """Rejected rows that come back, as their file had them, and the batch that they are of; any other file as it is.

    Row numbers stay. Invalid where a quotation mark is left open.
    """
    batch = None if file.facts.spaced else origin(log, file.facts.header)
    if batch is None:
        yield file, None
        return
    target = file.workspace / f"{READING}{uuid.uuid4().hex}.csv"
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            _restore(file, tuple(batch.mapping["header"]), out)
        facts = examine(
            target, name=file.facts.name, gz=False, typed=file.facts.typed, sheet=file.facts.sheet
        )
        yield replace(file, facts=facts, text=target), batch
    finally:
        target.unlink(missing_ok=True)


def _table(reader: Reader, batch: Batch, home: Path, wanted: Callable[[str | None], bool]) -> bytes:
    out = io.StringIO(newline="")
    # Everything is quoted: a file whose cells begin and end with apostrophes would be taken for one quoted by them.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    mapping = Mapping.model_validate(batch.mapping)
    writer.writerow(header_of(mapping.header))
    for row, fault, value, reason, raw in _left_out(reader, batch, home):
        if wanted(fault):
            cells = list(json.loads(raw).values()) if raw else [value, *[None] * (len(mapping.header) - 1)]
            told = [int(row), _reason(mapping, fault, reason)]
            writer.writerow([*(_guarded(cell or "") for cell in cells), *told])
    return out.getvalue().encode("utf-8-sig")


def _left_out(reader: Reader, batch: Batch, home: Path) -> Iterator[tuple[Any, ...]]:
    if batch.aside_file is None:
        return
    where = batches.folder(home, batch.org_id)
    found = reader.batches(
        _SQL["read_rejects"],
        {
            "path": str(where / batch.batch_file), "aside": str(where / batch.aside_file),
            "limit": batch.rows, "skipped": [],
        },
    )  # fmt: skip
    for piece in found:
        yield from zip(*(column.to_pylist() for column in piece.columns), strict=True)


def _reason(mapping: Mapping, fault: str | None, reason: str | None) -> str:
    if fault in SET_ASIDE:
        return why_set_aside(str(fault))
    return _guarded(f"{mapping.columns.get(fault, fault)} {reason}" if fault else reason or "")


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _freed(cell: str) -> str:
    return _GUARDED.sub(r"\1", cell, count=1) if _GUARDED.match(cell) else cell


def _restore(file: Opened, header: tuple[str, ...], out: IO[str]) -> None:
    facts = file.facts
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    out.write("\n" * (facts.rows_before - 1))  # what stood above the header still counts
    writer.writerow(header)
    for record in _records(file.text, facts):
        if not record:
            out.write("\n")
            continue
        # What has another width is left as it is: reading tells the row and what is wrong with it.
        cells = record[: len(header)] if len(record) == len(header) + len(_EXTRA) else record
        writer.writerow(map(_freed, cells))


def _records(text: Path, facts: FileFacts) -> Iterator[list[str]]:
    """Each record below the header, blank ones as an empty list."""
    encoding = "utf-8-sig" if facts.encoding == "utf-8" else facts.encoding
    with (
        open_text(text, gz=facts.gz, name=facts.name) as source,
        io.TextIOWrapper(source, encoding=encoding, newline="") as lines,
    ):
        reader = csv.reader(lines, delimiter=facts.delimiter, quotechar=facts.quote, strict=True)
        try:
            yield from (record for record in reader if reader.line_num > facts.rows_before)
        except csv.Error as error:
            raise Invalid(
                f"row {reader.line_num} of {facts.name} cannot be split into cells ({error})",
                remedy="look for a quotation mark that is opened and never closed",
                file=facts.name, row=reader.line_num,
            ) from error  # fmt: skip
