from __future__ import annotations

import dataclasses
import errno
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from notifier.folder import Folder
from pulse_core.delivery import campaigns, policy, sender
from pulse_core.delivery.channel import Channel, ChannelDown, Message, Receipt, Rejected
from pulse_core.errors import Cancelled, Invalid, Refused
from pulse_core.jobs import Silent
from pulse_core.stores.ledger import campaigns as stored
from pulse_core.stores.ledger import outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.outbox import OutboxRow, Outcome

from .channels import Postbox, TroubledFolder, once
from .shop import Shop, customer

SHORT = 0.4  # seconds: a lease that tests can wait for
WHOLE_BATCH = 2.0  # seconds: a lease that is fresh for one batch even on a busy machine


class Killed(BaseException):
    """Stands for the end of the sender's process: nothing may be tidied up after it."""


@pytest.fixture
def no_tidying(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies settles nothing."""
    settle = sender._Sender._settle

    def unless_killed(self: sender._Sender, outcomes: list[Outcome]) -> None:
        if not isinstance(sys.exc_info()[1], Killed):
            settle(self, outcomes)

    monkeypatch.setattr(sender._Sender, "_settle", unless_killed)


def claim(shop: Shop, campaign: Campaign, *, claimant: str, lease: float, limit: int = 50) -> list[OutboxRow]:
    """What a sender does just before it is killed."""
    return shop.ledger.write(
        lambda conn: outbox.claim(conn, campaign.id, claimant=claimant, lease_seconds=lease, limit=limit)
    )


def test_every_row_is_sent_once_with_its_receipt(
    shop: Shop, folder: Folder, eml_files: Callable[[], list[str]]
) -> None:
    """The plain way: all files there, all rows sent with a receipt, the campaign completed."""
    campaign = shop.plan(folder)
    assert shop.send(folder, campaign, batch=3)["sent"] == 8
    rows = shop.rows(campaign).values()
    assert eml_files() == sorted(row.id for row in rows)
    for row in rows:
        assert row.receipt == {
            "message_id": row.id,
            "channel": "folder",
            "detail": {"file": f"acme/{campaign.id}/{row.id}.eml"},
        }
    assert shop.state(campaign) == "completed"


def test_sending_a_completed_campaign_again_sends_nothing(shop: Shop) -> None:
    """A job that died after the last message and starts over finds nothing to do."""
    postbox = Postbox()
    campaign = shop.plan(postbox)
    first = shop.send(postbox, campaign)
    assert shop.send(postbox, campaign, claimant="sender-2") == first
    assert max(Counter(postbox.taken).values()) == 1


def test_rows_are_committed_as_sending_before_hand_over(shop: Shop) -> None:
    """Promise 1: whoever looks from outside while a message is handed over sees it claimed."""
    seen: list[str] = []

    def look(message: Message) -> None:
        with shop.ledger.read() as conn:
            seen.append(outbox.get(conn, shop.org.id, message.id).state)

    postbox = Postbox(before=look)
    shop.send(postbox, shop.plan(postbox))
    assert seen == ["sending"] * 8


@pytest.mark.usefixtures("no_tidying")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_hand_over_with_a_channel_that_answers(
    shop: Shop, folder: Folder, eml_files: Callable[[], list[str]], moment: str
) -> None:
    """Killed before or after hand-over, both unsettled: the folder says what it has, and all arrive once."""
    troubled = TroubledFolder(folder.root)
    setattr(troubled, moment, once(Killed(), at=2))
    campaign = shop.plan(folder)
    with pytest.raises(Killed):
        shop.send(troubled, campaign, lease_seconds=WHOLE_BATCH)
    assert shop.counts(campaign) == {"sending": 8}
    assert len(eml_files()) == (2 if moment == "before" else 3)
    first_files = {name: (folder.root / "acme" / campaign.id / f"{name}.eml").stat() for name in eml_files()}
    assert shop.send(folder, campaign, claimant="sender-2")["sent"] == 8
    rows = shop.rows(campaign).values()
    assert eml_files() == sorted(row.id for row in rows)
    for name, stat in first_files.items():
        assert (folder.root / "acme" / campaign.id / f"{name}.eml").stat().st_ino == stat.st_ino
    assert {row.attempts for row in rows if row.id in first_files} == {1}
    assert {row.attempts for row in rows if row.id not in first_files} == {2}


@pytest.mark.usefixtures("no_tidying")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_hand_over_with_a_channel_that_cannot_answer(shop: Shop, moment: str) -> None:
    """What the dead sender had in hand is unknown, listed, and never handed over again; the rest is sent."""
    postbox = Postbox(**{moment: once(Killed(), at=2)})
    campaign = shop.plan(postbox)
    with pytest.raises(Killed):
        shop.send(postbox, campaign, lease_seconds=WHOLE_BATCH, batch=5)
    shop.send(postbox, campaign, claimant="sender-2")
    rows = shop.rows(campaign).values()
    assert shop.counts(campaign) == {"unknown": 5, "sent": 3}
    assert {row.reason for row in rows if row.state == "unknown"} == {
        "the sender stopped before the channel answered"
    }
    assert max(Counter(postbox.taken).values()) == 1
    assert {row.id for row in rows if row.state == "sent"} <= set(postbox.taken)
    assert shop.state(campaign) == "completed"


def test_interrupted_in_flight_only_that_message_is_unknown(shop: Shop) -> None:
    """Ctrl-C: what was done is settled, what was not begun is planned, the one in flight is unknown."""
    postbox = Postbox(after=once(KeyboardInterrupt(), at=2))
    campaign = shop.plan(postbox)
    with pytest.raises(KeyboardInterrupt):
        shop.send(postbox, campaign, lease_seconds=WHOLE_BATCH)
    assert shop.counts(campaign) == {"sent": 2, "sending": 1, "planned": 5}
    shop.send(postbox, campaign, claimant="sender-2")
    assert shop.counts(campaign) == {"sent": 7, "unknown": 1}
    assert max(Counter(postbox.taken).values()) == 1


@pytest.mark.parametrize("channel", [Postbox(), None], ids=["postbox", "folder"])
def test_senders_at_once_share_the_work(shop: Shop, folder: Folder, channel: Channel | None) -> None:
    """Four senders on one campaign: every message once, and all of them see the end."""
    shop.hold([customer(number) for number in range(120)])
    chosen = channel or folder
    campaign = shop.plan(chosen)
    barrier = threading.Barrier(4)

    def run(number: int) -> dict[str, int]:
        barrier.wait()
        return shop.send(chosen, campaign, claimant=f"sender-{number}", batch=7)

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(run, range(4)))
    assert [end["sent"] for end in ends] == [120] * 4
    assert {row.attempts for row in shop.rows(campaign).values()} == {1}
    if isinstance(chosen, Postbox):
        assert max(Counter(chosen.taken).values()) == 1


def test_a_sender_waits_for_the_lease_of_one_that_went_away(shop: Shop, folder: Folder) -> None:
    """A restart right after a crash does not leave the last rows behind as sending for ever."""
    campaign = shop.plan(folder)
    claim(shop, campaign, claimant="dead", lease=SHORT, limit=3)
    began = time.monotonic()
    assert shop.send(folder, campaign)["sent"] == 8
    assert time.monotonic() - began >= SHORT


def test_a_sender_that_wakes_late_changes_nothing(
    shop: Shop, folder: Folder, eml_files: Callable[[], list[str]]
) -> None:
    """A sender that slept through its lease: no second file, no outcome over that of another sender."""
    campaign = shop.plan(folder)

    def sleep_while_another_sends(_message: Message) -> None:
        folder_sender.before = lambda _: None  # type: ignore[method-assign]
        time.sleep(SHORT)
        assert shop.send(folder, campaign, claimant="other")["sent"] == 8

    folder_sender = TroubledFolder(folder.root)
    folder_sender.before = sleep_while_another_sends  # type: ignore[method-assign]
    shop.send(folder_sender, campaign, claimant="sleeper", lease_seconds=SHORT)
    rows = shop.rows(campaign).values()
    assert {(row.state, row.claimed_by) for row in rows} == {("sent", "other")}
    assert eml_files() == sorted(row.id for row in rows)


def test_a_sender_that_wakes_late_with_a_channel_that_cannot_answer(shop: Shop) -> None:
    """After the lease nobody hands over what was not begun: it is unknown, and that word stands."""
    campaign = shop.plan(Postbox())

    def sleep_while_another_looks(_message: Message) -> None:
        postbox.before = lambda _: None
        time.sleep(SHORT)
        shop.send(Postbox(), campaign, claimant="other")

    postbox = Postbox(before=sleep_while_another_looks)
    shop.send(postbox, campaign, claimant="sleeper", lease_seconds=SHORT)
    assert shop.counts(campaign) == {"unknown": 8}
    assert len(postbox.taken) == 1  # the one that was in flight


def test_no_hand_over_begins_late_in_a_lease(shop: Shop) -> None:
    """A slow channel never runs into the end of its lease: the rest of the batch is claimed anew."""
    campaign = shop.plan(postbox := Postbox(before=lambda _message: time.sleep(SHORT / 4)))
    assert shop.send(postbox, campaign, lease_seconds=SHORT)["sent"] == 8
    assert max(Counter(postbox.taken).values()) == 1
    assert max(row.attempts for row in shop.rows(campaign).values()) > 1


def test_a_rejected_message_fails_with_its_reason(shop: Shop) -> None:
    """Surely not taken and hopeless: failed, with what the channel said; the others go out."""
    postbox = Postbox(before=once(Rejected("mailbox full", remedy="ask the customer"), at=1))
    campaign = shop.plan(postbox)
    shop.send(postbox, campaign)
    assert shop.counts(campaign) == {"sent": 7, "failed": 1}
    assert [row.reason for row in shop.rows(campaign).values() if row.state == "failed"] == [
        "mailbox full: ask the customer"
    ]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_unexpected_exception_is_unknown_and_never_retried(shop: Shop, moment: str) -> None:
    """Nobody knows whether it was taken, so nobody hands it over again; NUL in the error does no harm."""
    postbox = Postbox(**{moment: once(TimeoutError("no answer\x00"), at=1)})
    campaign = shop.plan(postbox)
    shop.send(postbox, campaign)
    shop.send(postbox, campaign, claimant="sender-2")
    assert shop.counts(campaign) == {"sent": 7, "unknown": 1}
    assert [row.reason for row in shop.rows(campaign).values() if row.state == "unknown"] == [
        "TimeoutError: no answer"
    ]
    assert max(Counter(postbox.taken).values()) == 1


def test_a_receipt_for_another_message_proves_nothing(shop: Shop) -> None:
    """An answer that is not a receipt of this message is unknown."""

    class Confused(Postbox):
        def deliver(self, message: Message) -> Receipt:
            return dataclasses.replace(super().deliver(message), message_id="another")

    campaign = shop.plan(Confused())
    assert shop.send(Confused(), campaign)["unknown"] == 8


def test_a_channel_that_is_down_pauses_the_campaign_and_loses_nothing(
    shop: Shop, folder: Folder, eml_files: Callable[[], list[str]]
) -> None:
    """Everybody would fail on a full disk: so nobody does, and after resume everybody is sent to."""
    troubled = TroubledFolder(folder.root)
    troubled.before = once(ChannelDown("disk full"), at=3)  # type: ignore[method-assign]
    campaign = shop.plan(folder)
    with pytest.raises(ChannelDown):
        shop.send(troubled, campaign)
    assert shop.counts(campaign) == {"sent": 3, "planned": 5}
    assert shop.state(campaign) == "paused"
    campaigns.resume(shop.ledger, shop.org.id, campaign.id)
    assert shop.send(folder, campaign)["sent"] == 8
    assert len(eml_files()) == 8


def test_cancel_leaves_the_rest_planned_and_the_campaign_paused(shop: Shop) -> None:
    """A person who stops a campaign can look, and go on later with exactly the rest."""

    class CancelAfterFirstBatch(Silent):
        def step(self, name: str, done: int = 0, total: int = 0) -> None:
            assert total == 8
            if done:
                raise Cancelled("stopped")

    postbox = Postbox()
    campaign = shop.plan(postbox)
    with pytest.raises(Cancelled):
        shop.send(postbox, campaign, progress=CancelAfterFirstBatch(), batch=3)
    assert shop.counts(campaign) == {"sent": 3, "planned": 5}
    assert shop.state(campaign) == "paused"
    with pytest.raises(Refused, match="is paused: resume it"):
        shop.send(postbox, campaign)
    campaigns.resume(shop.ledger, shop.org.id, campaign.id)
    assert shop.send(postbox, campaign)["sent"] == 8
    assert max(Counter(postbox.taken).values()) == 1


def test_a_pause_by_somebody_else_stops_the_sender(shop: Shop) -> None:
    """Pausing needs no way to reach the sender: it looks at the campaign before each batch."""
    postbox = Postbox(before=lambda message: campaigns.pause(shop.ledger, shop.org.id, message.campaign_id))
    campaign = shop.plan(postbox)
    assert shop.send(postbox, campaign, batch=2)["planned"] == 6
    assert shop.state(campaign) == "paused"


def test_pause_and_resume_move_only_what_they_fit(shop: Shop, folder: Folder) -> None:
    """A completed campaign cannot be brought back to life by a late click."""
    campaign = shop.plan(folder)
    shop.send(folder, campaign)
    assert campaigns.pause(shop.ledger, shop.org.id, campaign.id).state == "completed"
    assert campaigns.resume(shop.ledger, shop.org.id, campaign.id).state == "completed"


def test_the_policy_is_asked_again_right_before_hand_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 3: a no that came up after planning holds, with its reason, whatever the channel."""
    postbox = Postbox()
    campaign = shop.plan(postbox)
    changed_mind = policy.Rule("opted_out", "Said no meanwhile", lambda _, to: to.customer_id == "00003")
    monkeypatch.setattr(policy, "RULES", (*policy.RULES, changed_mind))
    shop.send(postbox, campaign)
    row = shop.rows(campaign)["00003"]
    assert (row.state, row.reason) == ("skipped", "opted_out")
    assert row.id not in postbox.taken
    assert shop.counts(campaign) == {"sent": 7, "skipped": 1}


def test_a_message_that_cannot_be_written_fails_alone(shop: Shop) -> None:
    """One broken row is surely not taken: it fails with the reason and stops nobody else."""
    postbox = Postbox()
    campaign = shop.plan(postbox)
    broken = shop.rows(campaign)["00003"]
    real = sender.Content.message

    def message(self: sender.Content, row: OutboxRow, **given: object) -> Message:
        if row.id == broken.id:
            raise KeyError("pitch")
        return real(self, row, **given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender.Content, "message", message)
        shop.send(postbox, campaign)
    assert shop.counts(campaign) == {"sent": 7, "failed": 1}
    assert "could not be written (KeyError" in (shop.rows(campaign)["00003"].reason or "")


def test_a_campaign_is_sent_only_by_its_own_channel(shop: Shop, folder: Folder) -> None:
    """What was planned for a folder, with addresses that cannot exist, never goes to people."""
    campaign = shop.plan(folder)
    with pytest.raises(Invalid, match="planned for the channel folder"):
        shop.send(Postbox(), campaign)


@pytest.mark.parametrize("state", ["draft", "scheduled", "cancelled"])
def test_only_active_campaigns_are_sent(shop: Shop, folder: Folder, state: str) -> None:
    """Nothing goes out before or after its time."""
    campaign = shop.plan(folder)
    shop.ledger.write(lambda conn: stored.set_state(conn, shop.org.id, campaign.id, state))
    with pytest.raises(Refused, match=f"is {state}"):
        shop.send(folder, campaign)


def test_a_full_disk_loses_nothing(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system says ENOSPC half-way: the rest stays planned, nothing half-written is visible."""
    folder = Folder(tmp_path / "outbox")
    campaign = shop.plan(folder)
    real, calls = os.link, []

    def link(source: str, target: Path) -> None:
        calls.append(target)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(ChannelDown, match="No space left on device"):
        shop.send(folder, campaign)
    assert shop.counts(campaign) == {"sent": 3, "planned": 5}
    assert len([path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]) == 3
