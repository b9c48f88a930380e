"""The files of an organisation that was deleted: every folder and the warehouse, gone for good."""

from __future__ import annotations

import shutil
import threading
from functools import partial
from pathlib import Path

from pulse_core.errors import Unavailable
from pulse_core.stores.ledger import deletions
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.warehouse.warehouses import Warehouses

FOLDERS = (
    "batches",
    "uploads",
    "inbox",
    "strays",
    "samples",
    "outbox",
    "models",
)  # each has a folder an organisation


class Removal:
    """Deletes the files of organisations that are gone from the ledger, in the process that owns the home folder."""

    def __init__(self, ledger: Ledger, home: Path, warehouses: Warehouses) -> None:
        self._ledger = ledger
        self._home = home
        self._warehouses = warehouses
        self._one_at_a_time = threading.Lock()

    def finish(self) -> None:
        """Delete what is still there; Unavailable names what cannot be deleted, and it is tried again next time."""
        with (
            self._one_at_a_time
        ):  # else a second one could delete what a new organisation of that id has stored
            with self._ledger.read() as conn:
                waiting = deletions.pending(conn)
            for deletion in waiting:
                remove_files(self._home, self._warehouses, deletion.organisation)
                self._ledger.write(partial(deletions.finish, number=deletion.id))


def remove_files(home: Path, warehouses: Warehouses, org_id: str) -> None:
    """Close the organisation's warehouse and delete its files; done again, it goes on where it stopped.

    Only the owner of the home folder may call it. Unavailable names what cannot be deleted.
    """
    warehouses.forget(org_id)
    path = warehouses.path(org_id)
    beside = [*path.parent.glob(f"{path.name}*"), path.with_suffix(".tmp")]
    for thing in (*beside, *(home / folder / org_id for folder in FOLDERS)):
        _remove(thing)


def _remove(thing: Path) -> None:
    """A file, a folder with all in it, or a link, but never what the link leads to."""
    try:
        if thing.is_dir() and not thing.is_symlink():
            shutil.rmtree(thing)
        else:
            thing.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unavailable(
            f"{error.filename or thing} cannot be deleted ({error.strerror})",
            remedy="allow it, or delete it by hand; the studio tries again by itself",
            file=str(error.filename or thing),
        ) from error
