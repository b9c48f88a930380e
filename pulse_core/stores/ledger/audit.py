"""The audit log: who did what to which thing, when. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import audit_log
from pulse_core.stores.ledger.values import now


@dataclass(frozen=True, slots=True)
class Entry:
    """`action` is a verb (`import`, `send`), `thing` what it was done to (`batch 3`)."""

    id: int
    org_id: str
    actor: str
    action: str
    thing: str
    detail: dict[str, Any] | None
    at: datetime


def record(
    conn: Connection,
    org_id: str,
    *,
    actor: str,
    action: str,
    thing: str,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Adds an entry, in the transaction of the change that it tells of."""
    fields = {
        "org_id": org_id,
        "actor": actor,
        "action": action,
        "thing": thing,
        "detail": detail,
        "at": now(),
    }
    return rows.inserted(conn, audit_log, fields, Entry)


def latest(conn: Connection, org_id: str, limit: int = 100) -> list[Entry]:
    """The organisation's entries, the newest first."""
    statement = (
        select(audit_log).where(audit_log.c.org_id == org_id).order_by(audit_log.c.id.desc()).limit(limit)
    )
    return rows.many(conn, statement, Entry)
