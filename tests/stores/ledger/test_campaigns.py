"""Campaigns: what was planned stays readable, and states are known ones."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import campaigns
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation

from .world import campaign


def create(ledger: Ledger, org_id: str, name: str = "Spring") -> Campaign:
    """A campaign of that name."""
    return ledger.write(lambda conn: campaign(conn, org_id, name=name))


def test_what_is_created_is_read_back(ledger: Ledger, org: Organisation) -> None:
    """A campaign starts as a draft, and its id serves as a namespace for message ids."""
    made = create(ledger, org.id)
    with ledger.read() as conn:
        assert campaigns.get(conn, org.id, made.id) == made
    assert (made.state, made.as_of, made.content) == (
        "draft",
        date(2011, 12, 9),
        {"VIP": {"subject": "Hello"}},
    )
    assert uuid.UUID(made.id).version == 4


def test_campaigns_come_the_newest_first(ledger: Ledger, org: Organisation) -> None:
    """The list begins with what was made last."""
    made = [create(ledger, org.id, name) for name in ("One", "Two", "Three")]
    with ledger.read() as conn:
        assert campaigns.all(conn, org.id) == made[::-1]


def test_a_state_and_its_stamps_are_set(ledger: Ledger, org: Organisation) -> None:
    """The campaign moves on and keeps when it did."""
    made, at = create(ledger, org.id), datetime(2024, 3, 1, 9, tzinfo=UTC)
    ledger.write(lambda conn: campaigns.set_state(conn, org.id, made.id, "active", planned_at=at))
    done = ledger.write(lambda conn: campaigns.set_state(conn, org.id, made.id, "completed", finished_at=at))
    assert (done.state, done.planned_at, done.finished_at) == ("completed", at, at)


def test_unknown_states_stamps_and_campaigns_are_named(ledger: Ledger, org: Organisation) -> None:
    """Nothing else can be set on this way, and nothing is set on what is not there."""
    made, at = create(ledger, org.id), datetime(2024, 3, 1, 9, tzinfo=UTC)
    with pytest.raises(Invalid, match="state 'sent' is not known"):
        ledger.write(lambda conn: campaigns.set_state(conn, org.id, made.id, "sent"))
    with pytest.raises(Invalid, match="stamp 'created_at' is not known"):
        ledger.write(lambda conn: campaigns.set_state(conn, org.id, made.id, "active", created_at=at))
    with pytest.raises(NotFound, match="campaign nothing does not exist"):
        ledger.write(lambda conn: campaigns.set_state(conn, org.id, "nothing", "active"))
