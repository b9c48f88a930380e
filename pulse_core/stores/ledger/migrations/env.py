"""Run by Alembic: migrates on the connection, and in the transaction, that `migrate.to_head` opened."""

from __future__ import annotations

from alembic import context

from pulse_core.stores.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a column by copying the table; Alembic writes that out.
    render_as_batch=True,
)
context.run_migrations()
