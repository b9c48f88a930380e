"""A message as Internet mail (RFC 5322): shared by every e-mail channel."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pulse_core.delivery.channel import Message, Rejected


def compose(message: Message) -> bytes:
    """The message as bytes, CRLF line ends, 7-bit body. Raises Rejected when a header cannot be written."""
    try:
        return _mail(message).as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise Rejected(
            f"message {message.id} cannot be written as mail: {error}",
            remedy="correct the address, the name or the subject",
            message_id=message.id,
        ) from error


def _mail(message: Message) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=message.from_name, addr_spec=message.from_address)
    mail["To"] = Address(display_name=message.to_name, addr_spec=message.to_address)
    mail["Subject"] = message.subject
    mail["Date"] = message.date
    mail["Message-ID"] = f"<{message.id}@{message.from_address.rpartition('@')[2]}>"
    mail.set_content(message.text, charset="utf-8", cte="quoted-printable")
    return mail
