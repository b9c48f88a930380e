"""One process owns a home folder, and everybody else can see which."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulse_core.errors import Busy
from pulse_core.stores import owner
from pulse_core.stores.owner import Owner

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from pulse_core.stores.owner import Owner
owner = Owner(Path(sys.argv[1]), sys.argv[2], "runner-1")
print("held", flush=True)
sys.stdin.readline()
owner.release()
"""


@contextmanager
def holding(home: Path, role: str) -> Iterator[subprocess.Popen[str]]:
    """A process that owns the home folder until a line comes in."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), role],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    with child:
        try:
            assert child.stdout.readline() == "held\n"
            yield child
        finally:
            child.kill()
            child.wait(timeout=10)


def let_go(child: subprocess.Popen[str]) -> None:
    """Have the child give the home folder back."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


@pytest.mark.parametrize("role", ["studio", "command"])
def test_a_second_process_is_refused_with_who_holds_it(tmp_path: Path, role: str) -> None:
    """The error names process, role and since when, so that a person can find and end it."""
    with holding(tmp_path, role) as child:
        with pytest.raises(Busy) as caught:
            Owner(tmp_path, "command", "runner-2")
        holder = owner.read(tmp_path)
    assert f"held by process {child.pid} ({role}, since 20" in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert caught.value.details == {"role": role, "pid": child.pid}
    assert holder is not None
    assert (holder.pid, holder.role, holder.runner) == (child.pid, role, "runner-1")


def test_a_killed_owner_holds_nothing(tmp_path: Path) -> None:
    """After kill -9 the folder is free at once, and the heir learns whose jobs are orphaned."""
    with holding(tmp_path, "studio") as child:
        child.kill()
        child.wait(timeout=10)
        heir = Owner(tmp_path, "studio", "runner-2")
    assert heir.predecessor is not None
    assert (heir.predecessor.pid, heir.predecessor.runner) == (child.pid, "runner-1")
    heir.release()


def test_who_gives_it_back_is_no_predecessor(tmp_path: Path) -> None:
    """An owner that ended in order left no jobs behind."""
    Owner(tmp_path, "studio", "runner-1").release()
    assert owner.read(tmp_path) is None
    heir = Owner(tmp_path, "command", "runner-2")
    assert heir.predecessor is None
    heir.release()


def test_a_command_waits_for_a_command(tmp_path: Path) -> None:
    """Commands end by themselves: the next one gets the folder when the first is done."""
    with holding(tmp_path, "command") as child:
        threading.Timer(0.3, let_go, [child]).start()
        Owner(tmp_path, "command", "runner-2", wait_seconds=10).release()


def test_nobody_waits_for_a_studio(tmp_path: Path) -> None:
    """A studio stays: whoever asks is told at once."""
    with holding(tmp_path, "studio"):
        started = time.monotonic()
        with pytest.raises(Busy):
            Owner(tmp_path, "command", "runner-2", wait_seconds=10)
        assert time.monotonic() - started < 2


def test_the_living_holder_is_told_from_a_dead_one(tmp_path: Path) -> None:
    """Doctor must not name a process that was killed as the owner."""
    assert owner.living(tmp_path) is None
    with holding(tmp_path, "studio") as child:
        living = owner.living(tmp_path)
        assert living is not None
        assert living.pid == child.pid
        child.kill()
        child.wait(timeout=10)
        assert owner.living(tmp_path) is None
    assert owner.read(tmp_path) is not None


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "x": 2}'])
def test_a_note_that_was_cut_off_is_no_holder(tmp_path: Path, note: str) -> None:
    """A machine that went down while the note was written does not lock anybody out."""
    (tmp_path / "owner.json").write_text(note)
    assert owner.read(tmp_path) is None
    assert "held by another process" in owner.busy(tmp_path).message
    Owner(tmp_path, "studio", "runner-1").release()
