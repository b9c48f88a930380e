"""The table of customers: a page of those in a tree who hold a text, in any order, and all of them as a stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pyarrow as pa

from pulse_core.audience import compiler
from pulse_core.audience.catalogue import FIXED, Catalogue
from pulse_core.audience.tree import EVERYBODY, Group, Tree, parse

SEARCHED = ("customer_id", "name", "email")
SHOWN = (
    "customer_id",
    "name",
    "email",
    "segment",
    "monetary",
    "frequency",
    "last_order_on",
    "location",
    "age",
    "consent_email",
)


class Reader(Protocol):
    """One point in time of an organisation's warehouse."""

    def rows(self, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]: ...

    def table(self, sql: str, params: dict[str, Any]) -> pa.Table: ...

    def batches(self, sql: str, params: dict[str, Any]) -> pa.RecordBatchReader: ...


@dataclass(frozen=True, slots=True)
class Filters:
    """Who is shown: those in the tree whose id, name or e-mail holds the text, in capitals or not."""

    tree: Tree = EVERYBODY
    search: str = ""

    def whole(self) -> Tree:
        """Both as one tree; Invalid for a text that no condition may hold (too long, control characters)."""
        if not self.search.strip():
            return self.tree
        held = [{"field": key, "op": "contains", "value": self.search} for key in SEARCHED]
        found = parse({"op": "or", "children": held})
        return Group(op="and", children=(found,) if self.tree == EVERYBODY else (self.tree, found))


EVERYONE = Filters()


def page(
    reader: Reader,
    catalogue: Catalogue,
    filters: Filters,
    *,
    as_of: date,
    sort: str = "monetary",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
    columns: Sequence[str] = SHOWN,
) -> tuple[pa.Table, int]:
    """(the customers from `offset` on, at most `limit`, how many there are in all); Invalid for an unknown field.

    Missing values stand at the end whichever way it is sorted, and equal ones in the order of ids, so that pages
    neither overlap nor leave anybody out.
    """
    tree = filters.whole()
    query = compiler.select(
        tree,
        columns,
        as_of=as_of,
        catalogue=catalogue,
        order=_order(sort, descending),
        limit=limit,
        offset=offset,
    )
    counting = compiler.count(tree, as_of=as_of)
    [(total,)] = reader.rows(counting.sql, counting.parameters)
    return reader.table(query.sql, query.parameters), int(total)


def batches(
    reader: Reader,
    catalogue: Catalogue = FIXED,
    filters: Filters = EVERYONE,
    *,
    as_of: date,
    sort: str | None = None,
    descending: bool = True,
    columns: Sequence[str] | None = None,
) -> pa.RecordBatchReader:
    """All customers of the filters as a stream, with every field of the catalogue; each list is one text.

    Read it to its end before the reader asks for anything else.
    """
    query = compiler.select(
        filters.whole(),
        columns or [field.key for field in catalogue],
        as_of=as_of,
        catalogue=catalogue,
        order=_order(sort, descending) if sort else (),
        flat=True,
    )
    return reader.batches(query.sql, query.parameters)


def _order(sort: str, descending: bool) -> list[str]:
    first = f"-{sort}" if descending else sort
    return [first] if sort == "customer_id" else [first, "customer_id"]
