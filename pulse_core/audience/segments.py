"""Who is in a tree, and the trees that people keep under a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

import pyarrow as pa

from pulse_core.audience import compiler
from pulse_core.audience.catalogue import FIXED, Catalogue
from pulse_core.audience.tree import EVERYBODY, Tree, dump, parse
from pulse_core.stores.ledger import audit
from pulse_core.stores.ledger import segments as saved
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.segments import Segment

SAMPLE_FIELDS = ("customer_id", "name", "segment", "monetary", "frequency", "last_order_on")


class Reader(Protocol):
    """One point in time of an organisation's warehouse."""

    def rows(self, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]: ...

    def table(self, sql: str, params: dict[str, Any]) -> pa.Table: ...


def count(reader: Reader, tree: Tree = EVERYBODY, *, as_of: date) -> int:
    """How many customers are in the tree."""
    query = compiler.count(tree, as_of=as_of)
    return int(reader.rows(query.sql, query.parameters)[0][0])


def sample(
    reader: Reader, tree: Tree, *, as_of: date, limit: int = 20, fields: Sequence[str] = SAMPLE_FIELDS
) -> pa.Table:
    """The customers of the tree with the highest revenue, at most `limit`, with the given fields."""
    query = compiler.select(tree, fields, as_of=as_of, order=("-monetary", "customer_id"), limit=limit)
    return reader.table(query.sql, query.parameters)


def save(
    ledger: Ledger,
    org_id: str,
    *,
    name: str,
    tree: Tree | dict[str, Any],
    owner: str,
    description: str = "",
    catalogue: Catalogue = FIXED,
) -> Segment:
    """Keeps a valid tree under a new name; Invalid for a tree that is not valid or a name that is taken."""
    plain = canonical(tree, catalogue)

    def work(conn: Connection) -> Segment:
        made = saved.save(conn, org_id, name=name, tree=plain, owner=owner, description=description)
        _note(conn, made, owner, "segment saved")
        return made

    return ledger.write(work)


def change(
    ledger: Ledger,
    org_id: str,
    segment_id: int,
    *,
    saved_by: str,
    name: str | None = None,
    description: str | None = None,
    tree: Tree | dict[str, Any] | None = None,
    catalogue: Catalogue = FIXED,
) -> Segment:
    """Saves what is given as a new version of the segment; Invalid as in `save`, NotFound."""
    plain = None if tree is None else canonical(tree, catalogue)

    def work(conn: Connection) -> Segment:
        made = saved.update(
            conn, org_id, segment_id, name=name, description=description, tree=plain, saved_by=saved_by
        )
        _note(conn, made, saved_by, "segment changed")
        return made

    return ledger.write(work)


def delete(ledger: Ledger, org_id: str, segment_id: int, *, by: str) -> None:
    """The segment is offered no longer; its versions stay. NotFound where there is none."""

    def work(conn: Connection) -> None:
        _note(conn, saved.get(conn, org_id, segment_id), by, "segment deleted")
        saved.delete(conn, org_id, segment_id)

    ledger.write(work)


def load(ledger: Ledger, org_id: str, segment_id: int, catalogue: Catalogue = FIXED) -> tuple[Segment, Tree]:
    """A saved segment and its tree; NotFound, or Invalid where the tree asks for a field that is gone."""
    with ledger.read() as conn:
        segment = saved.get(conn, org_id, segment_id)
    return segment, parse(segment.tree, catalogue)


def canonical(tree: Tree | dict[str, Any], catalogue: Catalogue = FIXED) -> dict[str, Any]:
    """The one way in which a tree is kept: checked, numbers and days as text, no empty entries."""
    return dump(parse(tree if isinstance(tree, dict) else dump(tree), catalogue))


def _note(conn: Connection, segment: Segment, actor: str, action: str) -> None:
    detail = {"name": segment.name, "version": segment.version}
    audit.record(
        conn, segment.org_id, actor=actor, action=action, thing=f"segment {segment.id}", detail=detail
    )
