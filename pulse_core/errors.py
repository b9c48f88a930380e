"""The one family of errors: each names the thing and the remedy and carries a stable code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar


class PulseError(Exception):
    """What went wrong, where, and what to do about it.

    `code` is stable: programs and pages may depend on it. `details` holds plain values (file, row, column, …).
    """

    code: ClassVar[str] = "pulse_error"

    def __init__(self, message: str, *, remedy: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message

    def as_dict(self) -> dict[str, Any]:
        """The error as plain values, for `--json`, jobs and logs."""
        details: dict[str, Any] = json.loads(json.dumps(self.details, default=str))
        return {**details, "code": self.code, "message": self.message, "remedy": self.remedy}


class Invalid(PulseError):
    """The input cannot be accepted as it is."""

    code = "invalid"


class NotFound(PulseError):
    """The thing that was named does not exist (for this organisation)."""

    code = "not_found"


class Busy(PulseError):
    """Another process or person holds the thing."""

    code = "busy"


class Refused(PulseError):
    """A rule says no."""

    code = "refused"


class Cancelled(PulseError):
    """The person stopped the work; nothing half-done remains."""

    code = "cancelled"


class Unavailable(PulseError):
    """Something that Pulse needs is not there."""

    code = "unavailable"


def revived(error: dict[str, Any]) -> PulseError:
    """The error that `as_dict` gave, as it was raised: of its own class where that is loaded, always with its code."""
    fields = dict(error)
    code = fields.pop("code", "internal")
    message = fields.pop("message", "the work was cancelled")
    kind = next((kind for kind in _family(PulseError) if kind.code == code), PulseError)
    made = kind(message, **fields)
    made.code = code  # type: ignore[misc]
    return made


def _family(kind: type[PulseError]) -> Iterator[type[PulseError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)
