"""SQLite as the ledger's engine: which library, which settings."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event

from pulse_core.errors import Invalid, Unavailable
from pulse_core.stores.ledger.values import to_json

if TYPE_CHECKING:
    import sqlite3

# The first with the fix of the WAL-reset bug, which could corrupt a database under several connections.
MINIMUM_LIBRARY = (3, 51, 3)
MODULES = ("sqlite3", "pysqlite3")

BUSY_TIMEOUT_MS = 10_000


def library() -> ModuleType:
    """The first DB-API module whose SQLite is new enough; `Unavailable` when there is none."""
    found = []
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        if module.sqlite_version_info >= MINIMUM_LIBRARY:
            return module
        found.append(f"{name} carries {module.sqlite_version}")
    minimum = ".".join(map(str, MINIMUM_LIBRARY))
    raise Unavailable(
        f"the ledger needs SQLite {minimum} or newer ({', '.join(found)})",
        remedy="run `pip install pysqlite3`, or set PULSE_LEDGER_URL to a Postgres database",
    )


def engines(url: URL) -> tuple[Engine, Engine]:
    """(reader, writer) on one file: one refuses to write, one begins every transaction IMMEDIATE."""
    if not url.database or url.database == ":memory:":
        raise Invalid(
            "a ledger needs a file", remedy="give a URL such as sqlite:////home/me/pulse/ledger.sqlite"
        )
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    reader = _engine(url, begin="BEGIN", pragmas=("query_only=ON",))
    # FULL: with NORMAL an acknowledged row may be gone after a power cut.
    writer = _engine(
        url, begin="BEGIN IMMEDIATE", pragmas=("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    )
    return reader, writer


def _engine(url: URL, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(url, module=library(), json_serializer=to_json)

    def connected(dbapi_connection: sqlite3.Connection, _record: object) -> None:
        # None: the driver begins nothing by itself, so that the transaction starts where and as we say.
        dbapi_connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", *pragmas):
            dbapi_connection.execute(f"PRAGMA {pragma}").close()

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)
    return engine
