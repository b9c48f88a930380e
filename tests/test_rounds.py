"""Something done again and again."""

from __future__ import annotations

import threading

import pytest

from pulse_core import rounds
from pulse_core.rounds import Rounds

PATIENCE = 20


def test_rounds_go_on_until_they_are_stopped() -> None:
    """The first comes at once, the next after its time, none after the end."""
    enough, seen = threading.Event(), list[int]()

    def work() -> None:
        seen.append(1)
        if len(seen) == 3:
            enough.set()

    going = Rounds("test", 0.01, work)
    going.start()
    assert enough.wait(PATIENCE)
    going.stop()
    assert not going._thread.is_alive()


def test_a_round_that_fails_is_logged_and_the_next_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk for a minute does not end the watch over the drop folders for good."""
    monkeypatch.setattr(rounds, "AFTER_A_FAILURE", 0.01)
    again, seen = threading.Event(), list[int]()

    def work() -> None:
        seen.append(1)
        if len(seen) == 1:
            raise OSError("no space")
        again.set()

    going = Rounds("watch", 0.01, work)
    going.start()
    assert again.wait(PATIENCE)
    going.stop()
    assert "watch failed; trying again" in caplog.text


def test_rounds_that_never_began_can_be_stopped() -> None:
    """A start that failed half-way is given back without waiting."""
    Rounds("never", 1, lambda: None).stop()
