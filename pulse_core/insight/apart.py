"""Runs one function in a child process: learning takes its own core and memory, and the studio's pages stay quick.

The child gets few threads and a low priority, tells where it is line by line, ends at once when the person cancels,
and ends by itself when its parent is gone.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO, cast

from pulse_core.errors import Cancelled, PulseError, Unavailable, revived
from pulse_core.jobs import Progress
from pulse_core.settings import environment

_ROOT = Path(__file__).parents[2]
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MOST_THREADS = 4  # more wait for each other more than they help
_NICENESS = 10  # so that pages go first where cores are few

Report = Callable[[str, int, int], None]


def run(function: str, args: dict[str, Any], *, progress: Progress, what: str) -> Any:
    """What `function` ("package.module:name") returns for `args`; both are plain JSON values, data goes by files.

    The function is called with `report` (step, done, total) beside `args`. `what` names the work in an error. An error
    of our family that is raised there is raised here; Unavailable when the child ends in any other way.
    """
    limits = dict.fromkeys(_THREAD_SETTINGS, str(threads())) | {"OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-X", "utf8", "-m", "pulse_core.insight.apart"]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 (our own interpreter)
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=complaints,
            cwd=_ROOT,
            env=environment(**limits),
            text=True,
        ) as child,
    ):
        try:
            return _follow(child, {"function": function, "args": args}, progress, what, complaints)
        finally:
            child.kill()


def threads() -> int:
    """How many a child may use: all cores but one, and only a few."""
    return min(_MOST_THREADS, max(1, (os.cpu_count() or 1) - 1))


def _follow(
    child: subprocess.Popen[str], request: dict[str, Any], progress: Progress, what: str, complaints: TextIO
) -> Any:
    asked, answers = cast(TextIO, child.stdin), cast(TextIO, child.stdout)  # both are pipes
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        child.kill()

    with progress.stoppable(stop):
        with contextlib.suppress(BrokenPipeError):  # it ended before it listened: the reason comes below
            asked.write(json.dumps(request) + "\n")
            asked.flush()
        for line in answers:
            told = json.loads(line)
            if "step" in told:
                progress.step(told["step"], told["done"], told["total"])
            else:
                return _outcome(told)
    if stopped.is_set():
        raise Cancelled("the work was stopped")
    raise Unavailable(
        f"{what} ended before it was done ({_end(child.wait())}){_last_words(complaints)}",
        remedy="look whether the machine has memory left, and try again",
    )


def _outcome(told: dict[str, Any]) -> Any:
    if "error" in told:
        raise revived(told["error"])
    return told["result"]


def _end(code: int) -> str:
    if -code in set(signal.Signals):
        return signal.Signals(-code).name
    return f"exit status {code}"


def _last_words(complaints: TextIO) -> str:
    complaints.seek(0)
    lines = complaints.read().strip().splitlines()
    return f": {lines[-1][:300]}" if lines else ""


def _end_with_parent() -> None:
    """The parent never closes this pipe while it lives."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _serve() -> None:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer

    def tell(values: dict[str, Any]) -> None:
        out.write(json.dumps(values) + "\n")

    def report(step: str, done: int = 0, total: int = 0) -> None:
        tell({"step": step, "done": done, "total": total})

    request = json.loads(sys.stdin.readline())
    _end_with_parent()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    module, _, name = request["function"].partition(":")
    try:
        tell({"result": getattr(importlib.import_module(module), name)(report=report, **request["args"])})
    except PulseError as error:
        tell({"error": error.as_dict()})
    out.flush()
    os._exit(0)  # the thread that listens to the parent would hold it


if __name__ == "__main__":
    _serve()
