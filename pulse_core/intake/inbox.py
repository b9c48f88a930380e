"""Emptying a drop folder: every file that has come to rest is imported, one after the other, in the order of names."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from pulse_core.errors import Unavailable
from pulse_core.intake import batches, dropped
from pulse_core.intake.dropped import Looks, Taken
from pulse_core.intake.imports import Importer, undo
from pulse_core.intake.names import real, shown
from pulse_core.jobs import Progress

_STEP_SECONDS = 0.2
_NAMED = 5


def looks(
    home: Path, org_id: str, before: Looks | None, *, settle_seconds: float, progress: Progress
) -> Looks:
    """What an earlier look saw; without one, what is seen now, once the time to come to rest has passed."""
    if before is not None:
        return {real(name): mark for name, mark in before.items()}
    seen = dropped.look(dropped.folder(home, org_id))
    until = time.monotonic() + (settle_seconds if seen else 0)
    while (rest := until - time.monotonic()) > 0:
        progress.step("Waiting until the files are whole")
        time.sleep(min(rest, _STEP_SECONDS))
    return seen


def empty(
    importer: Importer, before: Looks, *, by: str, now: datetime, progress: Progress, command: str
) -> list[Taken]:
    """Import the files that are as they were `before`; the figures are to be computed anew afterwards."""
    where = dropped.folder(importer.home, importer.warehouse.org_id)
    ready = dropped.settled(where, before)
    taken = []
    for number, name in enumerate(ready):
        progress.step(f"Taking {shown(name)}", number, len(ready))
        if file := _take(importer, where, name, by=by, now=now, progress=progress, command=command):
            taken.append(file)
    return taken


def result(taken: list[Taken]) -> dict[str, Any]:
    """What became of the files, in figures. Unavailable names those that the machine could not take."""
    files = [file.as_dict() for file in taken]
    left = [file for file in taken if file.left]
    if not left:
        return {"files": files}
    named = "; ".join(f"{file.file}: {file.left}" for file in left[:_NAMED])
    raise Unavailable(
        f"{len(left)} of {len(taken)} files stay in the drop folder ({named})",
        remedy="mend that; the studio tries again within ten minutes, `pulse inbox` at once",
        files=files,
    )


def _take(
    importer: Importer, where: Path, name: str, *, by: str, now: datetime, progress: Progress, command: str
) -> Taken | None:
    """One file. What was read while somebody wrote to it must not count."""

    def load(path: Path, said: str) -> dict[str, Any]:
        return importer.run(path, by=by, today=now.date(), progress=progress, name=said).as_dict()

    taken = dropped.take(where, name, load, command=command, now=now)
    if taken and taken.is_half and taken.report and not taken.report["unchanged"]:
        undo(importer.ledger, importer.warehouse.org_id, taken.report["batch_id"], by=by)
        batches.reconcile(importer.ledger, importer.warehouse, importer.home)
    return taken
