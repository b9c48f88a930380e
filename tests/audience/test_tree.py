from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pulse_core.audience.tree import (
    EVERYBODY,
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_GROUPS,
    Condition,
    Group,
    dump,
    parse,
)
from pulse_core.errors import Invalid

LOYAL = {"field": "frequency", "op": "ge", "value": "3"}


def _and(*children: Any) -> dict[str, Any]:
    return {"op": "and", "children": list(children)}


def _nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = LOYAL
    for _ in range(depth):
        tree = _and(tree)
    return tree


def test_json_becomes_conditions_and_groups_and_back() -> None:
    """What the builder saves is what it gets back."""
    raw = _and(LOYAL, {"op": "not", "children": [{"field": "email", "op": "is_empty"}]})
    tree = parse(raw)
    assert isinstance(tree, Group)
    assert isinstance(tree.children[0], Condition)
    assert isinstance(tree.children[1], Group)
    assert dump(tree) == raw


def test_json_text_keeps_decimals_exact() -> None:
    """A number in JSON text never passes through a float."""
    tree = parse('{"field": "monetary", "op": "ge", "value": 99999999999999.000001}')
    assert dump(tree)["value"] == "99999999999999.000001"


def test_equal_trees_have_equal_json_and_hash() -> None:
    """Caches and versions tell trees apart by what they mean, not by how a number was typed."""
    one, other = parse({**LOYAL, "value": 3}), parse({**LOYAL, "value": "3.00"})
    assert one == other
    assert hash(one) == hash(other)
    assert dump(one) == dump(other)


def test_a_tree_cannot_be_changed() -> None:
    """A tree that was checked stays as it was checked."""
    with pytest.raises(ValidationError):
        parse(LOYAL).op = "le"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (_and(_and(LOYAL, {"field": "x", "op": "eq"})), "condition 2 of group 1: field 'x' is not known"),
        (_and(LOYAL, {"field": "x", "op": "eq"}), "condition 2: field 'x' is not known"),
        (_and(_and(LOYAL, _and(LOYAL, LOYAL, 7))), "part 3 of group 2 of group 1: this is neither"),
        ({"field": "email", "op": "gt"}, "the condition: operator 'gt' does not fit field 'email'"),
        (
            {"field": "attribute:x", "op": "eq"},
            "the condition: no customer has the attribute 'x'",
        ),
        ({"field": "email"}, "the condition: there is no 'op'"),
        ({"field": 7, "op": "eq"}, "the condition: 'field' is not text"),
        (_and({**LOYAL, "and": 1}), "condition 1: the entry 'and' is not known"),
        ({"op": "xor", "children": []}, "the group: 'op' of a group is not known"),
        (_and({"op": "or", "children": LOYAL}), "group 1: 'children' is not a list"),
        ({"op": "and"}, "the segment: this is neither"),
        ({}, "the segment: this is neither"),
        ("[]", "the segment: this is neither"),
        ("null", "the segment: this is neither"),
        ("{", "the segment is not JSON"),
        (b"\xff", "the segment is not JSON"),
        ("[" * 100_000, "the segment is nested too deeply"),
    ],
)
def test_an_error_names_the_place_and_the_remedy(raw: Any, said: str) -> None:
    """The analyst, or a program, finds the faulty part; no library's own words reach them."""
    with pytest.raises(Invalid) as caught:
        parse(raw)
    assert caught.value.message.startswith(said)
    assert caught.value.remedy
    assert "pydantic" not in str(caught.value).lower()
    assert "input should" not in str(caught.value).lower()


def test_every_problem_is_listed_with_its_path() -> None:
    """The builder can mark all faulty parts at once."""
    with pytest.raises(Invalid) as caught:
        parse(_and({"field": "x", "op": "eq"}, _and(LOYAL, {"field": "monetary", "op": "ge", "value": "a"})))
    assert [problem["path"] for problem in caught.value.details["problems"]] == [[0], [1, 1]]


def test_an_unknown_field_gets_one_error_not_three() -> None:
    """Operator and value are not judged where the field is not known."""
    with pytest.raises(Invalid) as caught:
        parse({"field": "x", "op": "y", "value": "z"})
    assert len(caught.value.details["problems"]) == 1


@pytest.mark.parametrize(
    ("largest", "too_large"),
    [
        (_nested(MAX_DEPTH), _nested(MAX_DEPTH + 1)),
        (_and(*[LOYAL] * MAX_CONDITIONS), _and(*[LOYAL] * (MAX_CONDITIONS + 1))),
        (_and(*[_and()] * (MAX_GROUPS - 1)), _and(*[_and()] * MAX_GROUPS)),
        (_and(), _nested(20_000)),
    ],
    ids=["depth", "conditions", "groups", "far too deep"],
)
def test_the_size_of_a_tree_is_limited(largest: dict[str, Any], too_large: dict[str, Any]) -> None:
    """A tree at the limit works; one beyond it is refused before anything recursive touches it."""
    parse(largest)
    with pytest.raises(Invalid, match="use at most"):
        parse(too_large)


def test_everybody_is_an_empty_and() -> None:
    """The builder starts with everybody."""
    assert dump(EVERYBODY) == {"op": "and", "children": []}
