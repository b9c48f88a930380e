"""Runs one function in a child process of bounded memory and time, where a library cannot be bounded itself.

A file made to harm may take its reader's memory, hang it or crash it. In a child of its own that ends the child:
the studio, with its threads and other people's work, goes on and says what to do.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid, revived

_ROOT = Path(__file__).parents[2]
_TICK_SECONDS = 0.05
_MEMORY_SIGNALS = ("SIGABRT", "SIGKILL")  # how a library, or the system, ends what asks for too much
_EXHAUSTED = {"exhausted": "memory"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use: memory beyond its start (where the system knows such limits), and wall time."""

    memory_bytes: int
    seconds: float


def run(
    function: str,
    args: dict[str, Any],
    *,
    bounds: Bounds,
    what: str,
    remedy: str,
    stop: Callable[[], None] = lambda: None,
) -> Any:
    """What `function` ("package.module:name") returns for `args`, both of plain values.

    `what` is the file as an error shall name it. Invalid when the child uses more than its bounds or crashes; an
    Invalid raised within the child is raised here. `stop` is called now and then, and ends the child by raising.
    """
    request = {"function": function, "args": args, "memory_bytes": bounds.memory_bytes}
    request["cpu_seconds"] = int(bounds.seconds) + 2  # the child ends by itself should its parent be killed
    command = [sys.executable, "-X", "utf8", "-m", "pulse_core.intake.bounded"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=_ROOT) as child:  # noqa: S603 (our own interpreter)
        try:
            output = _await(child, json.dumps(request).encode(), bounds.seconds, stop)
        except subprocess.TimeoutExpired:
            child.kill()
            raise Invalid(
                f"{what} takes more than {bounds.seconds:.0f} s to be read", remedy=remedy
            ) from None
        except BaseException:
            child.kill()
            raise
    return _result(output, child.returncode, bounds, what, remedy)


def _await(child: subprocess.Popen[bytes], request: bytes, seconds: float, stop: Callable[[], None]) -> bytes:
    end = time.monotonic() + seconds
    given: bytes | None = request
    while True:
        stop()
        try:
            return child.communicate(given, timeout=_TICK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            given = None
            if time.monotonic() > end:
                raise


def _result(output: bytes, code: int, bounds: Bounds, what: str, remedy: str) -> Any:
    try:
        reply: dict[str, Any] = json.loads(output)
    except ValueError:
        ended_for_memory = code < 0 and _signal_name(-code) in _MEMORY_SIGNALS
        reply = _EXHAUSTED if ended_for_memory else {"crash": _signal_name(-code)}
    if "error" in reply:
        raise revived(reply["error"])
    if reply == _EXHAUSTED:
        room = f"{bounds.memory_bytes / 1e6:,.0f} MB"
        raise Invalid(f"{what} needs more than {room} of memory to be read", remedy=remedy)
    if "crash" in reply:
        raise Invalid(f"{what} is damaged, or made so that no reader can read it", remedy=remedy, **reply)
    return reply["result"]


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else str(number)


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound this process, from what it takes now. What it has imported is our own, and differs by machine."""
    try:
        import resource
    except ImportError:  # Windows: the time is bounded all the same
        return
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: _size_now(resource.getpagesize()) + memory_bytes,
    }
    for which, value in limits.items():
        with contextlib.suppress(ValueError, OSError):  # a lower one is set already, or the system knows none
            resource.setrlimit(which, (value, value))


def _size_now(page_bytes: int) -> int:
    """The address space that this process has reserved; a generous guess where there is no /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * page_bytes
    except OSError:
        return 4_000_000_000


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    module, _, name = request["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    _limit(request["memory_bytes"], request["cpu_seconds"])
    try:
        return {"result": function(**request["args"])}
    except Invalid as error:
        return {"error": error.as_dict()}
    except MemoryError:
        return _EXHAUSTED
    except BaseException as error:  # noqa: BLE001 (also what a native library throws; it must not look like a result)
        return {"crash": f"{type(error).__name__}: {error}"[:500]}


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
