"""Jobs: work that takes longer than a page may wait. One organisation's jobs run one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    false,
    not_,
    or_,
    select,
    true,
    update,
)

from pulse_core.errors import Busy
from pulse_core.stores.ledger import rows
from pulse_core.stores.ledger.schema import jobs
from pulse_core.stores.ledger.values import now

STATES = ("queued", "running", "done", "failed", "cancelled")
FINAL = ("done", "failed", "cancelled")
MAX_ATTEMPTS = 3
LOST = {
    "code": "lost",
    "message": f"the process that ran this job ended before it was done, {MAX_ATTEMPTS} times",
    "remedy": "see the log for why it ended, then start the job again",
}


@dataclass(frozen=True, slots=True)
class Job:
    """`done` of `total` counts within `step` (0 of 0: not known); `attempts` is how often it was started."""

    id: int
    org_id: str
    kind: str
    params: dict[str, Any]
    state: str
    step: str | None
    done: int
    total: int
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    cancel_requested: bool
    attempts: int
    runner: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None


def enqueue(conn: Connection, org_id: str, kind: str, params: dict[str, Any], *, created_by: str) -> Job:
    """A new job at the end of the organisation's queue."""
    fields = {
        "org_id": org_id,
        "kind": kind,
        "params": params,
        "state": "queued",
        "created_by": created_by,
        "created_at": now(),
    }
    return rows.inserted(conn, jobs, fields, Job)


class NotHeld(Busy):
    """The job is no longer this runner's: it was taken for lost."""

    code = "job_not_held"


def claim(conn: Connection, runner: str, *, only: int | None = None) -> Job | None:
    """Starts the oldest queued job of an organisation that has none running; None where nothing waits.

    With `only` it is that job or none, whatever was queued before it.
    """
    before = jobs.alias("before")
    waits_longer = and_(before.c.state == "queued", before.c.id < jobs.c.id) if only is None else false()
    earlier = exists().where(before.c.org_id == jobs.c.org_id, or_(before.c.state == "running", waits_longer))
    chosen = true() if only is None else jobs.c.id == only
    # Only the head of each organisation's queue may be taken, so that a runner that skips a locked head
    # does not start the next job of the same organisation.
    head = (
        select(jobs.c.id)
        .where(jobs.c.state == "queued", chosen, ~earlier)
        .order_by(jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job_id = conn.scalar(head)
    if job_id is None:
        return None
    started = update(jobs).where(jobs.c.id == job_id).values(_start(runner)).returning(jobs)
    return rows.first(conn, started, Job)


def heartbeat(
    conn: Connection,
    job_id: int,
    runner: str,
    *,
    step: str | None = None,
    done: int | None = None,
    total: int | None = None,
) -> bool:
    """Says that the runner lives and how far it is; returns whether a person asked to cancel.

    Raises `NotHeld` where the job is no longer this runner's: it was taken for lost.
    """
    given = {"step": step, "done": done, "total": total}
    changes = {key: value for key, value in given.items() if value is not None}
    statement = update(jobs).where(_held(job_id, runner)).values(heartbeat_at=now(), **changes)
    row = conn.execute(statement.returning(jobs.c.cancel_requested)).first()
    if row is None:
        raise NotHeld(f"job {job_id} is no longer held by {runner}", remedy="stop: it was taken for lost")
    return bool(row.cancel_requested)


def finish(
    conn: Connection,
    job_id: int,
    runner: str,
    state: str,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> bool:
    """Ends the job as done, failed or cancelled; False where it is no longer this runner's."""
    changes = {
        "state": rows.one_of(state, FINAL, "the final state"),
        "result": result,
        "error": error,
        "finished_at": now(),
    }
    return rows.affected(conn.execute(update(jobs).where(_held(job_id, runner)).values(changes))) == 1


def request_cancel(conn: Connection, org_id: str, job_id: int) -> Job:
    """A queued job is cancelled at once, a running one at its next step; one that is over stays as it is."""
    queued = jobs.c.state == "queued"
    statement = (
        update(jobs)
        .where(jobs.c.org_id == org_id, jobs.c.id == job_id, jobs.c.state.in_(("queued", "running")))
        .values(
            cancel_requested=True,
            state=case((queued, "cancelled"), else_=jobs.c.state),
            finished_at=case((queued, now()), else_=jobs.c.finished_at),
        )
    )
    conn.execute(statement)
    return get(conn, org_id, job_id)


def requeue_lost(conn: Connection, *, older_than: datetime, but_of: str = "") -> int:
    """Gives back the running jobs whose last heartbeat is older; returns how many were lost.

    They are queued again; after `MAX_ATTEMPTS` starts they are failed with the code `lost`. Those of the runner
    `but_of` (the caller's own, which knows that it lives) stay.
    """
    stale = jobs.c.heartbeat_at < older_than
    return _give_back(conn, and_(stale, not_(_run_by(but_of))) if but_of else stale)


def requeue_running_of(conn: Connection, runner: str) -> int:
    """The same for every running job of a runner that is known to be dead."""
    return _give_back(conn, _run_by(runner))


def _run_by(runner: str) -> ColumnElement[bool]:
    """A runner holds each job under its own name and the number of the run, so that no run is taken for another."""
    return or_(jobs.c.runner == runner, jobs.c.runner.startswith(f"{runner}#", autoescape=True))


def get(conn: Connection, org_id: str, job_id: int) -> Job:
    """The organisation's job; `NotFound` where there is none."""
    statement = select(jobs).where(jobs.c.org_id == org_id, jobs.c.id == job_id)
    return rows.exactly(conn, statement, Job, f"job {job_id}")


def unfinished(conn: Connection, org_id: str) -> list[Job]:
    """The organisation's queued and running jobs, the oldest first."""
    statement = select(jobs).where(jobs.c.org_id == org_id, jobs.c.state.not_in(FINAL)).order_by(jobs.c.id)
    return rows.many(conn, statement, Job)


def forget(conn: Connection, org_id: str, job_id: int) -> None:
    """Removes a job that is over; for look-ups, whose result has been read and may name people."""
    over = (jobs.c.org_id == org_id, jobs.c.id == job_id, jobs.c.state.in_(FINAL))
    conn.execute(delete(jobs).where(*over))


def recent(conn: Connection, org_id: str, limit: int = 20) -> list[Job]:
    """The organisation's jobs, the newest first."""
    statement = select(jobs).where(jobs.c.org_id == org_id).order_by(jobs.c.id.desc()).limit(limit)
    return rows.many(conn, statement, Job)


def _start(runner: str) -> dict[str, Any]:
    at = now()
    return {
        "state": "running",
        "runner": runner,
        "attempts": jobs.c.attempts + 1,
        "step": None,
        "done": 0,
        "total": 0,
        "started_at": at,
        "heartbeat_at": at,
    }


def _held(job_id: int, runner: str) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.state == "running", jobs.c.runner == runner)


def _give_back(conn: Connection, lost: ColumnElement[bool]) -> int:
    """In three steps, so that each row is changed by one of them."""
    given_up = jobs.c.attempts >= MAX_ATTEMPTS
    fates: tuple[tuple[ColumnElement[bool], dict[str, Any]], ...] = (
        (jobs.c.cancel_requested, {"state": "cancelled", "finished_at": now()}),
        (given_up, {"state": "failed", "error": LOST, "finished_at": now()}),
        (~given_up, {"state": "queued", "runner": None}),
    )
    return sum(
        rows.affected(
            conn.execute(update(jobs).where(jobs.c.state == "running", lost, which).values(changes))
        )
        for which, changes in fates
    )
