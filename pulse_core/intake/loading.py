"""From a file to one batch: every record read in one pass, typed, judged and written in the file's order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid
from pulse_core.intake.formats import (
    ANY_MONEY,
    DATE_FORMATS,
    NULLS,
    NUMBER_FORMATS,
    money_marks,
    spellings,
)
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.mapping import Mapping
from pulse_core.intake.reading import FileFacts
from pulse_core.intake.scanning import blank_lines
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader, Writer
from pulse_core.stores.warehouse.files import text_source, view_cells

_SQL = load("intake")
PAIN_POINTS = (
    "budget", "time", "quality", "variety", "delivery", "support", "trust", "complexity", "returns",
)  # fmt: skip
BUYING_BEHAVIORS = ("impulse_buyer", "researcher", "bargain_hunter", "loyal", "seasonal")
SET_ASIDE = {
    "no_customer": "name no customer",
    "header": "repeat the header",
    "totals": "sum up other rows",
    "overlap": "stand in an earlier import",
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was not accepted: where it stands and why, under the file's own header; `cells` is all of it."""

    row: int
    column: str | None
    value: str | None
    reason: str
    cells: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records went where; `accepted + rejected + sum(set_aside) = rows`."""

    accepted: int
    rejected: int
    returns: int
    set_aside: Dict[str, int]
    first_day: date | None = None
    last_day: date | None = None

    @property
    def rows(self) -> int:
        """Records in the file."""
        return self.accepted + self.rejected + sum(self.set_aside.values())


@dataclass(frozen=True, slots=True)
class Draft:
    """The two files of a batch before it counts: the records, and the lines that hold none."""

    records: Path
    aside: Path


def bind(writer: Writer, facts: FileFacts, mapping: Mapping, copy: Path) -> None:
    """Make the file readable as the view `source`; nothing is read yet."""
    kind = KINDS[mapping.kind]
    used = set(mapping.columns.values())
    source = _text(facts, copy)
    lists = {"amounts": [mapping.columns[key] for key in kind.amounts if key in mapping.columns]}
    columns = {c.key: mapping.columns.get(c.key) for c in kind.columns}
    columns["dated"] = mapping.columns.get(kind.dated or "")
    rest = [h for h in mapping.header if h not in used] if kind.keeps_the_rest else None
    writer.script(_SQL["macros"])
    typed = {
        "dated",
        *(c.key for c in kind.columns if c.type in ("date", "number")),
    }  # a cast overlooks margins
    view_cells(
        writer,
        source,
        mapping.header,
        columns=columns,
        as_they_are=typed,
        nulls=NULLS,
        lists=lists,
        attributes=rest,
    )


def _text(facts: FileFacts, copy: Path) -> str:
    return text_source(
        copy, width=len(facts.header), skip=facts.rows_before - facts.cut_off,
        delimiter=facts.delimiter, quote=facts.quote,        packed=facts.gz and facts.plain, nulls=NULLS,
    )  # fmt: skip


def row_of(writer: Writer, facts: FileFacts, copy: Path, place: int) -> int:
    """The row in the file of a record, counted from 0 among those that could be split."""
    broken = [(row + facts.cut_off, 1) for (row,) in writer.rows(_SQL["broken_rows"])]
    row = place + facts.rows_before + 1
    for first, lines in sorted([*_blank_lines(facts, copy), *broken]):
        row += lines if first <= row else 0
    return row


def _blank_lines(facts: FileFacts, copy: Path) -> list[tuple[int, int]]:
    """Runs of blank lines below the header; in a file of one column they are records."""
    if len(facts.header) == 1:
        return []
    runs = blank_lines(
        copy, gz=facts.gz and facts.plain, name=facts.name,
        skip=facts.rows_before - facts.cut_off, quote=facts.quote,
    )  # fmt: skip
    return [(first + facts.cut_off, lines) for first, lines in runs]


def date_form(key: str) -> dict[str, Any]:
    """A date format as the SQL takes it."""
    form = DATE_FORMATS[key]
    return {"key": key, "label": form.label, "patterns": list(form.patterns) or ["%Y-%m-%d"]}


def read(
    writer: Writer, facts: FileFacts, mapping: Mapping, draft: Draft, *, today: date, zone: str, copy: Path
) -> Tally:
    """Write the batch of a file that is bound as `source`, and count what became of its records."""
    run = _parameters(mapping, today, zone) | {"path": str(draft.records)}
    if run["dates"]["key"] == "iso":
        writer.script(_SQL["iso_moments"])
    query = _SQL[f"read_{mapping.kind}"]
    wanted = {key: value for key, value in run.items() if key in _names(query)}
    writer.read_file(query, wanted, name=facts.name)
    writer.execute(_SQL["broken_records"], {"above": facts.cut_off})
    _refuse_open_quote(writer, facts)
    above = [(1, facts.rows_before)]
    records = writer.one(_SQL["count_records"], {"path": str(draft.records)})[0]
    whole = facts.lines == facts.rows_before + records  # as many lines as records: none is blank
    runs = above if whole else above + _blank_lines(facts, copy)
    writer.execute(_SQL["write_aside"], {"path": str(draft.aside), "runs": [list(run) for run in runs]})
    return count(writer, mapping, draft)


def count(writer: Writer, mapping: Mapping, draft: Draft) -> Tally:
    """What became of the records of a batch."""
    paths = {"path": str(draft.records)}
    accepted, rejected, returns = writer.one(_SQL["tally"], {**paths, "aside": str(draft.aside)})
    aside = dict(writer.rows(_SQL["set_aside"], paths))
    days = writer.one(_DAYS[mapping.kind], paths) if mapping.kind in _DAYS else (None, None)
    return Tally(accepted, rejected, returns, aside, *days)


_DAYS = {"orders": _SQL["days_orders"], "events": _SQL["days_events"], "visits": _SQL["days_events"]}


def other_words(writer: Writer, mapping: Mapping, draft: Draft) -> dict[str, dict[str, int]]:
    """Words of accepted customers that Pulse has no meaning for, how often each, by the attribute that they became."""
    columns = [key for key in ("pain_points", "buying_behavior") if key in mapping.columns]
    names = [_others(mapping, key) for key in columns] if mapping.kind == "customers" else []
    paths = {"path": str(draft.records)}
    found = {name: dict(writer.rows(_SQL["other_words"], {**paths, "name": name})) for name in names}
    return {name: words for name, words in found.items() if words}


def overlap(writer: Writer, draft: Draft, tally: Tally) -> int:
    """How many of the accepted order lines stand in earlier imports already."""
    days = {"first": tally.first_day, "last": _end(tally)}
    if not writer.one(_SQL["lines_between"], days)[0]:  # comparing all lines takes as much memory as they do
        return 0
    return int(writer.one(_SQL["count_overlap"], {"path": str(draft.records), **days})[0])


def skip_overlap(writer: Writer, draft: Draft, tally: Tally) -> None:
    """Set those lines aside: the batch is written anew."""
    anew = draft.records.with_suffix(".anew")
    days = {"first": tally.first_day, "last": _end(tally)}
    writer.execute(_SQL["skip_overlap"], {"path": str(draft.records), "target": str(anew), **days})
    anew.replace(draft.records)


def _end(tally: Tally) -> datetime | None:
    return datetime.combine(tally.last_day, time.max) if tally.last_day else None


# Columns of order lines that few files have, with what they are made of.
_OFTEN_ABSENT = {
    "country": {"country"}, "name": {"name", "last_name"}, "email": {"email"}, "discount": {"discount"},
}  # fmt: skip


def forms(mapping: Mapping) -> dict[str, Any]:
    """How dates and numbers are written, and whether the file has prices, as the SQL takes it."""
    numbers = NUMBER_FORMATS[mapping.number_format or "point"]
    return {
        "dates": date_form(mapping.date_format or "iso"),
        "numbers": {
            "mark": numbers.mark, "whole": numbers.whole, "groups": numbers.groups,
            "money": money_marks(mapping.currency),
        },
        "has_price": {"quantity", "unit_price"} <= set(mapping.columns),
    }  # fmt: skip


def _parameters(mapping: Mapping, today: date, zone: str) -> dict[str, Any]:
    """Everything that some kind's query may bind."""
    headers = {
        f"{name}_header": mapping.columns.get(key or "")
        for name, key in (
            ("date", KINDS[mapping.kind].dated),
            ("customer", "customer_id"),
            ("label", "label"),
        )
    }
    row = {f"f{place}": name for place, name in enumerate(mapping.header)}
    return headers | forms(mapping) | {
        "header_row": json.dumps(row, ensure_ascii=False, separators=(",", ":")),
        "zone": zone, "tomorrow": datetime.combine(today + timedelta(days=1), time()),
        "has_amount": "amount" in mapping.columns,
        "return_prefix": mapping.return_prefix,
        "absent": [ours for ours, keys in _OFTEN_ABSENT.items() if not keys & set(mapping.columns)],
        "currency": mapping.currency, "currencies": spellings(mapping.currency), "any_money": ANY_MONEY,
        "behaviors": list(BUYING_BEHAVIORS), "pains": list(PAIN_POINTS),
        "other_behavior": _others(mapping, "buying_behavior"), "other_pains": _others(mapping, "pain_points"),
        "asks_email": "consent_email" in mapping.columns,
        "consent": mapping.consent if mapping.consent in ("given", "refused") else None,
    }  # fmt: skip


def _others(mapping: Mapping, column: str) -> str:
    """The attribute that holds what is no word of ours in a column: its header, and a mark if the file has that too."""
    name = f"{mapping.columns.get(column, column)} (other)"
    while name in mapping.header:
        name += "_"
    return name


@cache
def _names(query: str) -> frozenset[str]:
    """The parameters that a query binds."""
    return frozenset(re.findall(r"\$(\w+)", query))


def _refuse_open_quote(writer: Writer, facts: FileFacts) -> None:
    """What follows a quotation mark that is never closed cannot be told apart any more."""
    if row := writer.one(_SQL["open_quote"])[0]:
        raise Invalid(
            f"{facts.name}: row {row} opens a quotation mark that is not closed before the line ends",
            remedy="close it, or write it twice where it is part of the text",
            file=facts.name, row=row,
        )  # fmt: skip


def rejects(
    reader: Reader, mapping: Mapping, draft: Draft, *, limit: int, set_aside: bool = True
) -> list[Reject]:
    """The records that were not accepted, in the file's order; those `set_aside` on request."""
    skipped = [] if set_aside else list(SET_ASIDE)
    paths = {"path": str(draft.records), "aside": str(draft.aside)}
    found = reader.rows(_SQL["read_rejects"], {**paths, "limit": limit, "skipped": skipped})
    return [_reject(mapping, *row) for row in found]


def _reject(
    mapping: Mapping, row: int, fault: str | None, value: str | None, reason: str | None, raw: str | None
) -> Reject:
    """A reject under the header that the file itself uses."""
    cells = tuple(json.loads(raw).values()) if raw else ()
    if fault in SET_ASIDE:
        return Reject(row, None, value, f"set aside: {SET_ASIDE[fault]}", cells)
    return Reject(row, mapping.columns.get(fault, fault) if fault else None, value, reason or "", cells)
