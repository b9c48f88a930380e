"""Group commit: many works, one COMMIT, and each caller is told the truth."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import Busy, Unavailable
from pulse_core.stores.ledger import sqlite
from pulse_core.stores.ledger.commit import GroupCommit

TABLES = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
    "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Engine]:
    """The writing engine of a file with two small tables."""
    reader, writer = sqlite.engines(make_url(f"sqlite:///{tmp_path / 'group.sqlite'}"))
    with writer.begin() as conn:
        for statement in TABLES:
            conn.exec_driver_sql(statement)
    yield writer
    reader.dispose()
    writer.dispose()


@pytest.fixture
def group(writer: Engine) -> Iterator[GroupCommit]:
    """The thread that commits on that engine."""
    group = GroupCommit(writer)
    yield group
    group.close()


def add(table: str, number: int) -> Callable[[Connection], int]:
    """A work that adds a row and returns its number."""

    def work(conn: Connection) -> int:
        conn.exec_driver_sql(f"INSERT INTO {table} VALUES (?)", (number,))
        return number

    return work


def failing(number: int) -> Callable[[Connection], int]:
    """A work that adds a row and then fails."""

    def work(conn: Connection) -> int:
        add("parent", number)(conn)
        raise LookupError(number)

    return work


def stored(group: GroupCommit, table: str = "parent") -> list[int]:
    """The numbers in the table."""
    return group.run(lambda conn: list(conn.exec_driver_sql(f"SELECT id FROM {table} ORDER BY 1").scalars()))


def in_one_round(
    group: GroupCommit,
    works: list[Callable[[Connection], Any]],
    before_going_on: Callable[[], None] = lambda: None,
) -> list[Future[Any]]:
    """Hands in the works in order while the writer is held up, so that its next round has all of them."""
    hold, holding = threading.Event(), threading.Event()

    def held(conn: Connection) -> None:
        holding.set()
        assert hold.wait(10)

    with ThreadPoolExecutor(len(works) + 1) as pool:
        pool.submit(group.run, held)
        assert holding.wait(10)
        futures = []
        for number, work in enumerate(works, start=1):
            futures.append(pool.submit(group.run, work))
            while group._queue.qsize() < number:
                time.sleep(0.0005)
        before_going_on()
        hold.set()
    return futures


def test_works_that_wait_share_one_commit(group: GroupCommit, writer: Engine) -> None:
    """Twenty works that wait cost one wait for the disk, not twenty."""
    commits: list[object] = []
    event.listen(writer, "commit", commits.append)
    futures = in_one_round(group, [add("parent", number) for number in range(20)])
    assert [future.result() for future in futures] == list(range(20))
    assert len(commits) == 2  # the work that held the writer up, and the twenty


def test_a_failing_work_takes_back_only_its_own_changes(group: GroupCommit) -> None:
    """The neighbours in the same round are stored and answered."""
    futures = in_one_round(group, [add("parent", 1), failing(2), add("parent", 3)])
    assert [future.exception() is None for future in futures] == [True, False, True]
    assert stored(group) == [1, 3]


def test_a_failing_commit_reaches_every_caller(group: GroupCommit) -> None:
    """When COMMIT fails, nobody of the round is told that it is stored, and the next round works."""
    futures = in_one_round(group, [add("parent", 1), add("child", 99), add("parent", 3)])
    assert all(isinstance(future.exception(), IntegrityError) for future in futures)
    assert stored(group) == []
    assert group.run(add("parent", 4)) == 4


def test_a_work_that_ends_the_transaction_fails_the_round(group: GroupCommit) -> None:
    """As on a full disk, where SQLite rolls back by itself: nothing may slip in outside the transaction."""
    ending = [add("parent", 1), lambda conn: conn.exec_driver_sql("ROLLBACK"), add("parent", 3)]
    futures = in_one_round(group, ending)
    assert all(future.exception() is not None for future in futures)
    assert stored(group) == []


def test_no_result_before_the_commit(group: GroupCommit, writer: Engine) -> None:
    """The caller is answered after COMMIT, not before: the commit here waits until we have looked."""
    looked = threading.Event()
    event.listen(writer, "commit", lambda conn: looked.wait(10))
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(group.run, add("parent", 1))
        with pytest.raises(TimeoutError):
            future.result(timeout=0.1)
        looked.set()
        assert future.result(timeout=10) == 1


def test_another_writer_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process holds the file for too long, the caller is told so and may try again."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    engines = [sqlite.engines(make_url(f"sqlite:///{tmp_path / 'busy.sqlite'}")) for _ in range(2)]
    group = GroupCommit(engines[0][1])
    with engines[1][1].begin(), pytest.raises(Busy, match="another process"):
        group.run(lambda conn: None)
    group.run(lambda conn: None)
    group.close()
    for pair in engines:
        pair[0].dispose()
        pair[1].dispose()


def test_close_finishes_what_waits_and_takes_nothing_new(group: GroupCommit) -> None:
    """Works that were handed in before the end are stored and answered; after it there is no writing."""
    closing = threading.Thread(target=group.close)
    futures = in_one_round(group, [add("parent", 1), add("parent", 2)], before_going_on=closing.start)
    closing.join()
    assert [future.result() for future in futures] == [1, 2]
    with pytest.raises(Unavailable, match="closed"):
        group.run(add("parent", 3))
