"""Importing a file: all of it or nothing, and the same file twice changes nothing.

The order is what makes it so: the batch file is on the disk before the import log names it; the log's row is the
moment at which the import happened; the warehouse follows the log, now or when it is next opened.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid, Refused
from pulse_core.intake import batches, loading
from pulse_core.intake.loading import Reject, Tally
from pulse_core.intake.mapping import Mapping, Proposal, check, propose
from pulse_core.intake.reading import FileFacts, examine, plain_copy
from pulse_core.jobs import Progress
from pulse_core.stores.files import settle, sha256
from pulse_core.stores.ledger import audit, imports, organisations
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.imports import Batch
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_STEPS = 4


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: `accepted + rejected + sum(set_aside) = rows`; `unchanged` when it was there already."""

    file: str
    batch_id: int | None
    rows: int
    accepted: int
    rejected: int
    set_aside: dict[str, int]
    returns: int
    first_day: date | None
    last_day: date | None
    unchanged: bool = False
    rejects: tuple[Reject, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `--json` and for jobs."""
        plain = asdict(self)
        days = {key: day.isoformat() if (day := plain[key]) else None for key in ("first_day", "last_day")}
        return plain | days | {"rejects": [asdict(r) for r in self.rejects]}


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports files of one organisation."""

    ledger: Ledger
    warehouse: Warehouse
    home: Path

    def run(
        self,
        path: Path,
        *,
        by: str,
        today: date,
        progress: Progress,
        name: str | None = None,
        mapping: Mapping | None = None,
        dry_run: bool = False,
    ) -> Report:
        """Import one file; Invalid names what is wrong with the file as a whole, and then nothing has changed.

        Without a `mapping` the proposed one is used. A `dry_run` tells what would happen.
        """
        progress.step("Looking at the file", 0, _STEPS)
        proposal = propose(examine(path, name=name))
        if known := self._known(proposal.facts, mapping):
            return known
        mapping = mapping or proposal.mapping
        check(mapping, proposal.facts.name)
        with self._workbench(path, proposal.facts) as (writer, plain), progress.stoppable(writer.interrupt):
            progress.step("Reading the rows", 1, _STEPS)
            loading.stage(writer, proposal.facts, mapping, plain)
            progress.step("Checking the rows", 2, _STEPS)
            form = loading.date_format(writer, proposal.facts, mapping)
            tally = loading.judge(writer, proposal.facts, mapping, form, today)
            rejects = tuple(loading.first_rejects(writer, mapping))
            if tally.accepted == 0:
                _refuse_empty(proposal.facts, tally, rejects)
            report = _report(proposal.facts, tally, rejects)
            if dry_run:
                return report
            progress.step("Storing the rows", 3, _STEPS)
            settled = mapping.model_copy(update={"date_format": form})
            batch = self._commit(writer, proposal, settled, tally, by)
        batches.reconcile(self.ledger, self.warehouse, self.home)
        return replace(report, batch_id=batch.id)

    def _known(self, facts: FileFacts, mapping: Mapping | None) -> Report | None:
        with self.ledger.read() as conn:
            batch = imports.find(conn, self.warehouse.org_id, facts.sha256)
        if batch is None:
            return None
        if mapping and not mapping.reads_like(Mapping.model_validate(batch.mapping)):
            raise Refused(
                f"{facts.name} was imported before, with other columns (import {batch.id})",
                remedy=f"remove that import first (pulse undo {batch.id}), then import the file again",
                batch_id=batch.id,
            )
        batches.reconcile(self.ledger, self.warehouse, self.home)
        return Report(
            facts.name, batch.id, batch.rows, batch.accepted, batch.rejected, batch.set_aside, batch.returns,
            batch.first_day, batch.last_day, unchanged=True,
        )  # fmt: skip

    @contextmanager
    def _workbench(self, path: Path, facts: FileFacts) -> Iterator[tuple[Writer, Path]]:
        """A scratch connection and the file where the warehouse may read it."""
        plain = batches.reading_copy(self.home, self.warehouse.org_id)
        try:
            plain_copy(path, facts, plain)
            with self.warehouse.scratch() as writer:
                yield writer, plain
        finally:
            plain.unlink(missing_ok=True)

    def _commit(self, writer: Writer, proposal: Proposal, mapping: Mapping, tally: Tally, by: str) -> Batch:
        """Files first, then the log's row: the moment at which the import has happened."""
        facts = proposal.facts
        where = batches.folder(self.home, self.warehouse.org_id)
        where.mkdir(parents=True, exist_ok=True)
        stem = f"{facts.sha256[:16]}-{uuid.uuid4().hex[:8]}"
        accepted, aside = where / f"{stem}.parquet", where / f"{stem}.aside.parquet"
        drafts = [p.with_suffix(".draft") for p in (accepted, aside)]
        loading.write_batch(writer, mapping, *drafts)
        for draft, final in zip(drafts, (accepted, aside), strict=True):
            settle(draft, final)
        digest = sha256(accepted)

        def work(conn: Connection) -> Batch:
            batch = imports.add(
                conn, self.warehouse.org_id, sha256=facts.sha256, file_name=facts.name, file_bytes=facts.size,
                shape=proposal.shape or "mapped", mapping=mapping.model_dump(mode="json"), mapping_key=mapping.key(),
                rows=tally.rows, accepted=tally.accepted, rejected=tally.rejected, set_aside=tally.set_aside,
                returns=tally.returns, first_day=tally.first_day, last_day=tally.last_day,
                batch_file=accepted.name, batch_sha256=digest, aside_file=aside.name, created_by=by,
            )  # fmt: skip
            _learn_currency(conn, batch.org_id, mapping)
            detail = {"file": facts.name, "rows": tally.rows, "accepted": tally.accepted}
            audit.record(
                conn,
                batch.org_id,
                actor=by,
                action="file imported",
                thing=f"import {batch.id}",
                detail=detail,
            )
            return batch

        return self.ledger.write(work)


def undo(ledger: Ledger, org_id: str, batch_id: int, *, by: str) -> Batch:
    """Take an import out of the log again; the facts follow it. NotFound when there is no such import."""

    def work(conn: Connection) -> Batch:
        batch = imports.undo(conn, org_id, batch_id)
        detail = {"file": batch.file_name, "rows": batch.accepted}
        thing = f"import {batch_id}"
        audit.record(conn, org_id, actor=by, action="import undone", thing=thing, detail=detail)
        return batch

    return ledger.write(work)


def preview(path: Path, name: str | None = None) -> Proposal:
    """What Pulse makes of a file, for the person to look at and correct; Invalid when it is no table."""
    return propose(examine(path, name=name))


def _learn_currency(conn: Connection, org_id: str, mapping: Mapping) -> None:
    """The first import that knows a currency settles it for the organisation."""
    if mapping.currency and organisations.get(conn, org_id).currency is None:
        organisations.update(conn, org_id, currency=mapping.currency)


def _report(facts: FileFacts, tally: Tally, rejects: tuple[Reject, ...]) -> Report:
    return Report(
        facts.name, None, tally.rows, tally.accepted, tally.rejected, tally.set_aside, tally.returns,
        tally.first_day, tally.last_day, rejects=rejects,
    )  # fmt: skip


def _refuse_empty(facts: FileFacts, tally: Tally, rejects: tuple[Reject, ...]) -> None:
    first = (
        f" (first: row {rejects[0].row}, column {rejects[0].column!r} {rejects[0].reason})" if rejects else ""
    )
    raise Invalid(
        f"none of the {tally.rows} rows of {facts.name} can be used{first}",
        remedy="check which column is which and how dates are written",
        file=facts.name,
    )
