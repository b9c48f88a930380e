"""Something done again and again, every few seconds, for as long as the process lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

AFTER_A_FAILURE = 30.0  # seconds at least: what fails now will hardly work at once


class Rounds:
    """A thread that calls `work` every so many seconds. A round that fails is logged, and the next one comes."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self._seconds = seconds
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a first round at once."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for the round that is under way, and make no further ones."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _go(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = self._seconds
            try:
                self._work()
            except Exception:
                log.exception("%s failed; trying again", self._thread.name)
                wait = max(self._seconds, AFTER_A_FAILURE)
