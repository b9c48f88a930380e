"""Long work: queued in the ledger, run by the owner of the warehouses, with progress that anybody can follow.

A kind of job is a function that is safe to start again: whatever it was doing when its process died, running it once
more ends in the same state. So a job that lost its runner goes back to the queue.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pulse_core.errors import Busy, Cancelled, PulseError
from pulse_core.stores.ledger import jobs as table
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.jobs import Job

log = logging.getLogger(__name__)

END_TRIES = 5
DISK_FULL = ("No space left", "disk is full", "disk full")  # as the system, SQLite and DuckDB say it


class Progress(Protocol):
    """How work tells where it is, and hears that it should stop."""

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done, and how far; raises Cancelled when the person asked to stop."""

    def stoppable(self, stop: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """While the block runs, a cancel calls `stop` from another thread (to interrupt a long statement)."""


class Silent:
    """Progress that nobody follows; for libraries and tests."""

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Nothing to tell."""

    def stoppable(self, stop: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """Nobody can cancel."""
        return contextlib.nullcontext()


@dataclass(frozen=True, slots=True)
class Unstoppable:
    """Progress of what must follow work that has happened: a cancel comes too late for it."""

    progress: Progress

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Say where it is."""
        with contextlib.suppress(Cancelled):
            self.progress.step(name, done, total)

    def stoppable(self, stop: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """Nothing is interrupted."""
        return contextlib.nullcontext()


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind of job gets besides its parameters."""

    org_id: str
    job_id: int
    by: str
    runner: str
    progress: Progress


Kind = Callable[[Context, dict[str, Any]], dict[str, Any]]


class Runner:
    """Runs queued jobs of the given kinds on a few threads. One runner a process."""

    def __init__(self, ledger: Ledger, kinds: Mapping[str, Kind], *, lease: timedelta) -> None:
        """`lease` is how long a running job may stay without a sign of life before another runner takes it."""
        self.name = f"runner-{uuid.uuid4().hex[:12]}"
        self._ledger = ledger
        self._kinds = kinds
        self._lease = lease
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._runs = itertools.count(1)
        self._hearts: set[_Heartbeat] = set()

    def start(self, *, threads: int = 2, poll_seconds: float = 0.2, only: int | None = None) -> None:
        """Begin to take jobs from the queue, those of a dead runner included; with `only`, that one job."""
        for number in range(threads):
            arguments = (poll_seconds, only)
            thread = threading.Thread(target=self._loop, args=arguments, name=f"jobs-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Take no further jobs; those that run are interrupted and go back to the queue."""
        self._stop.set()
        for heart in list(self._hearts):
            heart.interrupt()
        for thread in self._threads:
            thread.join()

    def run_next(self, *, only: int | None = None) -> Job | None:
        """Take one job from the queue, run it to its end and return it as it was taken; None when there is none."""
        run = f"{self.name}#{next(self._runs)}"
        job = self._ledger.write(lambda c: table.claim(c, run, only=only))
        if job is not None:
            self._run(job, run)
        return job

    def recover(self) -> int:
        """Put jobs whose runner gave no sign of life for a lease back into the queue."""
        limit = datetime.now(UTC) - self._lease
        return self._ledger.write(lambda c: table.requeue_lost(c, older_than=limit, but_of=self.name))

    def _loop(self, poll_seconds: float, only: int | None) -> None:
        next_look = 0.0
        while not self._stop.is_set():
            try:
                if time.monotonic() >= next_look:
                    self.recover()
                    next_look = time.monotonic() + self._lease.total_seconds() / 2
                if self.run_next(only=only) is None:
                    self._stop.wait(poll_seconds)
                elif only is not None:
                    return
            except Exception:  # the queue must outlive a store that is away for a moment
                log.exception("the job queue could not be read; trying again")
                self._stop.wait(5)

    def _run(self, job: Job, run: str) -> None:
        state, result, error = "done", None, None
        with _Heartbeat(self._ledger, job, run, self._lease) as progress:
            self._hearts.add(progress)
            try:
                context = Context(job.org_id, job.id, job.created_by, self.name, progress)
                made = self._kinds[job.kind](context, job.params)
                json.dumps(made, allow_nan=False)  # what the ledger could not store is a defect of this job
                result = made
            except Cancelled as stop:
                state, error = "cancelled", stop.as_dict()
            except PulseError as fault:
                state, error = "failed", fault.as_dict()
            except Exception as fault:  # a defect of ours: the person gets a plain sentence, the log the rest
                log.exception("job %s (%s) failed", job.id, job.kind)
                state, error = "failed", _defect(job, fault)
            finally:
                self._hearts.discard(progress)
        if state == "cancelled" and progress.interrupted:
            self._end(lambda c: table.requeue_running_of(c, run))
        else:
            self._end(lambda c: table.finish(c, job.id, run, state, result=result, error=error))

    def _end(self, work: Callable[[Connection], object]) -> None:
        """Write how a run ended; a ledger that somebody else holds for long is waited for."""
        for _ in range(END_TRIES):
            try:
                self._ledger.write(work)
                return
            except Busy:
                log.warning("the ledger is locked; the end of a job is written later")
        self._ledger.write(work)


def is_full(fault: Exception) -> bool:
    """Whether something failed because a disk is full."""
    return any(sign in str(fault) for sign in DISK_FULL)


def _defect(job: Job, fault: Exception) -> dict[str, Any]:
    if is_full(fault):
        return {
            "code": "disk_full",
            "message": f"{job.kind} stopped because the disk is full",
            "remedy": "free some room, then start it again: it goes on where it stopped or begins anew",
        }
    return {
        "code": "internal",
        "message": f"{job.kind} stopped on an error of the program ({type(fault).__name__})",
        "remedy": f"start it again; if it comes back, report job {job.id} with what the log says of it",
    }


class _Heartbeat:
    """Progress of a running job: keeps its lease, writes where it is, and hears a cancel."""

    def __init__(self, ledger: Ledger, job: Job, runner: str, lease: timedelta) -> None:
        self._ledger, self._job, self._runner = ledger, job, runner
        self._beat_seconds = min(0.5, lease.total_seconds() / 4)
        self._at: tuple[str | None, int, int] = (None, 0, 0)
        self._cancelled = False
        self.interrupted = False
        self._stoppers: list[Callable[[], None]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"beat-{job.id}", daemon=True)

    def __enter__(self) -> _Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        self._at = (name, done, total)
        if self._cancelled:
            raise Cancelled("the job was cancelled", remedy="start it again when you want it done")

    @contextlib.contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        self._stoppers.append(stop)
        try:
            yield
        finally:
            self._stoppers.remove(stop)

    def interrupt(self) -> None:
        """Stop the work because its process ends; it goes back to the queue."""
        self.interrupted = True
        self._stop_work()

    def _stop_work(self) -> None:
        self._cancelled = True
        for stop in list(self._stoppers):
            stop()

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_seconds):
            try:
                asked = self._ledger.write(self._tell)
            except table.NotHeld:  # another runner took the job for lost: it must not be worked on twice
                asked = True
            except Exception:  # one missed beat is no reason to stop the work
                log.exception("job %s could not tell where it is", self._job.id)
                continue
            if asked and not self._cancelled:
                self._stop_work()

    def _tell(self, conn: Connection) -> bool:
        name, done, total = self._at
        return table.heartbeat(conn, self._job.id, self._runner, step=name, done=done, total=total)
