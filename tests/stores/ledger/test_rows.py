"""Broken rules: the one that was foreseen gets its own error, and the work can go on."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import users
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation


def create(conn: Connection, org_id: str, email: str) -> users.User:
    """A user of that address."""
    return users.create(conn, org_id, email=email, name="Ada", role="admin")


def test_a_work_goes_on_after_a_taken_name(ledger: Ledger, org: Organisation) -> None:
    """Postgres would end the whole transaction at a broken rule; what came before and after it is stored."""

    def work(conn: Connection) -> None:
        create(conn, org.id, "ada@example.com")
        with pytest.raises(Invalid):
            create(conn, org.id, "ada@example.com")
        create(conn, org.id, "zoe@example.com")

    ledger.write(work)
    with ledger.read() as conn:
        assert [user.email for user in users.all(conn, org.id)] == ["ada@example.com", "zoe@example.com"]


def test_another_broken_rule_is_not_called_a_taken_name(ledger: Ledger) -> None:
    """A user of an organisation that is not there is a fault of ours, and is shown as what it is."""
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        ledger.write(lambda conn: create(conn, "nobody", "ada@example.com"))
