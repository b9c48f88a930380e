"""The sender: claims outbox rows, commits them as sending, hands them over, settles what became of them.

Whatever is killed when: a message that may have been handed over is handed over again only where the channel
takes a message id once and says that it has not taken this one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from pulse_core.delivery import policy
from pulse_core.delivery.campaigns import pause
from pulse_core.delivery.channel import Channel, ChannelDown, Message, Receipt, Rejected
from pulse_core.delivery.content import Content
from pulse_core.errors import Cancelled, Invalid, Refused
from pulse_core.jobs import Progress
from pulse_core.message.fields import clean
from pulse_core.stores.ledger import campaigns, outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.outbox import OutboxRow, Outcome

log = logging.getLogger(__name__)

# How long to wait before looking again whether another sender has settled its rows or lost its lease.
POLL_SECONDS = 0.25


def send(
    ledger: Ledger,
    channel: Channel,
    org_id: str,
    campaign_id: str,
    *,
    claimant: str,
    progress: Progress,
    lease_seconds: float = 60.0,
    batch: int = 50,
) -> dict[str, int]:
    """Send an active campaign until none of its rows is planned or sending; returns the count of each state.

    `claimant` is unique to this run of a sender. Several may send one campaign at once: each stays until the
    rows of the others are settled or their leases are over. When the person cancels or the channel is down,
    the rest stays planned, the campaign is paused, and Cancelled or ChannelDown is raised. Raises Refused for
    a campaign that is not active; a completed one is left as it is.
    """
    with ledger.read() as conn:
        campaign = campaigns.get(conn, org_id, campaign_id)
    _check(campaign, channel)
    try:
        _Sender(ledger, channel, campaign, claimant, progress, lease_seconds, batch).run()
    except (Cancelled, ChannelDown):
        pause(ledger, org_id, campaign_id)
        raise
    with ledger.read() as conn:
        return outbox.counts(conn, org_id, campaign_id)


def _check(campaign: Campaign, channel: Channel) -> None:
    if campaign.channel != channel.name:
        raise Invalid(
            f"campaign '{campaign.name}' was planned for the channel {campaign.channel}, not {channel.name}",
            remedy="send it through the channel that it was planned for",
        )
    if campaign.state not in ("active", "completed"):
        raise Refused(f"campaign '{campaign.name}' is {campaign.state}", remedy="resume it to send it on")


@dataclass(slots=True)
class _Sender:
    """One run over one campaign."""

    ledger: Ledger
    channel: Channel
    campaign: Campaign
    claimant: str
    progress: Progress
    lease_seconds: float
    batch: int
    content: Content = field(init=False)
    done: int = field(init=False, default=0)
    total: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.content = Content.of(self.campaign.content)

    def run(self) -> None:
        """Until the campaign is active no longer: completed here or by another sender, or paused."""
        self._count()
        while True:
            self.progress.step("Sending messages", self.done, self.total)
            rows = self.ledger.write(self._claim)
            if rows:
                self._hand_over_all(rows)
            elif rows is None or not self._is_waited_for():
                return

    def _count(self) -> None:
        with self.ledger.read() as conn:
            counts = outbox.counts(conn, self.campaign.org_id, self.campaign.id)
        self.total = sum(counts.values()) - counts["skipped"]
        self.done = self.total - counts["planned"] - counts["sending"]

    def _is_waited_for(self) -> bool:
        """With nothing to claim: whether rows of other senders may still come back to us."""
        if self._recover():
            return True
        if self.ledger.write(self._complete):
            return False
        time.sleep(POLL_SECONDS)
        return True

    def _claim(self, conn: Connection) -> list[OutboxRow] | None:
        if campaigns.get(conn, self.campaign.org_id, self.campaign.id).state != "active":
            return None
        return outbox.claim(
            conn,
            self.campaign.id,
            claimant=self.claimant,
            lease_seconds=self.lease_seconds,
            limit=self.batch,
        )

    def _hand_over_all(self, rows: list[OutboxRow]) -> None:
        """Hands rows over while the lease is fresh.

        However this ends, what was not begun goes back to planned. A row that was interrupted in flight is
        left to the end of its lease: then the channel says what became of it, or it is unknown.
        """
        outcomes = {row.id: Outcome(row.id, "planned") for row in rows}
        try:
            for row in rows:
                if not self._is_fresh(row):
                    break
                back = outcomes.pop(row.id)
                try:
                    outcomes[row.id] = self._hand_over(row)
                except ChannelDown:
                    outcomes[row.id] = back
                    raise
        finally:
            self._settle(outcomes.values())

    def _is_fresh(self, row: OutboxRow) -> bool:
        """Whether half the lease is left, so that the hand-over is over before others may take the row."""
        half = timedelta(seconds=self.lease_seconds / 2)
        return row.lease_until is not None and datetime.now(UTC) < row.lease_until - half

    def _settle(self, outcomes: Iterable[Outcome]) -> None:
        due = list(outcomes)
        settled = self.ledger.write(lambda conn: outbox.settle(conn, self.claimant, due))
        if settled < len(due):
            log.warning("%s lost the lease of %d messages", self.claimant, len(due) - settled)
        self.done += sum(outcome.state != "planned" for outcome in due)

    def _hand_over(self, row: OutboxRow) -> Outcome:
        reason = policy.check(self.channel, row)
        if reason:
            return Outcome(row.id, "skipped", reason)
        try:
            return self._receipted(row, self.channel.deliver(self._message(row)))
        except Rejected as rejection:
            return Outcome(row.id, "failed", clean(rejection))
        except ChannelDown:
            raise
        except Exception as error:
            log.warning("message %s: nobody knows whether it was taken", row.id, exc_info=True)
            return Outcome(row.id, "unknown", clean(f"{type(error).__name__}: {error}"))

    def _message(self, row: OutboxRow) -> Message:
        try:
            return self.content.message(row, date=datetime.now(UTC))
        except Exception as error:
            raise Rejected(f"the message could not be written ({type(error).__name__}: {error})") from error

    def _receipted(self, row: OutboxRow, receipt: Receipt) -> Outcome:
        if (receipt.message_id, receipt.channel) != (row.id, self.channel.name):
            return Outcome(row.id, "unknown", "the channel's receipt names another message")
        return Outcome(row.id, "sent", receipt=asdict(receipt))

    def _recover(self) -> bool:
        """Decides about rows whose sender went away; returns whether there were any."""
        with self.ledger.read() as conn:
            rows = outbox.expired(conn, self.campaign.id)
        outcomes = [self._found(row) for row in rows]
        self.ledger.write(lambda conn: outbox.reclaim(conn, outcomes))
        return bool(rows)

    def _found(self, row: OutboxRow) -> Outcome:
        if not self.channel.answers:
            return Outcome(row.id, "unknown", "the sender stopped before the channel answered")
        receipt = self.channel.find(row.org_id, row.campaign_id, row.id)
        return self._receipted(row, receipt) if receipt else Outcome(row.id, "planned")

    def _complete(self, conn: Connection) -> bool:
        """Closes the campaign when nothing is left to do; returns whether the campaign is over."""
        counts = outbox.counts(conn, self.campaign.org_id, self.campaign.id)
        if counts["planned"] or counts["sending"]:
            return False
        if campaigns.get(conn, self.campaign.org_id, self.campaign.id).state == "active":
            stamp = datetime.now(UTC)
            campaigns.set_state(conn, self.campaign.org_id, self.campaign.id, "completed", finished_at=stamp)
        return True
