"""Channels that behave badly on purpose."""

from __future__ import annotations

from collections.abc import Callable

from notifier.folder import Folder
from pulse_core.delivery.channel import Message, Receipt

Trouble = Callable[[Message], object]


def no_trouble(_message: Message) -> None:
    """All is well."""


def once(error: BaseException, *, at: int = 0) -> Trouble:
    """Raises the error at the message with that number, counted from 0, and never again."""
    seen: list[str] = []

    def trouble(message: Message) -> None:
        seen.append(message.id)
        if len(seen) == at + 1:
            raise error

    return trouble


class Postbox:
    """Keeps what it is handed, however often, and cannot say later what it took: the hardest kind."""

    name = "postbox"
    reaches_people = True
    answers = False

    def __init__(self, *, before: Trouble = no_trouble, after: Trouble = no_trouble) -> None:
        """`before` and `after` are called around the taking of each message; they raise the answer."""
        self.taken: list[str] = []
        self.before, self.after = before, after

    def deliver(self, message: Message) -> Receipt:
        self.before(message)
        self.taken.append(message.id)
        self.after(message)
        return Receipt(message.id, self.name)

    def find(self, org_id: str, campaign_id: str, message_id: str) -> Receipt | None:
        raise AssertionError("a channel that cannot answer was asked")


class TroubledFolder(Folder):
    """The folder channel with trouble before or after each file is made."""

    before: Trouble = staticmethod(no_trouble)
    after: Trouble = staticmethod(no_trouble)

    def deliver(self, message: Message) -> Receipt:
        self.before(message)
        receipt = super().deliver(message)
        self.after(message)
        return receipt
