"""One file of the corpus, with what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .verdicts import Verdict

Content = bytes | str | Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """A file by name, its content (text stands for UTF-8), and the verdict that follows from the rules of reading.

    `before` is a file that was loaded earlier. A `bomb` is judged in a process of its own, with its time and memory.
    """

    name: str
    content: Content
    verdict: Verdict
    why: str
    file_name: str = "orders.csv"
    answers: Mapping[str, Any] = field(default_factory=dict)
    before: bytes | str | None = None
    bomb: bool = False

    def build(self) -> bytes:
        """The bytes of the file: the same at every call."""
        return as_bytes(self.content() if callable(self.content) else self.content)


def as_bytes(content: bytes | str) -> bytes:
    """A text as UTF-8, bytes as they are."""
    return content.encode() if isinstance(content, str) else content
