"""Importing a file: all of it or nothing, and the same file twice changes nothing.

The order is what makes it so: the batch file is on the disk before the import log names it; the log's row is the
moment at which the import happened; the warehouse follows the log, now or when it is next opened.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid, Refused
from pulse_core.intake import batches, fixing, loading, order_totals, settling, totals_rows
from pulse_core.intake.loading import Draft, Reject, Tally
from pulse_core.intake.mapping import Answers, Mapping, Proposal, propose, settle
from pulse_core.intake.opening import Opened, opened
from pulse_core.intake.reading import FileFacts
from pulse_core.jobs import Progress
from pulse_core.stores.files import settle as settle_file
from pulse_core.stores.files import sha256
from pulse_core.stores.ledger import audit, imports, organisations
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.ledger.imports import Batch
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_STEPS = 3
_FIRST_REJECTS = 100


class OtherCurrency(Refused):
    """The amounts of a file are in another currency than those that are there: their sum would mean nothing."""

    code = "other_currency"


class OverlappingRows(Refused):
    """Rows of a file stand in an earlier import already; only the person knows whether they are the same purchases."""

    code = "overlapping_rows"


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
    kind: str = "orders"
    other_words: dict[str, dict[str, int]] = field(default_factory=dict)  # of lists of ours; by attribute

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
        answers: Answers | None = None,
        dry_run: bool = False,
    ) -> Report:
        """Import one file; Invalid names what is wrong with the file as a whole, and then nothing has changed.

        What `answers` leave open is found out or asked by an error of its own. A `dry_run` tells what would happen.
        """
        said = answers or Answers()
        progress.step("Looking at the file", 0, _STEPS)
        stop = partial(progress.step, "Looking at the file", 0, _STEPS)
        workspace = batches.workspace(self.home, self.warehouse.org_id)
        with (
            opened(path, workspace, name=name, sheet=said.sheet, stop=stop) as given,
            fixing.as_it_was(given, self._log()) as (file, corrected),
        ):
            proposal = self._proposal(file.facts, said, corrected)
            if known := self._known(proposal, said):
                return known
            self._refuse_other_currency(file.facts, settle(proposal, said))
            return self._load(file, proposal, said, by, today, progress, dry_run, again=corrected is not None)

    def _log(self) -> list[Batch]:
        with self.ledger.read() as conn:
            return imports.all(conn, self.warehouse.org_id)

    def _proposal(self, facts: FileFacts, said: Answers, corrected: Batch | None) -> Proposal:
        with self.ledger.read() as conn:
            before = batches.said_before(conn, self.warehouse.org_id, facts.header)
            currency = organisations.get(conn, self.warehouse.org_id).currency
        if corrected:
            before = Mapping.model_validate(corrected.mapping)
        return propose(facts, kind=said.kind, before=before, currency=currency)

    def _known(self, proposal: Proposal, said: Answers) -> Report | None:
        facts = proposal.facts
        with self.ledger.read() as conn:
            batch = imports.find(conn, self.warehouse.org_id, facts.sha256)
        if batch is None:
            return None
        before = Mapping.model_validate(batch.mapping)
        asked = said.columns or said.dates or said.numbers or said.kind
        read_otherwise = asked and not settle(proposal, said).reads_like(before)
        if read_otherwise or before.contradicted(said):
            how = (
                "with other columns or formats" if read_otherwise else f"without {before.contradicted(said)}"
            )
            raise Refused(
                f"{facts.name} was imported before, {how} (import {batch.id})",
                remedy=f"remove that import first (pulse undo {batch.id}), then import the file again",
                batch_id=batch.id,
            )
        batches.reconcile(self.ledger, self.warehouse, self.home)
        return Report(
            facts.name, batch.id, batch.rows, batch.accepted, batch.rejected, batch.set_aside, batch.returns,
            batch.first_day, batch.last_day, unchanged=True, kind=proposal.mapping.kind,
        )  # fmt: skip

    def _refuse_other_currency(self, facts: FileFacts, mapping: Mapping) -> None:
        with self.ledger.read() as conn:
            log = imports.active(conn, self.warehouse.org_id)
        other = next((b for b in log if b.mapping.get("currency") not in (None, mapping.currency)), None)
        if mapping.currency and other:
            raise OtherCurrency(
                f"the amounts of {facts.name} are in {mapping.currency}, those of {other.file_name} "
                f"(import {other.id}) in {other.mapping['currency']}",
                remedy="convert them first, or import the file into an organisation of its own; if the earlier "
                f"currency is the wrong one, take that import out (pulse undo {other.id})",
                file=facts.name, batch_id=other.id,
            )  # fmt: skip

    def _load(
        self, file: Opened, proposal: Proposal, said: Answers, by: str, today: date,
        progress: Progress, dry_run: bool, *, again: bool,
    ) -> Report:  # fmt: skip
        mapping = settle(proposal, said)
        facts, where = file.facts, batches.folder(self.home, self.warehouse.org_id)
        where.mkdir(parents=True, exist_ok=True)
        stem = f"{facts.sha256[:16]}-{uuid.uuid4().hex[:8]}"
        draft = Draft(where / f"{stem}.draft", where / f"{stem}.aside.draft")
        try:
            with (
                file.copy() as copy,
                self.warehouse.scratch() as writer,
                progress.stoppable(writer.interrupt),
            ):
                progress.step("Reading and checking the rows", 1, _STEPS)
                loading.bind(writer, facts, mapping, copy)
                mapping = settling.settled(writer, proposal, mapping, copy, said, today=today)
                tally = loading.read(writer, facts, mapping, draft, today=today, zone=self._zone(), copy=copy)
                tally = _set_right(writer, mapping, draft, tally, again=again)
                tally = self._without_overlap(writer, facts, mapping, draft, tally)
                rejects = loading.rejects(writer, mapping, draft, limit=_FIRST_REJECTS, set_aside=False)
                words = loading.other_words(writer, mapping, draft)
            file.refuse_if_written_to()
            if tally.accepted == 0 and not tally.set_aside.get("overlap"):
                _refuse_empty(facts, tally, rejects)
            report = replace(_report(facts, mapping, tally, rejects), other_words=words)
            if dry_run:
                return report
            progress.step("Storing the rows", 2, _STEPS)
            batch = self._commit(draft, proposal, mapping, tally, by)
        finally:
            draft.records.unlink(missing_ok=True)
            draft.aside.unlink(missing_ok=True)
        batches.reconcile(self.ledger, self.warehouse, self.home)
        return replace(report, batch_id=batch.id)

    def _zone(self) -> str:
        with self.ledger.read() as conn:
            return organisations.get(conn, self.warehouse.org_id).zone

    def _without_overlap(
        self, writer: Writer, facts: FileFacts, mapping: Mapping, draft: Draft, tally: Tally
    ) -> Tally:
        """The tally after rows of earlier imports were set aside or kept; OverlappingRows asks which."""
        if mapping.kind != "orders" or mapping.overlap == "keep" or tally.first_day is None:
            return tally
        shared = loading.overlap(writer, draft, tally)
        if not shared:
            return tally
        if mapping.overlap is None:
            raise OverlappingRows(
                f"{shared:,} of {tally.accepted:,} rows of {facts.name} stand in earlier imports already",
                remedy="choose: leave them out (skip), or count them again because they are other purchases (keep)",
                file=facts.name, count=shared,
            )  # fmt: skip
        loading.skip_overlap(writer, draft, tally)
        return loading.count(writer, mapping, draft)

    def _commit(self, draft: Draft, proposal: Proposal, mapping: Mapping, tally: Tally, by: str) -> Batch:
        """Files first, then the log's row: the moment at which the import has happened."""
        facts = proposal.facts
        accepted, aside = (path.with_suffix(".parquet") for path in (draft.records, draft.aside))
        for path, final in ((draft.records, accepted), (draft.aside, aside)):
            settle_file(path, final)
        digest = sha256(accepted)

        def work(conn: Connection) -> Batch:
            batch = imports.add(
                conn, self.warehouse.org_id, sha256=facts.sha256, file_name=facts.name, file_bytes=facts.size,
                shape=proposal.source, mapping=mapping.model_dump(mode="json"), mapping_key=mapping.key(),
                rows=tally.rows, accepted=tally.accepted, rejected=tally.rejected, set_aside=dict(tally.set_aside),
                returns=tally.returns, first_day=tally.first_day, last_day=tally.last_day,
                batch_file=accepted.name, batch_sha256=digest, aside_file=aside.name, created_by=by,
            )  # fmt: skip
            _learn_currency(conn, batch.org_id, mapping)
            detail = {"file": facts.name, "rows": tally.rows, "accepted": tally.accepted}
            thing = f"import {batch.id}"
            audit.record(conn, batch.org_id, actor=by, action="file imported", thing=thing, detail=detail)
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


def preview(
    ledger: Ledger,
    org_id: str,
    home: Path,
    path: Path,
    *,
    name: str | None = None,
    kind: str | None = None,
    sheet: str | None = None,
    stop: Callable[[], None] = lambda: None,
) -> Proposal:
    """What Pulse makes of a file, for the person to look at and correct; Invalid when it is no table."""
    with opened(path, batches.workspace(home, org_id), name=name, sheet=sheet, stop=stop) as file:
        with ledger.read() as conn:
            before = batches.said_before(conn, org_id, file.facts.header)
            currency = organisations.get(conn, org_id).currency
        return propose(file.facts, kind=kind, before=before, currency=currency)


def _set_right(writer: Writer, mapping: Mapping, draft: Draft, tally: Tally, *, again: bool) -> Tally:
    """The tally after what only order lines together tell: amounts of whole orders, and rows that are totals."""
    if mapping.kind != "orders":
        return tally
    changed = totals_rows.set_aside(
        writer, draft, rows=tally.rows
    )  # a sum of the lines as they stand in the file
    if mapping.amounts == "order":
        order_totals.count_once(writer, mapping, draft, again=again)
        changed = True
        totals_rows.set_aside(writer, draft, rows=tally.rows)  # or of the orders
    return loading.count(writer, mapping, draft) if changed else tally


def _learn_currency(conn: Connection, org_id: str, mapping: Mapping) -> None:
    """The imports that know a currency settle it for the organisation: they all have the same."""
    if mapping.currency:
        organisations.update(conn, org_id, currency=mapping.currency)


def _report(facts: FileFacts, mapping: Mapping, tally: Tally, rejects: list[Reject]) -> Report:
    return Report(
        facts.name, None, tally.rows, tally.accepted, tally.rejected, dict(tally.set_aside), tally.returns,
        tally.first_day, tally.last_day, rejects=tuple(rejects), kind=mapping.kind,
    )  # fmt: skip


def _refuse_empty(facts: FileFacts, tally: Tally, rejects: list[Reject]) -> None:
    first = rejects[0] if rejects else None
    where = f" (first: row {first.row}, column {first.column!r} {first.reason})" if first else ""
    raise Invalid(
        f"none of the {tally.rows} rows of {facts.name} can be used{where}",
        remedy="check which column is which and how dates are written",
        file=facts.name,
    )
