"""The stored schema: the migrations make what the tables say, also when two processes start at once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, TextClause, inspect, text

from pulse_core.errors import Unavailable
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.schema import metadata

from .children import open_ledger, together


def shape(conn: Connection) -> dict[str, list[str]]:
    """All that the database knows of our tables, as text."""
    inspector = inspect(conn)
    return {
        name: [
            plain(inspector.get_columns(name)),
            plain(inspector.get_pk_constraint(name)),
            plain(sorted(inspector.get_foreign_keys(name), key=str)),
            plain(sorted(inspector.get_unique_constraints(name), key=str)),
            plain(sorted(inspector.get_indexes(name), key=lambda index: str(index["name"]))),
            f"numbered: {is_numbered(conn, name)}",
        ]
        for name in metadata.tables
    }


def plain(description: object) -> str:
    """A description by the inspector as text, types and conditions included."""
    return json.dumps(
        description, default=lambda part: str(part) if isinstance(part, TextClause) else repr(part)
    )


def is_numbered(conn: Connection, table: str) -> bool | None:
    """Whether SQLite never gives a number of the table again; None on Postgres, which never does."""
    if conn.dialect.name != "sqlite":
        return None
    made = conn.scalar(text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table})
    return "AUTOINCREMENT" in made


def made_by_metadata(conn: Connection) -> dict[str, list[str]]:
    """The shape of the tables when SQLAlchemy makes them from their definitions."""
    metadata.drop_all(conn)
    metadata.create_all(conn)
    return shape(conn)


def test_migrations_make_the_tables_of_the_schema(ledger: Ledger) -> None:
    """Columns, types, keys, references, unique rules and indexes are the same on both ways."""
    migrated = ledger.write(shape)
    defined = ledger.write(made_by_metadata)
    for table in metadata.tables:
        assert migrated[table] == defined[table]


def test_processes_that_open_an_empty_ledger_at_once_do_not_collide(ledger_url: str) -> None:
    """One migrates, the others wait for it and find the schema ready."""
    assert together(3, open_ledger, ledger_url) == ["0003"] * 3


def test_opening_again_changes_nothing(ledger: Ledger, ledger_url: str) -> None:
    """A ledger at head is taken as it is."""
    before = ledger.write(shape)
    again = Ledger.open(ledger_url)
    assert again.revision() == ledger.revision() == "0003"
    assert again.write(shape) == before
    again.close()


def test_a_newer_schema_is_refused(ledger: Ledger, ledger_url: str) -> None:
    """An older Pulse does not touch what a newer one wrote, and says what to do."""
    ledger.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    with pytest.raises(
        Unavailable, match="revision 9999, which this Pulse does not know: start the newer Pulse"
    ):
        Ledger.open(ledger_url)
    assert ledger.revision() == "9999"
