"""Saved segments: a condition tree with a name, and every version of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy import update as sql_update

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import segment_versions, segments
from pulse_core.stores.ledger.values import now


@dataclass(frozen=True, slots=True)
class Segment:
    """`tree` is the audience's condition tree as JSON; `version` counts from 1."""

    id: int
    org_id: str
    name: str
    description: str
    owner: str
    version: int
    tree: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A segment as it was saved once."""

    segment_id: int
    version: int
    name: str
    tree: dict[str, Any]
    saved_by: str
    saved_at: datetime


def save(
    conn: Connection, org_id: str, *, name: str, tree: dict[str, Any], owner: str, description: str = ""
) -> Segment:
    """A new segment; `Invalid` where the organisation has one of that name."""
    at = now()
    fields = {
        "org_id": org_id,
        "name": _checked(name),
        "description": description,
        "owner": owner,
        "version": 1,
        "tree": tree,
        "created_at": at,
        "updated_at": at,
    }
    with rows.unique(conn, _taken(name)):
        made = rows.inserted(conn, segments, fields, Segment)
    _keep(conn, made, owner)
    return made


def update(
    conn: Connection,
    org_id: str,
    segment_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    tree: dict[str, Any] | None = None,
    saved_by: str,
) -> Segment:
    """Saves what is given as a new version; `Invalid` for a taken name, `NotFound` for a deleted segment."""
    given = {"name": None if name is None else _checked(name), "description": description, "tree": tree}
    changes = {key: value for key, value in given.items() if value is not None}
    statement = (
        sql_update(segments)
        .where(segments.c.org_id == org_id, segments.c.id == segment_id, segments.c.deleted_at.is_(None))
        .values(version=segments.c.version + 1, updated_at=now(), **changes)
        .returning(segments)
    )
    with rows.unique(conn, _taken(name or "")):
        saved = rows.exactly(conn, statement, Segment, f"segment {segment_id}")
    _keep(conn, saved, saved_by)
    return saved


def get(conn: Connection, org_id: str, segment_id: int) -> Segment:
    """The organisation's segment; `NotFound` where there is none or it is deleted."""
    return rows.exactly(
        conn, _existing(org_id).where(segments.c.id == segment_id), Segment, f"segment {segment_id}"
    )


def all(conn: Connection, org_id: str) -> list[Segment]:
    """The organisation's segments by name, without the deleted ones."""
    return rows.many(conn, _existing(org_id).order_by(segments.c.name), Segment)


def delete(conn: Connection, org_id: str, segment_id: int) -> None:
    """Hides the segment and frees its name; its versions are kept. `NotFound` where there is none."""
    get(conn, org_id, segment_id)
    conn.execute(
        sql_update(segments)
        .where(segments.c.org_id == org_id, segments.c.id == segment_id)
        .values(deleted_at=now())
    )


def versions(conn: Connection, org_id: str, segment_id: int) -> list[Version]:
    """Every version of the organisation's segment, the newest first; of a deleted one too."""
    statement = (
        select(segment_versions)
        .join(segments, segments.c.id == segment_versions.c.segment_id)
        .where(segments.c.org_id == org_id, segments.c.id == segment_id)
        .order_by(segment_versions.c.version.desc())
    )
    return rows.many(conn, statement, Version)


def _existing(org_id: str) -> Select[Any]:
    return select(segments).where(segments.c.org_id == org_id, segments.c.deleted_at.is_(None))


def _keep(conn: Connection, segment: Segment, saved_by: str) -> None:
    version = Version(
        segment_id=segment.id,
        version=segment.version,
        name=segment.name,
        tree=segment.tree,
        saved_by=saved_by,
        saved_at=segment.updated_at,
    )
    conn.execute(segment_versions.insert().values(rows.values(version)))


def _checked(name: str) -> str:
    if not name.strip():
        raise Invalid("a segment needs a name", remedy="say in a few words whom it holds")
    return name.strip()


def _taken(name: str) -> Invalid:
    return Invalid(
        f"a segment named {name.strip()!r} exists already", remedy="choose another name, or change that one"
    )
