"""The segment rules of an organisation: checked, kept, counted. Every customer is in exactly one segment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from itertools import product
from typing import Any, NamedTuple

import pyarrow as pa

from pulse_core.errors import Invalid
from pulse_core.insight.segments import SEGMENT_NAMES, SEGMENT_RULES, SegmentRule, business_segment
from pulse_core.stores.ledger import audit, org_settings
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

Rules = tuple[SegmentRule, ...]
RECENCY = range(1, 6)
VALUE = tuple(half / 2 for half in range(2, 11))  # means of two scores: 1, 1.5, … 5
MOST = 100

_KEY = "segment_rules"
_SQL = load("segments")
_FIELDS = tuple(field.name for field in fields(SegmentRule))
_RANGES = (
    ("recency score", "recency_low", "recency_high", tuple(RECENCY), "a whole number from 1 to 5"),
    ("value score", "value_low", "value_high", VALUE, "1 to 5 in halves"),
)


class RuleFault(Invalid):
    """Rules that leave a customer without a segment, or in two. `details` name the rules (from 1) and the place."""

    code = "segment_rules"


class Cell(NamedTuple):
    """Customers of one pair of scores with a churn probability (unknown: 0) from `churn` up to the next cut."""

    recency: int
    value: float
    churn: float
    customers: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many customers each rule holds, in the order of the rules, and each segment; a fault counts as it is."""

    rules: tuple[int, ...]
    segments: dict[str, int]


def check(rules: Sequence[SegmentRule]) -> Rules:
    """The rules, if each is a box and together they hold each point exactly once; else RuleFault names the first."""
    if len(rules) > MOST:
        raise RuleFault(f"{len(rules)} segment rules are too many", remedy=f"use at most {MOST}")
    for number, rule in enumerate(rules, 1):
        _check_box(number, rule)
    faults = [fault for cell in product(RECENCY, VALUE) for fault in _faults(rules, *cell)]
    if faults:
        raise _told(faults)
    return tuple(rules)


def of(conn: Connection, org_id: str) -> Rules:
    """The organisation's rules, or those of Pulse where it has none of its own. RuleFault when they fit no longer."""
    kept = org_settings.get(conn, org_id, _KEY)
    return SEGMENT_RULES if kept is None else parse(kept)


def parse(rows: Sequence[Mapping[str, Any]]) -> Rules:
    """Rules from plain rows (a table that was edited, JSON), checked; RuleFault names a row that is not complete."""
    return check([_parsed(number, row) for number, row in enumerate(rows, 1)])


def complete(rows: Sequence[Mapping[str, Any]]) -> Rules:
    """Those of the rows that are whole, whatever they say; for counting while a table is edited."""
    made = []
    for number, row in enumerate(rows, 1):
        with suppress(RuleFault):
            rule = _parsed(number, row)
            _check_box(number, rule)
            made.append(rule)
    return tuple(made)


def plain(rules: Sequence[SegmentRule]) -> list[dict[str, Any]]:
    """The rules as rows of plain values."""
    return [asdict(rule) for rule in rules]


def save(ledger: Ledger, org_id: str, rules: Sequence[SegmentRule], *, by: str) -> bool:
    """Keep the rules for the next refresh, with an entry in the audit log; False where they are those it has."""
    checked = check(rules)
    kept = None if checked == SEGMENT_RULES else plain(checked)
    return ledger.write(lambda conn: _put(conn, org_id, kept, by, "segment rules changed"))


def reset(ledger: Ledger, org_id: str, *, by: str) -> bool:
    """Go back to the rules of Pulse, with an entry in the audit log; False where it has no others."""
    return ledger.write(lambda conn: _put(conn, org_id, None, by, "segment rules reset"))


def table(rules: Sequence[SegmentRule]) -> pa.Table:
    """The rules as the warehouse joins them, one row a box, with the number and lifecycle group of its segment."""
    schema = pa.schema(
        {
            "segment": pa.string(), "recency_low": pa.int8(), "recency_high": pa.int8(), "value_low": pa.float64(),
            "value_high": pa.float64(), "churn_low": pa.float64(), "churn_high": pa.float64(),
            "segment_number": pa.int32(), "lifecycle_group": pa.string(),
        }
    )  # fmt: skip
    rows = [
        asdict(rule)
        | {
            "segment_number": SEGMENT_NAMES.index(rule.segment),
            "lifecycle_group": business_segment(rule.segment).group,
        }
        for rule in rules
    ]
    return pa.Table.from_pylist(rows, schema)


def holds(rule: SegmentRule, recency: int, value: float, churn: float = 0.0) -> bool:
    """Whether the point lies in the rule's box; an unknown churn probability lies where 0 does."""
    return (
        rule.recency_low <= recency <= rule.recency_high
        and rule.value_low <= value <= rule.value_high
        and rule.churn_low <= churn
        and (churn < rule.churn_high or rule.churn_high == 1)
    )


def bounds(rules: Sequence[SegmentRule]) -> tuple[float, ...]:
    """Every churn probability at which some rule begins or ends, from 0 up to but without 1."""
    cuts = {cut for rule in rules for cut in (rule.churn_low, rule.churn_high)}
    return tuple(sorted({0.0} | {cut for cut in cuts if 0 < cut < 1}))


def cells(reader: Reader, cuts: Sequence[float]) -> list[Cell]:
    """The customers by scores and, between two of the rising `cuts` (the first is 0), by churn probability."""
    found = reader.rows(_SQL["read_cells"], {"cuts": list(cuts)})
    return [
        Cell(recency, float(value), cuts[band - 1], customers) for recency, value, band, customers in found
    ]


def counts(rules: Sequence[SegmentRule], found: Sequence[Cell]) -> Counts:
    """The customers of `cells`, made with the `bounds` of these rules, by rule and by segment."""
    held = tuple(
        sum(cell.customers for cell in found if holds(rule, cell.recency, cell.value, cell.churn))
        for rule in rules
    )
    by_segment = dict.fromkeys(SEGMENT_NAMES, 0)
    for rule, customers in zip(rules, held, strict=True):
        by_segment[rule.segment] += customers
    return Counts(held, by_segment)


def _put(conn: Connection, org_id: str, kept: list[dict[str, Any]] | None, by: str, action: str) -> bool:
    before = org_settings.get(conn, org_id, _KEY)
    if before == kept:
        return False
    org_settings.put(conn, org_id, _KEY, kept)
    detail = {"before": before, "after": kept}  # None: those of Pulse
    audit.record(conn, org_id, actor=by, action=action, thing="segment rules", detail=detail)
    return True


def _parsed(number: int, row: Mapping[str, Any]) -> SegmentRule:
    scores = {name: _number(row.get(name)) for name in _FIELDS[1:]}
    missing = [name for name, value in scores.items() if value is None]
    if missing or not row.get("segment"):
        name = (missing or ["segment"])[0].replace("_low", " from").replace("_high", " to")
        raise RuleFault(
            f"segment rule {number} has no {name}",
            remedy="fill in the whole row with a segment and numbers, or remove it",
            rules=[number],
        )
    return SegmentRule(str(row["segment"]), **scores)  # type: ignore[arg-type]  # whole scores are ints below


def _number(value: Any) -> float | None:
    """A number, whole ones as int; None for anything else (an empty cell of a table is NaN)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def _check_box(number: int, rule: SegmentRule) -> None:
    """That the segment exists and each range has its low end first."""
    said = f"segment rule {number}"
    if rule.segment not in SEGMENT_NAMES:
        raise RuleFault(
            f"{said} leads to {rule.segment!r}, which is no segment",
            remedy=f"choose one of {', '.join(SEGMENT_NAMES)}",
            rules=[number],
        )
    for name, low_key, high_key, allowed, words in _RANGES:
        low, high = getattr(rule, low_key), getattr(rule, high_key)
        if low not in allowed or high not in allowed or low > high:
            raise RuleFault(
                f"{said} ({rule.segment}) has a {name} from {low:g} to {high:g}",
                remedy=f"use {words}, the lower one first",
                rules=[number],
            )
    if not 0 <= rule.churn_low < rule.churn_high <= 1:
        raise RuleFault(
            f"{said} ({rule.segment}) has {_probabilities(rule.churn_low, rule.churn_high)}",
            remedy="use 0 % to 100 %, the lower one first",
            rules=[number],
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """A part of a cell that no rule holds, or two."""

    recency: int
    value: float
    churn_low: float
    churn_high: float
    rules: tuple[tuple[int, SegmentRule], ...]


def _faults(rules: Sequence[SegmentRule], recency: int, value: float) -> Iterator[_Fault]:
    """Walk up the churn probability of one cell: each rule must begin where the one before ends."""
    held = [
        (number, rule)
        for number, rule in enumerate(rules, 1)
        if rule.recency_low <= recency <= rule.recency_high and rule.value_low <= value <= rule.value_high
    ]
    reached, last = 0.0, None
    for entry in sorted(held, key=lambda entry: (entry[1].churn_low, entry[1].churn_high)):
        low, high = entry[1].churn_low, entry[1].churn_high
        if low > reached:
            yield _Fault(recency, value, reached, low, ())
        elif low < reached and last:
            yield _Fault(recency, value, low, min(reached, high), (last, entry))
        if high > reached:
            reached, last = high, entry
    if reached < 1:
        yield _Fault(recency, value, reached, 1.0, ())


def _told(faults: Sequence[_Fault]) -> RuleFault:
    first = faults[0]
    place = f"recency score {first.recency} with value score {first.value:g}"
    if (first.churn_low, first.churn_high) != (0, 1):
        place += f" and {_probabilities(first.churn_low, first.churn_high)}"
    others = len(faults) - 1
    more = f" (and for {others} more combination{'s' if others > 1 else ''})" if others else ""
    numbers = [number for number, _ in first.rules]
    if first.rules:
        named = " and ".join(f"{number} ({rule.segment})" for number, rule in first.rules)
        said, remedy = (
            f"segment rules {named} both hold for {place}{more}",
            "let one end where the other begins",
        )
    else:
        said, remedy = f"no segment rule holds for {place}{more}", "let a rule reach there, or add one"
    return RuleFault(
        said,
        remedy=remedy,
        rules=numbers,
        recency=first.recency,
        value=first.value,
        churn=[first.churn_low, first.churn_high],
    )


def _probabilities(low: float, high: float) -> str:
    return f"a churn probability from {low * 100:g} % to {high * 100:g} %"
