"""Brings the stored schema up to date with Alembic, safely when two processes open the ledger at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from pulse_core.errors import Unavailable

SCRIPTS = Path(__file__).parent / "migrations"

# Any number that nobody else in the database uses.
POSTGRES_LOCK = 7_052_017


def to_head(engine: Engine) -> None:
    """Runs the missing migrations, all or none of them; `Unavailable` when a newer Pulse wrote the schema."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    with engine.begin() as conn:
        # On SQLite the transaction itself is the lock: it began IMMEDIATE.
        if conn.dialect.name == "postgresql":
            conn.execute(select(func.pg_advisory_xact_lock(POSTGRES_LOCK)))
        stored = current(conn)
        _check_known(stored, script)
        if stored != script.get_current_head():
            config.attributes["connection"] = conn
            command.upgrade(config, "head")


def current(conn: Connection) -> str | None:
    """The stored revision; None in an empty database."""
    return MigrationContext.configure(conn).get_current_revision()


def _check_known(stored: str | None, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if stored is not None and stored not in known:
        raise Unavailable(
            f"the ledger stands at revision {stored}, which this Pulse does not know",
            remedy="start the newer Pulse that wrote it, or restore the backup made before the upgrade",
        )


def _config() -> Config:
    config = Config()
    # Config expands %(names)s.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
