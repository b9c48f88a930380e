"""Rows that several tests of the ledger need."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pulse_core.stores.ledger import campaigns
from pulse_core.stores.ledger.campaigns import Campaign


def campaign(conn: Connection, org_id: str, *, name: str = "Spring") -> Campaign:
    """A campaign in the state draft."""
    return campaigns.create(
        conn,
        org_id,
        name=name,
        channel="folder",
        segment_name="Champions",
        tree={"field": "segment", "op": "eq", "value": "Champions"},
        sentence="Customers whose segment is Champions.",
        content={"VIP": {"subject": "Hello"}},
        as_of=date(2011, 12, 9),
        audience=3,
        created_by="ada",
    )


def messages(made: Campaign, number: int) -> list[dict[str, Any]]:
    """So many rows for that campaign's outbox."""
    return [
        {
            "id": str(uuid.uuid5(uuid.UUID(made.id), str(customer))),
            "org_id": made.org_id,
            "campaign_id": made.id,
            "customer_id": str(customer),
            "channel": "folder",
            "address": f"{customer}@example.com",
            "variant": "VIP",
            "merge": {"first_name": "Zoë"},
        }
        for customer in range(number)
    ]
