"""Watching the drop folders: what has come to rest is handed over, once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pulse_core.intake import dropped
from pulse_core.intake.dropped import Looks, Mark

log = logging.getLogger(__name__)

RETRY_SECONDS = 600.0  # what was handed over and still lies there is handed over again after that


class Watcher:
    """Looks into the drop folder of each organisation when `look` is called, and remembers what it saw."""

    def __init__(
        self,
        home: Path,
        organisations: Callable[[], Sequence[str]],
        hand_over: Callable[[str, Looks], bool],
        *,
        settle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hand_over` gets an organisation and its files that came to rest; False means not now."""
        self._home = home
        self._organisations = organisations
        self._hand_over = hand_over
        self._settle = settle_seconds
        self._clock = clock
        self._since: dict[Path, tuple[Mark, float]] = {}  # how each file looks, and since when
        self._handed: dict[Path, tuple[Mark, float]] = {}
        self._strange: set[str] = set()

    def look(self) -> None:
        """One round through all folders."""
        known = list(self._organisations())
        there = {org_id: dropped.look(dropped.folder(self._home, org_id)) for org_id in known}
        self._remember(
            {
                dropped.folder(self._home, o) / n: mark
                for o, looks in there.items()
                for n, mark in looks.items()
            }
        )
        for org_id, looks in there.items():
            self._give(org_id, looks)
        self._tell_strange(dropped.unknown(self._home, known))

    def _remember(self, now: dict[Path, Mark]) -> None:
        at = self._clock()
        before = self._since
        self._since = {
            path: before[path] if path in before and before[path][0] == mark else (mark, at)
            for path, mark in now.items()
        }
        self._handed = {path: handed for path, handed in self._handed.items() if path in now}

    def _give(self, org_id: str, looks: Looks) -> None:
        where = dropped.folder(self._home, org_id)
        ready = {name: mark for name, mark in looks.items() if self._is_ready(where / name)}
        if ready and self._hand_over(org_id, ready):
            self._handed |= {where / name: (mark, self._clock()) for name, mark in ready.items()}

    def _is_ready(self, path: Path) -> bool:
        mark, since = self._since[path]
        handed = self._handed.get(path)
        if handed and handed[0] == mark and self._clock() - handed[1] < RETRY_SECONDS:
            return False
        return self._clock() - since >= self._settle and dropped.is_free(path)

    def _tell_strange(self, folders: list[str]) -> None:
        for name in set(folders) - self._strange:
            log.warning("the folder inbox/%s belongs to no organisation and is left alone", name)
        self._strange = set(folders)
