"""One trial of the intake: any bytes as a file, imported whole, and what must hold whatever they are.

The first byte chooses how the rest is handed over; the rest is the file. Nothing here needs the fuzzer, so that a
test can run a few hundred mutations, and a crash found by it is a one-line test.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from workshop import TODAY, Workshop

from pulse_core.errors import Invalid
from pulse_core.intake import batches
from pulse_core.intake.formats import NULLS
from pulse_core.intake.imports import Report, undo
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.loading import Reject
from pulse_core.intake.mapping import Answers, MissingColumn, propose
from pulse_core.intake.opening import opened
from pulse_core.intake.order_totals import AmbiguousAmounts
from pulse_core.intake.reading import FileFacts
from pulse_core.intake.settling import AmbiguousDates, AmbiguousNumbers
from pulse_core.jobs import Silent
from pulse_core.stores.ledger import imports

from .seeds import COMMA, FIXED, PACK, STORE, WIDE

LARGEST = 4096  # bytes of a file
# What the first byte says: three bits for the kind (0 and 7: found out), and one bit each.
KIND_OF = (None, *KINDS, None)
REOPEN = 1000  # trials in one home folder


class Violation(AssertionError):
    """Something that must hold of every file did not."""


class Trials:
    """Runs trials in one home folder, which is left as it was found after each."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._count = 0
        self._shop = self._open()

    def close(self) -> None:
        """Give everything back."""
        self._shop.close()

    def reopen(self) -> None:
        """Go on in a new home folder: after a defect this one may be spoilt."""
        with suppress(Exception):
            self._shop.close()
        self._shop = self._open()

    def _open(self) -> Workshop:
        return Workshop(Path(mkdtemp(dir=self._home)))

    def run(self, data: bytes) -> str:
        """One trial; returns how it ended in a word. Violation, or any error but Invalid, is a defect."""
        self._count += 1
        if self._count % REOPEN == 0:
            self.reopen()
        if not data:
            return "nothing"
        options, content = data[0], data[1 : LARGEST + 1]
        path = self._shop.file(_handed_over(options, content), "trial.csv")
        try:
            report, facts = self._import(path, options)
        except Invalid as refusal:
            _must(refusal.message and refusal.remedy, "an error without a word of help", refusal.as_dict())
            return refusal.code
        finally:
            _must(not list(batches.workspace(self._shop.home, "acme").glob("*")), "a copy stays behind")
        if not options & (WIDE | PACK):
            _check_against_text(report, facts, content)
        return report.kind

    def _import(self, path: Path, options: int) -> tuple[Report, FileFacts]:
        kind = KIND_OF[options & 7]
        with opened(path, batches.workspace(self._shop.home, "acme")) as file:
            facts = file.facts
            kind = propose(facts, kind=kind).mapping.kind
        said = _said(facts, kind, fixed=bool(options & FIXED))
        told, said = self._answered(path, said, options)
        _check_sums(told)
        if options & STORE:
            self._store(path, said, told)
        return told, facts

    def _answered(self, path: Path, said: Answers, options: int) -> tuple[Report, Answers]:
        """A dry run with every question answered in a fixed way."""
        for _ in range(5):
            try:
                return self._run(path, said, dry_run=True), said
            except AmbiguousDates:
                _must(said.dates is None, "asked for dates twice")
                said = said.model_copy(update={"dates": "month_first" if options & COMMA else "day_first"})
            except AmbiguousNumbers:
                _must(said.numbers is None, "asked for the decimal mark twice")
                said = said.model_copy(update={"numbers": "comma" if options & COMMA else "point"})
            except AmbiguousAmounts:
                _must(said.amounts is None, "asked for amounts twice")
                said = said.model_copy(update={"amounts": "line" if options & COMMA else "order"})
            except MissingColumn as missing:
                columns = _in_order(missing.details["kind"], missing.details["header"])
                if said.columns == columns:
                    raise
                said = said.model_copy(update={"columns": columns})
        raise Violation("questions without end")

    def _run(self, path: Path, said: Answers, *, dry_run: bool) -> Report:
        with self._shop.importer() as importer:
            return importer.run(path, by="ada", today=TODAY, progress=Silent(), answers=said, dry_run=dry_run)

    def _store(self, path: Path, said: Answers, told: Report) -> None:
        """The import itself gives what the dry run told, its rows are in the facts, and an undo takes them out."""
        done = self._run(path, said, dry_run=False)
        _must(_figures(done) == _figures(told), "the import differs from its dry run", done, told)
        view = KINDS[done.kind].view
        _must(self._shop.rows(f"SELECT count(*) FROM {view}") == [(done.accepted,)], "a fact is lost", done)
        self._check_rejects(done)
        again = self._run(path, said, dry_run=False)
        _must(again.unchanged and _figures(again) == _figures(done), "the same file twice", again)
        undo(self._shop.ledger, "acme", int(done.batch_id or 0), by="ada")
        with self._shop.warehouses.use("acme") as warehouse:
            batches.reconcile(self._shop.ledger, warehouse, self._shop.home)
        _must(self._shop.rows(f"SELECT count(*) FROM {view}") == [(0,)], "a fact outlives its undo", done)

    def _check_rejects(self, done: Report) -> None:
        with self._shop.ledger.read() as conn:
            batch = next(b for b in imports.all(conn, "acme") if b.id == done.batch_id)
        with self._shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
            found = batches.rejects(reader, batch, self._shop.home)
        rows = [reject.row for reject in found]
        _must(len(rows) == done.rejected + sum(done.set_aside.values()), "a reject is lost", found, done)
        _must(rows == sorted(set(rows)), "two rejects in one row", found)


def _handed_over(options: int, content: bytes) -> bytes:
    """The content as the options want it: as UTF-16, packed, or as it is."""
    if options & WIDE:
        content = content.decode("utf-8", "replace").encode("utf-16")
    return gzip.compress(content, mtime=0) if options & PACK else content


def _said(facts: FileFacts, kind: str, *, fixed: bool) -> Answers:
    """The kind alone, or also which column is which: ours and the file's in order, as far as both go."""
    return Answers(kind=kind, columns=_in_order(kind, facts.header) if fixed else {})


def _in_order(kind: str, header: Sequence[str]) -> dict[str, str | None]:
    ours = [column.key for column in KINDS[kind].columns]
    return dict(zip(ours, header, strict=False))


def _check_sums(report: Report) -> None:
    parts = (report.accepted, report.rejected, *report.set_aside.values())
    _must(sum(parts) == report.rows and min(parts) >= 0, "the figures do not add up", report)
    _must(report.accepted > 0, "a file of which nothing was accepted", report)
    _must(report.returns <= report.accepted, "more returns than rows", report)
    _must(len(report.rejects) == min(report.rejected, 100), "a reject is not told", report)
    rows = [reject.row for reject in report.rejects]
    _must(rows == sorted(set(rows)), "two rejects in one row", report)


def _check_against_text(report: Report, facts: FileFacts, content: bytes) -> None:
    """Count the records by Python's reader; where nothing is quoted, hold each reject against its line."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode(facts.encoding)
    if facts.quote != '"' or facts.spaced or len(facts.header) == 1:
        return  # a blank line in a file of one column may be an empty cell
    text = re.sub("\r\n|\r", "\n", text)
    if '"' in text:
        if (records := _quoted_records(text, facts)) is not None:
            _must(report.rows == records, "rows are not the records of the file", report, records)
        return
    lines = enumerate(text.split("\n"), 1)
    found = {row: line for row, line in lines if line.strip(" \t\f") and row > facts.rows_before}
    _must(report.rows == len(found), "rows are not the lines of the file", report, found)
    for reject in report.rejects:
        _must(reject.row in found, "a reject in a row that holds no record", reject, found)
        _must(_is_of(reject, found[reject.row], facts), "a reject of another row", reject, found)


def _quoted_records(text: str, facts: FileFacts) -> int | None:
    """How many records stand below the header; None where the quotation marks are not those of a sound file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=facts.delimiter, strict=True)
    try:
        ends = [reader.line_num for record in reader if record and (record == [""] or _holds(record))]
    except csv.Error:
        return None
    return sum(end > facts.rows_before for end in ends)


def _holds(record: list[str]) -> bool:
    return len(record) > 1 or bool(record[0].strip(" \t\f"))


def _is_of(reject: Reject, line: str, facts: FileFacts) -> bool:
    line = line.removeprefix("\ufeff")  # a mark of order at the beginning of the copy is no part of it
    if not reject.cells:  # could not be split: the line itself
        return (reject.value or "").removeprefix("\ufeff") == line[:500]
    cells = line.split(facts.delimiter)
    if len(cells) == len(facts.header) + 1 and not _bare(cells[-1]):  # a delimiter at the line's end
        del cells[-1]
    return [_bare(c) for c in cells] == [_bare(c) for c in reject.cells]


def _bare(cell: str | None) -> str:
    return "" if cell is None or cell in NULLS else cell


def _figures(report: Report) -> tuple[Any, ...]:
    return report.rows, report.accepted, report.rejected, report.set_aside, report.returns, report.kind


def _must(holds: object, what: str, *seen: object) -> None:
    if not holds:
        raise Violation(f"{what}: {' '.join(map(repr, seen))}"[:4000])
