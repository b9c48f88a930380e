"""The folder channel: every message becomes an `.eml` file named after its id. Nobody is written to."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from notifier.mime import compose
from pulse_core.delivery.channel import ChannelDown, Message, Receipt
from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.files import sync_folder

_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it lies in the folder, read back for the inbox page."""

    id: str
    from_: str
    to: str
    subject: str
    date: datetime | None
    text: str
    source: bytes


class Folder:
    """Writes `root/<org>/<campaign>/<message>.eml`. Handing a message over again changes nothing."""

    name = "folder"
    reaches_people = False
    answers = True

    def __init__(self, root: Path) -> None:
        self.root = root

    def deliver(self, message: Message) -> Receipt:
        """Write the file, durably and at most once. Raises Rejected; ChannelDown when the disk says no."""
        path = self._path(message.org_id, message.campaign_id, message.id)
        source = compose(message)
        with self._writing():
            _make_folder(path.parent)
            if not path.exists():
                _create(path, source)
            return self._receipt(path)

    def find(self, org_id: str, campaign_id: str, message_id: str) -> Receipt | None:
        """The receipt when the file is there, else None. Raises ChannelDown when the disk says no."""
        path = self._path(org_id, campaign_id, message_id)
        with self._writing():
            return self._receipt(path) if path.exists() else None

    def read(self, org_id: str, campaign_id: str, message_id: str) -> StoredMessage:
        """A message that was delivered. Raises NotFound, and Invalid for what cannot be an id."""
        path = self._path(org_id, campaign_id, message_id)
        try:
            return _parse(message_id, path.read_bytes())
        except FileNotFoundError as error:
            raise NotFound(
                f"message {message_id} is not in the folder", remedy="it may have been deleted by hand"
            ) from error

    def _path(self, org_id: str, campaign_id: str, message_id: str) -> Path:
        for part in (org_id, campaign_id, message_id):
            if not _SAFE_ID.fullmatch(part):
                raise Invalid(f"{part!r} is not an id", remedy="use a-z, 0-9 and hyphens", id=part)
        return self.root / org_id / campaign_id / f"{message_id}.eml"

    def _receipt(self, path: Path) -> Receipt:
        # The name may have been made by a process that died before the folder itself was safe on disk.
        sync_folder(path.parent)
        return Receipt(path.stem, self.name, {"file": path.relative_to(self.root).as_posix()})

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ChannelDown(
                f"the message folder {self.root} cannot be used: {error.strerror or error}",
                remedy="free some space or choose another folder, then resume the campaign",
                folder=str(self.root),
            ) from error


def _create(path: Path, source: bytes) -> None:
    """Make the file whole or not at all; a file that is there already stays as it is."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(source)
            file.flush()
            os.fsync(file.fileno())
        _link(temporary, path)
    finally:
        Path(temporary).unlink()


def _link(temporary: str, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return  # Another sender was faster: its file is the message.


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def _parse(message_id: str, source: bytes) -> StoredMessage:
    mail = message_from_bytes(source, EmailMessage, policy=SMTP)
    date = mail["Date"]
    return StoredMessage(
        id=message_id,
        from_=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        date=date.datetime if date else None,
        text=str(mail.get_content()).replace("\r\n", "\n"),
        source=source,
    )
