"""The registry of models: one row a version, with the numbers that it was judged by. Rows are added, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, select

from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import models
from pulse_core.stores.ledger.values import now

KINDS = ("churn", "value", "table")


@dataclass(frozen=True, slots=True)
class Model:
    """A version of a model. `file` is its name in the organisation's folder of models, None where nothing was kept.

    `version` counts from 1 within the organisation and kind; `sha256` is of what was learnt, so that the same data
    and rules never make two versions; `metrics` are those of the held-out part.
    """

    id: int
    org_id: str
    kind: str
    version: int
    as_of: date
    horizon_days: int
    verdict: str
    metrics: dict[str, Any]
    file: str | None
    sha256: str
    made_by: str
    made_at: datetime


class Fields(TypedDict):
    """What the caller of `add` gives."""

    as_of: date
    horizon_days: int
    verdict: str
    metrics: dict[str, Any]
    file: str | None
    sha256: str
    made_by: str


def add(conn: Connection, org_id: str, kind: str, **fields: Unpack[Fields]) -> Model:
    """The next version; the latest one where it learnt the very same."""
    rows.one_of(kind, KINDS, "model")
    before = latest(conn, org_id, kind)
    if before is not None and before.sha256 == fields["sha256"]:
        return before
    version = before.version + 1 if before else 1
    made = {**fields, "org_id": org_id, "kind": kind, "version": version, "made_at": now()}
    return rows.inserted(conn, models, made, Model)


def latest(conn: Connection, org_id: str, kind: str) -> Model | None:
    """The newest version, or None before the first."""
    found = select(models).where(models.c.org_id == org_id, models.c.kind == kind)
    return rows.first(conn, found.order_by(models.c.version.desc()).limit(1), Model)


def all(conn: Connection, org_id: str, kind: str | None = None) -> list[Model]:
    """The organisation's versions, of one kind or of all, the newest first."""
    found = select(models).where(models.c.org_id == org_id).order_by(models.c.id.desc())
    return rows.many(conn, found if kind is None else found.where(models.c.kind == kind), Model)
