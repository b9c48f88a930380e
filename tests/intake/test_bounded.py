"""A child that goes wrong ends by itself, in bounds, and says so in words."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from pulse_core.errors import Cancelled, Invalid
from pulse_core.intake import bounded
from pulse_core.intake.bounded import Bounds
from pulse_core.intake.workbook import ChooseSheet

HERE = "tests.intake.test_bounded"
ROOM = Bounds(memory_bytes=200_000_000, seconds=20)


def add(a: int, b: int) -> int:
    return a + b


def take_memory() -> int:
    return len(bytearray(2_000_000_000))


def hang() -> None:
    time.sleep(60)


def spin() -> None:
    while True:
        pass


def crash(number: int) -> None:
    os.kill(os.getpid(), number)


def leave_in_silence() -> None:
    os._exit(0)


def raise_by_name(kind: str) -> None:
    found = {
        "choose": ChooseSheet("two sheets", remedy="say which", sheets=["A", "B"]),
        "bug": TypeError("a bug"),
    }
    raise found[kind]


def print_then_answer() -> str:
    os.write(2, b"x" * 1_000_000)
    return "é\n"


def ask(function: Callable[..., Any], bounds: Bounds = ROOM, **args: Any) -> Any:
    name = f"{HERE}:{function.__name__}"
    return bounded.run(name, args, bounds=bounds, what="the workbook x", remedy="save it as CSV")


def test_an_answer_comes_back() -> None:
    """Arguments go in and the result comes out as plain values."""
    assert ask(add, a=1, b=2) == 3


def test_what_a_library_prints_does_no_harm() -> None:
    """A library that floods the error stream neither blocks the child nor spoils the answer."""
    assert ask(print_then_answer) == "é\n"


def test_memory_is_bounded() -> None:
    """A bomb cannot take the machine's memory; the person learns what to do."""
    with pytest.raises(
        Invalid, match="the workbook x needs more than 200 MB of memory to be read: save it as CSV"
    ):
        ask(take_memory)


@pytest.mark.parametrize("function", [hang, spin])
def test_time_is_bounded_and_the_child_is_gone(
    function: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that never ends is ended, and no process remains behind."""
    children = _watch(monkeypatch)
    with pytest.raises(Invalid, match="the workbook x takes more than 1 s to be read"):
        ask(function, Bounds(200_000_000, 0.7))
    assert [child.returncode for child in children] == [-signal.SIGKILL]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, "is damaged, or made so that no reader can read it"),
        (signal.SIGABRT, "needs more than"),
        (signal.SIGKILL, "needs more than"),
        (signal.SIGINT, "is damaged"),
    ],
)
def test_a_crash_is_an_error(number: signal.Signals, words: str) -> None:
    """A native library that crashes takes the child with it, never the studio."""
    with pytest.raises(Invalid, match=words):
        ask(crash, number=int(number))


def test_silence_is_an_error() -> None:
    """A child that ends well but says nothing has not read anything."""
    with pytest.raises(Invalid, match="is damaged"):
        ask(leave_in_silence)


def test_an_error_of_the_child_keeps_its_kind() -> None:
    """A question asked within the child is the same question outside."""
    with pytest.raises(ChooseSheet) as caught:
        ask(raise_by_name, kind="choose")
    assert caught.value.as_dict() == {
        "code": "choose_sheet", "message": "two sheets", "remedy": "say which", "sheets": ["A", "B"]
    }  # fmt: skip


def test_a_bug_in_the_child_is_told_apart() -> None:
    """What went wrong stands in the details, for whoever mends it."""
    with pytest.raises(Invalid) as caught:
        ask(raise_by_name, kind="bug")
    assert caught.value.details["crash"] == "TypeError: a bug"


def test_the_person_can_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancel ends the child at once, however long it had."""
    children = _watch(monkeypatch)

    def stop() -> None:
        if children:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        bounded.run(f"{HERE}:hang", {}, bounds=ROOM, what="x", remedy="y", stop=stop)
    assert [child.returncode for child in children] == [-signal.SIGKILL]


def _watch(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    children: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            children.append(self)

    monkeypatch.setattr(bounded.subprocess, "Popen", Watched)
    return children
