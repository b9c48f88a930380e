"""The drop folder of an organisation: files that are put there are imported, then moved to `done` or `failed`.

A file is taken when it looked the same at two looks and nobody has it open for writing. Its report is on the disk
before the file is moved, and the move is its last step: whatever dies in between, the next run ends in the same state.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pulse_core.errors import Busy, Cancelled, Invalid, PulseError, Unavailable
from pulse_core.intake.filing import Fate, file_away
from pulse_core.intake.names import shown
from pulse_core.jobs import is_full
from pulse_core.stores.leases import is_written_to

log = logging.getLogger(__name__)

Mark = list[int]  # size, time of the last change in nanoseconds, number of the file: plain, for jobs
Looks = dict[str, Mark]

UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".draft")
_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file; `left` says why it still lies where it was."""

    file: str
    moved_to: str | None = None
    report: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    left: str | None = None
    is_half: bool = False  # it was written to while it was read: what was read must not count

    def as_dict(self) -> dict[str, Any]:
        """Plain values without the rows that were rejected; those are in the report beside the file."""
        report = self.report and {key: value for key, value in self.report.items() if key != "rejects"}
        return {
            "file": self.file, "moved_to": self.moved_to, "report": report, "error": self.error, "left": self.left,
        }  # fmt: skip


def folder(home: Path, org_id: str) -> Path:
    """Where files for the organisation are put."""
    return home / "inbox" / org_id


def prepare(home: Path, org_ids: Iterable[str]) -> None:
    """Make the drop folders; one that cannot be made is only logged, because everything else works without it."""
    for org_id in org_ids:
        try:
            folder(home, org_id).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("the drop folder of %s cannot be made: %s", org_id, error)


def unknown(home: Path, known: Iterable[str]) -> list[str]:
    """Folders that belong to no organisation: left alone, and told."""
    try:
        with os.scandir(home / "inbox") as entries:
            return sorted(shown(e.name) for e in entries if e.is_dir() and e.name not in set(known))
    except FileNotFoundError:
        return []


def look(where: Path) -> Looks:
    """The files that lie in the folder itself, in the order of their names; links and what is not finished stay out."""
    if where.is_symlink() or not where.is_dir():
        return {}
    with os.scandir(where) as entries:
        found = {entry.name: entry for entry in entries if not _is_unfinished(entry.name)}
    return {name: mark for name in sorted(found, key=os.fsencode) if (mark := _mark(where / name))}


def settled(where: Path, before: Mapping[str, Mark]) -> list[str]:
    """Of the files of an earlier look, those that are the same now and that nobody writes to."""
    return [name for name, mark in look(where).items() if before.get(name) == mark and is_free(where / name)]


def is_free(path: Path) -> bool:
    """Whether nobody writes to the file, as far as the system can tell."""
    try:
        return not is_written_to(path)
    except OSError:
        return True  # that it cannot be read is told when it is imported


def take(
    where: Path, name: str, load: Callable[[Path, str], dict[str, Any]], *, command: str, now: datetime
) -> Taken | None:
    """Import one file by `load` (path and name as it is shown → report), write the report and move the file.

    What is wrong with the file is in the report; what is wrong with the machine leaves the file where it is. None
    when the file is not there any more. Raises Cancelled, and then the file stays too.
    """
    path, said = where / name, shown(name)
    before = _mark(path)
    if before is None:  # taken away in the meantime
        return None
    report = error = None
    try:
        with path.open("rb"):
            pass
        report = load(path, said)
    except Cancelled:
        raise
    except (Busy, Unavailable) as fault:
        return Taken(said, left=fault.message)
    except PulseError as fault:
        error = fault.as_dict()
    except Exception as fault:
        if isinstance(fault, OSError) or is_full(fault):
            return Taken(said, left=_told(fault))
        log.exception("the file %s in the drop folder %s was not understood", said, where)
        error = _defect(fault)
    if _mark(path) != before:
        return Taken(said, report=report, left="it was written to while it was read", is_half=True)
    try:
        fate: Fate = "failed" if error else "done"
        told = {"file": said, "at": now.isoformat(timespec="seconds"), "report": report, "error": error}
        target = file_away(path, fate, told, command=command)
    except OSError as fault:
        return Taken(said, report=report, error=error, left=_told(fault))
    return Taken(said, f"{fate}/{shown(target.name)}", report, error)


def _mark(path: Path) -> Mark | None:
    """What tells whether a file changed; None for what is no plain file."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ino] if stat.S_ISREG(found.st_mode) else None


def _is_unfinished(name: str) -> bool:
    return name.startswith(_HIDDEN) or name.lower().endswith(UNFINISHED)


def _told(fault: Exception) -> str:
    """Why the machine could not, in words of the system."""
    return (fault.strerror if isinstance(fault, OSError) else None) or str(fault)


def _defect(fault: Exception) -> dict[str, Any]:
    told = Invalid(
        f"the file brought Pulse to an error of its own ({type(fault).__name__})",
        remedy="report it with the file, or with a part of it that shows the same",
    )
    return told.as_dict() | {"code": "internal"}
