"""Organisations: their ids become file names, so they are checked and never the same."""

from __future__ import annotations

from datetime import UTC

import pytest

from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import organisations
from pulse_core.stores.ledger.engine import Ledger


def test_what_is_created_is_read_back(ledger: Ledger) -> None:
    """Every field survives the store, the time as an instant in UTC."""
    made = ledger.write(
        lambda conn: organisations.create(
            conn, name=" Café Noir ", currency="EUR", sample="cdnow", zone="Europe/Paris"
        )
    )
    with ledger.read() as conn:
        assert organisations.get(conn, "cafe-noir") == made
        assert organisations.all(conn) == [made]
    assert (made.name, made.currency, made.sample, made.locale) == ("Café Noir", "EUR", "cdnow", "en_GB")
    assert made.created_at.tzinfo is UTC


def test_ids_from_equal_names_differ(ledger: Ledger) -> None:
    """Two shops of one name never share an id, and so never a warehouse file."""
    ids = [ledger.write(lambda conn: organisations.create(conn, name="Shop")).id for _ in range(3)]
    assert ids == ["shop", "shop-2", "shop-3"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Café Noir & Sons", "cafe-noir-sons"),
        ("../../etc/passwd", "etc-passwd"),
        ("東京", "organisation"),
        ("x" * 60, "x" * 48),
        ("y" * 47 + " z", "y" * 47),
    ],
)
def test_slug_is_a_safe_file_name(name: str, expected: str) -> None:
    """Whatever a person calls the shop, the id fits the pattern."""
    assert organisations.slug(name) == expected
    assert organisations.ID_PATTERN.fullmatch(expected)


def test_a_long_name_leaves_room_for_its_number(ledger: Ledger) -> None:
    """The second of two very long names still has an id of at most 48 signs."""
    for _ in range(2):
        last = ledger.write(lambda conn: organisations.create(conn, name="x" * 60))
    assert last.id == "x" * 46 + "-2"


@pytest.mark.parametrize("org_id", ["", "-a", "A", "a/b", "..", "a.b", "a\n", "x" * 49])
def test_an_id_that_is_no_file_name_is_refused(ledger: Ledger, org_id: str) -> None:
    """A given id cannot leave the folder or vary by case."""
    with pytest.raises(Invalid, match="cannot be an organisation's id"):
        ledger.write(lambda conn: organisations.create(conn, name="Shop", org_id=org_id))


def test_a_taken_id_is_named(ledger: Ledger) -> None:
    """The error says which id, and the first organisation stays as it was."""
    ledger.write(lambda conn: organisations.create(conn, name="Shop", org_id="shop"))
    with pytest.raises(Invalid, match="'shop' exists already"):
        ledger.write(lambda conn: organisations.create(conn, name="Other", org_id="shop"))
    with ledger.read() as conn:
        assert organisations.get(conn, "shop").name == "Shop"


def test_update_changes_what_it_is_given(ledger: Ledger) -> None:
    """One field changes, the others stay; unknown fields and empty names are refused."""
    made = ledger.write(lambda conn: organisations.create(conn, name="Shop"))
    changed = ledger.write(lambda conn: organisations.update(conn, made.id, currency="GBP"))
    assert (changed.currency, changed.name) == ("GBP", "Shop")
    with pytest.raises(Invalid, match="field 'id' is not known"):
        ledger.write(lambda conn: organisations.update(conn, made.id, id="other"))
    with pytest.raises(Invalid, match="needs a name"):
        ledger.write(lambda conn: organisations.update(conn, made.id, name=" "))


def test_an_unknown_organisation_is_named(ledger: Ledger) -> None:
    """Reading or changing what is not there says so."""
    with ledger.read() as conn, pytest.raises(NotFound, match="'nobody' does not exist"):
        organisations.get(conn, "nobody")
    with pytest.raises(NotFound):
        ledger.write(lambda conn: organisations.update(conn, "nobody", name="X"))
