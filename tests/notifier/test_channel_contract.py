"""What every channel in `notifier/` must do. A new channel needs one line in CHANNELS, and is told so."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import notifier
from notifier.folder import Folder
from pulse_core.delivery.channel import Channel, Message, Rejected

CHANNELS: dict[type, Callable[[Path], Channel]] = {
    Folder: lambda path: Folder(path / "outbox"),
}


def channel_classes() -> list[type]:
    """Every class in `notifier/` that delivers."""
    names = [info.name for info in pkgutil.iter_modules(notifier.__path__)]
    modules = [importlib.import_module(f"notifier.{name}") for name in names]
    kinds = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)}
    ours = [kind for kind in kinds if kind.__module__.startswith("notifier.") and hasattr(kind, "deliver")]
    return sorted(ours, key=lambda kind: kind.__name__)


@pytest.fixture(params=channel_classes(), ids=lambda kind: kind.__name__)
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    """Each channel in turn."""
    assert request.param in CHANNELS, f"add {request.param.__name__} to CHANNELS in {__file__}"
    return CHANNELS[request.param](tmp_path)


def test_there_are_channels() -> None:
    """The contract is not kept by testing nothing."""
    assert Folder in channel_classes()


def test_it_says_what_it_is(channel: Channel) -> None:
    """The name stands in ledger rows, the two answers decide about consent and about lost leases."""
    assert channel.name.isidentifier()
    assert channel.name.islower()
    assert isinstance(channel.reaches_people, bool)
    assert isinstance(channel.answers, bool)


def test_its_receipt_names_the_message_and_is_plain_json(channel: Channel, message: Message) -> None:
    """A receipt is kept in the ledger and compared with the row that it settles."""
    receipt = channel.deliver(message)
    assert (receipt.message_id, receipt.channel) == (message.id, channel.name)
    assert json.loads(json.dumps(asdict(receipt)))["message_id"] == message.id


def test_it_finds_what_it_took_and_nothing_else(channel: Channel, message: Message) -> None:
    """After a crash the sender relies on this answer alone."""
    if not channel.answers:
        pytest.skip("cannot answer, so it is never asked")
    ids = (message.org_id, message.campaign_id, message.id)
    assert channel.find(*ids) is None
    receipt = channel.deliver(message)
    assert channel.find(*ids) == receipt
    assert channel.find("neighbour", message.campaign_id, message.id) is None
    assert channel.find(message.org_id, message.campaign_id, "another") is None


def test_it_takes_a_message_once_from_many_senders(channel: Channel, message: Message) -> None:
    """A channel that answers takes a message id once: a sender that wakes up late does no harm."""
    if not channel.answers:
        pytest.skip("cannot answer, so nothing is handed to it twice")
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: channel.deliver(message), range(40)))
    assert all(receipt == receipts[0] for receipt in receipts)


@pytest.mark.parametrize("field", ["to_address", "to_name", "from_name", "subject"])
def test_it_rejects_a_line_break_in_a_header(channel: Channel, message: Message, field: str) -> None:
    """The last line of defence: surely not taken, said so with the right error."""
    hostile = replace(message, **{field: f"{getattr(message, field)}\r\nBcc: all@example.com"})
    with pytest.raises(Rejected):
        channel.deliver(hostile)
    assert not channel.answers or channel.find(message.org_id, message.campaign_id, message.id) is None
