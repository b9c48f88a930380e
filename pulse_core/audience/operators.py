"""How a field can be compared: one row an operator and family of kinds, giving both SQL and words.

A missing value (NULL) matches `is_empty`, `ne` ("is not") and `has_none` alone; everywhere else the SQL gives
NULL, which selects nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp

from pulse_core.audience.catalogue import FIXED, Catalogue, Field, Kind

Shape = Literal["none", "one", "two", "many", "days"]
Build = Callable[[exp.Expr, list[exp.Expr]], exp.Expr]


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison for some kinds of field.

    `label` stands in the form, `words` in the sentence. `shape` is the value it wants: none, one, two (lowest
    and highest), many (a list) or days (a whole number). `build` makes SQL from the column and the bound
    values; for days these are the last day before the window and its last day.
    """

    key: str
    label: str
    words: str
    kinds: tuple[Kind, ...]
    shape: Shape
    build: Build


def _compare(node: type[exp.Expr]) -> Build:
    return lambda column, values: node(this=column, expression=values[0])


def _between(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.Between(this=column, low=values[0], high=values[1])


def _contains(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    position = exp.StrPosition(this=exp.Lower(this=column), substr=exp.Lower(this=values[0]))
    return exp.GT(this=position, expression=exp.Literal.number(0))


def _any_of(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.In(this=column, expressions=values)


def _missing(column: exp.Expr, _: list[exp.Expr]) -> exp.Expr:
    return exp.Is(this=column, expression=exp.null())


def _blank(column: exp.Expr, _: list[exp.Expr]) -> exp.Expr:
    empty = exp.EQ(this=column.copy(), expression=exp.Literal.string(""))
    return exp.or_(_missing(column, []), empty)


def _within(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.and_(
        exp.GT(this=column, expression=values[0]), exp.LTE(this=column.copy(), expression=values[1])
    )


def _not_within(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.not_(_within(column, values))


def _has_any(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    held = [exp.ArrayContains(this=column.copy(), expression=value) for value in values]
    return exp.or_(*held, copy=False)


def _has_none(column: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    return exp.Not(this=exp.Coalesce(this=_has_any(column, values), expressions=[exp.false()]))


def _no_items(column: exp.Expr, _: list[exp.Expr]) -> exp.Expr:
    length = exp.Coalesce(this=exp.ArraySize(this=column), expressions=[exp.Literal.number(0)])
    return exp.EQ(this=length, expression=exp.Literal.number(0))


_NUMBERS: tuple[Kind, ...] = ("number", "money")
_DATES: tuple[Kind, ...] = ("date",)
_WORDS: tuple[Kind, ...] = ("text", "choice")
_LISTS: tuple[Kind, ...] = ("list",)

OPERATORS: tuple[Operator, ...] = (
    Operator("eq", "=", "is", _NUMBERS, "one", _compare(exp.EQ)),
    Operator("eq", "on", "is on", _DATES, "one", _compare(exp.EQ)),
    Operator("eq", "is", "is", _WORDS, "one", _compare(exp.EQ)),
    Operator("ne", "≠", "is not", _NUMBERS, "one", _compare(exp.NullSafeNEQ)),
    Operator("ne", "not on", "is not on", _DATES, "one", _compare(exp.NullSafeNEQ)),
    Operator("ne", "is not", "is not", _WORDS, "one", _compare(exp.NullSafeNEQ)),
    Operator("gt", ">", "is more than", _NUMBERS, "one", _compare(exp.GT)),
    Operator("gt", "after", "is after", _DATES, "one", _compare(exp.GT)),
    Operator("ge", "≥", "is at least", _NUMBERS, "one", _compare(exp.GTE)),
    Operator("ge", "on or after", "is on or after", _DATES, "one", _compare(exp.GTE)),
    Operator("lt", "<", "is less than", _NUMBERS, "one", _compare(exp.LT)),
    Operator("lt", "before", "is before", _DATES, "one", _compare(exp.LT)),
    Operator("le", "≤", "is at most", _NUMBERS, "one", _compare(exp.LTE)),
    Operator("le", "on or before", "is on or before", _DATES, "one", _compare(exp.LTE)),
    Operator("between", "between", "is between", _NUMBERS + _DATES, "two", _between),
    Operator("contains", "contains", "contains", ("text",), "one", _contains),
    Operator("in", "is one of", "is", ("number", *_WORDS), "many", _any_of),
    Operator("in_last_days", "in the last … days", "is in the last", _DATES, "days", _within),
    Operator("not_in_last_days", "not in the last … days", "is not in the last", _DATES, "days", _not_within),
    Operator("is_empty", "is empty", "is empty", _NUMBERS + _DATES, "none", _missing),
    Operator("is_empty", "is empty", "is empty", _WORDS, "none", _blank),
    Operator("has_any", "contains any of", "include", _LISTS, "many", _has_any),
    Operator("has_none", "contains none of", "do not include", _LISTS, "many", _has_none),
    Operator("is_empty", "is empty", "are empty", _LISTS, "none", _no_items),
)

_BY_KEY_AND_KIND = {(row.key, kind): row for row in OPERATORS for kind in row.kinds}


def find(key: str, kind: Kind) -> Operator | None:
    """The operator `key` as it works on fields of `kind`; None when it does not."""
    return _BY_KEY_AND_KIND.get((key, kind))


def operators_for(kind: Kind) -> list[Operator]:
    """The operators that fit a kind of field, in the order of the form."""
    return [row for row in OPERATORS if kind in row.kinds]


def describe(catalogue: Catalogue = FIXED) -> list[dict[str, Any]]:
    """What a form needs, as plain rows: each field with its operators and the shape of value they want."""
    return [_describe(field) for field in catalogue]


def _describe(field: Field) -> dict[str, Any]:
    return {
        "field": field.key,
        "label": field.label,
        "kind": field.kind,
        "help": field.help,
        "unit": field.unit,
        "choices": list(field.choices),
        "open": field.open,
        "operators": [
            {"op": row.key, "label": row.label, "shape": row.shape} for row in operators_for(field.kind)
        ],
    }
