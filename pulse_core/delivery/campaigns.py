"""Campaigns: whom they go to and what they say is decided once; sending then needs only the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pulse_core.audience import compiler
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import Tree
from pulse_core.delivery.channel import Channel
from pulse_core.delivery.content import Content
from pulse_core.delivery.recipients import Recipients, columns, merge
from pulse_core.errors import Busy, Refused
from pulse_core.jobs import Progress
from pulse_core.message.fields import clean
from pulse_core.message.pitch import Pitch, Rendered, render
from pulse_core.stores.ledger import audit, campaigns, outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.warehouse.access import Reader

if TYPE_CHECKING:
    import pyarrow as pa


def plan(
    ledger: Ledger,
    reader: Reader,
    org: Organisation,
    *,
    name: str,
    tree: Tree,
    channel: Channel,
    content: Mapping[str, Pitch],
    created_by: str,
    as_of: date,
    progress: Progress,
    segment_name: str = "",
    key: str | None = None,
) -> Campaign:
    """An active campaign with an outbox row for each customer in the tree: all is stored, or nothing.

    `content` has a pitch for each lifecycle group that is spoken to. `key` names this planning: with the same
    key again, the campaign that is there is returned, so that a job which starts over plans nobody twice.
    Raises Invalid for content that could not be sent, Refused when nobody is in the tree.
    """
    recipients = Recipients(org, channel, frozen(org, content), key or str(uuid.uuid4()))
    progress.step("Choosing customers")
    customers = _customers(reader, tree, columns(recipients.fields), as_of, progress)
    progress.step("Writing the outbox", 0, customers.num_rows)

    def store(conn: Connection) -> Campaign:
        if before := _planned_before(conn, recipients):
            return before
        campaign = campaigns.create(
            conn,
            org.id,
            name=name,
            channel=channel.name,
            segment_name=segment_name,
            tree=tree.model_dump(mode="json"),
            sentence=sentence(tree),
            content=recipients.content.as_json() | {"key": recipients.key},
            as_of=as_of,
            audience=customers.num_rows,
            created_by=created_by,
        )
        return _activate(conn, recipients, campaign, customers)

    # Nothing may be told to `progress` in there: it writes to the ledger itself.
    return ledger.write(store)


def preview(
    reader: Reader,
    org: Organisation,
    *,
    tree: Tree,
    content: Mapping[str, Pitch],
    as_of: date,
    limit: int = 3,
) -> list[tuple[str, Rendered]]:
    """(customer id, message) of the first customers in the tree, as `plan` and `send` would make them now."""
    fields = frozen(org, content).fields()
    query = compiler.select(tree, columns(fields), as_of=as_of, order=["customer_id"], limit=limit)
    return [
        (customer["customer_id"], render(content[group], merge(fields[group], org, customer)))
        for customer in reader.table(query.sql, query.parameters).to_pylist()
        if (group := customer["lifecycle_group"]) in fields
    ]


def pause(ledger: Ledger, org_id: str, campaign_id: str) -> Campaign:
    """Stop after the messages in hand; the rest stays planned. One that is not active stays as it is."""
    return _move(ledger, org_id, campaign_id, "active", "paused")


def resume(ledger: Ledger, org_id: str, campaign_id: str) -> Campaign:
    """Let `sender.send` go on with a paused campaign. One that is not paused stays as it is."""
    return _move(ledger, org_id, campaign_id, "paused", "active")


def frozen(org: Organisation, pitches: Mapping[str, Pitch]) -> Content:
    """What a campaign of this organisation says, with its sender."""
    # The address is one that cannot exist: no channel of today reaches people.
    return Content(clean(org.name), f"{org.id}@pulse.invalid", pitches)


def _move(ledger: Ledger, org_id: str, campaign_id: str, before: str, after: str) -> Campaign:
    def move(conn: Connection) -> Campaign:
        campaign = campaigns.get(conn, org_id, campaign_id)
        return campaigns.set_state(conn, org_id, campaign_id, after) if campaign.state == before else campaign

    return ledger.write(move)


def _customers(reader: Reader, tree: Tree, names: list[str], as_of: date, progress: Progress) -> pa.Table:
    query = compiler.select(tree, names, as_of=as_of)
    with progress.stoppable(reader.interrupt):
        customers = reader.table(query.sql, query.parameters)
    if not customers.num_rows:
        raise Refused("nobody is in this audience", remedy="choose a wider segment, or refresh the figures")
    return customers


def _planned_before(conn: Connection, recipients: Recipients) -> Campaign | None:
    existing = campaigns.all(conn, recipients.org.id)
    return next((campaign for campaign in existing if campaign.content.get("key") == recipients.key), None)


def _activate(conn: Connection, recipients: Recipients, campaign: Campaign, customers: pa.Table) -> Campaign:
    stored = outbox.plan(conn, recipients.rows(campaign.id, customers))
    if stored != customers.num_rows:
        # Only Postgres comes here, where another process may plan the same key at this very moment.
        raise Busy("this campaign is just being planned elsewhere", remedy="find it among the campaigns")
    detail = {"name": campaign.name, "channel": campaign.channel, "audience": campaign.audience}
    audit.record(
        conn,
        campaign.org_id,
        actor=campaign.created_by,
        action="campaign started",
        thing=f"campaign {campaign.id}",
        detail=detail,
    )
    return campaigns.set_state(conn, campaign.org_id, campaign.id, "active", planned_at=datetime.now(UTC))
