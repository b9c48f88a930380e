"""Long work: progress that anybody can follow, a cancel that is heard, and no job lost with its process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from workshop import Workshop

from pulse_core.errors import Cancelled, Invalid
from pulse_core.insight.refresh import refresh
from pulse_core.jobs import Context, Kind, Runner, Silent, Unstoppable
from pulse_core.stores.ledger import jobs, schema
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.jobs import Job
from pulse_core.stores.ledger.organisations import Organisation

SHORT = timedelta(seconds=0.4)
LONG = timedelta(seconds=30)
TIMEOUT = 20


@contextmanager
def running(ledger: Ledger, lease: timedelta = LONG, **kinds: Kind) -> Iterator[Runner]:
    """A runner of those kinds, on two threads."""
    runner = Runner(ledger, kinds, lease=lease)
    runner.start(poll_seconds=0.02)
    try:
        yield runner
    finally:
        runner.stop()


def submit(ledger: Ledger, org: Organisation, kind: str = "work", **params: Any) -> Job:
    """A queued job."""
    return ledger.write(lambda c: jobs.enqueue(c, org.id, kind, params, created_by="ada"))


def now(ledger: Ledger, job: Job) -> Job:
    """The job as it stands."""
    with ledger.read() as conn:
        return jobs.get(conn, job.org_id, job.id)


def until(ledger: Ledger, job: Job, is_so: Callable[[Job], bool]) -> Job:
    """Wait until something is so of the job."""
    deadline = time.monotonic() + TIMEOUT
    while not is_so(found := now(ledger, job)):
        assert time.monotonic() < deadline, found
        time.sleep(0.01)
    return found


def ended(ledger: Ledger, job: Job) -> Job:
    """Wait until the job is over."""
    return until(ledger, job, lambda found: found.state in jobs.FINAL)


def test_a_job_gets_its_parameters_and_leaves_its_result(ledger: Ledger, org: Organisation) -> None:
    """What was submitted is what the kind sees, with whose it is and who asked."""
    seen: list[Context] = []

    def work(context: Context, params: dict[str, Any]) -> dict[str, Any]:
        seen.append(context)
        return {"twice": params["n"] * 2}

    with running(ledger, work=work) as runner:
        job = ended(ledger, submit(ledger, org, n=21))
    assert (job.state, job.result, job.error, job.attempts) == ("done", {"twice": 42}, None, 1)
    assert job.finished_at is not None
    assert (seen[0].org_id, seen[0].job_id, seen[0].by, seen[0].runner) == (
        org.id,
        job.id,
        "ada",
        runner.name,
    )


def test_progress_can_be_followed(ledger: Ledger, org: Organisation) -> None:
    """Everybody who reads the ledger sees the step and how far it is, while the job runs."""
    go = threading.Event()

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        context.progress.step("Counting", 3, 10)
        assert go.wait(TIMEOUT)
        return {}

    with running(ledger, work=work):
        job = submit(ledger, org)
        seen = until(ledger, job, lambda found: found.step is not None)
        go.set()
        ended(ledger, job)
    assert (seen.state, seen.step, seen.done, seen.total) == ("running", "Counting", 3, 10)


def test_a_queued_job_that_is_cancelled_never_runs(ledger: Ledger, org: Organisation) -> None:
    """It is over at once, and no runner takes it."""
    job = submit(ledger, org)
    ledger.write(lambda c: jobs.request_cancel(c, org.id, job.id))
    assert now(ledger, job).state == "cancelled"
    assert Runner(ledger, {}, lease=LONG).run_next() is None


def test_a_running_job_hears_a_cancel_at_its_next_step(ledger: Ledger, org: Organisation) -> None:
    """The work stops by itself, the job ends as cancelled and says so."""

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        for done in range(10_000):
            context.progress.step("Counting", done)
            time.sleep(0.01)
        return {}

    with running(ledger, work=work):
        job = submit(ledger, org)
        until(ledger, job, lambda found: found.state == "running")
        ledger.write(lambda c: jobs.request_cancel(c, org.id, job.id))
        job = ended(ledger, job)
    assert (job.state, job.result, (job.error or {})["code"]) == ("cancelled", None, "cancelled")


def test_a_cancel_interrupts_a_long_statement(ledger: Ledger, org: Organisation, tmp_path: Path) -> None:
    """A person who cancels need not wait for the database: it stops within about a second."""
    (tmp_path / "shop").mkdir()
    shop = Workshop(tmp_path / "shop")
    started = threading.Event()

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        stoppable = context.progress.stoppable
        with shop.warehouses.use("acme") as w, w.snapshot() as reader, stoppable(reader.interrupt):
            started.set()
            reader.one("SELECT count(*) FROM range(100000) a, range(300000) b")
        return {}

    with running(ledger, work=work):
        job = submit(ledger, org)
        assert started.wait(TIMEOUT)
        ledger.write(lambda c: jobs.request_cancel(c, org.id, job.id))
        asked = time.monotonic()
        job = ended(ledger, job)
        took = time.monotonic() - asked
    shop.close()
    assert job.state == "cancelled"
    assert took < 1.5


def test_what_must_follow_is_not_cancelled(tmp_path: Path) -> None:
    """A cancel that comes after an import's commit does not leave its figures stale."""

    class Asked(Silent):
        def step(self, name: str, done: int = 0, total: int = 0) -> None:
            raise Cancelled("too late")

    shop = Workshop(tmp_path)
    with shop.warehouses.use("acme") as warehouse:
        refresh(warehouse, Unstoppable(Asked()))
        assert warehouse.generation == 1
    shop.close()


def test_an_error_of_ours_ends_the_job_with_its_code(ledger: Ledger, org: Organisation) -> None:
    """Pages and programs get the same words, remedy and details as where it was raised."""

    def work(_context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        raise Invalid("column 'x' is bad", remedy="mend it", row=7)

    with running(ledger, work=work):
        job = ended(ledger, submit(ledger, org))
    assert job.state == "failed"
    assert job.error == {"code": "invalid", "message": "column 'x' is bad", "remedy": "mend it", "row": 7}


@pytest.mark.parametrize("kind", ["work", "no-such-kind"])
def test_a_defect_ends_the_job_with_a_plain_sentence(ledger: Ledger, org: Organisation, kind: str) -> None:
    """No traceback reaches a page; the runner goes on with the next job."""

    def work(_context: Context, params: dict[str, Any]) -> dict[str, Any]:
        return {"share": 1 / params["n"]}

    with running(ledger, work=work):
        job = ended(ledger, submit(ledger, org, kind, n=0))
        after = ended(ledger, submit(ledger, org, n=1))
    assert (job.state, (job.error or {})["code"]) == ("failed", "internal")
    assert "stopped on an error of the program" in (job.error or {})["message"]
    assert f"report job {job.id}" in (job.error or {})["remedy"]
    assert after.state == "done"


def test_a_result_that_cannot_be_stored_fails_the_job(ledger: Ledger, org: Organisation) -> None:
    """A defect in what a kind returns must not make the job run again and again."""
    with running(ledger, SHORT, work=lambda _context, _params: {"path": Path("x")}):
        job = ended(ledger, submit(ledger, org))
    assert (job.state, job.attempts, (job.error or {})["code"]) == ("failed", 1, "internal")


def claimed_by_a_dead_runner(ledger: Ledger, org: Organisation, *, ago: timedelta) -> Job:
    """A job whose runner gave its last sign of life so long ago."""
    job = submit(ledger, org)
    ledger.write(lambda c: jobs.claim(c, "runner-dead"))
    stale = schema.jobs.update().values(heartbeat_at=datetime.now(UTC) - ago)
    ledger.write(lambda c: c.execute(stale).rowcount)
    return job


def test_a_job_of_a_dead_runner_is_started_again(ledger: Ledger, org: Organisation) -> None:
    """kill -9 of the process: the next one runs the job to its end."""
    job = claimed_by_a_dead_runner(ledger, org, ago=timedelta(minutes=5))
    with running(ledger, work=lambda _context, _params: {"ok": True}):
        job = ended(ledger, job)
    assert (job.state, job.attempts, job.result) == ("done", 2, {"ok": True})


def test_a_job_with_a_sign_of_life_is_left_alone(ledger: Ledger, org: Organisation) -> None:
    """Two processes never work on the same job."""
    claimed_by_a_dead_runner(ledger, org, ago=timedelta(seconds=1))
    runner = Runner(ledger, {}, lease=LONG)
    assert runner.recover() == 0
    assert runner.run_next() is None


def test_a_heartbeat_keeps_a_job_longer_than_its_lease(ledger: Ledger, org: Organisation) -> None:
    """Work that tells no step for a while is not taken for lost by another runner."""
    runs: list[int] = []

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        runs.append(context.job_id)
        time.sleep(4 * SHORT.total_seconds())
        return {}

    with running(ledger, SHORT, work=work), running(ledger, SHORT, work=work):
        job = ended(ledger, submit(ledger, org))
    assert (job.state, job.attempts, runs) == ("done", 1, [job.id])


def test_a_runner_that_lost_its_job_stops_and_says_nothing(ledger: Ledger, org: Organisation) -> None:
    """A process that slept through its lease must not overwrite what its successor did."""
    stopped: list[bool] = []

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        ledger.write(lambda c: jobs.requeue_running_of(c, context.runner))
        ledger.write(lambda c: jobs.claim(c, "runner-next"))
        try:
            for _ in range(1_000):
                context.progress.step("Working")
                time.sleep(0.01)
        except Cancelled:
            stopped.append(True)
            raise
        return {}

    job = submit(ledger, org)
    Runner(ledger, {"work": work}, lease=LONG).run_next()
    job = now(ledger, job)
    assert stopped == [True]
    assert (job.state, job.runner, job.error) == ("running", "runner-next", None)


def test_jobs_of_one_organisation_run_one_after_the_other(ledger: Ledger, org: Organisation) -> None:
    """Two threads, one organisation: an import and a refresh never overlap."""
    inside: list[int] = []
    overlaps: list[int] = []

    def work(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        inside.append(context.job_id)
        time.sleep(0.05)
        overlaps.append(len(inside))
        inside.remove(context.job_id)
        return {}

    with running(ledger, work=work):
        made = [submit(ledger, org) for _ in range(5)]
        order = [ended(ledger, job).started_at for job in made]
    assert overlaps == [1] * 5
    assert order == sorted(order, key=lambda started: started or datetime.max.replace(tzinfo=UTC))


def test_stopping_waits_for_what_runs(ledger: Ledger, org: Organisation) -> None:
    """A studio that shuts down finishes its jobs and takes no new ones."""
    started = threading.Event()

    def work(_context: Context, _params: dict[str, Any]) -> dict[str, Any]:
        started.set()
        time.sleep(0.3)
        return {}

    with running(ledger, work=work):
        job, waiting = submit(ledger, org), submit(ledger, org)
        assert started.wait(TIMEOUT)
    assert now(ledger, job).state == "done"
    assert now(ledger, waiting).state == "queued"
