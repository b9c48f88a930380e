"""Files are complete under their final name, or not there at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pulse_core.stores import files


def test_settling_replaces_and_removes_the_draft(tmp_path: Path) -> None:
    """The final name holds the new bytes, the draft is gone."""
    draft, final = tmp_path / "a.draft", tmp_path / "a.parquet"
    final.write_bytes(b"old")
    draft.write_bytes(b"new")
    files.settle(draft, final)
    assert (final.read_bytes(), draft.exists()) == (b"new", False)


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that survives a power cut: fsync of the file, rename, fsync of the folder."""
    draft, final = tmp_path / "a.draft", tmp_path / "a.parquet"
    draft.write_bytes(b"new")
    seen: list[tuple[bool, bool]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        seen.append((Path(f"/proc/self/fd/{handle}").resolve().is_dir(), final.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    files.settle(draft, final)
    assert seen == [(False, False), (True, True)]


def test_the_digest_is_sha256(tmp_path: Path) -> None:
    """The digest in the import log can be checked with any tool."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 3_000_000)
    assert files.sha256(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
