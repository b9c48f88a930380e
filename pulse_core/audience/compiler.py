"""From a condition tree to SQL: a tree of sqlglot nodes with every value bound, never glued in.

SQL's third truth value must not lose a customer: NULL at the top selects nobody, and a "not" group counts
NULL as no before it turns the answer round, so that every customer is in a tree or in its "not".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from pulse_core.audience.catalogue import FIELDS_BY_KEY
from pulse_core.audience.tree import Condition, Tree, operator_of
from pulse_core.audience.values import Value
from pulse_core.errors import Invalid

TABLE = "customers"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query and the values of its parameters p1, p2, … in order."""

    sql: str
    parameters: dict[str, object]


def compile(tree: Tree, *, as_of: date, dialect: str = "duckdb") -> Compiled:
    """The ids of the customers in the tree; "the last N days" end on `as_of`."""
    return select(tree, ["customer_id"], as_of=as_of, dialect=dialect)


def count(tree: Tree, *, as_of: date, dialect: str = "duckdb") -> Compiled:
    """How many customers are in the tree: one row, one column."""
    return _finish(exp.select(exp.Count(this=exp.Star())), tree, as_of, dialect)


def select(
    tree: Tree,
    columns: Sequence[str],
    *,
    as_of: date,
    order: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    dialect: str = "duckdb",
) -> Compiled:
    """Fields of the customers in the tree, named by their keys.

    `order` holds field keys, "-monetary" for descending; missing values come last. Put "customer_id" at
    its end where pages must not overlap.
    """
    query = exp.select(*(_named(key) for key in columns))
    query = query.order_by(*(_ordered(key) for key in order)) if order else query
    query = query if limit is None else query.limit(int(limit))
    return _finish(query.offset(int(offset)) if offset else query, tree, as_of, dialect)


def _finish(query: exp.Select, tree: Tree, as_of: date, dialect: str) -> Compiled:
    bind = _Binder()
    where = _node(tree, bind, as_of)
    sql = query.from_(exp.to_table(TABLE)).where(where).sql(dialect, identify=True)
    return Compiled(sql, bind.parameters)


class _Binder:
    """Hands out the placeholders p1, p2, … and keeps what is bound to them."""

    def __init__(self) -> None:
        self.parameters: dict[str, object] = {}

    def __call__(self, value: object) -> exp.Expr:
        name = f"p{len(self.parameters) + 1}"
        self.parameters[name] = value
        return exp.Placeholder(this=name)


def _node(tree: Tree, bind: _Binder, as_of: date) -> exp.Expr:
    if isinstance(tree, Condition):
        return _condition(tree, bind, as_of)
    return _GROUPS[tree.op]([_node(child, bind, as_of) for child in tree.children])


def _condition(condition: Condition, bind: _Binder, as_of: date) -> exp.Expr:
    values = [bind(value) for value in _bound_values(condition.value, as_of)]
    return operator_of(condition).build(_column(condition.field), values)


def _bound_values(value: Value, as_of: date) -> tuple[object, ...]:
    if isinstance(value, int):
        return date.fromordinal(max(1, as_of.toordinal() - value)), as_of
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _all_of(parts: list[exp.Expr]) -> exp.Expr:
    return exp.and_(*parts, copy=False) if parts else exp.true()


def _one_of(parts: list[exp.Expr]) -> exp.Expr:
    return exp.or_(*parts, copy=False) if parts else exp.false()


def _none_of(parts: list[exp.Expr]) -> exp.Expr:
    return exp.Not(this=exp.Coalesce(this=_one_of(parts), expressions=[exp.false()]))


_GROUPS: dict[str, Callable[[list[exp.Expr]], exp.Expr]] = {"and": _all_of, "or": _one_of, "not": _none_of}


def _column(key: str) -> exp.Expr:
    if key not in FIELDS_BY_KEY:
        raise Invalid(f"field '{key}' is not known", remedy=f"choose one of {', '.join(FIELDS_BY_KEY)}")
    return exp.column(FIELDS_BY_KEY[key].column, quoted=True)


def _named(key: str) -> exp.Expr:
    column = _column(key)
    return column if column.name == key else exp.alias_(column, key, quoted=True)


def _ordered(key: str) -> exp.Expr:
    return exp.Ordered(this=_column(key.removeprefix("-")), desc=key.startswith("-"), nulls_first=False)
