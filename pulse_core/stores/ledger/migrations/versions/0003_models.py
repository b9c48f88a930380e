"""The registry of models: what was learnt, when, from what, and how well it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pulse_core.stores.ledger.values import UtcDateTime

revision = "0003"
down_revision = "0002"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One row a version of a model."""
    op.create_table(
        "models",
        sa.Column("id", Big, sa.Identity(), nullable=False),
        sa.Column("org_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("horizon_days", sa.Integer, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("metrics", sa.JSON, nullable=False),
        sa.Column("file", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name="fk_models_org_id"),
        sa.UniqueConstraint("org_id", "kind", "version", name="uq_models_org_id_kind_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("models_of_organisation", "models", ["org_id", "kind", "id"])
