"""Users: who works for an organisation, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import users
from pulse_core.stores.ledger.values import now

ROLES = ("admin", "marketer", "analyst", "uploader")


@dataclass(frozen=True, slots=True)
class User:
    """One person in one organisation; `email` is kept in small letters."""

    id: int
    org_id: str
    email: str
    name: str
    role: str
    created_at: datetime


def create(conn: Connection, org_id: str, *, email: str, name: str, role: str) -> User:
    """A new user; `Invalid` for an unknown role or an e-mail address that the organisation has already."""
    fields = {
        "org_id": org_id,
        "email": email.strip().lower(),
        "name": name.strip(),
        "role": rows.one_of(role, ROLES, "the role"),
        "created_at": now(),
    }
    taken = Invalid(
        f"a user with the address {fields['email']} exists already", remedy="change that user instead"
    )
    with rows.unique(conn, taken):
        return rows.inserted(conn, users, fields, User)


def get(conn: Connection, org_id: str, user_id: int) -> User:
    """The organisation's user; `NotFound` where there is none."""
    statement = select(users).where(users.c.org_id == org_id, users.c.id == user_id)
    return rows.exactly(conn, statement, User, f"user {user_id}")


def all(conn: Connection, org_id: str) -> list[User]:
    """The organisation's users by e-mail address."""
    return rows.many(conn, select(users).where(users.c.org_id == org_id).order_by(users.c.email), User)
