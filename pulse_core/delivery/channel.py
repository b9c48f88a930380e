"""What a channel is: the interface that delivery owns and that `notifier/` fulfils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pulse_core.errors import PulseError, Unavailable


@dataclass(frozen=True, slots=True)
class Message:
    """One finished message to one customer. `date` is aware; the subject has one line, the text is plain."""

    id: str
    org_id: str
    campaign_id: str
    customer_id: str
    to_address: str
    to_name: str
    subject: str
    text: str
    from_name: str
    from_address: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's documented word that it has taken the message; `detail` holds plain JSON values."""

    message_id: str
    channel: str
    detail: Mapping[str, str] = field(default_factory=dict)


class Rejected(PulseError):
    """This message was surely not taken, and trying again would not help: the row becomes failed."""

    code = "rejected"


class ChannelDown(Unavailable):
    """Not taken, nor would others be now: what is left returns to planned and the campaign pauses."""

    code = "channel_down"


class Channel(Protocol):
    """Takes messages. Any exception of `deliver` but Rejected and ChannelDown means: nobody knows (unknown).

    One hand-over must be over, by time-out at the latest, within half the sender's lease.
    """

    @property
    def name(self) -> str:
        """Stands in campaigns and outbox rows: short, stable, unique."""

    @property
    def reaches_people(self) -> bool:
        """False where no person receives anything: an address under the reserved `.invalid` will do."""

    @property
    def answers(self) -> bool:
        """True only where `find` is certain and a message id is taken once, however often it is handed over.

        Both are needed: a message not found is planned again while its first sender may still wake up.
        """

    def deliver(self, message: Message) -> Receipt:
        """Hand a message over; returns only once it has been taken for good."""

    def find(self, org_id: str, campaign_id: str, message_id: str) -> Receipt | None:
        """The receipt of a message that was taken, None when it was not. Asked only where `answers`."""
