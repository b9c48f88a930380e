"""`pulse doctor`: looks at everything that a working installation needs, and says what to do about what is amiss."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pulse_core.errors import PulseError
from pulse_core.intake import dropped
from pulse_core.settings import Settings
from pulse_core.stores import owner
from pulse_core.stores.files import sha256
from pulse_core.stores.ledger import deletions, imports, organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.imports import Batch

LOW_DISK = 2 * 1024**3
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    value: str
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Every finding, the good ones too. Changes nothing but the ledger's schema, which is brought up to date."""
    return [finding for look in _LOOKS for finding in look(settings)]


def _versions(settings: Settings) -> Iterator[Finding]:
    yield Finding("python", True, platform.python_version())
    for package in ("duckdb", "streamlit", "sqlalchemy"):
        yield Finding(package, True, version(package))


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    remedy = "free some disk: imports and refreshes need room" if free < LOW_DISK else ""
    yield Finding("home", True, str(home))
    yield Finding("free disk", free >= LOW_DISK, f"{free / 1024**3:.1f} GiB", remedy)
    holder = owner.living(home)
    yield Finding(
        "owner", True, f"process {holder.pid} ({holder.role}, since {holder.since})" if holder else "nobody"
    )


def _ledger(settings: Settings) -> Iterator[Finding]:
    try:
        ledger = Ledger.open(settings.ledger_address())
    except PulseError as error:
        yield Finding("ledger", False, error.message, error.remedy)
        return
    try:
        yield Finding(
            "ledger", True, f"{ledger.dialect} {ledger.server_version()}, schema {ledger.revision()}"
        )
        yield from _batches(settings, ledger)
        yield from _inboxes(settings, ledger)
        yield from _deletions(ledger)
    finally:
        ledger.close()


def _deletions(ledger: Ledger) -> Iterator[Finding]:
    """Organisations that are gone from the ledger while files of them still lie there."""
    with ledger.read() as conn:
        waiting = [deletion.organisation for deletion in deletions.pending(conn)]
    if waiting:
        remedy = f"start the studio, or: pulse delete-organisation {waiting[0]} --yes"
        yield Finding("deletions", False, f"files of {', '.join(waiting)} are still there", remedy)


def _inboxes(settings: Settings, ledger: Ledger) -> Iterator[Finding]:
    """What waits in the drop folders, and folders that nobody empties."""
    with ledger.read() as conn:
        known = [org.id for org in organisations.all(conn)]
    folders = [dropped.folder(settings.home, org_id) for org_id in known]
    shut = [f"inbox/{f.name}" for f in folders if f.exists() and not (f.is_dir() and os.access(f, os.W_OK))]
    strange = [f"inbox/{name}" for name in dropped.unknown(settings.home, known)]
    waiting = sum(len(dropped.look(folder)) for folder in folders)
    told = f"{waiting} waiting" + (f"; of no organisation: {', '.join(strange)}" if strange else "")
    if shut:
        yield Finding(
            "drop folders", False, f"no files can be moved in {', '.join(shut)}", "allow writing there"
        )
    else:
        yield Finding("drop folders", True, told)


def _batches(settings: Settings, ledger: Ledger) -> Iterator[Finding]:
    """Every file that the import log names must be there as it was written, or a rebuild would fail."""
    with ledger.read() as conn:
        log = [batch for org in organisations.all(conn) for batch in imports.active(conn, org.id)]
    amiss = [f"import {b.id} of {b.org_id} {fault}" for b in log if (fault := _fault(settings.home, b))]
    remedy = "restore the batches folder from a backup, or undo those imports" if amiss else ""
    told = f"{len(log) - len(amiss)} of {len(log)} whole" + (f" ({_listed(amiss)})" if amiss else "")
    yield Finding("batches", not amiss, told, remedy)


def _fault(home: Path, batch: Batch) -> str | None:
    """What is wrong with the files of an import."""
    where = home / "batches" / batch.org_id
    if not (where / batch.batch_file).exists():
        return "is missing"
    if sha256(where / batch.batch_file) != batch.batch_sha256:
        return "is not what was imported"
    if batch.aside_file and not (where / batch.aside_file).exists():
        return "has lost the rows that were left out"
    return None


def _listed(things: list[str]) -> str:
    more = f" and {len(things) - _NAMED} more" if len(things) > _NAMED else ""
    return "; ".join(things[:_NAMED]) + more


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_versions, _home, _ledger)
