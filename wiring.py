"""The composition root: builds stores, channels and the job runner from the settings. Importing it builds nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from notifier.folder import Folder
from pulse_core import tasks
from pulse_core.errors import Busy, NotFound, Refused, Unavailable, revived
from pulse_core.intake import dropped, leftovers
from pulse_core.intake.dropped import Looks
from pulse_core.intake.names import kept
from pulse_core.intake.samples import WORLD, sample
from pulse_core.intake.sampling import Wish
from pulse_core.intake.watching import Watcher
from pulse_core.jobs import Runner
from pulse_core.rounds import Rounds
from pulse_core.settings import Settings, load
from pulse_core.stores import owner
from pulse_core.stores.ledger import audit, deletions, jobs, organisations, outbox
from pulse_core.stores.ledger.deletions import Deletion
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.jobs import Job
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.removal import Removal
from pulse_core.stores.warehouse.warehouses import Warehouses

POLL_SECONDS = 0.1
STUDIO, COMMAND = "studio", "command"
TIDY_SECONDS = 1.0


class Pulse:
    """Everything one process works with. As the owner of the home folder it runs jobs; else it hands them over."""

    def __init__(self, settings: Settings, role: str) -> None:
        """Open the ledger; `own` or `run` take the home folder when they need it."""
        self.settings = settings
        self.role = role
        self.home = settings.home.resolve()
        _make(self.home)
        self.ledger = Ledger.open(settings.ledger_address())
        self.folder = Folder(self.home / "outbox")
        self.channels = {self.folder.name: self.folder}
        self.warehouses = Warehouses(
            self.home,
            memory=settings.warehouse_memory(),
            capacity=settings.warehouse_open,
            on_open=lambda warehouse: tasks.bring_up_to_date(self.ledger, self.home, warehouse),
        )
        services = tasks.Services(
            self.home,
            self.ledger,
            self.warehouses,
            self.channels,
            settings.send_lease_seconds,
            settings.inbox_settle_seconds,
        )
        lease = timedelta(seconds=settings.job_lease_seconds)
        self.runner = Runner(self.ledger, tasks.kinds(services), lease=lease)
        self._owner: owner.Owner | None = None
        self._rounds: list[Rounds] = []
        self.removal = Removal(self.ledger, self.home, self.warehouses)

    def own(self) -> None:
        """Become the owner of the home folder, and run its jobs unless this is a command; Busy says who owns it."""
        if self._owner is None:
            wait = self.settings.hand_over_wait_seconds if self.role == STUDIO else 0
            self._owner = owner.Owner(self.home, self.role, self.runner.name, wait_seconds=wait)
            leftovers.sweep(self.home)
            before = self._owner.predecessor
            if before is not None:  # the lock proves that it is gone, so nothing need wait for its leases
                self.ledger.write(lambda c: _release(c, before.runner))
            if self.role != COMMAND:
                self.removal.finish()
                self.runner.start()
                self._start_rounds()

    def close(self) -> None:
        """Finish the running jobs and give everything back."""
        for rounds in self._rounds:
            rounds.stop()
        if self._owner:
            self.runner.stop()
        self.warehouses.close()
        self.ledger.close()
        if self._owner:
            self._owner.release()

    def organisations(self) -> list[Organisation]:
        """All organisations, oldest first."""
        with self.ledger.read() as conn:
            return organisations.all(conn)

    def organisation(self, org_id: str, *, create: bool = False) -> Organisation:
        """The organisation; made when `create` says so, else NotFound names those that exist."""
        known = {org.id: org for org in self.organisations()}
        if org_id in known:
            return known[org_id]
        if create:
            name = org_id.replace("-", " ").capitalize()
            return self._found_or_made(lambda org: org.id == org_id, name, by=self.role, org_id=org_id)
        raise NotFound(
            f"there is no organisation {org_id!r}",
            remedy=f"name one of these (--org): {', '.join(known)}"
            if known
            else "import a file: that makes it",
        )

    def create(
        self, name: str, *, by: str, org_id: str | None = None, sample: str | None = None
    ) -> Organisation:
        """A new organisation; Invalid for a name that is empty."""
        return self._found_or_made(lambda _org: False, name, by=by, org_id=org_id, sample=sample)

    def sample_organisation(self, name: str, *, by: str) -> Organisation:
        """The organisation of a sample's own, made when it is first asked for: samples never mix with real data."""
        title = sample(name).title
        return self._found_or_made(lambda org: org.sample == name, title, by=by, sample=name)

    def _found_or_made(
        self, is_it: Callable[[Organisation], bool], name: str, *, by: str, **given: str | None
    ) -> Organisation:
        """In one step, whoever else does the same; the files of one with that id that was deleted go first."""

        def work(conn: Connection) -> Organisation | Deletion:
            if found := next(filter(is_it, organisations.all(conn)), None):
                return found
            if leaving := deletions.pending(conn, given.get("org_id") or organisations.slug(name)):
                return leaving[0]
            org = organisations.create(conn, name=name, **given)
            audit.record(conn, org.id, actor=by, action="organisation created", thing=org.name)
            return org

        while isinstance(org := self.ledger.write(work), Deletion):
            self._await_files_gone(org)
        if self.role == STUDIO:
            dropped.prepare(self.home, [org.id])
        return org

    def name_of(self, org_id: str) -> str:
        """The name of an organisation, of one too whose deletion was interrupted; NotFound names those there are."""
        with self.ledger.read() as conn:
            waiting = deletions.pending(conn, org_id)
        return waiting[0].name if waiting else self.organisation(org_id).name

    def delete(self, org_id: str, *, by: str) -> Deletion:
        """Delete an organisation with everything that is stored of it; Busy while a job of it runs."""
        if self.role == COMMAND:
            self._owns_now()  # what a dead owner left running is free then
        made = self.ledger.write(lambda c: deletions.begin(c, org_id, by=by))
        self._await_files_gone(made)
        if self.role == STUDIO and not self.organisations():  # there is always one to look at
            self.organisation(self.settings.org, create=True)
        return made

    def submit(self, org_id: str, kind: str, params: dict[str, Any], *, by: str) -> Job:
        """Queue a job; whoever owns the home folder runs it. NotFound for an organisation that was deleted."""

        def work(conn: Connection) -> Job:
            organisations.get(conn, org_id)
            return jobs.enqueue(conn, org_id, kind, params, created_by=by)

        return self.ledger.write(work)

    def cancel(self, job: Job) -> None:
        """Stop a job: at once while it is queued, at its next step while it runs."""
        self.ledger.write(lambda c: jobs.request_cancel(c, job.org_id, job.id))

    def run(
        self, org_id: str, kind: str, params: dict[str, Any], *, by: str, follow: Callable[[Job], None]
    ) -> dict[str, Any]:
        """Have a job done, by the living owner or by becoming it, and return its result; errors are raised here."""
        job = self.submit(org_id, kind, params, by=by)
        try:
            return self._follow(job, follow)
        except KeyboardInterrupt:  # the person wants it stopped, not left running out of sight
            self.cancel(job)
            raise

    def _follow(self, job: Job, follow: Callable[[Job], None]) -> dict[str, Any]:
        started = False
        while job.state not in jobs.FINAL:
            if self.role == COMMAND and not started and self._owns_now():
                self.runner.start(threads=1, only=job.id)  # what others queued waits for a studio
                started = True
            follow(job)
            time.sleep(POLL_SECONDS)
            with self.ledger.read() as conn:
                job = jobs.get(conn, job.org_id, job.id)
        follow(job)
        if job.kind in tasks.LOOKS:
            self.ledger.write(lambda c: jobs.forget(c, job.org_id, job.id))
        if job.state == "done":
            return job.result or {}
        raise revived(job.error or {})

    def _await_files_gone(self, deletion: Deletion) -> None:
        """Delete the files as the owner, or wait until the living owner has."""
        while True:
            if self._owner or (self.role == COMMAND and self._owns_now()):
                self.removal.finish()
            with self.ledger.read() as conn:
                if deletion.id not in {waiting.id for waiting in deletions.pending(conn)}:
                    return
            time.sleep(POLL_SECONDS)

    def _start_rounds(self) -> None:
        """What a studio does beside its jobs: files of deleted organisations, and the drop folders."""
        self._rounds.append(Rounds("deletions", TIDY_SECONDS, self.removal.finish))
        dropped.prepare(self.home, [org.id for org in self.organisations()])
        if self.settings.inbox_seconds:
            watcher = Watcher(
                self.home,
                lambda: [org.id for org in self.organisations()],
                self._hand_over,
                settle_seconds=self.settings.inbox_settle_seconds,
            )
            self._rounds.append(Rounds("drop folders", self.settings.inbox_seconds, watcher.look))
        for rounds in self._rounds:
            rounds.start()

    def _hand_over(self, org_id: str, looks: Looks) -> bool:
        """Have dropped files imported, unless that is being done already."""
        with self.ledger.read() as conn:
            if any(job.kind == "inbox" for job in jobs.unfinished(conn, org_id)):
                return False
        self.submit(
            org_id, "inbox", {"looks": {kept(name): mark for name, mark in looks.items()}}, by="drop folder"
        )
        return True

    def _owns_now(self) -> bool:
        try:
            self.own()
        except Busy:  # a living owner has the queue, or is a command that ends soon
            return False
        return True


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"the home folder {home} cannot be made ({error.strerror})",
            remedy="choose a folder that you may write to (--home or PULSE_HOME)",
        ) from error


def _release(conn: Connection, runner: str) -> None:
    """What a dead runner held is free again."""
    jobs.requeue_running_of(conn, runner)
    outbox.end_leases(conn, runner)


def check_start(settings: Settings, address: str | None) -> None:
    """Whether a studio may start: Refused for an address that others can reach, Busy while there is another."""
    if not _is_loopback(address or ""):
        raise Refused(
            f"the studio has no log-in, so it does not listen on {address or 'every address'}",
            remedy="use --address 127.0.0.1, and a tunnel (ssh -L) to reach it from elsewhere",
        )
    owner.check_free(settings.home.resolve(), wait_seconds=settings.hand_over_wait_seconds)


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


@cache
def studio() -> Pulse:
    """The one Pulse of the studio's process, the owner of the home folder."""
    pulse = Pulse(load(), STUDIO)
    try:
        is_new = not pulse.organisations()
        pulse.own()
        pulse.organisation(pulse.settings.org, create=True)
        if is_new and pulse.settings.sample_on_start:
            world = pulse.sample_organisation(WORLD.key, by="first start")
            pulse.submit(world.id, "sample_world", Wish().params(), by="first start")
    except BaseException:
        pulse.close()
        raise
    return pulse
