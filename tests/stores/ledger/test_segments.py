"""Saved segments: every version is kept, and a name means one segment."""

from __future__ import annotations

from typing import Any

import pytest

from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import organisations, segments
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.segments import Segment

TREE: dict[str, Any] = {"op": "and", "children": []}
NARROWER: dict[str, Any] = {"field": "monetary", "op": "ge", "value": "500.00"}


def save(ledger: Ledger, org_id: str, name: str) -> Segment:
    """A segment of that name."""
    return ledger.write(lambda conn: segments.save(conn, org_id, name=name, tree=TREE, owner="ada"))


def test_what_is_saved_is_read_back(ledger: Ledger, org: Organisation) -> None:
    """Segments come back by name."""
    lost, best = save(ledger, org.id, "Lost"), save(ledger, org.id, " Best ")
    with ledger.read() as conn:
        assert segments.all(conn, org.id) == [best, lost]
        assert segments.get(conn, org.id, best.id) == best
    assert (best.name, best.version, best.tree, best.owner) == ("Best", 1, TREE, "ada")


def test_a_change_is_a_new_version(ledger: Ledger, org: Organisation) -> None:
    """What a segment meant last month can still be seen, and who changed it."""
    made = save(ledger, org.id, "Best")
    changed = ledger.write(
        lambda conn: segments.update(conn, org.id, made.id, name="Very best", tree=NARROWER, saved_by="zoe")
    )
    described = ledger.write(
        lambda conn: segments.update(conn, org.id, made.id, description="The few", saved_by="ada")
    )
    assert (changed.version, changed.name, changed.tree) == (2, "Very best", NARROWER)
    assert (described.version, described.name, described.description) == (3, "Very best", "The few")
    with ledger.read() as conn:
        kept = segments.versions(conn, org.id, made.id)
    assert [(version.version, version.name, version.saved_by) for version in kept] == [
        (3, "Very best", "ada"),
        (2, "Very best", "zoe"),
        (1, "Best", "ada"),
    ]
    assert [version.tree for version in kept] == [NARROWER, NARROWER, TREE]


def test_a_name_is_taken_once(ledger: Ledger, org: Organisation) -> None:
    """Neither a new segment nor a change takes another's name; the failed change leaves no version."""
    save(ledger, org.id, "Best")
    lost = save(ledger, org.id, "Lost")
    with pytest.raises(Invalid, match="'Best' exists already"):
        save(ledger, org.id, "Best")
    with pytest.raises(Invalid, match="'Best' exists already"):
        ledger.write(lambda conn: segments.update(conn, org.id, lost.id, name="Best", saved_by="ada"))
    with ledger.read() as conn:
        assert len(segments.versions(conn, org.id, lost.id)) == 1
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    save(ledger, other.id, "Best")


@pytest.mark.parametrize("name", ["", "  "])
def test_a_segment_needs_a_name(ledger: Ledger, org: Organisation, name: str) -> None:
    """Campaigns and people speak of it by its name."""
    made = save(ledger, org.id, "Best")
    with pytest.raises(Invalid, match="needs a name"):
        save(ledger, org.id, name)
    with pytest.raises(Invalid, match="needs a name"):
        ledger.write(lambda conn: segments.update(conn, org.id, made.id, name=name, saved_by="ada"))


def test_a_deleted_segment_frees_its_name_and_keeps_its_versions(ledger: Ledger, org: Organisation) -> None:
    """It is gone from the lists, cannot be changed, and its history stays for the campaigns that used it."""
    made = save(ledger, org.id, "Best")
    ledger.write(lambda conn: segments.delete(conn, org.id, made.id))
    with pytest.raises(NotFound, match="segment"):
        ledger.write(lambda conn: segments.update(conn, org.id, made.id, name="New", saved_by="ada"))
    with pytest.raises(NotFound):
        ledger.write(lambda conn: segments.delete(conn, org.id, made.id))
    with ledger.read() as conn:
        assert segments.all(conn, org.id) == []
        assert len(segments.versions(conn, org.id, made.id)) == 1
    assert save(ledger, org.id, "Best").id != made.id
