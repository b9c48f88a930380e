"""kill -9 at any moment of an import, a refresh and a campaign: the state is the one before or the one after.

PULSE_KILLS says how many kills there are in all (a third of each); they are spread over the whole of the work, at
moments that a fixed seed chooses.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from workshop import MEMORY, ONLINE_RETAIL, ROOT, Workshop

import wiring
from pulse_core.message.pitch import PITCHES
from pulse_core.settings import Settings
from pulse_core.stores.ledger import campaigns, imports, jobs, outbox, schema
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.warehouse.checks import FACTS, checksums
from pulse_core.stores.warehouse.warehouses import Warehouses

pytestmark = pytest.mark.slow

ORG = "acme"
KILLS = max(1, int(os.environ.get("PULSE_KILLS", "9")) // 3)
ROUNDS = range(KILLS)
TIMEOUT = 120
SCRIPT = Path(__file__).with_name("killed.py")
LEASES = {
    "PULSE_SEND_LEASE_SECONDS": "1",
    "PULSE_JOB_LEASE_SECONDS": "1",
    "PULSE_INBOX_SETTLE_SECONDS": "0.2",
}
CAMPAIGN = {
    "name": "Spring",
    "channel": "folder",
    "segment_name": "Champions",
    "tree": {"field": "segment", "op": "in", "value": ["Champions", "Lost"]},
    "content": {group: {"subject": pitch.subject, "body": pitch.body} for group, pitch in PITCHES.items()},
}

NAMELESS = "SELECT count(*), sum(hash(line)) FROM (SELECT * EXCLUDE (file) FROM order_lines) AS line"

Sums = dict[str, str]


@dataclass(frozen=True)
class Facts:
    """What a home folder holds, looked at without mending anything."""

    batches: int
    facts: Sums
    derived: Sums


@dataclass(frozen=True)
class Work:
    """A job with the home folder that it starts from, what an undisturbed run leaves, and how long that took."""

    start: Path
    kind: str
    params: dict[str, Any]
    before: Facts
    after: Facts
    home: Path
    seconds: float

    def killed(self, number: int, home: Path) -> None:
        """Start the job on a copy of the home folder and kill it at the moment of that round."""
        shutil.copytree(self.start, home)
        share = (number + random.Random(f"{self.kind}-{number}").random()) / KILLS
        with begun(home, self.kind, self.params) as child:
            time.sleep(share * self.seconds)
            child.kill()


def begun(home: Path, kind: str, params: dict[str, Any]) -> subprocess.Popen[bytes]:
    """A process that has just become the owner and begins with the job."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "owner.json").unlink(missing_ok=True)
    environment = os.environ | LEASES | {"PULSE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, str(SCRIPT), ORG, kind, json.dumps(params)], env=environment)
    deadline = time.monotonic() + TIMEOUT
    while not (home / "owner.json").exists():
        assert child.poll() is None, "the process ended before it began"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return child


def look(home: Path) -> Facts:
    """The import log and the checksums, as the last process left them."""
    ledger, warehouses = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}"), Warehouses(home, memory=MEMORY)
    try:
        with ledger.read() as conn:
            log = len(imports.active(conn, ORG))
        with warehouses.use(ORG) as warehouse, warehouse.snapshot() as reader:
            sums = checksums(reader, warehouse.generation)
            lines = "{}:{}".format(*reader.one(NAMELESS))
            # Readers go by the views: each must stand, and show the rows of this one generation.
            for name in sums.keys() - set(FACTS):
                assert (
                    f"{reader.one(f'SELECT count(*) FROM {name}')[0]}:" == sums[name].partition(":")[0] + ":"
                )
    finally:
        warehouses.close()
        ledger.close()
    # Each import's file has a name of its own: what names it can only be counted, or compared without it.
    sums |= {"applied_batches": sums["applied_batches"].partition(":")[0], "order_lines": lines}
    facts = {name: sums[name] for name in FACTS}
    return Facts(log, facts, {name: value for name, value in sums.items() if name not in facts})


def prepared(folder: Path, kind: str, params: dict[str, Any]) -> Work:
    """Run the job undisturbed on a copy, as the measure for all kills."""
    start, home = folder / "start", folder / "undisturbed"
    shutil.copytree(start, home)
    with begun(home, kind, params) as child:
        began = time.monotonic()
        assert child.wait(timeout=TIMEOUT) == 0
        seconds = time.monotonic() - began
    return Work(start, kind, params, look(start), look(home), home, seconds)


def finish(home: Path, work: Work) -> None:
    """What the next studio does: take over the lost job; then the person asks again, as after any crash."""
    leases = {"send_lease_seconds": 1, "job_lease_seconds": 1, "inbox_settle_seconds": 0.2}
    pulse = wiring.Pulse(Settings(home=home, inbox_seconds=0, **leases), wiring.STUDIO)
    try:
        pulse.own()
        deadline = time.monotonic() + TIMEOUT
        while any(job.state not in jobs.FINAL for job in recent(pulse)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        if work.kind != "campaign" or not recent(pulse):
            pulse.organisation(ORG, create=True)
            pulse.run(ORG, work.kind, work.params, by="kill test", follow=lambda _job: None)
        assert {job.state for job in recent(pulse)} == {"done"}
    finally:
        pulse.close()


def recent(pulse: wiring.Pulse) -> list[jobs.Job]:
    """The organisation's jobs."""
    with pulse.ledger.read() as conn:
        return jobs.recent(conn, ORG)


def files(home: Path) -> list[str]:
    """Files that imports leave, by their size, which is the same for the same rows."""
    return sorted(
        f"{path.parent.parent.name} {path.stat().st_size}"
        for folder in ("batches", "uploads")
        for path in (home / folder).rglob("*")
        if path.is_file()
    )


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60,000 lines of Online Retail."""
    path = tmp_path_factory.mktemp("orders") / "orders.csv"
    with gzip.open(ONLINE_RETAIL, "rb") as source:
        path.write_bytes(b"".join(next(source) for _ in range(60_001)))
    return path


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that holds an import of a few lines, with its figures."""
    home = tmp_path_factory.mktemp("first")
    shop = Workshop(home)
    shop.load("customer_id,date,amount,product\n" + "".join(f"c{n},2010-11-01,{n},mug\n" for n in range(50)))
    shop.refresh()
    shop.close()
    return home


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory, first: Path, orders: Path) -> Path:
    """A home folder whose figures do not know yet what was imported last."""
    home = tmp_path_factory.mktemp("stale") / "start"
    shutil.copytree(first, home)
    shop = Workshop(home)
    shop.load(orders)
    shop.close()
    return home


@pytest.fixture(scope="module")
def an_import(tmp_path_factory: pytest.TempPathFactory, first: Path, orders: Path) -> Work:
    """An import of 60,000 lines into an organisation that has some already."""
    folder = tmp_path_factory.mktemp("import")
    shutil.copytree(first, folder / "start")
    return prepared(folder, "import", {"path": str(orders)})


@pytest.fixture(scope="module")
def a_refresh(stale: Path) -> Work:
    """A refresh that has new figures to compute."""
    return prepared(stale.parent, "refresh", {})


@pytest.fixture(scope="module")
def a_campaign(tmp_path_factory: pytest.TempPathFactory, a_refresh: Work) -> Work:
    """A campaign to the customers of two segments, planned and sent."""
    folder = tmp_path_factory.mktemp("campaign")
    shutil.copytree(a_refresh.home, folder / "start")
    forget_jobs(folder / "start")
    return prepared(folder, "campaign", CAMPAIGN)


def forget_jobs(home: Path) -> None:
    """Begin with an empty list of jobs, so that each round's own can be told."""
    ledger = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}")
    ledger.write(lambda conn: conn.execute(schema.jobs.delete()).rowcount)
    ledger.close()


@pytest.mark.parametrize("number", ROUNDS)
def test_a_killed_import_is_all_there_or_not_there(an_import: Work, number: int, tmp_path: Path) -> None:
    """Log, rows and figures are those before or after; done again, they equal an undisturbed run, no file is left."""
    home = tmp_path / "home"
    an_import.killed(number, home)
    left = look(home)
    assert left.batches in (1, 2)
    assert left.facts in (an_import.before.facts, an_import.after.facts)
    assert left.derived in (an_import.before.derived, an_import.after.derived)
    if left.facts == an_import.after.facts:
        assert left.batches == 2, "rows of an import that the log does not know"
    finish(home, an_import)
    assert look(home) == an_import.after
    assert files(home) == files(an_import.home)


@pytest.mark.parametrize("number", ROUNDS)
def test_a_killed_refresh_leaves_whole_figures(a_refresh: Work, number: int, tmp_path: Path) -> None:
    """Every figure is of the old generation or every one of the new; done again, they equal an undisturbed run."""
    home = tmp_path / "home"
    a_refresh.killed(number, home)
    left = look(home)
    assert (left.batches, left.facts) == (a_refresh.before.batches, a_refresh.before.facts)
    assert left.derived in (a_refresh.before.derived, a_refresh.after.derived)
    finish(home, a_refresh)
    assert look(home) == a_refresh.after


@pytest.fixture(scope="module")
def an_inbox(tmp_path_factory: pytest.TempPathFactory, first: Path) -> Work:
    """A drop folder with files that load, one that asks and one that is none."""
    folder = tmp_path_factory.mktemp("inbox")
    shutil.copytree(first, folder / "start")
    box = folder / "start" / "inbox" / ORG
    box.mkdir(parents=True)
    header = "customer_id,date,amount,product\n"
    for number in range(4):
        rows = "".join(f"d{number}-{n},2010-11-{2 + number:02},{n},mug\n" for n in range(2_000))
        (box / f"{number}.csv").write_text(header + rows)
    (box / "asks.csv").write_text(header.replace("product", "what") + "x,03/04/2010,5,mug\n")
    (box / "none.csv").write_text("")
    return prepared(folder, "inbox", {})


def dropped_files(home: Path) -> dict[str, tuple[int, ...]]:
    """What lies in the drop folder: for each path its size, for reports what they count."""
    found: dict[str, tuple[int, ...]] = {}
    for path in (home / "inbox" / ORG).rglob("*"):
        if path.name.endswith(".report.json"):
            told = json.loads(path.read_text())["report"] or {}
            found[path.name] = tuple(told.get(key, -1) for key in ("rows", "accepted", "rejected"))
        elif path.name.endswith(".report.txt"):
            found[path.name] = ()
        elif path.is_file():
            found[path.relative_to(home).as_posix()] = (path.stat().st_size,)
    return found


@pytest.mark.parametrize("number", ROUNDS)
def test_a_killed_run_over_the_drop_folder_is_continued(an_inbox: Work, number: int, tmp_path: Path) -> None:
    """No file is lost or lies under two names, none counts twice; done again, all is as after an undisturbed run."""
    home = tmp_path / "home"
    an_inbox.killed(number, home)
    names = {path.name for path in (home / "inbox" / ORG).rglob("*.csv")}
    assert names == {"0.csv", "1.csv", "2.csv", "3.csv", "asks.csv", "none.csv"}
    finish(home, an_inbox)
    assert dropped_files(home) == dropped_files(an_inbox.home)
    assert look(home) == an_inbox.after


@dataclass(frozen=True)
class Post:
    """What became of a campaign: its outbox rows by state, and the files that lie in the folder."""

    campaigns: list[str]
    states: Counter[str]
    rows: dict[str, str]  # message id → customer
    sent: set[str]
    delivered: list[str]


def post(home: Path) -> Post:
    """The outbox and the folder, as the last process left them."""
    ledger = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}")
    with ledger.read() as conn:
        made = campaigns.all(conn, ORG)
        rows = outbox.page(conn, ORG, limit=100_000)
        for campaign in made:
            assert sum(outbox.counts(conn, ORG, campaign.id).values()) == campaign.audience
    ledger.close()
    return Post(
        [campaign.state for campaign in made],
        Counter(row.state for row in rows),
        {row.id: row.customer_id for row in rows},
        {row.id for row in rows if row.state == "sent"},
        [path.stem for path in (home / "outbox").rglob("*.eml")],
    )


@pytest.mark.parametrize("number", ROUNDS)
def test_a_killed_campaign_writes_to_each_once(a_campaign: Work, number: int, tmp_path: Path) -> None:
    """All rows planned or none; no message lost, none twice; the counts add up at every moment."""
    home = tmp_path / "home"
    whole = post(a_campaign.home)
    assert (whole.campaigns, whole.states) == (["completed"], Counter(sent=len(whole.rows)))
    a_campaign.killed(number, home)
    left = post(home)
    assert len(left.rows) in (0, len(whole.rows))
    assert left.sent <= set(left.delivered) <= set(left.rows)
    assert sum(left.states.values()) == len(left.rows)
    finish(home, a_campaign)
    done = post(home)
    assert (done.campaigns, done.states) == (["completed"], whole.states)
    assert sorted(done.delivered) == sorted(done.rows)
    assert sorted(done.rows.values()) == sorted(whole.rows.values())
    assert look(home) == a_campaign.after
    for path in (home / "outbox").rglob("*.eml"):
        assert message_from_bytes(path.read_bytes())["Message-ID"].startswith(f"<{path.stem}@")
