from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from pulse_core.audience import segments
from pulse_core.audience.compiler import compile
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import Group, Tree, dump, parse

from .strategies import CUSTOMERS, TREES
from .world import AS_OF, CATALOGUE, World, member

_thorough = settings(
    max_examples=250,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _ids(world: World, tree: Tree) -> set[str]:
    query = compile(tree, as_of=AS_OF)
    return {customer_id for (customer_id,) in world.rows(query.sql, query.parameters)}


@_thorough
@given(customers=CUSTOMERS, raw=TREES)
def test_the_database_agrees_with_plain_python(
    world: World, customers: list[dict[str, Any]], raw: dict[str, Any]
) -> None:
    """A tree selects exactly whom its words mean, "not" everybody else, and count says how many."""
    world.hold(customers)
    tree = parse(raw, CATALOGUE)
    wanted = {c["customer_id"] for c in customers if member(tree, c)}
    everybody = {c["customer_id"] for c in customers}
    assert _ids(world, tree) == wanted
    assert _ids(world, Group(op="not", children=(tree,))) == everybody - wanted
    assert segments.count(world, tree, as_of=AS_OF) == len(wanted)


@_thorough
@given(raw=TREES)
def test_any_tree_survives_json_and_has_a_sentence(raw: dict[str, Any]) -> None:
    """What is saved comes back as the same tree and the same JSON, and can be said in one sentence."""
    tree = parse(raw, CATALOGUE)
    again = parse(dump(tree), CATALOGUE)
    assert again == tree
    assert dump(again) == dump(tree)
    said = sentence(tree)
    assert said.endswith(".")
    assert said.startswith(("Customers ", "All customers", "No customers"))
