"""The first tables: organisations, users, settings, audit, jobs, import log, segments, campaigns, outbox."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import op

from pulse_core.stores.ledger.values import UtcDateTime

revision = "0001"
down_revision = None

Kind: TypeAlias = sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]
Default: TypeAlias = str | sa.ColumnElement[Any] | None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates the tables in the order of their references."""
    create_organisations()
    create_org_settings()
    create_audit_log()
    create_jobs()
    create_import_log()
    create_segments()
    create_campaigns()
    create_outbox()


def number() -> sa.Column[int]:
    """The key of a table whose rows are numbered."""
    return sa.Column("id", Big, sa.Identity(), nullable=False)


def required(name: str, kind: Kind, default: Default = None) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default=default)


def of_organisation(table: str) -> sa.ForeignKeyConstraint:
    """The reference to the organisation that a row belongs to."""
    return sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=f"fk_{table}_org_id")


def unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    """A unique rule for the rows that fulfil the condition."""
    op.create_index(
        name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def create_organisations() -> None:
    """Organisations and their users."""
    op.create_table(
        "organisations",
        required("id", sa.Text),
        required("name", sa.Text),
        sa.Column("currency", sa.Text),
        required("locale", sa.Text),
        required("zone", sa.Text),
        sa.Column("sample", sa.Text),
        required("created_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
    )
    op.create_table(
        "users",
        number(),
        required("org_id", sa.Text),
        required("email", sa.Text),
        required("name", sa.Text),
        required("role", sa.Text),
        required("created_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("org_id", "email", name="uq_users_org_id_email"),
        of_organisation("users"),
        sqlite_autoincrement=True,
    )


def create_org_settings() -> None:
    """What an organisation has set, by key."""
    op.create_table(
        "org_settings",
        required("org_id", sa.Text),
        required("key", sa.Text),
        required("value", sa.JSON),
        required("updated_at", UtcDateTime),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_org_settings"),
        of_organisation("org_settings"),
    )


def create_audit_log() -> None:
    """Who did what to which thing, when."""
    op.create_table(
        "audit_log",
        number(),
        required("org_id", sa.Text),
        required("actor", sa.Text),
        required("action", sa.Text),
        required("thing", sa.Text),
        sa.Column("detail", sa.JSON),
        required("at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        of_organisation("audit_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_log_of_organisation", "audit_log", ["org_id", "id"])


def create_jobs() -> None:
    """Work that takes longer than a page may wait."""
    op.create_table(
        "jobs",
        number(),
        required("org_id", sa.Text),
        required("kind", sa.Text),
        required("params", sa.JSON),
        required("state", sa.Text),
        sa.Column("step", sa.Text),
        required("done", Big, default="0"),
        required("total", Big, default="0"),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.JSON),
        required("cancel_requested", sa.Boolean, default=sa.false()),
        required("attempts", sa.Integer, default="0"),
        sa.Column("runner", sa.Text),
        required("created_by", sa.Text),
        required("created_at", UtcDateTime),
        sa.Column("started_at", UtcDateTime),
        sa.Column("heartbeat_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        of_organisation("jobs"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_by_state", "jobs", ["state", "id"])
    op.create_index("jobs_of_organisation", "jobs", ["org_id", "state", "id"])
    unique_where("jobs_one_running", "jobs", ["org_id"], "state = 'running'")


def create_import_log() -> None:
    """One row a batch: the source of every row in the warehouse."""
    op.create_table(
        "import_log",
        number(),
        required("org_id", sa.Text),
        required("sha256", sa.Text),
        required("file_name", sa.Text),
        required("file_bytes", Big),
        required("shape", sa.Text),
        required("mapping", sa.JSON),
        required("mapping_key", sa.Text),
        required("rows", Big),
        required("accepted", Big),
        required("rejected", Big),
        required("set_aside", sa.JSON),
        required("returns", Big),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        required("batch_file", sa.Text),
        required("batch_sha256", sa.Text),
        sa.Column("aside_file", sa.Text),
        required("state", sa.Text),
        required("created_by", sa.Text),
        required("created_at", UtcDateTime),
        sa.Column("undone_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_import_log"),
        of_organisation("import_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("import_log_of_organisation", "import_log", ["org_id", "id"])
    unique_where("import_log_one_active", "import_log", ["org_id", "sha256"], "state = 'active'")


def create_segments() -> None:
    """Saved segments and every version of them."""
    op.create_table(
        "segments",
        number(),
        required("org_id", sa.Text),
        required("name", sa.Text),
        required("description", sa.Text),
        required("owner", sa.Text),
        required("version", sa.Integer),
        required("tree", sa.JSON),
        required("created_at", UtcDateTime),
        required("updated_at", UtcDateTime),
        sa.Column("deleted_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        of_organisation("segments"),
        sqlite_autoincrement=True,
    )
    unique_where("segments_one_name", "segments", ["org_id", "name"], "deleted_at IS NULL")
    op.create_table(
        "segment_versions",
        required("segment_id", Big),
        required("version", sa.Integer),
        required("name", sa.Text),
        required("tree", sa.JSON),
        required("saved_by", sa.Text),
        required("saved_at", UtcDateTime),
        sa.PrimaryKeyConstraint("segment_id", "version", name="pk_segment_versions"),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name="fk_segment_versions_segment_id"),
    )


def create_campaigns() -> None:
    """What is sent to whom."""
    op.create_table(
        "campaigns",
        required("id", sa.Text),
        required("org_id", sa.Text),
        required("name", sa.Text),
        required("channel", sa.Text),
        required("segment_name", sa.Text),
        required("tree", sa.JSON),
        required("sentence", sa.Text),
        required("content", sa.JSON),
        required("state", sa.Text),
        required("as_of", sa.Date),
        required("audience", Big),
        required("created_by", sa.Text),
        required("created_at", UtcDateTime),
        sa.Column("planned_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("org_id", "id", name="uq_campaigns_org_id_id"),
        of_organisation("campaigns"),
    )
    op.create_index("campaigns_by_age", "campaigns", ["org_id", "created_at"])


def create_outbox() -> None:
    """One row a recipient, with everything that rendering needs."""
    op.create_table(
        "outbox",
        required("id", sa.Text),
        required("org_id", sa.Text),
        required("campaign_id", sa.Text),
        required("customer_id", sa.Text),
        required("channel", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("zone", sa.Text),
        sa.Column("variant", sa.Text),
        required("merge", sa.JSON),
        required("state", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("claimed_by", sa.Text),
        sa.Column("lease_until", UtcDateTime),
        required("attempts", sa.Integer, default="0"),
        sa.Column("receipt", sa.JSON),
        required("planned_at", UtcDateTime),
        sa.Column("claimed_at", UtcDateTime),
        sa.Column("settled_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("campaign_id", "customer_id", name="uq_outbox_campaign_id_customer_id"),
        sa.ForeignKeyConstraint(
            ["org_id", "campaign_id"],
            ["campaigns.org_id", "campaigns.id"],
            name="fk_outbox_org_id_campaign_id",
        ),
    )
    op.create_index("outbox_by_state", "outbox", ["campaign_id", "state", "id", "org_id"])
    op.create_index("outbox_of_organisation", "outbox", ["org_id", "planned_at", "id"])
    held = sa.text("state = 'sending'")
    op.create_index("outbox_held", "outbox", ["claimed_by"], sqlite_where=held, postgresql_where=held)
