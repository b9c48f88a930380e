"""Learning runs in a process of its own, that tells, stops and fails in words."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulse_core.errors import Cancelled, Invalid, Unavailable
from pulse_core.insight import apart
from pulse_core.jobs import Silent

HERE = "tests.insight.test_apart"


class Told(Silent):
    """Keeps what it is told, and can be cancelled."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []
        self.stops: list[Callable[[], None]] = []

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        self.steps.append((name, done, total))

    @contextlib.contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        self.stops.append(stop)
        yield


def add(a: int, b: int, *, report: apart.Report) -> dict[str, object]:
    report("Adding", 1, 2)
    sys.stdout.write("a library says something\n")
    return {"sum": a + b, "threads": os.environ["OMP_NUM_THREADS"], "pid": os.getpid()}


def refuse(*, report: apart.Report) -> None:
    raise Invalid("row 7 is bad", remedy="mend it", row=7)


def fail(how: str, *, report: apart.Report) -> None:
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise TypeError("a bug")


def hang(*, report: apart.Report) -> None:
    report(str(os.getpid()), 0, 0)
    time.sleep(60)


def test_it_answers_and_tells_where_it_is() -> None:
    """The result and the steps come through, whatever else is printed; another process did it, with few threads."""
    told = Told()
    result = apart.run(f"{HERE}:add", {"a": 1, "b": 2}, progress=told, what="adding")
    assert (result["sum"], told.steps) == (3, [("Adding", 1, 2)])
    assert result["pid"] != os.getpid()
    assert int(result["threads"]) == apart.threads() >= 1


def test_an_error_of_ours_is_the_same_here() -> None:
    """What a file or a person did wrong is told as if it had run here."""
    with pytest.raises(Invalid, match="row 7 is bad: mend it") as caught:
        apart.run(f"{HERE}:refuse", {}, progress=Silent(), what="training")
    assert caught.value.details == {"row": 7}


@pytest.mark.parametrize(
    ("how", "reason"), [("kill", "SIGKILL"), ("bug", "exit status 1.*: TypeError: a bug")]
)
def test_any_other_end_is_told(how: str, reason: str) -> None:
    """A child that the system ends for its memory, or that has a bug, never looks like a result."""
    with pytest.raises(Unavailable, match=f"training ended before it was done .*{reason}"):
        apart.run(f"{HERE}:fail", {"how": how}, progress=Silent(), what="training")


def test_a_cancel_ends_it_at_once() -> None:
    """Nobody waits for a training that is not wanted any more."""
    told = Told()

    def cancel() -> None:
        while not told.steps:
            time.sleep(0.01)
        told.stops[0]()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled):
        apart.run(f"{HERE}:hang", {}, progress=told, what="training")
    thread.join()
    assert _is_gone(int(told.steps[0][0]))


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A studio that is killed leaves no training behind."""
    script = (
        "from pulse_core.insight import apart; from tests.insight.test_apart import Told\n"
        "class Aloud(Told):\n"
        "    def step(self, name, done=0, total=0): print(name, flush=True)\n"
        f"apart.run('{HERE}:hang', {{}}, progress=Aloud(), what='training')"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while not _is_gone(child):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.05)


def _is_gone(pid: int) -> bool:
    """Also a child that nobody has buried yet is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True
