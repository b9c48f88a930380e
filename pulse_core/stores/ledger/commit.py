"""How works are committed: together by one thread (SQLite), or each on its caller's thread (Postgres)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from pulse_core.errors import Busy, Unavailable

T = TypeVar("T")
Work = Callable[[Connection], T]

# So many works share one COMMIT at most; a longer queue is written in several rounds.
ROUND = 256


class Commit(Protocol):
    """Runs a work in a transaction and returns its result once it is committed."""

    def run(self, work: Work[T]) -> T:
        """The work's result, after COMMIT; its exception, after rollback."""

    def close(self) -> None:
        """Finishes what was handed in; takes nothing new."""


class DirectCommit:
    """Each work has a transaction of its own, on its caller's thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, work: Work[T]) -> T:
        """See `Commit.run`."""
        with self._engine.begin() as conn:
            return work(conn)

    def close(self) -> None:
        """See `Commit.close`: nothing is kept here."""


@dataclass(slots=True)
class _Task:
    work: Work[Any]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def settle(self, error: BaseException | None) -> None:
        if error := error or self.error:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result)


class GroupCommit:
    """One thread writes for all: the works that wait share one BEGIN IMMEDIATE and one COMMIT.

    Each work has a savepoint, so that one that fails takes only its own changes back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="ledger-writer", daemon=True)
        self._thread.start()

    def run(self, work: Work[T]) -> T:
        """See `Commit.run`."""
        task = _Task(work)
        with self._lock:
            if self._closed:
                raise Unavailable("the ledger is closed", remedy="open it again")
            self._queue.put(task)
        result: T = task.future.result()
        return result

    def close(self) -> None:
        """See `Commit.close`."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        closing = False
        while not closing:
            tasks, closing = self._take()
            error = self._round(tasks) if tasks else None
            for task in tasks:
                task.settle(error)

    def _take(self) -> tuple[list[_Task], bool]:
        tasks: list[_Task] = []
        task = self._queue.get()
        while task is not None:
            tasks.append(task)
            if len(tasks) == ROUND:
                return tasks, False
            try:
                task = self._queue.get_nowait()
            except Empty:
                return tasks, False
        return tasks, True

    def _round(self, tasks: list[_Task]) -> BaseException | None:
        try:
            with self._engine.begin() as conn:
                for task in tasks:
                    _attempt(conn, task)
        except BaseException as error:  # noqa: BLE001 - it goes to every caller: nothing of this round is stored
            return _named(error)
        return None


def _attempt(conn: Connection, task: _Task) -> None:
    try:
        with conn.begin_nested():
            task.result = task.work(conn)
    except BaseException as error:  # noqa: BLE001 - it goes to the caller of this work alone
        task.error = error
    # On some faults (a full disk) SQLite ends the transaction by itself: what follows would commit alone.
    if not getattr(conn.connection.dbapi_connection, "in_transaction", False):
        raise task.error or RuntimeError("a work ended the ledger's transaction")


def _named(error: BaseException) -> BaseException:
    if isinstance(error, OperationalError) and "database is locked" in str(error.orig):
        busy = Busy(
            "another process has been writing to the ledger for too long", remedy="try again in a moment"
        )
        busy.__cause__ = error
        return busy
    return error
