"""Files that survive a power cut: complete under their final name, or not there at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def settle(draft: Path, final: Path) -> None:
    """Give `draft` its final name once its bytes are on the disk; replaces a file of that name."""
    with draft.open("rb+") as handle:
        os.fsync(handle.fileno())
    draft.replace(final)
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Make renames within `folder` durable (a no-op where folders cannot be opened)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """Hex digest of the file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
