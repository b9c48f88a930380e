"""A little customers table in DuckDB, and what a tree means in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from pulse_core.audience.catalogue import ATTRIBUTE, FIELDS, YES_NO, Catalogue, Field
from pulse_core.audience.tree import Condition, Tree

AS_OF = date(2011, 12, 9)


def _attribute(name: str, kind: Any, **more: Any) -> Field:
    label = f"Own {kind} {len(more)}"
    return Field(
        ATTRIBUTE + name, label, kind, "attributes", "A column of your files", attribute=name, **more
    )


# An organisation's own fields, under names that would break a query into which they were glued.
ATTRIBUTES = (
    _attribute("shoe 'size\" --", "number"),
    _attribute("joined']; DROP TABLE customers; --", "date"),
    _attribute("$p1 :p2 %(p3)s", "text"),
    _attribute("tier\\", "choice", choices=("Gold", "Silver", "Ünder", "a'b"), open=True),
    _attribute("会員\n{0}", "choice", choices=YES_NO),
)
CATALOGUE = Catalogue((*FIELDS, *ATTRIBUTES))

_MONEY = pa.decimal128(18, 2)
_TYPES = {
    "money": _MONEY,
    "date": pa.date32(),
    "text": pa.string(),
    "choice": pa.string(),
    "number": pa.int32(),
    "list": pa.list_(pa.string()),
}
_OWN_TYPES = {"quantity": _MONEY, "value_score": pa.decimal128(2, 1)} | {
    f"{score}_score": pa.int8() for score in ("recency", "frequency", "monetary")
}
SCHEMA = pa.schema(
    [(f.column, _OWN_TYPES.get(f.column, _TYPES[f.kind])) for f in FIELDS]
    + [("attributes", pa.map_(pa.string(), pa.string()))]
)


class World:
    """A reader over a DuckDB connection that the test owns."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def hold(self, customers: Iterable[dict[str, Any]]) -> None:
        """Makes `customers` the whole table; what a customer does not say is NULL."""
        table = pa.Table.from_pylist(list(customers), schema=SCHEMA)
        self.connection.register("given", table)
        self.connection.execute("create or replace table customers as select * from given")
        self.connection.unregister("given")

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, params or {}).fetchall()

    def table(self, sql: str, params: dict[str, Any]) -> pa.Table:
        return self.connection.sql(sql, params=params).to_arrow_table()

    def batches(self, sql: str, params: dict[str, Any], *, size: int = 50_000) -> pa.RecordBatchReader:
        return self.connection.sql(sql, params=params).to_arrow_reader(size)

    def close(self) -> None:
        self.connection.close()


def member(tree: Tree, customer: dict[str, Any]) -> bool:
    """Whether the customer is in the tree, worked out without SQL."""
    if isinstance(tree, Condition):
        return _holds(tree, held(CATALOGUE[tree.field], customer))
    answers = [member(child, customer) for child in tree.children]
    return {"and": all(answers), "or": any(answers), "not": not any(answers)}[tree.op]


def held(field: Field, customer: dict[str, Any]) -> Any:
    """What the customer has in a field; None when nothing is known."""
    if field.attribute is None:
        return customer.get(field.column)
    text = dict(customer.get("attributes") or ()).get(field.attribute)
    if text is None:
        return None
    if field.choices == YES_NO:
        return {"y": "yes", "t": "yes", "n": "no", "f": "no"}[text[0].lower()]
    return {"number": Decimal, "date": date.fromisoformat}.get(field.kind, str)(text)


def _holds(condition: Condition, found: Any) -> bool:
    if condition.op == "is_empty":
        return found in (None, "", [])
    if condition.op == "has_none":
        return not set(found or ()) & set(condition.value)
    if condition.op == "ne":
        return found is None or found != condition.value
    return found is not None and _TESTS[condition.op](found, condition.value)


def _recent(found: date, days: Any) -> bool:
    return AS_OF - timedelta(days=days) < found <= AS_OF


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: found == value,
    "gt": lambda found, value: found > value,
    "ge": lambda found, value: found >= value,
    "lt": lambda found, value: found < value,
    "le": lambda found, value: found <= value,
    "between": lambda found, value: value[0] <= found <= value[1],
    "contains": lambda found, value: value.lower() in found.lower(),
    "in": lambda found, value: found in value,
    "has_any": lambda found, value: bool(set(found) & set(value)),
    "in_last_days": _recent,
    "not_in_last_days": lambda found, days: not _recent(found, days),
}
