"""Campaigns: what is sent to whom, and how far it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import campaigns
from pulse_core.stores.ledger.values import now

STATES = ("draft", "scheduled", "active", "paused", "completed", "cancelled")
STAMPS = ("planned_at", "finished_at")


@dataclass(frozen=True, slots=True)
class Campaign:
    """`id` is a UUID; `tree` and `sentence` are the audience as planned; `audience` counts customers."""

    id: str
    org_id: str
    name: str
    channel: str
    segment_name: str
    tree: dict[str, Any]
    sentence: str
    content: dict[str, Any]
    state: str
    as_of: date
    audience: int
    created_by: str
    created_at: datetime
    planned_at: datetime | None
    finished_at: datetime | None


def create(
    conn: Connection,
    org_id: str,
    *,
    name: str,
    channel: str,
    segment_name: str,
    tree: dict[str, Any],
    sentence: str,
    content: dict[str, Any],
    as_of: date,
    audience: int,
    created_by: str,
) -> Campaign:
    """A new campaign in the state draft."""
    fields = {
        "id": str(uuid.uuid4()),
        "org_id": org_id,
        "name": name,
        "channel": channel,
        "segment_name": segment_name,
        "tree": tree,
        "sentence": sentence,
        "content": content,
        "state": "draft",
        "as_of": as_of,
        "audience": audience,
        "created_by": created_by,
        "created_at": now(),
    }
    return rows.inserted(conn, campaigns, fields, Campaign)


def get(conn: Connection, org_id: str, campaign_id: str) -> Campaign:
    """The organisation's campaign; `NotFound` where there is none."""
    statement = select(campaigns).where(campaigns.c.org_id == org_id, campaigns.c.id == campaign_id)
    return rows.exactly(conn, statement, Campaign, f"campaign {campaign_id}")


def all(conn: Connection, org_id: str) -> list[Campaign]:
    """The organisation's campaigns, the newest first."""
    newest = (campaigns.c.created_at.desc(), campaigns.c.id)
    return rows.many(conn, select(campaigns).where(campaigns.c.org_id == org_id).order_by(*newest), Campaign)


def set_state(conn: Connection, org_id: str, campaign_id: str, state: str, **stamps: datetime) -> Campaign:
    """Moves the campaign on and stamps `planned_at` or `finished_at`; `NotFound` where there is none."""
    for key in stamps:
        rows.one_of(key, STAMPS, "the stamp")
    changes = {"state": rows.one_of(state, STATES, "the campaign's state"), **stamps}
    statement = (
        update(campaigns).where(campaigns.c.org_id == org_id, campaigns.c.id == campaign_id).values(changes)
    )
    return rows.exactly(conn, statement.returning(campaigns), Campaign, f"campaign {campaign_id}")
