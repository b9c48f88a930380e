from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlglot

from pulse_core.audience.catalogue import FIELDS, Field
from pulse_core.audience.compiler import compile, count, select
from pulse_core.audience.operators import Operator, operators_for
from pulse_core.audience.tree import EVERYBODY, Tree, parse
from pulse_core.errors import Invalid

from .strategies import HOSTILE
from .world import AS_OF, World, member

PAIRS = [(field, row) for field in FIELDS for row in operators_for(field.kind)]
_NAMES = [f"{field.key}-{row.key}" for field, row in PAIRS]


def _spread(field: Field) -> list[Any]:
    """Five values that a field may hold, in ascending order."""
    spreads: dict[str, list[Any]] = {
        "number": [1, 2, 3, 4, 5],
        "money": [Decimal(n) for n in range(1, 6)],
        "date": [AS_OF + timedelta(days=n) for n in (-30, -2, -1, 0, 1)],
        "text": ["", "Anna", "BANANA 50%", "O'Neil", "東京"],
        "choice": ["", *field.choices[:4]],
    }
    return spreads[field.kind]


def _example(field: Field, operator: Operator) -> Any:
    middle = str(_spread(field)[2])
    examples = {"none": None, "one": middle, "two": [middle, middle], "many": [middle], "days": 2}
    return "anan" if operator.key == "contains" else examples[operator.shape]


def _customers() -> list[dict[str, Any]]:
    columns = {field.column: _spread(field) for field in FIELDS}
    return [{column: values[n] for column, values in columns.items()} for n in range(5)] + [
        dict.fromkeys(columns)
    ]


def _everything(world: World, tree: Tree) -> list[tuple[Any, ...]]:
    query = select(tree, [field.key for field in FIELDS], as_of=AS_OF)
    return world.rows(query.sql, query.parameters)


@pytest.mark.parametrize(("field", "operator"), PAIRS, ids=_NAMES)
def test_every_operator_on_every_field_divides_the_customers(
    world: World, field: Field, operator: Operator
) -> None:
    """Each row of the tables selects some and not all, and the database agrees with plain Python."""
    customers = _customers()
    world.hold(customers)
    tree = parse({"field": field.key, "op": operator.key, "value": _example(field, operator)})
    wanted = [tuple(c.values()) for c in customers if member(tree, c)]
    assert 0 < len(wanted) < len(customers)
    assert sorted(_everything(world, tree), key=repr) == sorted(wanted, key=repr)


@pytest.mark.parametrize(("dialect", "mark"), [("duckdb", "${}"), ("spark", ":{}"), ("postgres", "%({})s")])
def test_the_sql_is_readable_in_every_dialect(dialect: str, mark: str) -> None:
    """The same tree can run on another engine: its parser reads the text and finds every parameter."""
    for field, operator in PAIRS:
        tree = parse({"field": field.key, "op": operator.key, "value": _example(field, operator)})
        query = compile(tree, as_of=AS_OF, dialect=dialect)
        assert sqlglot.parse_one(query.sql, dialect=dialect).sql(dialect) == query.sql
        assert all(mark.format(name) in query.sql for name in query.parameters)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_bound_and_never_glued_in(world: World, text: str) -> None:
    """No text that a person types changes the query; it finds exactly the customer who holds it."""
    world.hold([{"customer_id": held, "name": held} for held in HOSTILE])
    query = compile(parse({"field": "name", "op": "eq", "value": text}), as_of=AS_OF)
    assert query.sql == 'SELECT "customer_id" FROM "customers" WHERE "name" = $p1'
    assert query.parameters == {"p1": text}
    assert world.rows(query.sql, query.parameters) == [(text,)]


@pytest.mark.parametrize(
    ("text", "found"), [("ÉCL", "ab"), ("écl", "ab"), ("50%", "c"), ("_", "d"), ("\\", "e"), ("5_%", "")]
)
def test_contains_ignores_case_and_knows_no_wildcards(world: World, text: str, found: str) -> None:
    """What is typed is looked for as it stands; only capitals do not matter."""
    names = ["Éclair", "ÉCLAIRS", "50% off", "a_b", "a\\b", None]
    world.hold([{"customer_id": i, "name": name} for i, name in zip("abcdef", names, strict=True)])
    query = compile(parse({"field": "name", "op": "contains", "value": text}), as_of=AS_OF)
    assert "".join(sorted(i for (i,) in world.rows(query.sql, query.parameters))) == found


def test_parameters_are_numbered_in_the_order_of_the_tree() -> None:
    """The generated SQL can be read beside its values."""
    conditions = [
        {"field": "segment", "op": "in", "value": ["Champions", "At Risk"]},
        {"field": "last_order_on", "op": "in_last_days", "value": 30},
    ]
    query = compile(parse({"op": "or", "children": conditions}), as_of=date(2011, 12, 9))
    assert query.sql == (
        'SELECT "customer_id" FROM "customers" WHERE "segment" IN ($p1, $p2)'
        ' OR ("last_order_on" > $p3 AND "last_order_on" <= $p4)'
    )
    assert list(query.parameters.values()) == ["Champions", "At Risk", date(2011, 11, 9), date(2011, 12, 9)]


@pytest.mark.parametrize(("op", "wanted"), [("and", 3), ("or", 0), ("not", 3)])
def test_an_empty_group_means_what_logic_says(world: World, op: str, wanted: int) -> None:
    """All of nothing is everybody, one of nothing is nobody, none of nothing is everybody."""
    world.hold([{"customer_id": name} for name in "abc"])
    query = count(parse({"op": op, "children": []}), as_of=AS_OF)
    assert world.rows(query.sql, query.parameters) == [(wanted,)]


def test_a_window_longer_than_the_calendar_is_no_error(world: World) -> None:
    """A hundred years before an early as-of date is the first day there is."""
    world.hold([{"customer_id": "a", "last_order_on": date(20, 1, 1)}])
    query = compile(
        parse({"field": "last_order_on", "op": "in_last_days", "value": 36_500}), as_of=date(20, 1, 1)
    )
    assert world.rows(query.sql, query.parameters) == [("a",)]


def test_pages_follow_the_order_and_missing_values_come_last(world: World) -> None:
    """A list that is read page by page shows every customer once."""
    world.hold([{"customer_id": i, "monetary": m} for i, m in zip("abcde", [1, None, 3, 3, 2], strict=True)])
    seen: list[tuple[Any, ...]] = []
    for offset in (0, 2, 4):
        page = select(
            EVERYBODY,
            ["customer_id"],
            as_of=AS_OF,
            order=["-monetary", "customer_id"],
            limit=2,
            offset=offset,
        )
        seen += world.rows(page.sql, page.parameters)
    assert "".join(name for (name,) in seen) == "cdeab"


@pytest.mark.parametrize("asked", [{"columns": ["x"]}, {"columns": ["name"], "order": ["-x"]}])
def test_only_fields_of_the_catalogue_are_read(asked: dict[str, Any]) -> None:
    """A column's name never comes from outside."""
    with pytest.raises(Invalid, match="field 'x' is not known: choose one of segment"):
        select(EVERYBODY, as_of=AS_OF, **asked)
