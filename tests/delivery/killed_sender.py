"""A sender in a process of its own, for tests that kill it: `killed_sender.py URL PATH ORG CAMPAIGN DIE_AT`.

DIE_AT names a moment at which the process ends at once, without tidying up: `claimed:N`,
`handed-over:N` (before or after message number N) or `settled:N` (after N batches); `never` leaves the
killing to others.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from notifier.folder import Folder
from pulse_core.delivery import sender
from pulse_core.delivery.channel import Channel, Message, Receipt
from pulse_core.jobs import Silent
from pulse_core.stores.ledger.engine import Ledger

LEASE_SECONDS = 0.5


class Deadline:
    """Ends the process when the moment comes for the Nth time."""

    def __init__(self, die_at: str) -> None:
        moment, _, number = die_at.partition(":")
        self.moment, self.left = moment, int(number or 0)

    def passes(self, moment: str) -> None:
        if moment == self.moment:
            self.left -= 1
            if self.left < 0:
                os._exit(9)


class LogFile:
    """A channel that takes everything as often as it comes, one line a message, and cannot answer."""

    name = "log"
    reaches_people = True
    answers = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def deliver(self, message: Message) -> Receipt:
        with self.path.open("a") as file:
            file.write(f"{message.id}\n")
        return Receipt(message.id, self.name)

    def find(self, org_id: str, campaign_id: str, message_id: str) -> Receipt | None:
        raise NotImplementedError


class Deadly:
    """A channel around which the process may end."""

    def __init__(self, channel: Channel, deadline: Deadline) -> None:
        self.channel, self.deadline = channel, deadline
        self.name, self.reaches_people, self.answers = channel.name, channel.reaches_people, channel.answers
        self.find = channel.find

    def deliver(self, message: Message) -> Receipt:
        self.deadline.passes("claimed")
        time.sleep(0.001)  # so that a kill from outside finds the sender at work
        receipt = self.channel.deliver(message)
        self.deadline.passes("handed-over")
        return receipt


class Told(Silent):
    """Progress at whose steps, each after a settled batch, the process may end."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        self.deadline.passes("settled")


def channel_at(path: Path) -> Channel:
    """The log for a file name, the folder channel for anything else."""
    return LogFile(path) if path.suffix == ".log" else Folder(path)


def main(url: str, path: str, org_id: str, campaign_id: str, die_at: str) -> None:
    deadline = Deadline(die_at)
    ledger = Ledger.open(url)
    print("started", flush=True)  # noqa: T201
    sender.send(
        ledger,
        Deadly(channel_at(Path(path)), deadline),
        org_id,
        campaign_id,
        claimant=f"sender-{os.getpid()}",
        progress=Told(deadline),
        lease_seconds=LEASE_SECONDS,
        batch=10,
    )
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
