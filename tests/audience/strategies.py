"""Arbitrary customers and arbitrary valid trees that have a fair chance to meet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pulse_core.audience.catalogue import FIELDS, YES_NO, Field
from pulse_core.audience.operators import Operator, Shape, operators_for

from .world import AS_OF, ATTRIBUTES, CATALOGUE

HOSTILE = [
    "' OR 1=1 --",
    "'; DROP TABLE customers; --",
    "$p1",
    "%(p1)s",
    ":p1",
    "{0}",
    "%",
    "_",
    "\\",
    "a%b",
    'a"b',
    "O'Neil",
    "ÉCLAIR éclair",
    "東京",
    "🙂",
    "e\u0301",
]
# few pieces, so that texts often hold one another; none whose lower case DuckDB and Python write differently
_PIECES = ["a", "É", "ş", "%", "_", "\\", "'", "東", " "]


def _texts(pieces: int) -> st.SearchStrategy[str]:
    made = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=pieces).map("".join)
    return st.one_of(made, made.map(str.upper), made.map(str.lower), st.sampled_from(HOSTILE))


_days = st.one_of(
    st.sampled_from([date(2011, 12, 10), AS_OF, date(2011, 11, 9), date(2011, 11, 10)]),
    st.dates(date(2011, 10, 1), date(2011, 12, 20)),
)
_small = st.integers(-2, 6)


def _found(field: Field) -> st.SearchStrategy[Any]:
    """What a customer may hold in a field."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "number": _small,
        "money": st.one_of(_small.map(Decimal), st.decimals(-5, 9, places=2)),
        "date": _days,
        "text": st.one_of(st.just(""), _texts(8)),
        "choice": st.sampled_from(["", *field.choices[:4]]),
        "list": st.lists(_texts(2), max_size=3),
    }
    return st.one_of(st.none(), values[field.kind])


def _written(field: Field) -> st.SearchStrategy[str]:
    """What a file may hold in the column of a custom attribute: the refresh keeps no empty ones."""
    if field.choices == YES_NO:
        return st.sampled_from(["yes", "NO", "True", "false", "y", "n"])
    values = {"number": st.one_of(_small, st.decimals(-3, 7, places=2)), "date": _days, "text": _texts(8)}
    return values.get(field.kind, st.sampled_from([*field.choices, "Bronze"])).map(str)


def _asked(field: Field) -> st.SearchStrategy[Any]:
    """What a condition may ask of a field, as JSON has it."""
    numbers = st.one_of(_small, st.decimals(-3, 7, places=2).map(str), st.sampled_from([0.5, "1e3", "-0"]))
    values: dict[str, st.SearchStrategy[Any]] = {
        "number": numbers,
        "money": numbers,
        "date": _days.map(str),
        "text": _texts(2).filter(str.strip),
        "choice": st.sampled_from([*field.choices[:4], *(["Bronze", "%"] if field.open else [])] or [""]),
        "list": _texts(2).filter(str.strip),
    }
    return values[field.kind]


def _shaped(field: Field, shape: Shape) -> st.SearchStrategy[Any]:
    one = _asked(field)
    ascending = st.lists(one, min_size=2, max_size=2).map(lambda pair: sorted(pair, key=_order))
    shapes: dict[Shape, st.SearchStrategy[Any]] = {
        "none": st.none(),
        "one": one,
        "two": ascending,
        "many": st.lists(one, min_size=1, max_size=4),
        "days": st.one_of(st.integers(1, 60), st.just(36_500)),
    }
    return shapes[shape]


def _order(value: Any) -> Any:
    return value if isinstance(value, str) and value[4:5] == "-" else Decimal(str(value))


def _condition(field: Field, op: str, shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"field": st.just(field.key), "op": st.just(op), "value": _shaped(field, shape)}
    )


def _rows() -> st.SearchStrategy[tuple[Field, Operator]]:
    """A field and an operator that fits it, with every pair of kind and operator as likely as any other."""
    pairs: dict[tuple[str, str], list[tuple[Field, Operator]]] = {}
    for field in CATALOGUE:
        for row in operators_for(field.kind):
            pairs.setdefault((field.kind + str(bool(field.attribute)), row.key), []).append((field, row))
    return st.sampled_from(list(pairs.values())).flatmap(st.sampled_from)


CONDITIONS = _rows().flatmap(lambda pair: _condition(pair[0], pair[1].key, pair[1].shape))


def _grouped(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"op": st.sampled_from(["and", "or", "not"]), "children": st.lists(children, max_size=3)}
    )


# nested by hand: st.recursive may go deeper than the 8 levels that parse allows
TREES = st.one_of(CONDITIONS, _grouped(CONDITIONS))
for _ in range(2):
    TREES = st.one_of(CONDITIONS, _grouped(TREES))

_customer = st.fixed_dictionaries(
    {f.column: _found(f) for f in FIELDS if f.column != "customer_id"}
    | {"attributes": st.fixed_dictionaries({}, optional={f.attribute: _written(f) for f in ATTRIBUTES})}
)
CUSTOMERS = st.lists(_customer, max_size=5).map(
    lambda rows: [{**row, "customer_id": name} for row, name in zip(rows, HOSTILE, strict=False)]
)
