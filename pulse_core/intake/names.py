"""How the name of a file is said: names may hold bytes that are no text, and signs that move a cursor."""

from __future__ import annotations

import os
from pathlib import Path

_BYTES = "bytes:"


def shown(name: str | Path) -> str:
    """The name as text that can be stored and printed; what cannot be is a � in it."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def kept(name: str | Path) -> str:
    """The name as text that a store can hold and `real` turns back, whatever bytes it has."""
    text = str(name)
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"{_BYTES}{os.fsencode(text).hex()}"
    return f"{_BYTES}{text.encode().hex()}" if text.startswith(_BYTES) else text


def real(text: str) -> str:
    """The name that was kept as this text."""
    return os.fsdecode(bytes.fromhex(text.removeprefix(_BYTES))) if text.startswith(_BYTES) else text
