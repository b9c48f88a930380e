"""The import log: one row a batch. It is the source of every row in the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, Select, select, update

from pulse_core.errors import Refused
from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import import_log
from pulse_core.stores.ledger.values import now


@dataclass(frozen=True, slots=True)
class Batch:
    """One imported file. rows = accepted + rejected + the sum of `set_aside` (a count for each reason).

    `sha256` is the file's, `batch_sha256` the stored batch's, `mapping_key` the canonical mapping's.
    """

    id: int
    org_id: str
    sha256: str
    file_name: str
    file_bytes: int
    shape: str
    mapping: dict[str, Any]
    mapping_key: str
    rows: int
    accepted: int
    rejected: int
    set_aside: dict[str, int]
    returns: int
    first_day: date | None
    last_day: date | None
    batch_file: str
    batch_sha256: str
    aside_file: str | None
    state: str
    created_by: str
    created_at: datetime
    undone_at: datetime | None


class _Optional(TypedDict, total=False):
    first_day: date | None
    last_day: date | None
    aside_file: str | None


class Fields(_Optional):
    """What the caller of `add` gives."""

    sha256: str
    file_name: str
    file_bytes: int
    shape: str
    mapping: dict[str, Any]
    mapping_key: str
    rows: int
    accepted: int
    rejected: int
    set_aside: dict[str, int]
    returns: int
    batch_file: str
    batch_sha256: str
    created_by: str


def add(conn: Connection, org_id: str, **fields: Unpack[Fields]) -> Batch:
    """A new active batch; `Refused` where the organisation has the same file already."""
    made = {**fields, "org_id": org_id, "state": "active", "created_at": now()}
    twice = Refused(
        f"the file {fields['file_name']!r} is imported already",
        remedy="undo that import first to load it again",
    )
    with rows.unique(conn, twice):
        return rows.inserted(conn, import_log, made, Batch)


def find(conn: Connection, org_id: str, sha256: str) -> Batch | None:
    """The organisation's active batch of that file, or None."""
    statement = _active(org_id).where(import_log.c.sha256 == sha256)
    return rows.first(conn, statement, Batch)


def active(conn: Connection, org_id: str) -> list[Batch]:
    """The organisation's batches that count, in the order they came."""
    return rows.many(conn, _active(org_id).order_by(import_log.c.id), Batch)


def all(conn: Connection, org_id: str) -> list[Batch]:
    """The organisation's batches, the undone ones too, the newest first."""
    statement = select(import_log).where(import_log.c.org_id == org_id).order_by(import_log.c.id.desc())
    return rows.many(conn, statement, Batch)


def get(conn: Connection, org_id: str, batch_id: int) -> Batch:
    """The organisation's batch; `NotFound` where there is none."""
    statement = select(import_log).where(import_log.c.org_id == org_id, import_log.c.id == batch_id)
    return rows.exactly(conn, statement, Batch, f"import {batch_id}")


def undo(conn: Connection, org_id: str, batch_id: int) -> Batch:
    """Takes the batch out; undone already, it stays as it is."""
    statement = update(import_log).where(
        import_log.c.org_id == org_id, import_log.c.id == batch_id, import_log.c.state == "active"
    )
    conn.execute(statement.values(state="undone", undone_at=now()))
    return get(conn, org_id, batch_id)


def _active(org_id: str) -> Select[Any]:
    return select(import_log).where(import_log.c.org_id == org_id, import_log.c.state == "active")
