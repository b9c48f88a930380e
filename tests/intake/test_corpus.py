"""Every file of the corpus ends as the rules of reading say: nothing crashes, nothing is lost, nothing is misread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from workshop import ROOT, Workshop

from .corpus import CASES, SUBJECTS
from .corpus.case import Case
from .corpus.judge import check, plain
from .corpus.verdicts import COLUMNS, Loads

SECONDS = 10
MEMORY = 512 * 1024**2
PLAIN = [case for case in CASES if not case.bomb]
BOMBS = [case for case in CASES if case.bomb]
LOADED = [(case.name, case.verdict) for case in CASES if isinstance(case.verdict, Loads)]


class Organisations:
    """One home for all cases; an organisation in which nothing was loaded serves the next case, too."""

    def __init__(self, home: Path) -> None:
        self.shop = Workshop(home)
        self._ids = (f"org{number}" for number in count(1))
        self._fresh: str | None = None

    def judge(self, case: Case) -> None:
        """Check the case in an organisation that has no data."""
        org_id, self._fresh = self._fresh or self._new(), None
        if check(self.shop, case, org_id):
            self._fresh = org_id

    def _new(self) -> str:
        org_id = next(self._ids)
        self.shop.add(org_id)
        return org_id


@pytest.fixture(scope="module")
def organisations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisations]:
    """The home of all cases."""
    opened = Organisations(tmp_path_factory.mktemp("corpus"))
    yield opened
    opened.shop.close()


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_a_file_ends_as_the_rules_say(case: Case, organisations: Organisations) -> None:
    """It loads with every record accounted for and rightly read, or it asks, or it is refused with a reason."""
    organisations.judge(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", BOMBS, ids=lambda case: case.name)
def test_a_bomb_ends_soon_and_in_little_memory(case: Case, tmp_path: Path) -> None:
    """The verdict is the right one, within 10 s and in 512 MB over what an import of three rows needs."""
    content = tmp_path / "content"
    content.write_bytes(case.build())
    done = subprocess.run(
        [sys.executable, "-m", "intake.corpus.child", case.name, str(tmp_path), str(content)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout)
    assert took["seconds"] <= SECONDS
    assert took["over"] <= MEMORY


def test_the_corpus_is_large_and_named() -> None:
    """There are many cases on every subject, each under one name of its own that serves as a test's id."""
    assert len(PLAIN) >= 220
    assert all(len(cases) >= 10 for cases in SUBJECTS.values())
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []
    assert [case.name for case in CASES if not case.name.isidentifier() or not case.why] == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_contents_are_made_the_same_each_time(subject: str) -> None:
    """A verdict is about bytes: a case that is made anew is the same file."""
    for case in SUBJECTS[subject]:
        assert case.bomb or case.build() == case.build(), case.name


def test_verdicts_add_up() -> None:
    """What is expected of a file accounts for each of its rows, and is written as the judge writes it."""
    for name, verdict in LOADED:
        _adds_up(name, verdict)


def _adds_up(name: str, loads: Loads) -> None:
    assert loads.accepted + loads.rejected + sum(loads.set_aside.values()) == loads.rows, name
    assert loads.values is None or len(loads.values) == loads.accepted
    assert set(loads.set_aside) <= {"no_customer", "header", "totals", "overlap"}
    assert all(loads.set_aside.values())
    if loads.shown == COLUMNS["orders"] and loads.values is not None:
        amounts = [str(amount) for _, _, amount in loads.values]
        assert amounts == [plain(Decimal(amount)) for amount in amounts]
