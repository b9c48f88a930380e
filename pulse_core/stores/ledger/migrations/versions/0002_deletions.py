"""What is left of organisations that were deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pulse_core.stores.ledger.values import UtcDateTime

revision = "0002"
down_revision = "0001"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One row a deletion."""
    op.create_table(
        "deletions",
        sa.Column("id", Big, sa.Identity(), nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.Column("deleted_by", sa.Text, nullable=False),
        sa.Column("deleted_at", UtcDateTime, nullable=False),
        sa.Column("files_gone_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
        sqlite_autoincrement=True,
    )
    op.create_index("deletions_of_organisation", "deletions", ["organisation", "id"])
