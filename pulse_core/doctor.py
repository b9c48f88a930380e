"""`pulse doctor`: looks at everything that a working installation needs, and says what to do about what is amiss."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from pulse_core.errors import PulseError
from pulse_core.settings import Settings
from pulse_core.stores import owner
from pulse_core.stores.ledger import imports, organisations
from pulse_core.stores.ledger.engine import Ledger

LOW_DISK = 2 * 1024**3


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
    finally:
        ledger.close()


def _batches(settings: Settings, ledger: Ledger) -> Iterator[Finding]:
    """Every file that the import log names must be there, or a rebuild would fail."""
    with ledger.read() as conn:
        log = [batch for org in organisations.all(conn) for batch in imports.active(conn, org.id)]
    missing = [b for b in log if not (settings.home / "batches" / b.org_id / b.batch_file).exists()]
    remedy = "restore the batches folder from a backup, or undo those imports" if missing else ""
    yield Finding("batches", not missing, f"{len(log) - len(missing)} of {len(log)} there", remedy)


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_versions, _home, _ledger)
