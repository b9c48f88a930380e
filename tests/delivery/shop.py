"""A shop that sends: a ledger on each store, a customers table in DuckDB, and short ways to plan and send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from pulse_core.audience.tree import Tree, parse
from pulse_core.delivery import campaigns, sender
from pulse_core.delivery.channel import Channel
from pulse_core.jobs import Silent
from pulse_core.message.pitch import PITCHES
from pulse_core.stores.ledger import campaigns as stored
from pulse_core.stores.ledger import outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.outbox import OutboxRow
from pulse_core.stores.warehouse.access import Reader

AS_OF = date(2011, 12, 9)
EVERYBODY: Tree = parse({"op": "and", "children": []})
GROUPS = list(PITCHES)

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "name", "email", "lifecycle_group", "country")]
    + [(name, pa.string()) for name in ("top_product", "top_category")]
    + [("first_order_on", pa.date32()), ("last_order_on", pa.date32()), ("frequency", pa.int32())]
)


def customer(number: int, **columns: Any) -> dict[str, Any]:
    """A customer of which everything is known, unless `columns` says otherwise."""
    return {
        "customer_id": f"{number:05}",
        "name": f"Ada{number} King",
        "email": f"ada{number}@example.com",
        "lifecycle_group": GROUPS[number % 4],
        "top_product": "Blue teapot",
        "last_order_on": date(2011, 11, 3),
        "frequency": number,
    } | columns


@dataclass
class Shop:
    """One organisation with customers and a ledger."""

    ledger: Ledger
    reader: Reader
    org: Organisation
    connection: duckdb.DuckDBPyConnection

    def hold(self, customers: list[dict[str, Any]]) -> None:
        """These are all customers from now on."""
        table = pa.Table.from_pylist(customers, schema=SCHEMA)
        self.connection.register("given", table)
        self.connection.execute("CREATE OR REPLACE TABLE customers AS SELECT * FROM given")
        self.connection.unregister("given")

    def plan(self, channel: Channel, **changes: Any) -> Campaign:
        given = {
            "name": "Spring",
            "tree": EVERYBODY,
            "content": PITCHES,
            "created_by": "test",
            "as_of": AS_OF,
            "progress": Silent(),
        }
        return campaigns.plan(self.ledger, self.reader, self.org, channel=channel, **(given | changes))

    def send(self, channel: Channel, campaign: Campaign, **changes: Any) -> dict[str, int]:
        given = {"claimant": "sender-1", "progress": Silent(), "lease_seconds": 30.0}
        return sender.send(self.ledger, channel, self.org.id, campaign.id, **(given | changes))

    def rows(self, campaign: Campaign) -> dict[str, OutboxRow]:
        """The campaign's outbox by customer."""
        with self.ledger.read() as conn:
            rows = outbox.page(conn, self.org.id, campaign_id=campaign.id, limit=100_000)
        return {row.customer_id: row for row in rows}

    def state(self, campaign: Campaign) -> str:
        with self.ledger.read() as conn:
            return stored.get(conn, self.org.id, campaign.id).state

    def counts(self, campaign: Campaign) -> dict[str, int]:
        """Only the states that occur."""
        with self.ledger.read() as conn:
            found = outbox.counts(conn, self.org.id, campaign.id)
        return {state: number for state, number in found.items() if number}
