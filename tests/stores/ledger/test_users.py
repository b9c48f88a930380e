"""Users: one address once in an organisation, in a known role."""

from __future__ import annotations

import pytest

from pulse_core.errors import Invalid, NotFound
from pulse_core.stores.ledger import organisations, users
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation


def create(ledger: Ledger, org_id: str, email: str, role: str = "analyst") -> users.User:
    """A user of that address."""
    return ledger.write(lambda conn: users.create(conn, org_id, email=email, name="Ada", role=role))


def test_what_is_created_is_read_back(ledger: Ledger, org: Organisation) -> None:
    """Users come back as they were made, by address."""
    zoe, ada = create(ledger, org.id, "zoe@example.com"), create(ledger, org.id, " Ada@Example.com ")
    with ledger.read() as conn:
        assert users.all(conn, org.id) == [ada, zoe]
        assert users.get(conn, org.id, ada.id) == ada
    assert ada.email == "ada@example.com"


def test_an_address_is_taken_once(ledger: Ledger, org: Organisation) -> None:
    """The same address in other letters is the same user; another organisation may have it too."""
    create(ledger, org.id, "ada@example.com")
    with pytest.raises(Invalid, match=r"ada@example\.com exists already"):
        create(ledger, org.id, "ADA@example.com")
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    assert create(ledger, other.id, "ada@example.com").org_id == other.id


def test_an_unknown_role_is_refused(ledger: Ledger, org: Organisation) -> None:
    """The error lists the roles."""
    with pytest.raises(Invalid, match="choose one of admin, marketer, analyst, uploader"):
        create(ledger, org.id, "ada@example.com", role="king")


def test_an_unknown_user_is_named(ledger: Ledger, org: Organisation) -> None:
    """Reading what is not there says so."""
    with ledger.read() as conn, pytest.raises(NotFound, match="user 7 does not exist"):
        users.get(conn, org.id, 7)
