from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from notifier.folder import Folder
from pulse_core.stores.ledger.campaigns import Campaign

from .killed_sender import LogFile
from .shop import Shop, customer

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("killed_sender.py")


def start(shop: Shop, url: str, path: Path, campaign: Campaign, die_at: str) -> subprocess.Popen[str]:
    """A sender in a process of its own; returns when it is about to claim its first rows."""
    child = subprocess.Popen(
        [sys.executable, str(SCRIPT), url, str(path), shop.org.id, campaign.id, die_at],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "started\n"
    return child


def end(child: subprocess.Popen[str]) -> int:
    """Waits for the process and closes its pipe."""
    with child:
        return child.wait(timeout=30)


def check_folder(shop: Shop, folder: Folder, campaign: Campaign) -> None:
    """Each planned row is one whole file, each file one row, and the counts add up."""
    rows = {row.id: row for row in shop.rows(campaign).values()}
    files = list(folder.root.rglob("*.eml"))
    assert sorted(path.stem for path in files) == sorted(rows)
    assert shop.counts(campaign) == {"sent": len(rows)}
    assert shop.state(campaign) == "completed"
    for path in files:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert mail["To"].addresses[0].addr_spec == rows[path.stem].address
        assert mail.get_content().rstrip().endswith(shop.org.name)
        assert rows[path.stem].receipt is not None


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_killed_at_random_moments_every_message_is_there_once(
    shop: Shop, ledger_url: str, folder: Folder
) -> None:
    """kill -9 at any moment, again and again: nothing lost, nothing twice, every file whole."""
    shop.hold([customer(number) for number in range(400)])
    campaign = shop.plan(folder)
    moments = random.Random(20261103)
    kills = 0
    while shop.state(campaign) != "completed":
        child = start(shop, ledger_url, folder.root, campaign, "never")
        if kills < 6:
            time.sleep(moments.uniform(0.0, 0.4))
            child.kill()
        kills += end(child) != 0
    assert kills >= 3
    assert any(row.attempts > 1 for row in shop.rows(campaign).values()), (
        "no kill came in the middle of a batch"
    )
    check_folder(shop, folder, campaign)


@pytest.mark.parametrize("die_at", ["claimed:4", "handed-over:4", "settled:2"])
def test_killed_at_a_chosen_moment_with_a_channel_that_answers(
    shop: Shop, ledger_url: str, folder: Folder, die_at: str
) -> None:
    """Each seam of a hand-over, in a real process on each store: the next sender finishes, nothing twice."""
    shop.hold([customer(number) for number in range(40)])
    campaign = shop.plan(folder)
    assert end(start(shop, ledger_url, folder.root, campaign, die_at)) == 9
    assert shop.state(campaign) == "active"
    shop.send(folder, campaign)
    check_folder(shop, folder, campaign)


@pytest.mark.parametrize("die_at", ["claimed:4", "handed-over:4"])
def test_killed_at_a_chosen_moment_with_a_channel_that_cannot_answer(
    shop: Shop, ledger_url: str, tmp_path: Path, die_at: str
) -> None:
    """What might have gone out is unknown and stays so; all else is sent; nothing is handed over twice."""
    shop.hold([customer(number) for number in range(40)])
    log = LogFile(tmp_path / "taken.log")
    campaign = shop.plan(log)
    assert end(start(shop, ledger_url, log.path, campaign, die_at)) == 9
    shop.send(log, campaign)
    taken = Counter(log.path.read_text().split())
    rows = shop.rows(campaign).values()
    assert max(taken.values()) == 1
    assert {row.id for row in rows if row.state == "sent"} <= set(taken)
    assert {row.id for row in rows} - set(taken) <= {row.id for row in rows if row.state == "unknown"}
    assert Counter(row.state for row in rows) == Counter(sent=30, unknown=10)
