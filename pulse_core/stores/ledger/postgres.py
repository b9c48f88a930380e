"""Postgres as the ledger's engine."""

from __future__ import annotations

from sqlalchemy import URL, Engine, create_engine

from pulse_core.stores.ledger.values import to_json


def engines(url: URL) -> tuple[Engine, Engine]:
    """(reader, writer) over one pool. The reader is read only and sees one point in time, as on SQLite."""
    writer = create_engine(
        url.set(drivername="postgresql+psycopg"), json_serializer=to_json, pool_pre_ping=True
    )
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reader, writer
