"""Records sent by programs, imported as a file is: the same rejects, the same undo, and twice changes nothing.

They are written as CSV under our own column names, so that nothing has to be found out. What a record's model refuses
is reported beside what the importer rejects, by the record's place in the call.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from pulse_core.errors import Invalid
from pulse_core.intake import batches
from pulse_core.intake.imports import Importer, Report
from pulse_core.intake.loading import Reject
from pulse_core.intake.mapping import Answers
from pulse_core.intake.records import COLUMNS, RECORDS, CustomerRecord, OrderRecord, Record
from pulse_core.jobs import Progress, Silent

MOST = 10_000  # records a call
_FIRST_REJECTS = 100
_HEADER_ROW = 1
_SHOWN = 200  # signs of a value that was refused


def bulk_customers(
    importer: Importer,
    records: Sequence[Mapping[str, Any]],
    *,
    by: str,
    today: date,
    progress: Progress | None = None,
) -> Report:
    """Import records of customers (`CustomerRecord`); the report's rows are places in `records`, from 0."""
    return _bulk(importer, "customers", records, by=by, today=today, progress=progress, overlap=None)


def bulk_orders(
    importer: Importer,
    records: Sequence[Mapping[str, Any]],
    *,
    by: str,
    today: date,
    overlap: Literal["skip", "keep"] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Import order lines (`OrderRecord`); OverlappingRows asks what to do with those sent before, unless it is said."""
    return _bulk(importer, "orders", records, by=by, today=today, progress=progress, overlap=overlap)


def _bulk(
    importer: Importer,
    kind: str,
    records: Sequence[Mapping[str, Any]],
    *,
    by: str,
    today: date,
    progress: Progress | None,
    overlap: Literal["skip", "keep"] | None,
) -> Report:
    if not 0 < len(records) <= MOST:
        raise Invalid(f"a call holds {len(records):,} records", remedy=f"send from 1 to {MOST:,} at a time")
    good, refused = _sorted_out(kind, records, today)
    name = f"{kind} sent by a program"
    if not good:
        return _merged(Report(name, None, 0, 0, 0, {}, 0, None, None, kind=kind), [], refused)
    path = batches.workspace(importer.home, importer.warehouse.org_id) / f"sent-{uuid.uuid4().hex}.csv"
    try:
        header = _write(path, kind, [record for _, record in good])
        columns: dict[str, str | None] = {key: key for key in header if key in COLUMNS[kind]}
        said = Answers(
            kind=kind, columns=columns, dates="iso", numbers="point", amounts="line", overlap=overlap
        )
        report = importer.run(
            path, by=by, today=today, progress=progress or Silent(), name=name, answers=said
        )
    finally:
        path.unlink(missing_ok=True)
    return _merged(report, [place for place, _ in good], refused)


def _sorted_out(
    kind: str, records: Iterable[Mapping[str, Any]], today: date
) -> tuple[list[tuple[int, Record]], list[Reject]]:
    """The records that can be, each with its place, and what is wrong with the others."""
    good, refused = [], []
    for place, raw in enumerate(records):
        try:
            record = RECORDS[kind].model_validate(raw)
        except ValidationError as error:
            refused.append(_refusal(place, error))
            continue
        if late := _lies_after(record, today):
            refused.append(Reject(place, late, str(getattr(record, late)), "lies after the day of import"))
        else:
            good.append((place, record))
    return good, refused


def _refusal(place: int, error: ValidationError) -> Reject:
    first = error.errors()[0]
    column = ".".join(str(part) for part in first["loc"]) or None
    value = None if first["type"] == "missing" or column is None else str(first["input"])[:_SHOWN]
    return Reject(place, column, value, first["msg"].removeprefix("Value error, "))


def _lies_after(record: Record, today: date) -> str | None:
    """The field whose day is after the day of import by more than any time zone can make of it."""
    name = "signup_on" if isinstance(record, CustomerRecord) else "ordered_at"
    value = getattr(record, name)
    day = value.date() if isinstance(value, datetime) else value
    return name if day is not None and (day - today).days > 1 else None


def _write(path: Path, kind: str, records: Sequence[Record]) -> list[str]:
    """Write the records; the same records make the same bytes. Returns the header."""
    own = sorted({name for record in records for name in getattr(record, "attributes", ())})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*COLUMNS[kind], *own])
        for record in records:
            ours = [_cell(_value(record, key)) for key in COLUMNS[kind]]
            writer.writerow([*ours, *(getattr(record, "attributes", {}).get(name, "") for name in own)])
    return [*COLUMNS[kind], *own]


def _value(record: Record, key: str) -> Any:
    return record.money if isinstance(record, OrderRecord) and key == "amount" else getattr(record, key)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _merged(report: Report, places: Sequence[int], refused: list[Reject]) -> Report:
    """The report of the file with the records that were refused before, in the order of the call."""
    found = [replace(reject, row=places[int(reject.row) - _HEADER_ROW - 1]) for reject in report.rejects]
    rejects = sorted([*found, *refused], key=lambda reject: reject.row)[:_FIRST_REJECTS]
    count = len(refused)
    return replace(report, rows=report.rows + count, rejected=report.rejected + count, rejects=tuple(rejects))
