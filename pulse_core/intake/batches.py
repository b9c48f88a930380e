"""Batches: immutable files behind the import log. The log is the truth; the warehouse follows it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from pulse_core.errors import Unavailable
from pulse_core.intake import loading
from pulse_core.intake.loading import Draft, Reject
from pulse_core.intake.mapping import Mapping
from pulse_core.intake.opening import READING
from pulse_core.stores.files import sha256
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.imports import Batch
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse import facts
from pulse_core.stores.warehouse.access import Reader, Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_SQL = load("intake")


def folder(home: Path, org_id: str) -> Path:
    """Where the organisation's batches lie."""
    return home / "batches" / org_id


def workspace(home: Path, org_id: str) -> Path:
    """Where uploads lie, and what is unpacked of them."""
    return home / "uploads" / org_id


def said_before(conn: Connection, org_id: str, header: tuple[str, ...]) -> Mapping | None:
    """How the last file with this header was read whose import counts, so that nothing is asked twice."""
    found = last_like(imports.all(conn, org_id), header)
    return Mapping.model_validate(found.mapping) if found else None


def last_like(log: Iterable[Batch], header: Sequence[str]) -> Batch | None:
    """Of a log, the newest batch first, the first that counts and has this header."""
    counts = (batch for batch in log if batch.state == "active")
    return next((batch for batch in counts if tuple(batch.mapping["header"]) == tuple(header)), None)


def reconcile(ledger: Ledger, warehouse: Warehouse, home: Path) -> int:
    """Make the facts what the import log says: batches that are missing count, those undone do not.

    A batch is known by its number and checksum, so a warehouse that followed another ledger is set right too. All of
    it is one transaction. Returns how many batches came or went. Raises Unavailable when a batch's file is gone or
    altered.
    """
    where = folder(home, warehouse.org_id)
    with ledger.read() as conn:
        wanted = {(batch.id, batch.batch_sha256): batch for batch in imports.active(conn, warehouse.org_id)}
    with warehouse.snapshot() as reader:
        present = {(number, digest): rest for number, digest, *rest in reader.rows(_SQL["applied"])}
    for key, (_, file, size) in present.items():
        if key in wanted and (not (path := where / file).exists() or path.stat().st_size != size):
            raise _gone(where, wanted[key])
    gone = [number for number, digest in present if (number, digest) not in wanted]
    come = [_checked(where, batch) for key, batch in wanted.items() if key not in present]
    if gone or come:
        warehouse.write(partial(_follow, gone=gone, come=come, where=where), facts=True)
    return len(gone) + len(come)


def rebuild(ledger: Ledger, warehouse: Warehouse, home: Path) -> None:
    """Make the facts anew from the log, every batch checked, in one transaction."""
    where = folder(home, warehouse.org_id)
    with ledger.read() as conn:
        log = [_checked(where, batch) for batch in imports.active(conn, warehouse.org_id)]
    with warehouse.snapshot() as reader:
        present = [row[0] for row in reader.rows(_SQL["applied"])]
    warehouse.write(partial(_follow, gone=present, come=log, where=where), facts=True)


def sweep(ledger: Ledger, home: Path, org_id: str) -> int:
    """Tidy up after imports that never reached the log, because a process died or a person went; returns how many.

    To be called while nothing is imported, when the warehouse is opened. Drafts and old uploads are deleted. A
    finished batch that this log does not name is only moved to `strays/`: the log may be another one than the batch
    was written under, such as a copy brought back from a backup.
    """
    with ledger.read() as conn:
        kept = {name for b in imports.all(conn, org_id) for name in (b.batch_file, b.aside_file)}
    unnamed = [path for path in folder(home, org_id).glob("*") if path.is_file() and path.name not in kept]
    strays = home / "strays" / org_id
    for path in unnamed:
        if path.suffix in (".draft", ".anew"):
            path.unlink()
        else:
            strays.mkdir(parents=True, exist_ok=True)
            path.replace(strays / path.name)
    return len(unnamed) + forget_uploads(home, org_id)


def forget_uploads(home: Path, org_id: str) -> int:
    """Delete what nobody is waiting for: unpacked copies of an hour ago, uploads of a day ago; returns how many."""
    old = [path for path in workspace(home, org_id).glob("*") if path.is_file() and _is_forgotten(path)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_forgotten(upload: Path) -> bool:
    keep = timedelta(hours=1) if upload.name.startswith(READING) else timedelta(days=1)
    return upload.stat().st_mtime < time.time() - keep.total_seconds()


def rejects(
    reader: Reader, batch: Batch, home: Path, *, limit: int = 1_000_000, set_aside: bool = True
) -> list[Reject]:
    """The records of a batch that were not accepted, those set aside included, in the file's order."""
    if batch.aside_file is None:
        return []
    where = folder(home, batch.org_id)
    draft = Draft(where / batch.batch_file, where / batch.aside_file)
    mapping = Mapping.model_validate(batch.mapping)
    return loading.rejects(reader, mapping, draft, limit=limit, set_aside=set_aside)


def _checked(where: Path, batch: Batch) -> Batch:
    path = where / batch.batch_file
    if not path.exists() or sha256(path) != batch.batch_sha256:
        raise _gone(where, batch)
    return batch


def _gone(where: Path, batch: Batch) -> Unavailable:
    state = "is not what was imported" if (where / batch.batch_file).exists() else "is missing"
    return Unavailable(
        f"the batch file {batch.batch_file} of import {batch.id} ({batch.file_name}) {state}",
        remedy=f"put the file back into {where} from a backup, or undo that import (pulse undo {batch.id})",
    )


def _follow(writer: Writer, gone: Sequence[int], come: Sequence[Batch], where: Path) -> None:
    for number in gone:
        writer.execute(_SQL["forget_batch"], {"batch_id": number})
    for batch in come:
        noted = {
            "batch_id": batch.id, "kind": batch.mapping["kind"], "rows": batch.accepted,
            "sha256": batch.batch_sha256, "file": batch.batch_file,
            "bytes": (where / batch.batch_file).stat().st_size,
        }  # fmt: skip
        writer.execute(_SQL["note_batch"], noted)
    facts.follow(writer, where)
