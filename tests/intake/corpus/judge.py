"""Loads a case and compares what became of it with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from workshop import Workshop

from pulse_core.errors import PulseError
from pulse_core.intake.imports import Report

from .case import Case, as_bytes
from .verdicts import Asks, Declined, Loads, Refused, Unchanged

# The view that holds what was accepted, by kind; a kind that is not named here has no view of its own.
FACTS = {
    "orders": "order_lines",
    "customers": "customer_records",
    "events": "events",
    "visits": "visits",
    "scores": "scores",
}


def check(shop: Workshop, case: Case, org_id: str) -> bool:
    """Assert that the case ends as its verdict says; true if the organisation is as new as it was before."""
    if case.before is not None:
        shop.load(as_bytes(case.before), name="before", org_id=org_id)
    kind = case.verdict.kind if isinstance(case.verdict, Loads) else "orders"
    known = facts(shop, kind, org_id)
    outcome = attempt(shop, case, org_id)
    added = facts(shop, kind, org_id) - known
    if isinstance(outcome, PulseError):
        assert added == 0, f"{added} facts although it ended by {outcome}"
        stopped(case, outcome)
    else:
        loaded(shop, case, outcome, added, org_id)
    return case.before is None and isinstance(outcome, PulseError)


def attempt(shop: Workshop, case: Case, org_id: str) -> Report | PulseError:
    """The report, or the error that the file ended in; any other error is a crash."""
    try:
        return shop.load(case.build(), name=case.file_name, org_id=org_id, answers=dict(case.answers))
    except PulseError as error:
        return error


def stopped(case: Case, error: PulseError) -> None:
    """The error is the one that was expected, and says what it must."""
    match case.verdict:
        case Asks(code):
            assert error.code == code, error
        case Refused(words):
            assert error.code == "invalid", error
            assert [word for word in words if word.casefold() not in error.message.casefold()] == [], error
        case Declined():
            assert error.code in ("invalid", "missing_column", "ambiguous_dates", "ambiguous_numbers"), error
        case _:
            raise AssertionError(f"{error.code}: {error}") from error


def loaded(shop: Workshop, case: Case, report: Report, added: int, org_id: str) -> None:
    """Every record is accounted for, and what was accepted is what stands in the warehouse, rightly read."""
    if isinstance(case.verdict, Unchanged):
        assert (report.unchanged, added) == (True, 0), report
        return
    assert isinstance(case.verdict, Loads), f"{case.verdict} was expected, but it loaded: {report}"
    verdict = case.verdict
    assert report.accepted + report.rejected + sum(report.set_aside.values()) == report.rows
    told = report.rows, report.accepted, report.rejected, dict(report.set_aside)
    assert told == (verdict.rows, verdict.accepted, verdict.rejected, dict(verdict.set_aside)), why_not(
        report
    )
    assert verdict.kind not in FACTS or added == verdict.accepted
    assert verdict.returns in (None, report.returns)
    assert [word for word in verdict.reasons if word.casefold() not in why_not(report)] == []
    if verdict.values is not None:
        assert values(shop, verdict, report.batch_id, org_id) == verdict.values


def why_not(report: Report) -> str:
    """The places and reasons of the rejected rows that the report shows."""
    return "\n".join(
        f"{one.row} {one.column} {one.value!r}: {one.reason}" for one in report.rejects
    ).casefold()


def facts(shop: Workshop, kind: str, org_id: str) -> int:
    """How many facts of a kind the organisation has."""
    if kind not in FACTS:
        return 0
    [(count,)] = shop.rows(f"SELECT count(*) FROM {FACTS[kind]}", org_id)
    return int(count)


def values(shop: Workshop, verdict: Loads, batch_id: int, org_id: str) -> tuple[tuple[str | None, ...], ...]:
    """What the accepted rows of a batch hold, as text, in file order."""
    view = FACTS[verdict.kind]
    of_batch = f"(SELECT file FROM applied_batches WHERE batch_id = {batch_id})"
    mine = f"file = {of_batch}" if view == "order_lines" else f"batch_id = {batch_id}"
    found = shop.rows(f"SELECT {verdict.columns} FROM {view} WHERE {mine} ORDER BY row", org_id)
    return tuple(tuple(shown(value) for value in row) for row in found)


def shown(value: Any) -> str | None:
    """A value of the warehouse as the verdicts write it."""
    match value:
        case None:
            return None
        case date():
            return value.isoformat()
        case Decimal():
            return plain(value)
        case float():
            return plain(Decimal(repr(value)))
        case str():
            return value
        case Sequence():
            return "|".join(str(item) for item in value)
        case _:
            return str(value)


def plain(number: Decimal) -> str:
    """A number without powers of ten, a minus zero, or zeros behind its last digit."""
    return format(number.normalize() + 0, "f")
