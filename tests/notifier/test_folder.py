from __future__ import annotations

import dataclasses
import errno
import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.folder import Folder
from notifier.mime import compose
from pulse_core.delivery.channel import ChannelDown, Message, Rejected
from pulse_core.delivery.policy import is_address
from pulse_core.errors import Invalid, NotFound


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "outbox")


def files(folder: Folder) -> list[str]:
    return sorted(str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file())


def test_a_message_becomes_one_file_that_reads_back(folder: Folder, message: Message) -> None:
    """What went in comes out: names, umlauts, dots, long lines; and nothing temporary stays."""
    receipt = folder.deliver(message)
    assert files(folder) == [receipt.detail["file"]] == [f"acme/spring/{message.id}.eml"]
    read = folder.read("acme", "spring", message.id)
    assert read.text == message.text
    assert read.subject == "Grüße from Acme"
    assert read.to == "Ada Königin <ada@example.com>"
    assert read.from_ == '"Acme, Ltd." <acme@pulse.invalid>'
    assert read.date == message.date
    assert f"Message-ID: <{message.id}@pulse.invalid>\r\n".encode() in read.source


def test_the_file_is_mail_that_any_server_would_carry(message: Message) -> None:
    """Seven bits, CRLF line ends, no line over the limit of RFC 5322."""
    source = compose(message)
    assert source.isascii()
    assert source.count(b"\n") == source.count(b"\r\n")
    assert max(len(line) for line in source.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "address", ["!#$%&'*+/=?^_`{|}~-@example.com", "o'neil@a.b", f"{'a' * 64}@{'b.' * 90}com"]
)
@pytest.mark.parametrize("name", ["", "Ada", 'Eve <all@example.com>, "x"', "é" * 20])
def test_an_address_that_the_policy_accepts_is_written_as_it_is(
    message: Message, address: str, name: str
) -> None:
    """A strange but valid address, or a name that looks like one, still leads to that one mailbox."""
    assert is_address(address)
    source = compose(dataclasses.replace(message, to_address=address, to_name=name))
    read = message_from_bytes(source, policy=policy.default)["To"].addresses
    assert [(to.addr_spec, to.display_name) for to in read] == [(address, name)]


def test_handing_over_again_changes_nothing(folder: Folder, message: Message) -> None:
    """The file name is the message id: the first one stays, byte for byte, with the same receipt."""
    first = folder.deliver(message)
    before = (folder.root / first.detail["file"]).stat()
    assert folder.deliver(dataclasses.replace(message, text="other")) == first
    assert (folder.root / first.detail["file"]).stat() == before


def test_a_file_made_by_another_in_the_last_moment_stays(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, message: Message
) -> None:
    """Creation is exclusive even where the other sender comes between our look and our link."""
    first = folder.deliver(message)
    before = folder.read("acme", "spring", message.id)
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert folder.deliver(dataclasses.replace(message, text="other")) == first
    assert folder.read("acme", "spring", message.id) == before
    assert len(files(folder)) == 1


@pytest.mark.parametrize("call", ["write", "link", "mkdir"])
def test_a_disk_that_says_no_is_a_channel_that_is_down(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, call: str, message: Message
) -> None:
    """Surely not taken, with a remedy, and no half of a file anywhere."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        target, name = {"write": (os, "fsync"), "link": (os, "link"), "mkdir": (Path, "mkdir")}[call]
        patch.setattr(target, name, full)
        with pytest.raises(ChannelDown, match="No space left on device: free some space"):
            folder.deliver(message)
    assert folder.find("acme", "spring", message.id) is None
    assert files(folder) == []


@pytest.mark.parametrize("part", ["org_id", "campaign_id", "id"])
@pytest.mark.parametrize("evil", ["..", "../x", "/etc", "a/b", "a\\b", "", ".", "a\0b", "A", "a\n", "x" * 81])
def test_ids_cannot_leave_the_folder(folder: Folder, part: str, evil: str, message: Message) -> None:
    """No id that comes from a link or a row can name a file outside."""
    evil_message = dataclasses.replace(message, **{part: evil})
    ids = (evil_message.org_id, evil_message.campaign_id, evil_message.id)
    for attempt in (
        lambda: folder.deliver(evil_message),
        lambda: folder.read(*ids),
        lambda: folder.find(*ids),
    ):
        with pytest.raises(Invalid, match="is not an id"):
            attempt()
    assert not folder.root.exists()


def test_reading_what_is_not_there_names_the_message(folder: Folder, message: Message) -> None:
    """The inbox page shows what happened instead of a traceback."""
    with pytest.raises(NotFound, match=message.id):
        folder.read("acme", "spring", message.id)


@pytest.mark.parametrize(
    "fault",
    [
        {"subject": "Hi\r\nBcc: all@example.com"},
        {"to_name": "Eve\nBcc: all@example.com"},
        {"from_name": "Eve\rBcc: all@example.com"},
        {"to_address": "eve@example.com\nBcc: all@example.com"},
        {"to_address": "eve"},
        {"text": "lone surrogate \ud800"},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_what_would_break_the_mail_is_rejected(
    folder: Folder, fault: dict[str, str], message: Message
) -> None:
    """Were a hostile value to come through everything before, no header would be added: the message fails."""
    with pytest.raises(Rejected, match="cannot be written as mail"):
        folder.deliver(dataclasses.replace(message, **fault))
    assert files(folder) == []


_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)


@given(name=_LINE, subject=_LINE)
def test_no_name_or_subject_adds_a_header(name: str, subject: str, message: Message) -> None:
    """Whatever a customer is called: the headers are ours, and only ours."""
    try:
        source = compose(dataclasses.replace(message, to_name=name, subject=subject))
    except Rejected:
        return
    head = source.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert names == [
        b"From",
        b"To",
        b"Subject",
        b"Date",
        b"Message-ID",
        b"Content-Type",
        b"Content-Transfer-Encoding",
        b"MIME-Version",
    ]
