"""Who owns the warehouses of a home folder: one process at a time, and everybody else can see which."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pulse_core.errors import Busy


@dataclass(frozen=True, slots=True)
class Holder:
    """The owning process: its id, what it is (studio, command) and since when; `runner` is its job runner."""

    pid: int
    role: str
    since: str
    runner: str


class Owner:
    """The lock on a home folder, held until `release` or the end of the process, however that comes."""

    def __init__(self, home: Path, role: str, runner: str, *, wait_seconds: float = 0) -> None:
        """Take the lock; Busy says who holds it. `predecessor` is the owner before, known to be gone."""
        home.mkdir(parents=True, exist_ok=True)
        self._note = home / "owner.json"
        self._lock = FileLock(home / "owner.lock")
        _take(self._lock, home, wait_seconds)
        self.predecessor = read(home)
        me = Holder(os.getpid(), role, datetime.now(UTC).isoformat(timespec="seconds"), runner)
        draft = self._note.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(me)))
        draft.replace(self._note)

    def release(self) -> None:
        """Give the home folder back."""
        self._note.unlink(missing_ok=True)
        self._lock.release()


def read(home: Path) -> Holder | None:
    """Who owned the home folder last, alive or not."""
    try:
        note: dict[str, Any] = json.loads((home / "owner.json").read_text())
        return Holder(**note)
    except (FileNotFoundError, ValueError, TypeError):  # none, or cut off when the machine went down
        return None


def check_free(home: Path, *, wait_seconds: float = 0) -> None:
    """Raise Busy when a process owns the home folder and goes on owning it."""
    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / "owner.lock")
    _take(lock, home, wait_seconds)
    lock.release()


def living(home: Path) -> Holder | None:
    """Who owns the home folder now. A look takes the lock for a moment where nobody has it."""
    try:
        with FileLock(home / "owner.lock", timeout=0):
            return None
    except Timeout:
        return read(home)


def busy(home: Path) -> Busy:
    """The error that names the process which holds the home folder."""
    holder = read(home)
    who = f"process {holder.pid} ({holder.role}, since {holder.since})" if holder else "another process"
    return Busy(
        f"the warehouses in {home} are held by {who}",
        remedy="stop that process, or wait until it is done",
        role=holder.role if holder else None,
        pid=holder.pid if holder else None,
    )


def _take(lock: FileLock, home: Path, wait_seconds: float) -> None:
    """Wait for a command to end, but never for a studio: that one stays."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            lock.acquire(timeout=0)
            return
        except Timeout as error:
            holder = read(home)
            if time.monotonic() >= deadline or (holder is not None and holder.role == "studio"):
                raise busy(home) from error
            time.sleep(0.1)
