"""May this message go? The one place that every channel passes, at planning and right before hand-over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pulse_core.delivery.channel import Channel

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    r"(?=.{1,254}\Z)(?=[^@]{1,64}@)"
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    rf"@(?:{_LABEL}\.)+{_LABEL}",
    re.DOTALL,
)


class Recipient(Protocol):
    """What a rule may look at: an outbox row, or one that is about to be planned."""

    @property
    def org_id(self) -> str:
        """The organisation that sends."""

    @property
    def customer_id(self) -> str:
        """The person's id in the organisation."""

    @property
    def address(self) -> str | None:
        """Where the message would go."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason to say no: its stable code, what it means, and when it holds."""

    reason: str
    help: str
    forbids: Callable[[Channel, Recipient], bool]


def is_address(text: str) -> bool:
    """Whether the text is one plain e-mail address: RFC 5321 lengths, no quotes, comments or line breaks."""
    return _ADDRESS.fullmatch(text) is not None


RULES: tuple[Rule, ...] = (
    Rule("no_address", "The customer has no e-mail address", lambda _channel, to: not to.address),
    Rule(
        "invalid_address",
        "The e-mail address cannot be written to",
        lambda _channel, to: not is_address(to.address or ""),
    ),
)

# Reasons that only planning can see; they stand in outbox rows beside those of the rules.
PLANNING_REASONS = {
    "same_address": "Another customer of this campaign has the same address",
    "no_pitch": "The campaign says nothing to the customer's group",
}


def check(channel: Channel, recipient: Recipient) -> str | None:
    """The reason why this recipient gets nothing by this channel, or None when nothing speaks against it."""
    return next((rule.reason for rule in RULES if rule.forbids(channel, recipient)), None)


def explain(reason: str) -> str:
    """A skip reason in plain words; a reason that is not known is returned as it is."""
    words = {rule.reason: rule.help for rule in RULES} | PLANNING_REASONS
    return words.get(reason, reason)
