"""The outbox: a message is planned once, held by one claimant, and its outcome is written once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import organisations, outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.outbox import OutboxRow, Outcome

from .children import claim_messages, together
from .world import campaign, messages


@pytest.fixture
def spring(ledger: Ledger, org: Organisation) -> Campaign:
    """A campaign with five planned messages."""
    made = ledger.write(lambda conn: campaign(conn, org.id))
    ledger.write(lambda conn: outbox.plan(conn, messages(made, 5)))
    return made


def claim(
    ledger: Ledger, made: Campaign, *, claimant: str = "one", limit: int = 2, lease: float = 60
) -> list[OutboxRow]:
    """What the claimant gets."""
    return ledger.write(
        lambda conn: outbox.claim(conn, made.id, claimant=claimant, lease_seconds=lease, limit=limit)
    )


def settle(ledger: Ledger, claimant: str, *outcomes: Outcome) -> int:
    """How many rows the claimant could settle."""
    return ledger.write(lambda conn: outbox.settle(conn, claimant, outcomes))


def counts(ledger: Ledger, made: Campaign) -> dict[str, int]:
    """The states that have rows."""
    with ledger.read() as conn:
        return {state: n for state, n in outbox.counts(conn, made.org_id, made.id).items() if n}


def test_what_is_planned_is_read_back(ledger: Ledger, spring: Campaign) -> None:
    """The row holds all that rendering needs."""
    (given, *_) = messages(spring, 1)
    with ledger.read() as conn:
        row = outbox.get(conn, spring.org_id, given["id"])
        with pytest.raises(NotFound, match="message nothing does not exist"):
            outbox.get(conn, spring.org_id, "nothing")
    assert {name: getattr(row, name) for name in given} == given
    assert (row.state, row.attempts, row.receipt, row.language) == ("planned", 0, None, None)


def test_planning_again_changes_nothing(ledger: Ledger, spring: Campaign) -> None:
    """Rows that are there keep their state, only the new ones count, and several chunks are planned whole."""
    claim(ledger, spring)
    assert ledger.write(lambda conn: outbox.plan(conn, messages(spring, 2_500))) == 2_495
    assert ledger.write(lambda conn: outbox.plan(conn, messages(spring, 2_500))) == 0
    assert ledger.write(lambda conn: outbox.plan(conn, [])) == 0
    assert counts(ledger, spring) == {"planned": 2_498, "sending": 2}


def test_one_customer_gets_one_message_of_a_campaign(ledger: Ledger, spring: Campaign) -> None:
    """Another id for the same customer adds no second message."""
    (first, *_) = messages(spring, 1)
    assert ledger.write(lambda conn: outbox.plan(conn, [{**first, "id": "another"}])) == 0


def test_a_row_cannot_point_at_a_neighbours_campaign(ledger: Ledger, spring: Campaign) -> None:
    """The store refuses a row whose organisation is not the campaign's."""
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    (stray, *_) = messages(spring, 1)
    stray |= {"id": "stray", "customer_id": "stray", "org_id": other.id}
    with pytest.raises(IntegrityError):
        ledger.write(lambda conn: outbox.plan(conn, [stray]))


def test_a_row_may_be_skipped_at_planning(ledger: Ledger, spring: Campaign) -> None:
    """The reason for a "no" is kept, and nobody claims the row."""
    skipped = messages(spring, 6)[5] | {"state": "skipped", "reason": "no address", "address": None}
    ledger.write(lambda conn: outbox.plan(conn, [skipped]))
    assert len(claim(ledger, spring, limit=10)) == 5
    with ledger.read() as conn:
        assert outbox.get(conn, spring.org_id, skipped["id"]).reason == "no address"


def test_a_claim_takes_the_rows_for_its_claimant(ledger: Ledger, spring: Campaign) -> None:
    """Claimed rows are `sending` with a lease, and the next claim takes others."""
    first, second = claim(ledger, spring), claim(ledger, spring, claimant="two", limit=10)
    assert [row.id for row in first + second] == sorted(row["id"] for row in messages(spring, 5))
    assert {(row.state, row.claimed_by, row.attempts) for row in first} == {("sending", "one", 1)}
    assert all((row.lease_until - row.claimed_at).total_seconds() == 60 for row in first)
    assert claim(ledger, spring) == []


def test_the_leases_of_a_dead_runner_end_at_once(ledger: Ledger, spring: Campaign) -> None:
    """Its successor looks into its rows without waiting; those of others keep their lease."""
    dead = claim(ledger, spring, claimant="runner-1-aa")
    claim(ledger, spring, claimant="runner-11-bb", limit=10)
    assert ledger.write(lambda conn: outbox.end_leases(conn, "runner-1")) == len(dead)
    with ledger.read() as conn:
        assert [row.id for row in outbox.expired(conn, spring.id)] == [row.id for row in dead]


def test_threads_at_once_never_get_the_same_message(ledger: Ledger, spring: Campaign) -> None:
    """Eight threads that claim at the same time share the rows without a double."""
    ledger.write(lambda conn: outbox.plan(conn, messages(spring, 400)))

    def claim_all(number: int) -> list[str]:
        mine: list[str] = []
        while rows := claim(ledger, spring, claimant=f"thread {number}", limit=7):
            mine += [row.id for row in rows]
        return mine

    with ThreadPoolExecutor(8) as pool:
        claimed = [message_id for mine in pool.map(claim_all, range(8)) for message_id in mine]
    assert sorted(claimed) == sorted(row["id"] for row in messages(spring, 400))


def test_processes_at_once_never_get_the_same_message(
    ledger: Ledger, ledger_url: str, spring: Campaign
) -> None:
    """Three processes that claim at the same time share the rows without a double."""
    ledger.write(lambda conn: outbox.plan(conn, messages(spring, 600)))
    claimed = [
        message_id for mine in together(3, claim_messages, ledger_url, spring.id) for message_id in mine
    ]
    assert sorted(claimed) == sorted(row["id"] for row in messages(spring, 600))


def test_outcomes_are_written_with_their_receipts(ledger: Ledger, spring: Campaign) -> None:
    """Each claimed row ends in its own state; one that was not handed over waits again."""
    ids = [row.id for row in claim(ledger, spring, limit=5)]
    outcomes = [
        Outcome(ids[0], "sent", receipt={"file": "a.eml"}),
        Outcome(ids[1], "failed", reason="no such address"),
        Outcome(ids[2], "unknown", reason="the line broke"),
        Outcome(ids[3], "skipped", reason="unsubscribed"),
        Outcome(ids[4], "planned"),
    ]
    assert settle(ledger, "one", *outcomes) == 5
    with ledger.read() as conn:
        settled = [outbox.get(conn, spring.org_id, message_id) for message_id in ids]
    assert [Outcome(row.id, row.state, row.reason, row.receipt) for row in settled] == outcomes
    assert [row.settled_at is not None for row in settled] == [True, True, True, True, False]
    assert [row.lease_until for row in settled] == [None] * 5
    assert [row.id for row in claim(ledger, spring, limit=5)] == [ids[4]]


def test_only_the_holder_settles_and_only_once(ledger: Ledger, spring: Campaign) -> None:
    """A stranger, and a second answer, change nothing."""
    (row, _) = claim(ledger, spring)
    assert settle(ledger, "two", Outcome(row.id, "failed")) == 0
    assert settle(ledger, "one", Outcome(row.id, "sent")) == 1
    assert settle(ledger, "one", Outcome(row.id, "failed")) == 0
    assert settle(ledger, "one") == 0
    assert counts(ledger, spring) == {"planned": 3, "sending": 1, "sent": 1}


def test_sending_is_no_outcome(ledger: Ledger, spring: Campaign) -> None:
    """An outcome ends the holding; the error lists the outcomes."""
    (row, _) = claim(ledger, spring)
    with pytest.raises(Invalid, match="choose one of planned, sent, failed, unknown, skipped"):
        settle(ledger, "one", Outcome(row.id, "sending"))


def test_only_an_expired_lease_is_reclaimed(ledger: Ledger, spring: Campaign) -> None:
    """Rows of a dead claimant are found and moved on; those of a living one are left alone."""
    lost, held = claim(ledger, spring, claimant="dead", lease=-1), claim(ledger, spring)
    with ledger.read() as conn:
        assert outbox.expired(conn, spring.id) == lost
    outcomes = [Outcome(lost[0].id, "sent", receipt={"file": "a.eml"}), Outcome(lost[1].id, "planned")]
    late = [Outcome(row.id, "unknown") for row in held]
    assert ledger.write(lambda conn: outbox.reclaim(conn, outcomes + late)) == 2
    assert settle(ledger, "dead", Outcome(lost[1].id, "sent")) == 0
    assert counts(ledger, spring) == {"planned": 2, "sending": 2, "sent": 1}
    with pytest.raises(Invalid, match="choose one of planned, sent, unknown"):
        ledger.write(lambda conn: outbox.reclaim(conn, [Outcome(held[0].id, "failed")]))


def test_counts_name_every_state(ledger: Ledger, spring: Campaign) -> None:
    """A page can show a state that has no rows."""
    with ledger.read() as conn:
        assert outbox.counts(conn, spring.org_id, spring.id) == {
            "planned": 5, "sending": 0, "sent": 0, "failed": 0, "unknown": 0, "skipped": 0,
        }  # fmt: skip


def test_pages_follow_on_each_other(ledger: Ledger, spring: Campaign) -> None:
    """The last planned campaign comes first, and pages neither repeat nor leave out a row."""
    autumn = ledger.write(lambda conn: campaign(conn, spring.org_id, name="Autumn"))
    ledger.write(lambda conn: outbox.plan(conn, messages(autumn, 3)))
    claim(ledger, autumn)
    with ledger.read() as conn:
        pages = [outbox.page(conn, spring.org_id, offset=offset, limit=3) for offset in (0, 3, 6)]
        sending = outbox.page(conn, spring.org_id, state="sending")
        of_spring = outbox.page(conn, spring.org_id, campaign_id=spring.id, state="planned")
        with pytest.raises(Invalid, match="the state 'lost' is not known"):
            outbox.page(conn, spring.org_id, state="lost")
    newest = [backwards(row["id"] for row in messages(made, n)) for made, n in ((autumn, 3), (spring, 5))]
    assert [row.id for page in pages for row in page] == newest[0] + newest[1]
    assert [row.id for row in sending] == newest[0][1:]
    assert [row.id for row in of_spring] == newest[1]


def backwards(ids: Iterable[str]) -> list[str]:
    """The ids as pages show them."""
    return sorted(ids, reverse=True)
