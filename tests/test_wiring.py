"""The composition root: who owns the home folder, who runs a job, and what comes back."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import wiring
from pulse_core.errors import Busy, Invalid, NotFound
from pulse_core.intake import samples
from pulse_core.settings import Settings
from pulse_core.stores.ledger import jobs
from pulse_core.stores.ledger.jobs import Job

ROOT = Path(__file__).parents[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home folder, and little patience."""
    return Settings(home=tmp_path / "home", hand_over_wait_seconds=0.5)


@pytest.fixture
def pulse(settings: Settings) -> Iterator[wiring.Pulse]:
    """A command's Pulse, with the organisation `acme`."""
    opened = wiring.Pulse(settings, "command")
    opened.organisation("acme", create=True)
    yield opened
    opened.close()


def refresh(pulse: wiring.Pulse) -> dict[str, object]:
    """A small job, done."""
    return pulse.run("acme", "refresh", {}, by="ada", follow=lambda _job: None)


def test_importing_the_modules_builds_nothing(tmp_path: Path) -> None:
    """No file, no thread, no connection comes from an import."""
    code = (
        "import threading, wiring, cli, pulse_core.tasks, pulse_core.doctor\n"
        "assert threading.active_count() == 1\n"
        "assert 'streamlit' not in __import__('sys').modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, timeout=60, check=False
    )
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_command_becomes_the_owner_when_nobody_is(pulse: wiring.Pulse) -> None:
    """The job is done here, and the folder is given back at the end."""
    assert refresh(pulse)["customers"] == 0
    assert (pulse.home / "owner.json").exists()
    pulse.close()
    assert not (pulse.home / "owner.json").exists()


def test_a_job_is_done_by_the_owner(pulse: wiring.Pulse, settings: Settings) -> None:
    """Another process's Pulse hands its job over, follows it, and takes nothing itself."""
    owner = wiring.Pulse(settings, "studio")
    owner.own()
    seen: list[Job] = []
    result = pulse.run("acme", "refresh", {}, by="ada", follow=seen.append)
    owner.close()
    assert result["customers"] == 0
    assert seen[-1].state == "done"
    assert (seen[-1].runner or "").startswith(f"{owner.runner.name}#")


def test_an_interrupted_wait_takes_the_job_back(pulse: wiring.Pulse, settings: Settings) -> None:
    """Ctrl-C while another owner is busy: the job does not run later unasked."""
    owner = wiring.Pulse(settings, "studio")
    owner.own()
    owner.runner.stop()  # it lives, but takes no jobs

    def interrupt(_job: Job) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pulse.run("acme", "refresh", {}, by="ada", follow=interrupt)
    owner.close()
    with pulse.ledger.read() as conn:
        assert [job.state for job in jobs.recent(conn, "acme")] == ["cancelled"]


def test_a_second_owner_is_refused(pulse: wiring.Pulse, settings: Settings) -> None:
    """One owner at a time."""
    pulse.own()
    second = wiring.Pulse(settings, "command")
    with pytest.raises(Busy, match="held by process"):
        second.own()
    second.close()


def look_up(pulse: wiring.Pulse, job: Job) -> Job:
    """The job as it is now."""
    with pulse.ledger.read() as conn:
        return jobs.get(conn, job.org_id, job.id)


def test_the_jobs_of_a_dead_owner_are_taken_over_at_once(pulse: wiring.Pulse, settings: Settings) -> None:
    """The lock proves that it is dead: nobody waits for the lease of its jobs."""
    dead = wiring.Pulse(settings, "command")
    dead.own()
    dead.runner.stop()
    job = dead.submit("acme", "refresh", {}, by="ada")
    dead.ledger.write(lambda c: jobs.claim(c, dead.runner.name))
    note = (dead.home / "owner.json").read_text()
    dead.close()
    (dead.home / "owner.json").write_text(note)  # as kill -9 leaves it
    successor = wiring.Pulse(settings, "studio")
    successor.own()
    deadline = time.monotonic() + 20
    while (found := look_up(successor, job)).state != "done":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    successor.close()
    assert found.attempts == 2
    assert (found.runner or "").startswith(f"{successor.runner.name}#")


def test_what_a_dead_owner_was_reading_is_deleted(pulse: wiring.Pulse) -> None:
    """A copy of somebody's customers does not lie about; an upload that waits for its job does."""
    uploads = pulse.home / "uploads" / "acme"
    for folder in ("sample-world", "reading-1"):
        (uploads / folder).mkdir(parents=True)
    for name in (
        "reading-0.csv",
        "reading-1/rows.parquet",
        "sample-world/orders.parquet.draft",
        "upload.csv",
    ):
        (uploads / name).write_text("x")
    pulse.own()
    assert [path.name for path in uploads.rglob("*")] == ["upload.csv"]


def test_a_command_does_its_own_job_only(pulse: wiring.Pulse) -> None:
    """A look-up never sends what somebody else has queued."""
    waiting = pulse.submit("acme", "refresh", {}, by="ada")
    assert refresh(pulse)["customers"] == 0
    assert look_up(pulse, waiting).state == "queued"


def test_a_job_can_be_cancelled(pulse: wiring.Pulse) -> None:
    """While it waits, at once."""
    job = pulse.submit("acme", "refresh", {}, by="ada")
    pulse.cancel(job)
    with pulse.ledger.read() as conn:
        assert jobs.get(conn, "acme", job.id).state == "cancelled"


def test_an_unknown_organisation_is_told_with_those_there_are(pulse: wiring.Pulse) -> None:
    """A slip in a name is easy to mend."""
    pulse.organisation("other-shop", create=True)
    with pytest.raises(NotFound, match=r"no organisation 'acne': name one of these .*: acme, other-shop"):
        pulse.organisation("acne")
    assert pulse.organisation("other-shop").name == "Other shop"


def test_samples_are_found_by_name() -> None:
    """Those that ship, and an error that names them."""
    assert samples.sample_file("cdnow").is_file()
    with pytest.raises(Invalid, match="pulse sample"):
        samples.sample_file("world")
    with pytest.raises(NotFound, match="choose one of: online_retail, cdnow"):
        samples.sample("nonesuch")


def states(pulse: wiring.Pulse, org_id: str) -> list[tuple[str, str]]:
    """The organisation's jobs, the newest first."""
    with pulse.ledger.read() as conn:
        return [(job.kind, job.state) for job in jobs.recent(conn, org_id)]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_first_start_makes_the_sample_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, wanted: bool
) -> None:
    """A newcomer finds something to look at; a second start, or one who said no, gets no second one."""
    monkeypatch.setenv("PULSE_HOME", str(tmp_path))
    monkeypatch.setenv("PULSE_SAMPLE_ON_START", str(wanted))
    monkeypatch.setattr(wiring.Runner, "start", lambda *_, **__: None)  # what is queued is enough
    for _ in range(2):
        wiring.studio.cache_clear()
        pulse = wiring.studio()
        known = [org.id for org in pulse.organisations()]
        queued = states(pulse, "sample-world")
        pulse.close()
    wiring.studio.cache_clear()
    assert known == (["my-shop", "sample-world"] if wanted else ["my-shop"])
    assert queued == ([("sample_world", "queued")] if wanted else [])
    assert (tmp_path / "inbox" / "my-shop").is_dir()


def test_a_deleted_organisation_takes_no_jobs(pulse: wiring.Pulse) -> None:
    """A page that is still open on it gets a plain error, and its warehouse does not come back."""
    refresh(pulse)
    pulse.delete("acme", by="ada")
    with pytest.raises(NotFound, match="does not exist"):
        pulse.submit("acme", "refresh", {}, by="ada")
    with pytest.raises(NotFound), pulse.warehouses.use("acme"):
        pass


def test_an_interrupted_deletion_is_finished_before_the_id_comes_back(
    pulse: wiring.Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between rows and files: whoever makes that organisation again never sees the old files."""
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,date,amount\n1,2020-01-01,5\n")
    pulse.run("acme", "import", {"path": str(orders)}, by="ada", follow=lambda _job: None)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(pulse.removal, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            pulse.delete("acme", by="ada")
    assert list((pulse.home / "batches" / "acme").iterdir())
    assert pulse.name_of("acme") == "Acme"
    pulse.organisation("acme", create=True)
    assert not (pulse.home / "batches" / "acme").exists()
    assert refresh(pulse)["customers"] == 0


def test_a_studio_always_has_an_organisation(settings: Settings) -> None:
    """After the last one is deleted, there is a fresh one to look at."""
    studio = wiring.Pulse(settings, "studio")
    studio.own()
    studio.organisation("acme", create=True)
    studio.delete("acme", by="ada")
    assert [org.id for org in studio.organisations()] == ["my-shop"]
    studio.close()


def test_a_file_is_handed_over_once(pulse: wiring.Pulse) -> None:
    """While a job of the drop folder waits or runs, the watcher does not start a second."""
    assert pulse._hand_over("acme", {}) is True
    assert pulse._hand_over("acme", {}) is False
    assert states(pulse, "acme") == [("inbox", "queued")]


def test_closing_twice_at_once_does_no_harm(pulse: wiring.Pulse) -> None:
    """A server that shuts down may be asked from two sides."""
    refresh(pulse)
    threads = [threading.Thread(target=partial(pulse.close)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_what_a_look_up_found_is_not_kept(pulse: wiring.Pulse) -> None:
    """The result may name a person: it is gone from the ledger once the command has it."""
    found = pulse.run("acme", "segments", {}, by="ada", follow=lambda _job: None)
    assert len(found["segments"]) == 11
    with pulse.ledger.read() as conn:
        assert jobs.recent(conn, "acme") == []
