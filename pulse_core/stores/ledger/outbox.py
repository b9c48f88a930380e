"""The outbox: one row a recipient, claimed and committed as `sending` before its message is handed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import outbox
from pulse_core.stores.ledger.values import now

STATES = ("planned", "sending", "sent", "failed", "unknown", "skipped")
OUTCOMES = ("planned", "sent", "failed", "unknown", "skipped")
EXPIRED_OUTCOMES = ("planned", "sent", "unknown")
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message to one customer; `merge` holds what rendering needs, frozen at planning.

    While `sending`, `claimed_by` holds it until `lease_until`; `attempts` is how often it was claimed.
    """

    id: str
    org_id: str
    campaign_id: str
    customer_id: str
    channel: str
    address: str | None
    language: str | None
    zone: str | None
    variant: str | None
    merge: dict[str, Any]
    state: str
    reason: str | None
    claimed_by: str | None
    lease_until: datetime | None
    attempts: int
    receipt: dict[str, Any] | None
    planned_at: datetime
    claimed_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed message; back to `planned` means that it was not handed over."""

    id: str
    state: str
    reason: str | None = None
    receipt: dict[str, Any] | None = None


def plan(conn: Connection, planned: Iterable[Mapping[str, Any]]) -> int:
    """Adds the rows and returns how many are new; one that is there already stays as it is.

    A row needs id, org_id, campaign_id, customer_id, channel and merge; it may be `skipped` with a reason.
    """
    defaults = _DEFAULTS | {"planned_at": now()}
    statement = rows.insert(conn, outbox).on_conflict_do_nothing().returning(outbox.c.id)
    chunks = _chunks({**defaults, **row} for row in planned)
    return sum(len(conn.execute(statement, chunk).all()) for chunk in chunks)


def claim(
    conn: Connection, campaign_id: str, *, claimant: str, lease_seconds: float, limit: int
) -> list[OutboxRow]:
    """Takes up to `limit` planned rows as `sending`, by id; no two claimants get the same row."""
    # Two statements: on Postgres an UPDATE over a sub-select with a LIMIT may take more rows than it locked.
    free = (
        select(outbox.c.id)
        .where(outbox.c.campaign_id == campaign_id, outbox.c.state == "planned")
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = conn.scalars(free).all()
    at = now()
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(
            state="sending",
            claimed_by=claimant,
            claimed_at=at,
            lease_until=at + timedelta(seconds=lease_seconds),
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox)
    )
    return sorted(rows.many(conn, taken, OutboxRow), key=lambda row: row.id)


def settle(conn: Connection, claimant: str, outcomes: Iterable[Outcome]) -> int:
    """Writes the outcomes of rows that the claimant still holds; returns how many it held."""
    return _conclude(conn, outcomes, OUTCOMES, outbox.c.claimed_by == claimant)


def reclaim(conn: Connection, outcomes: Iterable[Outcome]) -> int:
    """Moves rows whose lease has run out to sent, planned or unknown; returns how many."""
    return _conclude(conn, outcomes, EXPIRED_OUTCOMES, outbox.c.lease_until < now())


def expired(conn: Connection, campaign_id: str) -> list[OutboxRow]:
    """The rows still `sending` whose lease has run out: nobody knows yet whether they went out."""
    late = (outbox.c.campaign_id == campaign_id, outbox.c.state == "sending", outbox.c.lease_until < now())
    return rows.many(conn, select(outbox).where(*late).order_by(outbox.c.id), OutboxRow)


def end_leases(conn: Connection, runner: str) -> int:
    """Ends the leases of a runner that is known to be dead, so that its rows are looked into at once."""
    held = (outbox.c.claimed_by.startswith(f"{runner}-", autoescape=True), outbox.c.state == "sending")
    return rows.affected(conn.execute(update(outbox).where(*held).values(lease_until=now())))


def counts(conn: Connection, org_id: str, campaign_id: str) -> dict[str, int]:
    """How many of the campaign's rows stand in each state, 0 included."""
    statement = (
        select(outbox.c.state, func.count())
        .where(outbox.c.org_id == org_id, outbox.c.campaign_id == campaign_id)
        .group_by(outbox.c.state)
    )
    return dict.fromkeys(STATES, 0) | dict(conn.execute(statement).all())


def page(
    conn: Connection,
    org_id: str,
    *,
    campaign_id: str | None = None,
    state: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[OutboxRow]:
    """A page of the organisation's rows, the last planned first, of one campaign or state if given."""
    statement = select(outbox).where(outbox.c.org_id == org_id)
    if campaign_id is not None:
        statement = statement.where(outbox.c.campaign_id == campaign_id)
    if state is not None:
        statement = statement.where(outbox.c.state == rows.one_of(state, STATES, "the state"))
    newest = (outbox.c.planned_at.desc(), outbox.c.id.desc())
    return rows.many(conn, statement.order_by(*newest).offset(offset).limit(limit), OutboxRow)


def get(conn: Connection, org_id: str, message_id: str) -> OutboxRow:
    """The organisation's row; `NotFound` where there is none."""
    statement = select(outbox).where(outbox.c.org_id == org_id, outbox.c.id == message_id)
    return rows.exactly(conn, statement, OutboxRow, f"message {message_id}")


_DEFAULTS: dict[str, Any] = dict.fromkeys(("address", "language", "zone", "variant", "reason")) | {
    "state": "planned"
}


def _chunks(items: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _conclude(
    conn: Connection, outcomes: Iterable[Outcome], states: tuple[str, ...], allowed: ColumnElement[bool]
) -> int:
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("message_id"), outbox.c.state == "sending", allowed)
        .values(
            state=bindparam("to_state"),
            reason=bindparam("to_reason"),
            receipt=bindparam("to_receipt"),
            lease_until=None,
            settled_at=bindparam("to_settled_at"),
        )
    )
    changes = (_change(outcome, states) for outcome in outcomes)
    return sum(rows.affected(conn.execute(statement, chunk)) for chunk in _chunks(changes))


def _change(outcome: Outcome, states: tuple[str, ...]) -> dict[str, Any]:
    return {
        "message_id": outcome.id,
        "to_state": rows.one_of(outcome.state, states, "the outcome"),
        "to_reason": outcome.reason,
        "to_receipt": outcome.receipt,
        "to_settled_at": None if outcome.state == "planned" else now(),
    }
