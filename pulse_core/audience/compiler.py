"""From a condition tree to SQL: a tree of sqlglot nodes with every value bound, never glued in.

SQL's third truth value must not lose a customer: NULL at the top selects nobody, and a "not" group counts
NULL as no before it turns the answer round, so that every customer is in a tree or in its "not".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from pulse_core.audience.catalogue import FIXED, YES_NO, Catalogue, Field
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
    return _finish(exp.select(exp.Count(this=exp.Star())), tree, as_of, dialect, _Binder())


def select(
    tree: Tree,
    columns: Sequence[str],
    *,
    as_of: date,
    catalogue: Catalogue = FIXED,
    order: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    flat: bool = False,
    dialect: str = "duckdb",
) -> Compiled:
    """Fields of the customers in the tree, named by their keys; `flat` writes each list as one text.

    `order` holds field keys, "-monetary" for descending; missing values come last. Put "customer_id" at
    its end where pages must not overlap.
    """
    bind = _Binder()
    fields = [_known(key, catalogue) for key in columns]
    query = exp.select(*(_named(field, bind, flat) for field in fields))
    query = query.order_by(*(_ordered(key, catalogue, bind) for key in order)) if order else query
    query = query if limit is None else query.limit(int(limit))
    return _finish(query.offset(int(offset)) if offset else query, tree, as_of, dialect, bind)


def _finish(query: exp.Select, tree: Tree, as_of: date, dialect: str, bind: _Binder) -> Compiled:
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
    column = _column(condition.asked, bind)
    values = [bind(value) for value in _bound_values(condition.value, as_of)]
    return operator_of(condition).build(column, values)


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


def _known(key: str, catalogue: Catalogue) -> Field:
    field = catalogue.find(key)
    if field is None:
        raise Invalid(
            f"field '{key}' is not known", remedy=f"choose one of {', '.join(row.key for row in FIXED)}"
        )
    return field


def _column(field: Field, bind: _Binder) -> exp.Expr:
    column = exp.column(field.column, quoted=True)
    if field.attribute is None:
        return column
    value = exp.Bracket(this=column, expressions=[bind(field.attribute)])
    return _READ[_type(field)](value)


def _type(field: Field) -> str:
    """How the text of an attribute is read: by its kind, or as yes and no."""
    return "boolean" if field.choices == YES_NO and not field.open else field.kind


def _cast(kind: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda value: exp.TryCast(this=value, to=exp.DataType.build(kind))


def _as_is(value: exp.Expr) -> exp.Expr:
    return value


def _yes_or_no(value: exp.Expr) -> exp.Expr:
    """However a file writes yes and no, as the refresh recognises them."""
    case = exp.Case()
    for word, written in zip(YES_NO, (("yes", "y", "true"), ("no", "n", "false")), strict=True):
        found = exp.In(
            this=exp.Lower(this=value.copy()), expressions=[exp.Literal.string(way) for way in written]
        )
        case = case.when(found, exp.Literal.string(word))
    return case


_READ: dict[str, Callable[[exp.Expr], exp.Expr]] = {
    "number": _cast("decimal(38, 6)"),
    "date": _cast("date"),
    "text": _as_is,
    "choice": _as_is,
    "boolean": _yes_or_no,
}


def _named(field: Field, bind: _Binder, flat: bool) -> exp.Expr:
    column = _column(field, bind)
    if flat and field.kind == "list":
        column = exp.ArrayToString(this=column, expression=exp.Literal.string("; "))
    return column if column.name == field.key else exp.alias_(column, field.key, quoted=True)


def _ordered(key: str, catalogue: Catalogue, bind: _Binder) -> exp.Expr:
    column = _column(_known(key.removeprefix("-"), catalogue), bind)
    return exp.Ordered(this=column, desc=key.startswith("-"), nulls_first=False)
