"""The ledger's tables. Column names are the field names of the dataclasses beside the functions.

What is stored changes by a migration only: a test compares the two.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeEngine

from pulse_core.stores.ledger.values import UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

ColumnType: TypeAlias = TypeEngine[Any] | type[TypeEngine[Any]]

# SQLite numbers its rows by itself only in a column that is exactly INTEGER.
BigInt = BigInteger().with_variant(Integer(), "sqlite")
OptionalJson = JSON(none_as_null=True)


def _number() -> Column[int]:
    return Column("id", BigInt, Identity(), primary_key=True)


def _organisation() -> Column[str]:
    return Column("org_id", Text, ForeignKey("organisations.id"), nullable=False)


def _required(name: str, kind: ColumnType, default: str | ColumnElement[Any] | None = None) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=default)


organisations = Table(
    "organisations",
    metadata,
    Column("id", Text, primary_key=True),
    _required("name", Text),
    Column("currency", Text),
    _required("locale", Text),
    _required("zone", Text),
    Column("sample", Text),
    _required("created_at", UtcDateTime),
)

users = Table(
    "users",
    metadata,
    _number(),
    _organisation(),
    _required("email", Text),
    _required("name", Text),
    _required("role", Text),
    _required("created_at", UtcDateTime),
    UniqueConstraint("org_id", "email"),
    sqlite_autoincrement=True,
)

org_settings = Table(
    "org_settings",
    metadata,
    Column("org_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    _required("value", JSON),
    _required("updated_at", UtcDateTime),
)

audit_log = Table(
    "audit_log",
    metadata,
    _number(),
    _organisation(),
    _required("actor", Text),
    _required("action", Text),
    _required("thing", Text),
    Column("detail", OptionalJson),
    _required("at", UtcDateTime),
    Index("audit_log_of_organisation", "org_id", "id"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    _number(),
    _organisation(),
    _required("kind", Text),
    _required("params", JSON),
    _required("state", Text),
    Column("step", Text),
    _required("done", BigInt, default="0"),
    _required("total", BigInt, default="0"),
    Column("result", OptionalJson),
    Column("error", OptionalJson),
    _required("cancel_requested", Boolean, default=false()),
    _required("attempts", Integer, default="0"),
    Column("runner", Text),
    _required("created_by", Text),
    _required("created_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("heartbeat_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index("jobs_by_state", "state", "id"),
    Index("jobs_of_organisation", "org_id", "state", "id"),
    # The jobs of one organisation run one after the other, whatever the runners do.
    Index(
        "jobs_one_running",
        "org_id",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    sqlite_autoincrement=True,
)

import_log = Table(
    "import_log",
    metadata,
    _number(),
    _organisation(),
    _required("sha256", Text),
    _required("file_name", Text),
    _required("file_bytes", BigInt),
    _required("shape", Text),
    _required("mapping", JSON),
    _required("mapping_key", Text),
    _required("rows", BigInt),
    _required("accepted", BigInt),
    _required("rejected", BigInt),
    _required("set_aside", JSON),
    _required("returns", BigInt),
    Column("first_day", Date),
    Column("last_day", Date),
    _required("batch_file", Text),
    _required("batch_sha256", Text),
    Column("aside_file", Text),
    _required("state", Text),
    _required("created_by", Text),
    _required("created_at", UtcDateTime),
    Column("undone_at", UtcDateTime),
    Index("import_log_of_organisation", "org_id", "id"),
    # The same file counts once; undone, it may come again.
    Index(
        "import_log_one_active",
        "org_id",
        "sha256",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    # A batch number is never given again: files and warehouse rows carry it.
    sqlite_autoincrement=True,
)

models = Table(
    "models",
    metadata,
    _number(),
    _organisation(),
    _required("kind", Text),
    _required("version", Integer),
    _required("as_of", Date),
    _required("horizon_days", Integer),
    _required("verdict", Text),
    _required("metrics", JSON),
    Column("file", Text),
    _required("sha256", Text),
    _required("made_by", Text),
    _required("made_at", UtcDateTime),
    UniqueConstraint("org_id", "kind", "version"),
    Index("models_of_organisation", "org_id", "kind", "id"),
    sqlite_autoincrement=True,
)

segments = Table(
    "segments",
    metadata,
    _number(),
    _organisation(),
    _required("name", Text),
    _required("description", Text),
    _required("owner", Text),
    _required("version", Integer),
    _required("tree", JSON),
    _required("created_at", UtcDateTime),
    _required("updated_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Index(
        "segments_one_name",
        "org_id",
        "name",
        unique=True,
        sqlite_where=text("deleted_at IS NULL"),
        postgresql_where=text("deleted_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

segment_versions = Table(
    "segment_versions",
    metadata,
    Column("segment_id", BigInt, ForeignKey("segments.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    _required("name", Text),
    _required("tree", JSON),
    _required("saved_by", Text),
    _required("saved_at", UtcDateTime),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Text, primary_key=True),
    _organisation(),
    _required("name", Text),
    _required("channel", Text),
    _required("segment_name", Text),
    _required("tree", JSON),
    _required("sentence", Text),
    _required("content", JSON),
    _required("state", Text),
    _required("as_of", Date),
    _required("audience", BigInt),
    _required("created_by", Text),
    _required("created_at", UtcDateTime),
    Column("planned_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("org_id", "id"),
    Index("campaigns_by_age", "org_id", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    _required("org_id", Text),
    _required("campaign_id", Text),
    _required("customer_id", Text),
    _required("channel", Text),
    Column("address", Text),
    Column("language", Text),
    Column("zone", Text),
    Column("variant", Text),
    _required("merge", JSON),
    _required("state", Text),
    Column("reason", Text),
    Column("claimed_by", Text),
    Column("lease_until", UtcDateTime),
    _required("attempts", Integer, default="0"),
    Column("receipt", OptionalJson),
    _required("planned_at", UtcDateTime),
    Column("claimed_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("campaign_id", "customer_id"),
    # With the organisation in the key, no row can point at a neighbour's campaign.
    ForeignKeyConstraint(["org_id", "campaign_id"], ["campaigns.org_id", "campaigns.id"]),
    # The organisation comes last: counting the states then needs no look at the rows.
    Index("outbox_by_state", "campaign_id", "state", "id", "org_id"),
    Index("outbox_of_organisation", "org_id", "planned_at", "id"),
    Index(
        "outbox_held",
        "claimed_by",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
)

# What is left of an organisation that was deleted: who deleted it, when, how many rows, and whether its files are gone.
# It has no key to the organisation, whose row is gone, and nothing in it names a customer.
deletions = Table(
    "deletions",
    metadata,
    _number(),
    _required("organisation", Text),
    _required("name", Text),
    _required("rows", JSON),
    _required("deleted_by", Text),
    _required("deleted_at", UtcDateTime),
    Column("files_gone_at", UtcDateTime),
    Index("deletions_of_organisation", "organisation", "id"),
    sqlite_autoincrement=True,
)
