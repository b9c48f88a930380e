"""The import log: the same file counts once, and a batch number is never given again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import NotFound, Refused
from pulse_core.stores.ledger import imports, organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.imports import Batch, Fields
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.ledger.schema import import_log

FIELDS: Fields = {
    "sha256": "f00",
    "file_name": "orders.csv",
    "file_bytes": 5_000_000_000,
    "shape": "online_retail",
    "mapping": {"customer": "CustomerID"},
    "mapping_key": "a11",
    "rows": 10,
    "accepted": 7,
    "rejected": 1,
    "set_aside": {"no_customer": 2},
    "returns": 1,
    "first_day": date(2010, 12, 1),
    "batch_file": "1.parquet",
    "batch_sha256": "ba7",
    "created_by": "ada",
}


def add(ledger: Ledger, org_id: str, **changes: str) -> Batch:
    """A batch of that file."""
    return ledger.write(lambda conn: imports.add(conn, org_id, **{**FIELDS, **changes}))


def test_what_is_added_is_read_back(ledger: Ledger, org: Organisation) -> None:
    """Every field survives the store, a file of 5 GB too."""
    batch = add(ledger, org.id)
    with ledger.read() as conn:
        assert imports.get(conn, org.id, batch.id) == imports.find(conn, org.id, "f00") == batch
    assert {name: getattr(batch, name) for name in FIELDS} == FIELDS
    assert (batch.state, batch.last_day, batch.aside_file, batch.undone_at) == ("active", None, None, None)


def test_the_same_file_counts_once(ledger: Ledger, org: Organisation) -> None:
    """A second import of the file is refused and changes nothing; another organisation may load it."""
    add(ledger, org.id)
    with pytest.raises(Refused, match=r"'orders\.csv' is imported already"):
        add(ledger, org.id)
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    add(ledger, other.id)
    with ledger.read() as conn:
        assert len(imports.all(conn, org.id)) == 1


def test_the_store_itself_allows_one_active_row_a_file(ledger: Ledger, org: Organisation) -> None:
    """The rule holds in the database, whatever the code does."""
    batch = add(ledger, org.id)
    row = {name: getattr(batch, name) for name in import_log.columns.keys() if name != "id"}  # noqa: SIM118
    with pytest.raises(IntegrityError):
        ledger.write(lambda conn: conn.execute(insert(import_log).values(row)) and None)
    ledger.write(lambda conn: conn.execute(insert(import_log).values({**row, "state": "undone"})) and None)


def test_an_undone_file_may_come_again(ledger: Ledger, org: Organisation) -> None:
    """It gets a new number; undoing twice is harmless."""
    first = add(ledger, org.id)
    undone = ledger.write(lambda conn: imports.undo(conn, org.id, first.id))
    again = ledger.write(lambda conn: imports.undo(conn, org.id, first.id))
    assert undone == again
    assert (undone.state, undone.undone_at is None) == ("undone", False)
    second = add(ledger, org.id)
    assert second.id > first.id
    with ledger.read() as conn:
        assert imports.find(conn, org.id, "f00") == second
        assert imports.all(conn, org.id) == [second, undone]


def test_active_batches_come_in_the_order_they_came(ledger: Ledger, org: Organisation) -> None:
    """A rebuild reads them in this order, without the undone ones."""
    made = [add(ledger, org.id, sha256=sha) for sha in ("c", "a", "b")]
    ledger.write(lambda conn: imports.undo(conn, org.id, made[1].id))
    with ledger.read() as conn:
        assert imports.active(conn, org.id) == [made[0], made[2]]
        assert imports.find(conn, org.id, "a") is None


def test_an_unknown_batch_is_named(ledger: Ledger, org: Organisation) -> None:
    """Reading or undoing what is not there says so."""
    with pytest.raises(NotFound, match="import 9 does not exist"):
        ledger.write(lambda conn: imports.undo(conn, org.id, 9))
