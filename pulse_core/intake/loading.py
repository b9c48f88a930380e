"""From a file to typed rows: staged as text, read by the mapping, judged row by row, written as one batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid
from pulse_core.intake.kinds import DATE_FORMATS
from pulse_core.intake.mapping import Mapping
from pulse_core.intake.reading import FileFacts, even_out
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("intake")
_AMBIGUOUS = ("day_first", "month_first")
_DATED = {"orders": "ordered_at", "events": "happened_at"}


class AmbiguousDates(Invalid):
    """The dates of a column can be read in two ways; only the person knows which is meant."""

    code = "ambiguous_dates"


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was not accepted: where it stands and why. `column` is the file's own header."""

    row: int
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records went where; `accepted + rejected + set aside = rows`."""

    accepted: int
    rejected: int
    no_customer: int
    returns: int
    first_day: date | None
    last_day: date | None

    @property
    def rows(self) -> int:
        """Records in the file."""
        return self.accepted + self.rejected + self.no_customer

    @property
    def set_aside(self) -> dict[str, int]:
        """Records that are sound but of no use here, by reason."""
        return {"no_customer": self.no_customer} if self.no_customer else {}


def stage(writer: Writer, facts: FileFacts, mapping: Mapping, copy: Path) -> None:
    """Read the records of a file's plain copy as text into the temporary table `stage`."""
    try:
        _read(writer, facts, mapping, copy, packed=facts.gz and facts.plain)
    except (
        Invalid
    ):  # the database insists on one kind of line end; files glued together from two systems have both
        even_out(copy, facts)
        _read(writer, facts, mapping, copy, packed=False)
    writer.execute(_SQL["broken_records"])
    _refuse_open_quote(writer, facts)
    writer.execute(_SQL["gaps"], {"blank": list(facts.blank_rows)})


def _read(writer: Writer, facts: FileFacts, mapping: Mapping, copy: Path, *, packed: bool) -> None:
    by_header = {header: ours for ours, header in mapping.columns.items()}
    columns = {by_header.get(h, f"extra {i}"): "VARCHAR" for i, h in enumerate(mapping.header)}
    parameters = {
        "path": str(copy), "columns": columns, "skip": facts.rows_before, "delimiter": facts.delimiter,
        "compression": "gzip" if packed else "none",
    }  # fmt: skip
    writer.read_file(_SQL["stage"], parameters, name=facts.name)


def _refuse_open_quote(writer: Writer, facts: FileFacts) -> None:
    """What follows a quotation mark that is never closed cannot be told apart any more."""
    if row := writer.one(_SQL["open_quote"])[0]:
        raise Invalid(
            f"{facts.name}: row {row} opens a quotation mark that is not closed before the line ends",
            remedy="close it, or write it twice where it is part of the text",
            file=facts.name, row=row,
        )  # fmt: skip


def date_format(writer: Writer, facts: FileFacts, mapping: Mapping) -> str:
    """The way in which the staged dates are written; AmbiguousDates when two ways fit and disagree."""
    if mapping.date_format or mapping.kind not in _DATED:
        return mapping.date_format or "iso"
    if writer.one(_SQL["dates_all_iso"])[0]:  # the usual case, at a fifth of the work
        return "iso"
    patterns = {f.key: list(f.patterns) for f in DATE_FORMATS.values() if f.patterns}
    found = writer.one(_SQL["date_readings"], {**patterns, "first_row": facts.rows_before + 1})
    *counts, both, disagreeing, row, example = found
    reads = dict(zip(DATE_FORMATS, counts, strict=True))
    best = max(reads, key=lambda key: reads[key])
    if best not in _AMBIGUOUS or not disagreeing:
        return best
    only_one_way = [key for key in _AMBIGUOUS if reads[key] > both]  # some date makes sense this way alone
    if len(only_one_way) == 1:
        return only_one_way[0]
    column = mapping.columns[_DATED[mapping.kind]]
    mixed = "mixes day-first and month-first dates, and " if only_one_way else ""
    raise AmbiguousDates(
        f"column {column!r} of {facts.name} {mixed}holds {disagreeing} dates that read both ways "
        f"(first: row {row}, {example!r})",
        remedy="choose the day-first or the month-first format",
        file=facts.name, column=column, row=row, count=disagreeing,
    )  # fmt: skip


def judge(writer: Writer, facts: FileFacts, mapping: Mapping, form: str, today: date) -> Tally:
    """Type every staged record and find what cannot be accepted (temporary table `typed`)."""
    parameters: dict[str, Any] = {"first_row": facts.rows_before + 1}
    if mapping.kind in _DATED:
        spec = DATE_FORMATS[form]
        parameters |= {
            "iso": not spec.patterns,
            "patterns": list(spec.patterns) or ["%Y-%m-%d"],
            "date_label": spec.label,
            "tomorrow": datetime.combine(today + timedelta(days=1), time()),
        }
    if mapping.kind == "orders":
        parameters |= {"has_amount": "amount" in mapping.columns, "return_prefix": mapping.return_prefix}
    writer.execute(_SQL[f"type_{mapping.kind}"], parameters)
    writer.execute(_SQL["renumber"])
    return Tally(*writer.one(_SQL[f"tally_{mapping.kind}"]))


def write_batch(writer: Writer, mapping: Mapping, accepted: Path, aside: Path) -> None:
    """Write what `judge` found: the accepted rows and those left out, as two Parquet files."""
    writer.execute(_SQL[f"copy_{mapping.kind}"], {"path": str(accepted)})
    writer.execute(_SQL["copy_aside"], {"path": str(aside)})


def first_rejects(writer: Writer, mapping: Mapping, limit: int = 100) -> list[Reject]:
    """The first records that were rejected."""
    return [reject(mapping, *row) for row in writer.rows(_SQL["first_rejects"], {"limit": limit})]


def reject(mapping: Mapping, row: int, column: str | None, value: str | None, reason: str) -> Reject:
    """A reject under the header that the file itself uses."""
    return Reject(row, mapping.columns.get(column, column) if column else None, value, reason)
