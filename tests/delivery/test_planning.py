from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event

from notifier.folder import Folder
from pulse_core.audience.tree import parse
from pulse_core.delivery import campaigns
from pulse_core.delivery.content import Content
from pulse_core.errors import Busy, Cancelled, Invalid, Refused
from pulse_core.jobs import Silent
from pulse_core.message.pitch import PITCHES, Pitch
from pulse_core.stores.ledger import campaigns as stored
from pulse_core.stores.ledger import organisations

from .channels import Postbox
from .shop import AS_OF, EVERYBODY, Shop, customer


def all_campaigns(shop: Shop) -> list[stored.Campaign]:
    with shop.ledger.read() as conn:
        return stored.all(conn, shop.org.id)


def test_planning_freezes_all_that_sending_needs(shop: Shop, folder: Folder) -> None:
    """A row holds address, language, zone, group and just the merge values that its pitch uses."""
    campaign = shop.plan(folder, segment_name="Everybody")
    row = shop.rows(campaign)["00003"]
    assert (campaign.state, campaign.audience, campaign.segment_name) == ("active", 8, "Everybody")
    assert campaign.planned_at is not None
    assert Content.of(campaign.content).pitches == PITCHES
    assert (row.address, row.language, row.zone, row.variant) == ("ada3@example.com", "en", "UTC", "At-Risk")
    assert (row.state, row.reason, row.channel) == ("planned", None, "folder")
    assert row.merge == {
        "first_name": "Ada3",
        "last_order_on": "3 Nov 2011",
        "shop": "Acme",
        "to_name": "Ada3 King",
        "top_product": "Blue teapot",
    }


def test_only_customers_of_the_tree_are_planned(shop: Shop, folder: Folder) -> None:
    """The audience compiler decides, and the campaign keeps what was asked for, in words too."""
    tree = parse({"field": "lifecycle_group", "op": "eq", "value": "VIP"})
    campaign = shop.plan(folder, tree=tree)
    assert set(shop.rows(campaign)) == {"00000", "00004"}
    assert parse(campaign.tree) == tree
    assert "VIP" in campaign.sentence


def test_what_is_sent_does_not_follow_later_changes(
    shop: Shop, folder: Folder, eml_files: Callable[[], list[str]]
) -> None:
    """Between planning and sending, customers and the organisation may change: the messages do not."""
    campaign = shop.plan(folder)
    shop.hold([])
    shop.ledger.write(lambda conn: organisations.update(conn, shop.org.id, name="Renamed"))
    shop.send(folder, campaign)
    texts = [folder.read(shop.org.id, campaign.id, name).text for name in eml_files()]
    assert len(texts) == 8
    assert all("Hello Ada" in text and text.rstrip().endswith("Acme") for text in texts)


def test_an_empty_audience_is_refused_and_leaves_nothing(shop: Shop, folder: Folder) -> None:
    """Nobody there is an error with a remedy, not a campaign to nobody."""
    shop.hold([])
    with pytest.raises(Refused, match="choose a wider segment"):
        shop.plan(folder)
    assert all_campaigns(shop) == []


@pytest.mark.parametrize("content", [{}, {"VIP": Pitch("VIP", "Hi {{ nmae }}", "x")}])
def test_content_that_cannot_be_sent_is_refused_at_planning(
    shop: Shop, folder: Folder, content: dict[str, Pitch]
) -> None:
    """A faulty pitch never reaches the outbox."""
    with pytest.raises(Invalid):
        shop.plan(folder, content=content)
    assert all_campaigns(shop) == []


def test_planning_is_all_or_nothing(shop: Shop, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in the middle of the rows leaves neither rows nor a campaign."""
    rows = campaigns.Recipients.rows

    def failing(*given: object) -> object:
        yield from list(rows(*given))[:3]  # type: ignore[arg-type]
        raise OSError("no space left on device")

    monkeypatch.setattr(campaigns.Recipients, "rows", failing)
    with pytest.raises(OSError, match="no space"):
        shop.plan(folder)
    assert all_campaigns(shop) == []


def test_planning_again_with_the_same_key_changes_nothing(shop: Shop, folder: Folder) -> None:
    """A job that died after planning and starts over sends to nobody twice, whoever joined meanwhile."""
    first = shop.plan(folder, key="job-1")
    shop.hold([customer(number) for number in range(20)])
    again = shop.plan(folder, key="job-1")
    assert again == first
    assert len(shop.rows(first)) == 8
    assert shop.plan(folder, key="job-2").id != first.id


def test_planning_one_key_at_the_same_moment_plans_once(shop: Shop, folder: Folder) -> None:
    """Two runners of one job, on either store: one campaign, every message id once."""

    def attempt(_: int) -> str | None:
        with shop.connection.cursor() as cursor:
            try:
                return Shop(shop.ledger, type(shop.reader)(cursor), shop.org, cursor).plan(folder, key="k").id
            except Busy:
                return None

    with ThreadPoolExecutor(4) as pool:
        ids = {found for found in pool.map(attempt, range(4)) if found}
    assert len(ids) == len(all_campaigns(shop)) == 1


def test_a_cancel_before_the_outbox_is_written_plans_nothing(shop: Shop, folder: Folder) -> None:
    """The person who cancels in time finds no campaign."""

    class Stopped(Silent):
        def step(self, name: str, done: int = 0, total: int = 0) -> None:
            if total:
                raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        shop.plan(folder, progress=Stopped())
    assert all_campaigns(shop) == []


def test_everybody_who_gets_nothing_has_a_reason(shop: Shop) -> None:
    """Why not is answered by the outbox: no address, a wrong one, one used before, no pitch for the group."""
    shop.hold(
        [
            customer(0),
            customer(1, email=None),
            customer(2, email="nobody"),
            customer(3, email="ada0@example.com\nBcc: all@example.com"),
            customer(4, email=" ADA0@example.com "),
            customer(5, lifecycle_group=None),
        ]
    )
    rows = shop.rows(shop.plan(Postbox(), content=PITCHES))
    assert [(row.state, row.reason) for _, row in sorted(rows.items())] == [
        ("planned", None),
        ("skipped", "no_address"),
        ("skipped", "invalid_address"),
        ("skipped", "invalid_address"),
        ("skipped", "same_address"),
        ("skipped", "no_pitch"),
    ]


def test_a_channel_that_reaches_nobody_needs_no_address(shop: Shop, folder: Folder) -> None:
    """Data without addresses (Online Retail) still shows messages, under a domain that cannot exist."""
    shop.hold([customer(1, customer_id="C/12 é", email=None), customer(2, customer_id="C 12", email=None)])
    rows = shop.rows(shop.plan(folder)).values()
    assert {row.address for row in rows} == {"customer-c-12@no-address.invalid"}
    assert {row.state for row in rows} == {"planned"}


def test_hostile_customers_are_planned_as_harmless_values(shop: Shop, folder: Folder) -> None:
    """Line breaks, controls and template syntax in a customer's own data stay data."""
    shop.hold([customer(0, name="Eve\r\nBcc: all@example.com\x00", top_product="{{ 7 * 7 }}\x1b[31m")])
    campaign = shop.plan(folder)
    row = shop.rows(campaign)["00000"]
    assert row.merge["to_name"] == "Eve Bcc: all@example.com"
    assert row.merge["top_product"] == "{{ 7 * 7 }} [31m"
    assert shop.send(folder, campaign)["sent"] == 1
    message = folder.read(shop.org.id, campaign.id, row.id)
    assert b"\nBcc" not in message.source
    assert "{{ 7 * 7 }}" in message.text


def test_a_preview_is_what_will_be_sent(shop: Shop, folder: Folder) -> None:
    """The person approves the very words that go out."""
    shown = dict(
        campaigns.preview(shop.reader, shop.org, tree=EVERYBODY, content=PITCHES, as_of=AS_OF, limit=3)
    )
    campaign = shop.plan(folder)
    shop.send(folder, campaign)
    rows = shop.rows(campaign)
    for customer_id, rendered in shown.items():
        message = folder.read(shop.org.id, campaign.id, rows[customer_id].id)
        assert (message.subject, message.text) == (rendered.subject, rendered.text + "\n")
    assert list(shown) == ["00000", "00001", "00002"]


def test_neighbours_with_equal_customers_have_different_message_ids(shop: Shop, folder: Folder) -> None:
    """Message ids are file names and keys: two organisations that plan alike never meet."""
    neighbour = shop.ledger.write(partial(organisations.create, name="Neighbour"))
    ours = shop.rows(shop.plan(folder, key="k"))
    theirs = Shop(shop.ledger, shop.reader, neighbour, shop.connection)
    ids = {row.id for row in theirs.rows(theirs.plan(folder, key="k")).values()}
    assert len(ids) == 8
    assert not ids & {row.id for row in ours.values()}


def test_many_recipients_are_planned_in_bulk(shop: Shop, folder: Folder) -> None:
    """Planning holds the ledger's only writer: a statement for each row would keep it for minutes."""
    shop.hold([customer(number) for number in range(20_000)])
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        campaign = shop.plan(folder)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert shop.counts(campaign) == {"planned": 20_000}
    assert len(statements) < 100
