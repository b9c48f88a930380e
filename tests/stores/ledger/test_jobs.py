"""Jobs: each runs once, one at a time in an organisation, and none is lost with its runner."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from pulse_core.errors import Busy, Invalid, NotFound
from pulse_core.stores.ledger import jobs, organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.jobs import Job
from pulse_core.stores.ledger.organisations import Organisation


def enqueue(ledger: Ledger, org_id: str, kind: str = "import") -> Job:
    """A job that waits."""
    return ledger.write(lambda conn: jobs.enqueue(conn, org_id, kind, {"file": "a.csv"}, created_by="ada"))


def claim(ledger: Ledger, runner: str = "one") -> Job | None:
    """The job that the runner gets."""
    return ledger.write(lambda conn: jobs.claim(conn, runner))


def get(ledger: Ledger, job: Job) -> Job:
    """The job as it is stored."""
    with ledger.read() as conn:
        return jobs.get(conn, job.org_id, job.id)


def finish(ledger: Ledger, job: Job, runner: str = "one", state: str = "done") -> bool:
    """Whether the runner could end the job."""
    return ledger.write(lambda conn: jobs.finish(conn, job.id, runner, state, result={"rows": 3}))


def requeue_all(ledger: Ledger) -> int:
    """Gives back every running job: none has a heartbeat of tomorrow."""
    return ledger.write(
        lambda conn: jobs.requeue_lost(conn, older_than=datetime.now(UTC) + timedelta(days=1))
    )


def test_a_job_from_queue_to_end(ledger: Ledger, org: Organisation) -> None:
    """What a job shows on its way: who runs it, how far it is, what came of it."""
    queued = enqueue(ledger, org.id)
    running = claim(ledger)
    assert running is not None
    assert (queued.state, running.state, running.runner, running.attempts) == ("queued", "running", "one", 1)
    ledger.write(lambda conn: jobs.heartbeat(conn, queued.id, "one", step="load", done=5, total=9))
    assert not ledger.write(lambda conn: jobs.heartbeat(conn, queued.id, "one", done=6))
    at_work = get(ledger, queued)
    assert (at_work.step, at_work.done, at_work.total) == ("load", 6, 9)
    assert at_work.heartbeat_at > running.heartbeat_at
    assert finish(ledger, queued)
    done = get(ledger, queued)
    assert (done.state, done.result, done.params) == ("done", {"rows": 3}, {"file": "a.csv"})
    assert done.finished_at is not None


def test_jobs_of_one_organisation_run_one_after_the_other(ledger: Ledger, org: Organisation) -> None:
    """The second waits until the first is over, while another organisation's job may start."""
    first, second = enqueue(ledger, org.id), enqueue(ledger, org.id)
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    theirs = enqueue(ledger, other.id)
    assert [ids(claim(ledger)) for _ in range(3)] == [first.id, theirs.id, None]
    finish(ledger, first)
    assert ids(claim(ledger)) == second.id


def ids(job: Job | None) -> int | None:
    """The job's number."""
    return None if job is None else job.id


def test_runners_at_once_never_get_the_same_job(ledger: Ledger) -> None:
    """Eight runners that claim at the same time run each job once, and each organisation's jobs in order."""
    for number in range(5):
        made = ledger.write(lambda conn: organisations.create(conn, name=f"Shop {number}"))  # noqa: B023
        for _ in range(4):
            enqueue(ledger, made.id)

    def run(number: int) -> list[Job]:
        mine = []
        while len(ran) < 20:
            if job := claim(ledger, f"runner {number}"):
                mine.append(job)
                ran.append(job.id)
                assert finish(ledger, job, f"runner {number}")
        return mine

    ran: list[int] = []
    with ThreadPoolExecutor(8) as pool:
        claimed = [job for mine in pool.map(run, range(8)) for job in mine]
    assert sorted(job.id for job in claimed) == sorted(set(ran))
    assert len(ran) == 20
    assert all(
        in_order(job for job in claimed if job.org_id == org_id) for org_id in {j.org_id for j in claimed}
    )


def in_order(claimed: Iterable[Job]) -> bool:
    """Whether jobs of smaller numbers were started earlier."""
    started = [job.id for job in sorted(claimed, key=lambda job: job.started_at)]
    return started == sorted(started)


def test_a_queued_job_is_cancelled_at_once(ledger: Ledger, org: Organisation) -> None:
    """Nobody runs what was cancelled while it waited."""
    job = enqueue(ledger, org.id)
    cancelled = ledger.write(lambda conn: jobs.request_cancel(conn, org.id, job.id))
    assert cancelled.state == "cancelled"
    assert cancelled.finished_at is not None
    assert claim(ledger) is None


def test_a_running_job_hears_of_the_cancel(ledger: Ledger, org: Organisation) -> None:
    """The runner is told at its next heartbeat; until then the job runs."""
    job = enqueue(ledger, org.id)
    claim(ledger)
    asked = ledger.write(lambda conn: jobs.request_cancel(conn, org.id, job.id))
    assert (asked.state, asked.cancel_requested, asked.finished_at) == ("running", True, None)
    assert ledger.write(lambda conn: jobs.heartbeat(conn, job.id, "one"))


def test_a_job_that_is_over_cannot_be_cancelled(ledger: Ledger, org: Organisation) -> None:
    """What was done stays done."""
    job = enqueue(ledger, org.id)
    claim(ledger)
    finish(ledger, job)
    asked = ledger.write(lambda conn: jobs.request_cancel(conn, org.id, job.id))
    assert (asked.state, asked.cancel_requested) == ("done", False)


def test_a_lost_job_is_started_again_and_given_up_after_three(ledger: Ledger, org: Organisation) -> None:
    """A job whose runner dies is tried three times in all; then it says what happened."""
    job = enqueue(ledger, org.id)
    states = []
    for _ in range(3):
        claim(ledger)
        assert requeue_all(ledger) == 1
        states.append(get(ledger, job).state)
    given_up = get(ledger, job)
    assert states == ["queued", "queued", "failed"]
    assert given_up.attempts == 3
    assert given_up.error is not None
    assert given_up.error["code"] == "lost"
    assert given_up.error["remedy"]


def test_a_job_with_a_fresh_heartbeat_is_not_lost(ledger: Ledger, org: Organisation) -> None:
    """Only a runner that has been silent loses its job."""
    job = enqueue(ledger, org.id)
    claim(ledger)
    minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    assert ledger.write(lambda conn: jobs.requeue_lost(conn, older_than=minute_ago)) == 0
    assert get(ledger, job).state == "running"


def test_a_lost_job_that_was_to_stop_is_cancelled(ledger: Ledger, org: Organisation) -> None:
    """Nobody starts again what a person has cancelled."""
    job = enqueue(ledger, org.id)
    claim(ledger)
    ledger.write(lambda conn: jobs.request_cancel(conn, org.id, job.id))
    requeue_all(ledger)
    assert get(ledger, job).state == "cancelled"


def test_only_the_dead_runners_jobs_are_given_back(ledger: Ledger, org: Organisation) -> None:
    """Another runner's job goes on."""
    other = ledger.write(lambda conn: organisations.create(conn, name="Other"))
    lost, kept = enqueue(ledger, org.id), enqueue(ledger, other.id)
    claim(ledger, "dead")
    claim(ledger, "alive")
    assert ledger.write(lambda conn: jobs.requeue_running_of(conn, "dead")) == 1
    assert (get(ledger, lost).state, get(ledger, kept).state) == ("queued", "running")


def test_a_runner_that_was_taken_for_lost_has_no_say(ledger: Ledger, org: Organisation) -> None:
    """The job is another's by then: its heartbeat stops it, and its result is not recorded."""
    job = enqueue(ledger, org.id)
    claim(ledger, "slow")
    requeue_all(ledger)
    claim(ledger, "next")
    with pytest.raises(Busy, match="no longer held by slow"):
        ledger.write(lambda conn: jobs.heartbeat(conn, job.id, "slow"))
    assert not finish(ledger, job, "slow")
    assert get(ledger, job).runner == "next"


def test_a_job_ends_in_a_final_state(ledger: Ledger, org: Organisation) -> None:
    """`running` is no end, and the error lists those that are."""
    job = enqueue(ledger, org.id)
    claim(ledger)
    with pytest.raises(Invalid, match="choose one of done, failed, cancelled"):
        finish(ledger, job, state="running")


def test_recent_jobs_come_the_newest_first(ledger: Ledger, org: Organisation) -> None:
    """The list shows the last ones, and an unknown job is named."""
    made = [enqueue(ledger, org.id) for _ in range(3)]
    with ledger.read() as conn:
        assert jobs.recent(conn, org.id, limit=2) == [made[2], made[1]]
        with pytest.raises(NotFound, match="job 99 does not exist"):
            jobs.get(conn, org.id, 99)
