"""The table of customers, page by page and as a stream, against plain Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulse_core.audience.catalogue import FIXED, PAIN_POINTS
from pulse_core.audience.table import SEARCHED, SHOWN, Filters, batches, page
from pulse_core.audience.tree import EVERYBODY, parse
from pulse_core.errors import Invalid

from .strategies import CUSTOMERS, HOSTILE, TREES
from .test_property import _thorough
from .world import AS_OF, CATALOGUE, World, held, member

NAMES = ["Ada", "adam", "Bob", "ÉLODIE", None]


def _ids(world: World, filters: Filters, **asked: Any) -> list[str]:
    found, _ = page(world, CATALOGUE, filters, as_of=AS_OF, **asked)
    return found.column("customer_id").to_pylist()


def _hold_names(world: World) -> None:
    world.hold(
        [
            {"customer_id": f"c{n}", "name": name, "email": f"{n}@shop.example", "monetary": n % 2}
            for n, name in enumerate(NAMES)
        ]
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [("ad", "c0 c1"), ("élo", "c3"), ("C4", "c4"), ("2@SHOP", "c2"), ("%", ""), (" ", "c0 c1 c2 c3 c4")],
)
def test_the_search_looks_into_id_name_and_mail(world: World, text: str, found: str) -> None:
    """Any part of them, in capitals or not, as it stands; blanks alone search for nothing."""
    _hold_names(world)
    assert _ids(world, Filters(search=text), sort="customer_id", descending=False) == found.split()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_search_is_bound(world: World, text: str) -> None:
    """No text that a person types is SQL; it finds exactly those who hold it."""
    world.hold([{"customer_id": str(n), "name": name} for n, name in enumerate(HOSTILE)])
    wanted = {str(n) for n, name in enumerate(HOSTILE) if text.lower() in name.lower()}
    assert set(_ids(world, Filters(search=text))) == wanted


@pytest.mark.parametrize("text", ["x" * 201, "a\nb", "\x00"])
def test_a_search_that_no_condition_may_hold_says_so(world: World, text: str) -> None:
    """What the database would choke on is refused in words."""
    with pytest.raises(Invalid):
        _ids(world, Filters(search=text))


def test_pages_with_their_total(world: World) -> None:
    """Each page says how many there are in all; one beyond the end is empty."""
    _hold_names(world)
    seen = []
    for offset in (0, 2, 4, 6):
        found, total = page(world, CATALOGUE, Filters(), as_of=AS_OF, limit=2, offset=offset)
        assert (total, found.column_names) == (5, list(SHOWN))
        seen += found.column("customer_id").to_pylist()
    assert seen == ["c1", "c3", "c0", "c2", "c4"]


def test_an_unknown_order_is_refused(world: World) -> None:
    """A column's name never comes from a link."""
    with pytest.raises(Invalid, match="field 'x; DROP' is not known"):
        _ids(world, Filters(), sort="x; DROP")


def _place(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else Decimal(value) if isinstance(value, int) else value


@_thorough
@given(
    customers=CUSTOMERS,
    raw=TREES,
    search=st.sampled_from(["", "a", "É", "%", "'", "OR 1"]),
    field=st.sampled_from([field for field in CATALOGUE if field.kind != "list"]),
    descending=st.booleans(),
    size=st.integers(1, 4),
)
def test_pages_together_are_the_filtered_customers_in_order(
    world: World,
    customers: list[dict[str, Any]],
    raw: dict[str, Any],
    search: str,
    field: Any,
    descending: bool,
    size: int,
) -> None:
    """By any field, either way: missing values last, equal ones by id, nobody twice and nobody left out."""
    world.hold(customers)
    filters = Filters(parse(raw, CATALOGUE), search)
    wanted = [
        c
        for c in sorted(customers, key=lambda c: c["customer_id"].encode())
        if member(filters.tree, c)
        and (not search or any(search.lower() in (c[key] or "").lower() for key in SEARCHED))
    ]
    known = [c for c in wanted if held(field, c) is not None]
    known.sort(key=lambda c: _place(held(field, c)), reverse=descending)
    ordered = [c["customer_id"] for c in [*known, *(c for c in wanted if held(field, c) is None)]]
    seen: list[str] = []
    for offset in range(0, len(wanted) + 1, size):
        found, total = page(
            world, CATALOGUE, filters, as_of=AS_OF, sort=field.key, descending=descending, limit=size, offset=offset
        )  # fmt: skip
        assert total == len(wanted)
        seen += found.column("customer_id").to_pylist()
    assert seen == ordered


def test_the_stream_holds_everybody_with_every_field(world: World) -> None:
    """What is taken away is all that is known of whom the filters show, in the order of the page, lists as text."""
    world.hold(
        [
            {"customer_id": str(n), "monetary": n, "tags": ["a", "b"], "pain_points": list(PAIN_POINTS[:n]),
             "attributes": [(CATALOGUE.fields[-5].attribute, str(n))]}
            for n in range(5)
        ]
    )  # fmt: skip
    filters = Filters(parse({"field": "monetary", "op": "ge", "value": 2}))
    made = batches(world, CATALOGUE, filters, as_of=AS_OF, sort="monetary")
    table = made.read_all()
    assert table.column_names == [field.key for field in CATALOGUE]
    assert table.column("customer_id").to_pylist() == ["4", "3", "2"]
    assert table.column("tags").to_pylist() == ["a; b"] * 3
    assert table.column("pain_points").to_pylist()[-1] == "budget; time"
    assert table.column(CATALOGUE.fields[-5].key).to_pylist() == [4, 3, 2]
    assert batches(world, as_of=AS_OF, columns=["age"]).schema.names == ["age"]
    assert FIXED.find("age")


def test_everybody_without_a_search_is_everybody() -> None:
    """No filters make no condition."""
    assert Filters().whole() == EVERYBODY
