"""Loads a case and compares what became of it with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from workshop import Workshop

from pulse_core.errors import PulseError
from pulse_core.intake.imports import Report

from .case import Case, as_bytes
from .verdicts import Asks, Declined, Loads, Refused, Shown, Unchanged

# The view that holds what was accepted, by kind.
FACTS = {
    "orders": "order_lines",
    "customers": "customer_records",
    "events": "events",
    "visits": "visits",
    "scores": "scores",
    "table": "churn_tables",
}

# The ways to load nothing without a crash.
DECLINING = {"invalid", "missing_column", "choose_sheet", "ambiguous_dates", "ambiguous_numbers"}


def check(shop: Workshop, case: Case, org_id: str) -> bool:
    """Assert that the case ends as its verdict says; true if the organisation is as new as it was before."""
    if case.before is not None:
        shop.load(as_bytes(case.before), name="before", org_id=org_id)
    expected = case.verdict if isinstance(case.verdict, Loads) else Loads(0, 0)
    known = facts(shop, expected, org_id)
    outcome = attempt(shop, case, org_id)
    added = without(facts(shop, expected, org_id), known)
    if isinstance(outcome, PulseError):
        assert added == [], f"facts were added although it ended by {outcome}"
        stopped(case, outcome)
    else:
        loaded(case, outcome, added)
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
            assert [word for word in words if not says(error.message, word)] == [], error
        case Declined():
            assert error.code in DECLINING, error
        case _:
            raise AssertionError(f"{error.code}: {error}") from error


def says(message: str, word: str) -> bool:
    """Does the message hold the word, or one of several that stand between `|`?"""
    return any(one in message.casefold() for one in word.casefold().split("|"))


def loaded(case: Case, report: Report, added: list[Shown]) -> None:
    """Every record is accounted for, and what was accepted is what stands in the warehouse, rightly read."""
    if isinstance(case.verdict, Unchanged):
        assert (report.unchanged, added) == (True, []), report
        return
    assert isinstance(case.verdict, Loads), f"{case.verdict} was expected, but it loaded: {report}"
    verdict = case.verdict
    assert report.accepted + report.rejected + sum(report.set_aside.values()) == report.rows, report
    told = report.rows, report.accepted, report.rejected, dict(report.set_aside)
    expected = verdict.rows, verdict.accepted, verdict.rejected, dict(verdict.set_aside)
    assert told == expected, f"{told} is not {expected}: {why_not(report)}"
    assert len(added) == verdict.accepted, f"{len(added)} facts"
    assert verdict.returns in (None, report.returns), f"{report.returns} returns"
    assert [word for word in verdict.reasons if word.casefold() not in why_not(report)] == [], why_not(report)
    assert verdict.values is None or tuple(added) == verdict.values, added[:10]


def why_not(report: Report) -> str:
    """The places and reasons of the rejected rows that the report shows."""
    return "\n".join(
        f"{one.row} {one.column} {one.value!r}: {one.reason}" for one in report.rejects
    ).casefold()


def facts(shop: Workshop, verdict: Loads, org_id: str) -> list[Shown]:
    """What the organisation's facts of a kind hold, as text, in file order."""
    view = FACTS[verdict.kind]
    batch = "(SELECT batch_id FROM applied_batches AS b WHERE b.file = order_lines.file)"
    place = f"{batch if view == 'order_lines' else 'batch_id'}, row"
    found = shop.rows(f"SELECT {verdict.shown} FROM {view} ORDER BY {place}", org_id)
    return [tuple(shown(value) for value in row) for row in found]


def without(rows: list[Shown], known: list[Shown]) -> list[Shown]:
    """The rows less the known ones, each taken away once."""
    left = Counter(known)
    rest = []
    for row in rows:
        if left[row]:
            left[row] -= 1
        else:
            rest.append(row)
    return rest


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
