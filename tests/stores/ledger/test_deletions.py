"""Deleting an organisation: nothing of it stays in any table, and nothing of another goes."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Date, ForeignKeyConstraint, Integer, Table, inspect, select

from pulse_core.errors import Busy, NotFound
from pulse_core.stores.ledger import deletions, jobs, organisations
from pulse_core.stores.ledger.deletions import Deletion
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.schema import metadata
from pulse_core.stores.ledger.values import UtcDateTime, now

OURS = {"organisations", "deletions"}  # the one is the organisation, the other tells that it went


def filled(conn: Connection) -> None:
    """A row in every table that can hold one of an organisation, found by reflection, for two organisations."""
    for org_id in ("acme", "other"):
        organisations.create(conn, name=org_id, org_id=org_id)
        for table in metadata.sorted_tables:
            if table.name not in OURS:
                conn.execute(table.insert().values(row(conn, table, org_id)))


def row(conn: Connection, table: Table, org_id: str) -> dict[str, Any]:
    """Values for what a row needs; references lead to the organisation's own rows."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "org_id":
            values["org_id"] = org_id
        elif column.foreign_keys:
            [key] = column.foreign_keys
            mine = deletions.belongs(key.column.table, org_id)
            values[column.name] = conn.scalar(select(key.column).where(mine))
        elif not column.nullable and column.server_default is None and column.identity is None:
            values[column.name] = value(column.type, org_id)
    return values


def value(kind: Any, org_id: str) -> Any:
    """Some value of a type."""
    if isinstance(kind, UtcDateTime):
        return now()
    if isinstance(kind, Date):
        return now().date()
    if isinstance(kind, Integer):
        return 1
    return {} if kind.python_type is dict else f"{org_id}-x"


def test_every_table_says_whose_its_rows_are(ledger: Ledger) -> None:
    """A new table cannot be forgotten: each has org_id, or leads to a row that has, as the database itself tells."""
    with ledger.read() as conn:
        found = inspect(conn)
        stored = set(found.get_table_names()) - {"alembic_version"}
        with_org = {t for t in stored if any(c["name"] == "org_id" for c in found.get_columns(t))}
    assert stored == set(metadata.tables)
    deleted = {
        name for name, table in metadata.tables.items() if deletions.belongs(table, "acme") is not None
    }
    assert with_org <= deleted
    assert stored - deleted == {"deletions"}


def test_nothing_of_it_stays_and_nothing_of_others_goes(ledger: Ledger) -> None:
    """Every table that can hold a row of an organisation is emptied of it, in one transaction."""
    ledger.write(filled)
    with ledger.read() as conn:
        before = {org: deletions.counts(conn, org) for org in ("acme", "other")}
    assert all(before["acme"].values()), "each table holds a row, or this test shows nothing"
    made = ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    with ledger.read() as conn:
        assert set(deletions.counts(conn, "acme").values()) == {0}
        assert deletions.counts(conn, "other") == before["other"]
        assert [org.id for org in organisations.all(conn)] == ["other"]
    assert made.rows == before["acme"]


def test_the_deletion_itself_is_kept(ledger: Ledger) -> None:
    """Who deleted what, and when: the only trace, and no customer is named in it."""
    ledger.write(filled)
    made = ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    with ledger.read() as conn:
        assert deletions.pending(conn) == deletions.pending(conn, "acme") == deletions.all(conn) == [made]
    assert (made.organisation, made.name, made.deleted_by, made.files_gone_at) == (
        "acme",
        "acme",
        "ada",
        None,
    )
    ledger.write(partial(deletions.finish, number=made.id))
    with ledger.read() as conn:
        assert deletions.pending(conn) == []
        assert deletions.all(conn)[0].files_gone_at is not None


def test_beginning_again_is_the_same_deletion(ledger: Ledger) -> None:
    """A command that was killed may be given again."""
    ledger.write(filled)
    first = ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    assert ledger.write(partial(deletions.begin, org_id="acme", by="bob")) == first


def test_an_unknown_organisation_is_told(ledger: Ledger) -> None:
    """A slip deletes nothing."""
    with pytest.raises(NotFound, match="'acme' does not exist"):
        ledger.write(partial(deletions.begin, org_id="acme", by="ada"))


def test_not_while_a_job_runs(ledger: Ledger) -> None:
    """Files are not pulled from under a job; one that only waits goes with the rest."""

    def begun(conn: Connection) -> None:
        organisations.create(conn, name="Acme", org_id="acme")
        jobs.enqueue(conn, "acme", "import", {}, created_by="ada")
        jobs.claim(conn, "runner")
        jobs.enqueue(conn, "acme", "refresh", {}, created_by="ada")

    def delete(conn: Connection) -> Deletion:
        return deletions.begin(conn, "acme", by="ada")

    ledger.write(begun)
    with pytest.raises(Busy, match=r"while its job 1 \(import\) runs"):
        ledger.write(delete)
    with ledger.read() as conn:
        assert deletions.counts(conn, "acme")["jobs"] == 2
    ledger.write(lambda conn: jobs.finish(conn, 1, "runner", "done"))
    assert ledger.write(delete).rows["jobs"] == 2


def test_a_composite_key_leads_to_the_organisation_by_org_id() -> None:
    """The walk over references takes keys of one column; a table with a longer key has org_id of its own."""
    for table in metadata.tables.values():
        for key in table.constraints:
            if isinstance(key, ForeignKeyConstraint) and len(key.columns) > 1:
                assert "org_id" in table.c
