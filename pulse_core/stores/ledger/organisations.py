"""Organisations: whose rows these are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy import update as sql_update

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import organisations
from pulse_core.stores.ledger.values import now

# Ids become file names.
ID_LENGTH = 48
ID_PATTERN = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{ID_LENGTH - 1}}}")
CHANGEABLE = ("name", "currency", "locale", "zone", "sample")


@dataclass(frozen=True, slots=True)
class Organisation:
    """`sample` names the sample data that it was filled with; `zone` is an IANA time zone."""

    id: str
    name: str
    currency: str | None
    locale: str
    zone: str
    sample: str | None
    created_at: datetime


def create(
    conn: Connection,
    *,
    name: str,
    org_id: str | None = None,
    currency: str | None = None,
    sample: str | None = None,
    locale: str = "en_GB",
    zone: str = "UTC",
) -> Organisation:
    """A new organisation, its id made from the name if none is given. `Invalid`: no name, id bad or taken."""
    made = Organisation(
        id=_free_id(conn, name) if org_id is None else _checked_id(org_id),
        name=_checked_name(name),
        currency=currency,
        locale=locale,
        zone=zone,
        sample=sample,
        created_at=now(),
    )
    taken = Invalid(f"an organisation with the id {made.id!r} exists already", remedy="choose another id")
    with rows.unique(conn, taken):
        conn.execute(organisations.insert().values(rows.values(made)))
    return made


def get(conn: Connection, org_id: str) -> Organisation:
    """The organisation; `NotFound` where there is none."""
    statement = select(organisations).where(organisations.c.id == org_id)
    return rows.exactly(conn, statement, Organisation, f"the organisation {org_id!r}")


def all(conn: Connection) -> list[Organisation]:
    """Every organisation, the oldest first."""
    return rows.many(
        conn, select(organisations).order_by(organisations.c.created_at, organisations.c.id), Organisation
    )


def update(conn: Connection, org_id: str, **changes: str | None) -> Organisation:
    """Changes name, currency, locale, zone or sample."""
    for key in changes:
        rows.one_of(key, CHANGEABLE, "the organisation's field")
    if "name" in changes:
        changes["name"] = _checked_name(changes["name"] or "")
    if changes:
        conn.execute(sql_update(organisations).where(organisations.c.id == org_id).values(changes))
    return get(conn, org_id)


def slug(name: str) -> str:
    """An id made from a name: `Café Noir & Sons` gives `cafe-noir-sons`."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:ID_LENGTH].rstrip("-") or "organisation"


def _free_id(conn: Connection, name: str) -> str:
    base = slug(name)
    taken = set(conn.scalars(select(organisations.c.id)))
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        suffix = f"-{number}"
        candidate = base[: ID_LENGTH - len(suffix)] + suffix
    return candidate


def _checked_id(org_id: str) -> str:
    if not ID_PATTERN.fullmatch(org_id):
        raise Invalid(
            f"{org_id!r} cannot be an organisation's id",
            remedy=f"use up to {ID_LENGTH} of the signs a-z, 0-9 and -, the first a letter or digit",
        )
    return org_id


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Invalid("an organisation needs a name", remedy="give the name of the shop or company")
    return name.strip()
