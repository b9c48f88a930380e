"""Values: an instant stays the same instant, and what is not JSON is refused on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import StatementError

from pulse_core.stores.ledger import org_settings
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.schema import organisations

IST = timezone(timedelta(hours=5, minutes=30))


def store(conn: Connection, org_id: str, at: datetime) -> None:
    """An organisation that was made at that time."""
    row = {"id": org_id, "name": org_id, "locale": "en_GB", "zone": "UTC", "created_at": at}
    conn.execute(insert(organisations).values(row))


def test_an_instant_comes_back_in_utc(ledger: Ledger) -> None:
    """A time of any zone is stored as its instant, to the microsecond."""
    at = datetime(2024, 3, 1, 2, 15, 30, 123456, tzinfo=IST)
    ledger.write(lambda conn: store(conn, "a", at))
    with ledger.read() as conn:
        (stored,) = conn.scalars(select(organisations.c.created_at)).all()
    assert stored == at
    assert stored.isoformat() == "2024-02-29T20:45:30.123456+00:00"


def test_instants_compare_in_order(ledger: Ledger) -> None:
    """A comparison in the store is one of instants, also across zones and whole seconds."""
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    times = {
        "early": noon - timedelta(microseconds=1),
        "noon": noon.astimezone(IST),
        "late": noon + timedelta(hours=1),
    }
    for org_id, at in times.items():
        ledger.write(lambda conn: store(conn, org_id, at))  # noqa: B023
    with ledger.read() as conn:
        by_age = select(organisations.c.id).order_by(organisations.c.created_at)
        assert conn.scalars(by_age).all() == ["early", "noon", "late"]
        assert conn.scalars(by_age.where(organisations.c.created_at < noon)).all() == ["early"]


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    """It could be any of 26 instants."""
    with pytest.raises(StatementError, match="without a zone"):
        ledger.write(lambda conn: store(conn, "a", datetime(2024, 3, 1)))


def test_json_comes_back_as_it_was(ledger: Ledger, org: Organisation) -> None:
    """Texts of every script, nesting and null survive."""
    value = {"name": 'Zoë 東京 🙂 "quoted" \\ \n', "list": [1, 2.5, None, True], "empty": {}}
    ledger.write(lambda conn: org_settings.put(conn, org.id, "value", value))
    with ledger.read() as conn:
        assert org_settings.get(conn, org.id, "value") == value


def test_what_is_not_json_is_refused(ledger: Ledger, org: Organisation) -> None:
    """NaN is refused by SQLite's ledger as by Postgres'."""
    with pytest.raises((StatementError, ValueError), match="not JSON compliant"):
        ledger.write(lambda conn: org_settings.put(conn, org.id, "value", float("nan")))
