"""Batches: immutable files behind the import log. The log is the truth; the warehouse follows it."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from functools import partial
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

    A batch is known by its number and checksum, so a warehouse that followed another ledger is set right too.
    Each batch goes in or out in one transaction, so this may be stopped and run again at any point.
    Returns how many batches came or went. Raises Unavailable when a batch's file is gone or altered.
    """
    with ledger.read() as conn:
        wanted = {(batch.id, batch.batch_sha256): batch for batch in imports.active(conn, warehouse.org_id)}
    with warehouse.snapshot() as reader:
        present = {(number, digest): kind for number, digest, kind in reader.rows(_SQL["applied"])}
    gone = {key: kind for key, kind in present.items() if key not in wanted}
    for (number, _), kind in gone.items():
        warehouse.write(partial(_remove, batch_id=number, kind=kind), facts=True)
    missing = [batch for key, batch in wanted.items() if key not in present]
    for batch in missing:
        path = _checked(folder(home, warehouse.org_id), batch)
        warehouse.write(partial(_apply, batch=batch, path=path), facts=True)
    return len(missing) + len(gone)


def rebuild(ledger: Ledger, warehouse: Warehouse, home: Path) -> None:
    """Load every batch of the log anew, in one transaction: readers see the facts before or after it."""
    with ledger.read() as conn:
        log = imports.active(conn, warehouse.org_id)
    paths = [_checked(folder(home, warehouse.org_id), batch) for batch in log]

    def work(writer: Writer) -> None:
        for number, _, kind in writer.rows(_SQL["applied"]):
            _remove(writer, number, kind)
        for batch, path in zip(log, paths, strict=True):
            _apply(writer, batch, path)

    warehouse.write(work, facts=True)


def sweep(ledger: Ledger, home: Path, org_id: str) -> int:
    """Tidy up after imports that never reached the log, because a process died or a person went; returns how many.

    Drafts and old uploads are deleted. A finished batch that this log does not name is only moved to `strays/`: the
    log may be another one than the batch was written under, such as a copy brought back from a backup.
    """
    with ledger.read() as conn:
        kept = {name for b in imports.all(conn, org_id) for name in (b.batch_file, b.aside_file)}
    unnamed = [path for path in folder(home, org_id).glob("*") if path.is_file() and path.name not in kept]
    strays = home / "strays" / org_id
    for path in unnamed:
        if path.suffix == ".draft":
            path.unlink()
        else:
            strays.mkdir(parents=True, exist_ok=True)
            path.replace(strays / path.name)
    forgotten = [path for path in (home / "uploads" / org_id).glob("*") if _is_forgotten(path)]
    for path in forgotten:
        path.unlink(missing_ok=True)
    return len(unnamed) + len(forgotten)


def _is_forgotten(upload: Path) -> bool:
    """Copies that an import was reading, and uploads of a day ago that nobody imported."""
    yesterday = time.time() - timedelta(days=1).total_seconds()
    return upload.is_file() and (upload.name.startswith(_READING) or upload.stat().st_mtime < yesterday)


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
            remedy=f"put the file back into {where} from a backup, or undo that import (pulse undo {batch.id})",
        )
    return path


def _apply(writer: Writer, batch: Batch, path: Path) -> None:
    kind = Mapping.model_validate(batch.mapping).kind
    writer.execute(_SQL[f"apply_{kind}"], {"batch_id": batch.id, "path": str(path)})
    noted = {"batch_id": batch.id, "kind": kind, "rows": batch.accepted, "sha256": batch.batch_sha256}
    writer.execute(_SQL["note_batch"], noted)


def _remove(writer: Writer, batch_id: int, kind: str) -> None:
    writer.execute(_SQL[f"remove_{kind}"], {"batch_id": batch_id})
    writer.execute(_SQL["forget_batch"], {"batch_id": batch_id})
