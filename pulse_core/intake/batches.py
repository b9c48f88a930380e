"""Batches: immutable files behind the import log. The log is the truth; the warehouse follows it."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from pathlib import Path

from pulse_core.errors import Unavailable
from pulse_core.intake.loading import Reject, reject
from pulse_core.intake.mapping import Mapping
from pulse_core.stores.files import sha256
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.imports import Batch
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader, Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_SQL = load("intake")
_READING = "reading-"


def folder(home: Path, org_id: str) -> Path:
    """Where the organisation's batches lie."""
    return home / "batches" / org_id


def reading_copy(home: Path, org_id: str) -> Path:
    """A new name, where the warehouse may read, for the copy of a file that is being imported."""
    uploads = home / "uploads" / org_id
    uploads.mkdir(parents=True, exist_ok=True)
    return (uploads / f"{_READING}{uuid.uuid4().hex}.csv").resolve()


def reconcile(ledger: Ledger, warehouse: Warehouse, home: Path) -> int:
    """Make the facts what the import log says: add batches that are missing, take out those undone.

    Each batch goes in or out in one transaction, so this may be stopped and run again at any point.
    Returns how many batches came or went. Raises Unavailable when a batch's file is gone or altered.
    """
    with ledger.read() as conn:
        wanted = {batch.id: batch for batch in imports.active(conn, warehouse.org_id)}
    with warehouse.snapshot() as reader:
        present: dict[int, str] = dict(reader.rows(_SQL["applied"]))
    for number, kind in present.items():
        if number not in wanted:
            warehouse.write(lambda w, n=number, k=kind: _remove(w, n, k), facts=True)  # type: ignore[misc]
    missing = [batch for number, batch in wanted.items() if number not in present]
    for batch in missing:
        path = _checked(folder(home, warehouse.org_id), batch)
        warehouse.write(lambda w, b=batch, p=path: _apply(w, b, p), facts=True)  # type: ignore[misc]
    return len(missing) + len(present.keys() - wanted.keys())


def rebuild(ledger: Ledger, warehouse: Warehouse, home: Path) -> None:
    """Load every batch of the log anew, in one transaction: readers see the facts before or after it."""
    with ledger.read() as conn:
        log = imports.active(conn, warehouse.org_id)
    paths = [_checked(folder(home, warehouse.org_id), batch) for batch in log]

    def work(writer: Writer) -> None:
        for number, kind in writer.rows(_SQL["applied"]):
            _remove(writer, number, kind)
        for batch, path in zip(log, paths, strict=True):
            _apply(writer, batch, path)

    warehouse.write(work, facts=True)


def sweep(ledger: Ledger, home: Path, org_id: str) -> int:
    """Delete files of imports that never reached the log, because a process died or a person went; returns how many."""
    with ledger.read() as conn:
        log = imports.all(conn, org_id)
    kept = {name for batch in log for name in (batch.batch_file, batch.aside_file)}
    strays = [path for path in folder(home, org_id).glob("*") if path.name not in kept]
    uploads = home / "uploads" / org_id
    yesterday = time.time() - timedelta(days=1).total_seconds()
    strays += [
        path
        for path in uploads.glob("*")
        if path.name.startswith(_READING) or path.stat().st_mtime < yesterday
    ]
    for path in strays:
        path.unlink()
    return len(strays)


def rejects(reader: Reader, batch: Batch, home: Path, *, limit: int = 1_000_000) -> list[Reject]:
    """The records of a batch that were not accepted, those set aside included, in the file's order."""
    if batch.aside_file is None:
        return []
    path = folder(home, batch.org_id) / batch.aside_file
    mapping = Mapping.model_validate(batch.mapping)
    found = reader.rows(_SQL["read_aside"], {"path": str(path), "limit": limit})
    return [reject(mapping, *row) for row in found]


def _checked(where: Path, batch: Batch) -> Path:
    path = where / batch.batch_file
    if not path.exists() or sha256(path) != batch.batch_sha256:
        state = "is not what was imported" if path.exists() else "is missing"
        raise Unavailable(
            f"the batch file {batch.batch_file} of import {batch.id} ({batch.file_name}) {state}",
            remedy=f"put the file back into {where} from a backup, or undo that import",
        )
    return path


def _apply(writer: Writer, batch: Batch, path: Path) -> None:
    kind = Mapping.model_validate(batch.mapping).kind
    writer.execute(_SQL[f"apply_{kind}"], {"batch_id": batch.id, "path": str(path)})
    writer.execute(_SQL["note_batch"], {"batch_id": batch.id, "kind": kind, "rows": batch.accepted})


def _remove(writer: Writer, batch_id: int, kind: str) -> None:
    writer.execute(_SQL[f"remove_{kind}"], {"batch_id": batch_id})
    writer.execute(_SQL["forget_batch"], {"batch_id": batch_id})
