from __future__ import annotations

import re

import pytest

from pulse_core.audience import segments
from pulse_core.audience.catalogue import FIXED, Catalogue, Field
from pulse_core.audience.tree import EVERYBODY, Group, parse
from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import organisations
from pulse_core.stores.ledger import segments as saved
from pulse_core.stores.ledger.engine import Ledger

from .world import AS_OF, World

RICH = {"field": "monetary", "op": "ge", "value": "2.0"}


@pytest.fixture
def shop(ledger: Ledger) -> str:
    """The id of an organisation in the ledger."""
    return ledger.write(lambda conn: organisations.create(conn, name="Shop")).id


def _fill(world: World) -> None:
    names = "abcd"
    world.hold([{"customer_id": i, "monetary": m} for i, m in zip(names, [1, 3, None, 3], strict=True)])


def test_count_is_of_the_tree_or_of_everybody(world: World) -> None:
    """The size and what it is a share of come from the same place."""
    _fill(world)
    assert segments.count(world, parse(RICH), as_of=AS_OF) == 2
    assert segments.count(world, as_of=AS_OF) == 4


def test_a_sample_shows_the_best_customers_of_the_tree(world: World) -> None:
    """The sample is the same each time, no longer than asked, and has the columns that were asked for."""
    _fill(world)
    table = segments.sample(world, EVERYBODY, as_of=AS_OF, limit=3)
    assert table.column("customer_id").to_pylist() == ["b", "d", "a"]
    assert table.column_names == list(segments.SAMPLE_FIELDS)
    assert segments.sample(world, parse(RICH), as_of=AS_OF, fields=["name"]).column_names == ["name"]


def test_a_segment_is_kept_in_canonical_form_and_comes_back(ledger: Ledger, shop: str) -> None:
    """However a tree was typed, equal trees are stored as equal JSON."""
    kept = segments.save(ledger, shop, name="Rich", tree=RICH, owner="ann", description="who spend")
    assert kept.tree == {"field": "monetary", "op": "ge", "value": "2"}
    segment, tree = segments.load(ledger, shop, kept.id)
    assert tree == parse(RICH)
    assert (segment.name, segment.owner, segment.description) == ("Rich", "ann", "who spend")


def test_a_change_is_a_new_version(ledger: Ledger, shop: str) -> None:
    """An edited segment has the new tree, keeps what was not named, and its former version stays readable."""
    kept = segments.save(ledger, shop, name="Rich", tree=parse(RICH), owner="ann")
    segments.change(ledger, shop, kept.id, saved_by="bob", tree=EVERYBODY)
    segments.change(ledger, shop, kept.id, saved_by="bob", name="All", description="all of them")
    segment, tree = segments.load(ledger, shop, kept.id)
    assert (segment.name, segment.description, tree) == ("All", "all of them", EVERYBODY)
    with ledger.read() as conn:
        assert sorted(version.version for version in saved.versions(conn, shop, kept.id)) == [1, 2, 3]


def test_a_tree_that_is_not_valid_is_never_kept(ledger: Ledger, shop: str) -> None:
    """Saving checks plain JSON and also a tree that was put together in code."""
    deep = EVERYBODY
    for _ in range(9):
        deep = Group(op="and", children=(deep,))
    for tree in ({"field": "x", "op": "eq"}, deep):
        with pytest.raises(Invalid):
            segments.save(ledger, shop, name="Bad", tree=tree, owner="ann")
    with ledger.read() as conn:
        assert saved.all(conn, shop) == []


def test_a_saved_tree_whose_field_is_gone_says_so(ledger: Ledger, shop: str) -> None:
    """A field that left the catalogue gives an error that names it, not a wrong audience."""
    gone = {"field": "shoe_size", "op": "ge", "value": "40"}
    kept = ledger.write(lambda conn: saved.save(conn, shop, name="Old", tree=gone, owner="ann"))
    with pytest.raises(Invalid, match="shoe_size"):
        segments.load(ledger, shop, kept.id)


OWN = Catalogue((*FIXED, Field("attribute:size", "Size", "number", "attributes", "", attribute="size")))
TEXT = Catalogue((*FIXED, Field("attribute:size", "Size", "text", "attributes", "", attribute="size")))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (FIXED, "no customer has the attribute 'size'"),
        (TEXT, "operator 'ge' does not fit field 'attribute:size', which holds text now"),
    ],
)
def test_a_saved_tree_over_an_attribute_needs_it(
    ledger: Ledger, shop: str, now: Catalogue, said: str
) -> None:
    """An attribute that is gone or holds something else now gives an error that names it and a remedy."""
    tree = {"field": "attribute:size", "op": "ge", "value": "40"}
    kept = segments.save(ledger, shop, name="Big", tree=tree, owner="ann", catalogue=OWN)
    assert segments.load(ledger, shop, kept.id, OWN)[1] == parse(tree, OWN)
    changed = segments.change(ledger, shop, kept.id, saved_by="ann", tree=parse(tree, OWN), catalogue=OWN)
    assert changed.tree == tree
    with pytest.raises(Invalid, match=re.escape(said)) as caught:
        segments.load(ledger, shop, kept.id, now)
    assert caught.value.remedy


def test_another_organisations_segment_is_not_found(ledger: Ledger, shop: str) -> None:
    """A segment's id opens nothing in a neighbour's organisation."""
    kept = segments.save(ledger, shop, name="Rich", tree=RICH, owner="ann")
    other = ledger.write(lambda conn: organisations.create(conn, name="Neighbour")).id
    with pytest.raises(NotFound):
        segments.load(ledger, other, kept.id)
    with pytest.raises(NotFound):
        segments.change(ledger, other, kept.id, saved_by="eve", name="Mine")
