"""The ledger's door: what was acknowledged stays, readers only read, faults are named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from pulse_core.errors import Invalid, Unavailable
from pulse_core.stores.ledger import audit, org_settings, organisations, sqlite
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation

from .children import started, write_for_ever


def test_a_result_is_there_when_write_returns(ledger: Ledger, org: Organisation) -> None:
    """Once `write` has returned, every reader sees the change."""
    ledger.write(lambda conn: org_settings.put(conn, org.id, "horizon", 90))
    with ledger.read() as conn:
        assert org_settings.get(conn, org.id, "horizon") == 90


def test_a_failed_work_leaves_nothing(ledger: Ledger, org: Organisation) -> None:
    """An exception reaches its caller and takes back all that its work did before."""

    def work(conn: Connection) -> None:
        org_settings.put(conn, org.id, "horizon", 90)
        raise LookupError("half-way")

    with pytest.raises(LookupError, match="half-way"):
        ledger.write(work)
    with ledger.read() as conn:
        assert org_settings.get(conn, org.id, "horizon") is None


def test_a_reader_refuses_to_write(ledger: Ledger, org: Organisation) -> None:
    """A write through a read connection fails, so that none bypasses the writer."""
    with ledger.read() as conn, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        org_settings.put(conn, org.id, "horizon", 90)


def test_a_reader_sees_one_point_in_time(ledger: Ledger, org: Organisation) -> None:
    """What is committed while a reader reads does not change what it sees."""
    with ledger.read() as conn:
        assert org_settings.get(conn, org.id, "horizon", "unset") == "unset"
        ledger.write(lambda conn: org_settings.put(conn, org.id, "horizon", 90))
        assert org_settings.get(conn, org.id, "horizon", "unset") == "unset"


def test_a_write_inside_a_work_is_an_error(ledger: Ledger, org: Organisation) -> None:
    """It would wait for itself for ever; the ledger goes on after it."""
    with pytest.raises(RuntimeError, match="inside a work"):
        ledger.write(lambda conn: ledger.write(lambda conn: None))
    assert ledger.write(lambda conn: organisations.get(conn, org.id)) == org


def test_writes_from_many_threads_all_arrive(ledger: Ledger, org: Organisation) -> None:
    """Each of many callers gets the result of its own work, and the one that fails fails alone."""

    def write(number: int) -> int | None:
        def work(conn: Connection) -> int:
            audit.record(conn, org.id, actor="test", action="write", thing=str(number))
            if number % 10 == 0:
                raise LookupError(number)
            return number

        try:
            return ledger.write(work)
        except LookupError:
            return None

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(write, range(100)))
    expected = [number for number in range(100) if number % 10]
    assert results == [number if number % 10 else None for number in range(100)]
    with ledger.read() as conn:
        assert sorted(int(entry.thing) for entry in audit.latest(conn, org.id)) == expected


def test_what_was_acknowledged_survives_kill_9(ledger: Ledger, ledger_url: str, org: Organisation) -> None:
    """A process killed at any moment loses no write that it was told is done."""
    with started(write_for_ever, ledger_url, org.id, 4) as (child, pipe):
        acknowledged = {pipe.recv() for _ in range(200)}
        child.kill()
        child.join()
        while pipe.poll():
            try:
                acknowledged.add(pipe.recv())
            except EOFError:
                break
    with ledger.read() as conn:
        stored = {entry.id for entry in audit.latest(conn, org.id, limit=10_000)}
    assert acknowledged <= stored


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_is_no_ledger_is_refused(url: str) -> None:
    """The error says what an address looks like."""
    with pytest.raises(Invalid, match="sqlite:////"):
        Ledger.open(url)


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    """A file of another kind is left alone and named."""
    other = tmp_path / "orders.csv"
    other.write_text("customer,amount\n" * 100)
    with pytest.raises(Unavailable, match=r"orders\.csv cannot be opened"):
        Ledger.open(f"sqlite:///{other}")
    assert other.read_text() == "customer,amount\n" * 100


def test_an_unreachable_server_is_named_without_the_password() -> None:
    """The error shows the address with the password masked."""
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1/pulse cannot be opened") as caught:
        Ledger.open("postgresql://me:secret@127.0.0.1:1/pulse")
    assert "secret" not in str(caught.value)


def test_sqlite_is_set_for_power_cuts(tmp_path: Path) -> None:
    """The writer waits for the disk, keeps references, and waits for other processes."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'new' / 'ledger.sqlite'}")
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    for pragma, value in expected.items():
        assert ledger.write(lambda conn: conn.exec_driver_sql(f"PRAGMA {pragma}").scalar()) == value  # noqa: B023
    ledger.close()


def test_two_processes_that_read_and_then_write_do_not_fail(tmp_path: Path) -> None:
    """Transactions on SQLite begin IMMEDIATE: a deferred one fails when it turns from reading to writing."""
    ledgers = [Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") for _ in range(2)]
    ledgers[0].write(lambda conn: organisations.create(conn, name="Acme"))

    def count(conn: Connection) -> None:
        org_settings.put(conn, "acme", "count", org_settings.get(conn, "acme", "count", 0) + 1)

    def count_up(ledger: Ledger) -> None:
        for _ in range(50):
            ledger.write(count)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(count_up, ledgers))
    with ledgers[0].read() as conn:
        assert org_settings.get(conn, "acme", "count") == 100
    for ledger in ledgers:
        ledger.close()


def test_an_old_sqlite_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no module carries a SQLite that is new enough, the error says which and what to install."""
    monkeypatch.setattr(sqlite, "MINIMUM_LIBRARY", (99, 1, 2))
    with pytest.raises(Unavailable, match=r"SQLite 99\.1\.2 or newer \(sqlite3 carries 3\..*pip install"):
        sqlite.library()


def test_the_sqlite_library_is_new_enough() -> None:
    """The module in use carries the fix."""
    assert sqlite.library().sqlite_version_info >= (3, 51, 3)
