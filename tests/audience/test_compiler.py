from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlglot

from pulse_core.audience.catalogue import FIXED, YES_NO, Catalogue, Field
from pulse_core.audience.compiler import compile, count, select
from pulse_core.audience.operators import Operator, operators_for
from pulse_core.audience.tree import EVERYBODY, Tree, parse
from pulse_core.errors import Invalid

from .strategies import HOSTILE
from .world import AS_OF, ATTRIBUTES, CATALOGUE, World, held, member

PAIRS = [(field, row) for field in CATALOGUE for row in operators_for(field.kind)]
_NAMES = [f"{field.key}-{row.key}" for field, row in PAIRS]


def _spread(field: Field) -> list[Any]:
    """Five values that a field may hold, in ascending order."""
    spreads: dict[str, list[Any]] = {
        "number": [1, 2, 3, 4, 5],
        "money": [Decimal(n) for n in range(1, 6)],
        "date": [AS_OF + timedelta(days=n) for n in (-30, -2, -1, 0, 1)],
        "text": ["", "Anna", "BANANA 50%", "O'Neil", "東京"],
        "choice": ["", *(field.choices * 2)[:4]],
        "list": [[], ["Anna"], ["O'Neil", "BANANA 50%"], ["東京", "O'Neil"], ["x"]],
    }
    return spreads[field.kind]


def _written(field: Field, place: int) -> str:
    """The attribute's value as a file has it."""
    return "nyNY"[place % 4] if field.choices == YES_NO else str(_spread(field)[place])


def _example(field: Field, operator: Operator) -> Any:
    middle = _spread(field)[2]
    middle = middle[0] if field.kind == "list" else str(middle)
    examples = {"none": None, "one": middle, "two": [middle, middle], "many": [middle], "days": 2}
    return "anan" if operator.key == "contains" else examples[operator.shape]


def _customers() -> list[dict[str, Any]]:
    columns = {field.column: _spread(field) for field in CATALOGUE if not field.attribute}
    return [
        {column: values[n] for column, values in columns.items()}
        | {"attributes": [(field.attribute, _written(field, n)) for field in ATTRIBUTES]}
        for n in range(5)
    ] + [dict.fromkeys([*columns, "attributes"])]


def _told(customer: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(held(field, customer) for field in CATALOGUE)


def _everything(world: World, tree: Tree) -> list[tuple[Any, ...]]:
    query = select(tree, [field.key for field in CATALOGUE], as_of=AS_OF, catalogue=CATALOGUE)
    return world.rows(query.sql, query.parameters)


@pytest.mark.parametrize(("field", "operator"), PAIRS, ids=_NAMES)
def test_every_operator_on_every_field_divides_the_customers(
    world: World, field: Field, operator: Operator
) -> None:
    """Each row of the tables selects some and not all, and the database agrees with plain Python."""
    customers = _customers()
    world.hold(customers)
    tree = parse({"field": field.key, "op": operator.key, "value": _example(field, operator)}, CATALOGUE)
    wanted = [_told(c) for c in customers if member(tree, c)]
    assert 0 < len(wanted) < len(customers)
    assert sorted(_everything(world, tree), key=repr) == sorted(wanted, key=repr)


@pytest.mark.parametrize(("dialect", "mark"), [("duckdb", "${}"), ("spark", ":{}"), ("postgres", "%({})s")])
def test_the_sql_is_readable_in_every_dialect(dialect: str, mark: str) -> None:
    """The same tree can run on another engine: its parser reads the text and finds every parameter."""
    for field, operator in PAIRS:
        tree = parse({"field": field.key, "op": operator.key, "value": _example(field, operator)}, CATALOGUE)
        query = compile(tree, as_of=AS_OF, dialect=dialect)
        # sqlglot's tokens for DuckDB lose a "$p1" when nothing follows the last quotation mark: a blank helps.
        assert sqlglot.parse_one(f"{query.sql} ", dialect=dialect).sql(dialect) == query.sql
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


@pytest.mark.parametrize("field", ATTRIBUTES, ids=lambda f: f.kind)
def test_the_name_of_an_attribute_is_bound(world: World, field: Field) -> None:
    """A column's name in a file is a stranger's text: it is a value of the query wherever it is asked for."""
    tree = parse({"field": field.key, "op": "is_empty"}, CATALOGUE)
    query = select(tree, ["customer_id"], as_of=AS_OF, catalogue=CATALOGUE, order=[f"-{field.key}"])
    assert field.attribute not in query.sql
    assert set(query.parameters.values()) == {field.attribute}


def test_columns_of_attributes_have_the_fields_key(world: World) -> None:
    """A table tells its columns apart, also where names differ in capitals only."""
    names = ["Size", "size", 'a"b', "x;y"]
    fields = [Field(f"attribute:{n}", n, "text", "attributes", "", attribute=n) for n in names]
    world.hold([{"customer_id": "1", "attributes": [(name, name) for name in names]}])
    query = select(
        EVERYBODY, [field.key for field in fields], as_of=AS_OF, catalogue=Catalogue((*FIXED, *fields))
    )
    assert world.table(query.sql, query.parameters).to_pylist() == [{f"attribute:{n}": n for n in names}]


def test_a_flat_list_is_one_text(world: World) -> None:
    """A file without lists can hold them all the same; who has none has nothing there."""
    world.hold([{"customer_id": "1", "tags": ["a", "b"]}, {"customer_id": "2"}])
    query = select(EVERYBODY, ["tags"], as_of=AS_OF, order=["customer_id"], flat=True)
    assert world.rows(query.sql, query.parameters) == [("a; b",), (None,)]


def test_a_list_may_be_asked_for_many_values(world: World) -> None:
    """As many values as a list may have, which is no deeper a query than one."""
    world.hold([{"customer_id": "1", "tags": ["t499"]}, {"customer_id": "2", "tags": ["x"]}])
    values = [f"t{n}" for n in range(500)]
    query = compile(parse({"field": "tags", "op": "has_any", "value": values}), as_of=AS_OF)
    assert world.rows(query.sql, query.parameters) == [("1",)]
