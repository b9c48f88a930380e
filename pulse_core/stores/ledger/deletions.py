"""Deleting an organisation: all its rows at once, and a note of it that stays until its files are gone, and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from pulse_core.errors import Busy
from pulse_core.stores.ledger import jobs, rows
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.schema import deletions, metadata, organisations
from pulse_core.stores.ledger.values import now


@dataclass(frozen=True, slots=True)
class Deletion:
    """Who deleted which organisation, and how many rows of each table; its files are gone from `files_gone_at` on."""

    id: int
    organisation: str
    name: str
    rows: dict[str, int]
    deleted_by: str
    deleted_at: datetime
    files_gone_at: datetime | None


def begin(conn: Connection, org_id: str, *, by: str) -> Deletion:
    """Take every row of the organisation out of the ledger, queued jobs too; its files are to follow.

    Deleted already but for its files, it is the note of that. Raises Busy while a job of it runs, NotFound when
    there is no such organisation.
    """
    if waiting := pending(conn, org_id):
        return waiting[0]
    # Its row is held first: nobody can begin a job or a campaign for it from here on.
    held = select(organisations).where(organisations.c.id == org_id).with_for_update()
    org = rows.exactly(conn, held, Organisation, f"the organisation {org_id!r}")
    if running := next((job for job in jobs.unfinished(conn, org_id) if job.state == "running"), None):
        raise Busy(
            f"{org.name} cannot be deleted while its job {running.id} ({running.kind}) runs",
            remedy="cancel that job or wait until it is done, then delete the organisation",
            job=running.id,
        )
    gone = {}
    for table in reversed(metadata.sorted_tables):
        mine = belongs(table, org_id)
        if mine is not None and (number := rows.affected(conn.execute(delete(table).where(mine)))):
            gone[table.name] = number
    fields = {"organisation": org_id, "name": org.name, "rows": gone, "deleted_by": by, "deleted_at": now()}
    return rows.inserted(conn, deletions, fields, Deletion)


def belongs(table: Table, org_id: str) -> ColumnElement[bool] | None:
    """Which rows of a table are the organisation's: by `org_id`, or by the row that they point at; None of no rows."""
    if table is organisations:
        return organisations.c.id == org_id
    if "org_id" in table.c:
        return table.c.org_id == org_id
    for key in table.foreign_key_constraints:
        theirs = belongs(key.referred_table, org_id)
        if theirs is not None:
            [element] = key.elements
            return element.parent.in_(select(element.column).where(theirs))
    return None


def pending(conn: Connection, org_id: str | None = None) -> list[Deletion]:
    """Deletions whose files are not gone yet, of one organisation or of all."""
    statement = select(deletions).where(deletions.c.files_gone_at.is_(None)).order_by(deletions.c.id)
    if org_id is not None:
        statement = statement.where(deletions.c.organisation == org_id)
    return rows.many(conn, statement, Deletion)


def finish(conn: Connection, number: int) -> None:
    """Note that the files are gone."""
    conn.execute(update(deletions).where(deletions.c.id == number).values(files_gone_at=now()))


def all(conn: Connection) -> list[Deletion]:
    """Every deletion, the newest first."""
    return rows.many(conn, select(deletions).order_by(deletions.c.id.desc()), Deletion)


def counts(conn: Connection, org_id: str) -> dict[str, Any]:
    """How many rows each table holds of the organisation, for what asks before it deletes and for tests."""
    found = {}
    for table in metadata.sorted_tables:
        mine = belongs(table, org_id)
        if mine is not None:
            found[table.name] = conn.scalar(select(func.count()).select_from(table).where(mine)) or 0
    return found
