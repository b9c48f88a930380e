"""Commands that bring files in: import, the drop folders, and taking an import out again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import wiring
from commands.call import Call, user
from pulse_core.errors import Invalid, PulseError
from pulse_core.intake import dropped
from pulse_core.intake.formats import DATE_FORMATS
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.names import kept, shown
from pulse_core.intake.samples import sample as found_sample
from pulse_core.intake.samples import sample_file
from pulse_core.intake.telling import report_lines
from pulse_core.stores.ledger.organisations import slug

Outcome = tuple[dict[str, Any], PulseError | None]


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--sample", help="Load a sample that ships with Pulse (online_retail, cdnow).")
@click.option("--map", "mapping", multiple=True, metavar="OURS=THEIRS,…", help="Which column is which.")
@click.option("--kind", help=f"What is in it, when it is not recognised: {', '.join(KINDS)}.")
@click.option("--dates", help=f"How dates are written: {', '.join(DATE_FORMATS)}.")
@click.option("--numbers", help="Which decimal mark numbers have: point or comma.")
@click.option("--amounts", help="What an amount on an order's lines is of: the whole order, or each line.")
@click.option("--currency", help="Currency of the amounts, such as GBP; kept from the first import on.")
@click.option("--consent", help="Whether these customers agreed to e-mail: given, refused or unknown.")
@click.option("--overlap", help="What to do with rows of earlier imports: skip or keep.")
@click.option("--sheet", help="Sheet of a workbook that has several.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and import nothing.")
@click.pass_obj
def import_files(
    call: Call,
    files: tuple[Path, ...],
    sample: str | None,
    mapping: tuple[str, ...],
    dry_run: bool,
    **said: str | None,
) -> None:
    """Import files of orders, customers, events or scores: each is all there or not there at all."""
    if sample and files:
        raise Invalid(
            "a sample goes into an organisation of its own", remedy="import your files without --sample"
        )
    paths = [*files, *([sample_file(sample)] if sample else [])]
    if not paths:
        raise Invalid(
            "no file was named", remedy="pulse import FILE…, or pulse import --sample online_retail"
        )
    given = {name: value for name, value in said.items() if value is not None}
    params = {"answers": {**given, "columns": _changes(",".join(mapping))}, "dry_run": dry_run}
    if sample and call.org_id is None:
        call = replace(call, org_id=_sample_organisation(call, sample, dry_run=dry_run))
    with call.trying() if dry_run else call.working() as (call, pulse):
        outcomes = [_import(call, pulse, path, params) for path in paths]
    head = ["Only checked, nothing imported:"] if dry_run else []
    _tell_outcomes(call, outcomes, head, alone=len(paths) == 1)


def _import(call: Call, pulse: wiring.Pulse, path: Path, params: dict[str, Any]) -> Outcome:
    """Import one file; what is wrong with it stands in nobody else's way."""
    try:
        return call.run(pulse, "import", {"path": kept(path.resolve()), **params}, create=True), None
    except PulseError as error:
        return {"file": shown(path.name)}, error


def _tell_outcomes(call: Call, outcomes: Sequence[Outcome], head: list[str], *, alone: bool) -> None:
    """Print what became of each file; the first error of all ends the command."""
    errors = [error for _, error in outcomes if error]
    if not (alone and errors):
        told = [result | ({"error": error.as_dict()} if error else {}) for result, error in outcomes]
        lines = [
            line
            for result, error in outcomes
            for line in ([f"{result['file']}: {error}"] if error else report_lines(result))
        ]
        call.tell(told[0] if alone else {"files": told}, [*head, *lines])
    if errors:
        raise errors[0]


def _sample_organisation(call: Call, sample: str, *, dry_run: bool) -> str:
    """Which organisation a sample goes into; a dry run makes none."""
    with call.pulse() as pulse:
        made = next((org.id for org in pulse.organisations() if org.sample == sample), None)
        if made or dry_run:
            return made or slug(found_sample(sample).title)
        return pulse.sample_organisation(sample, by=user()).id


@click.command()
@click.pass_obj
def inbox(call: Call) -> None:
    """Import what lies in the drop folders, once: of one organisation with --org, else of all."""
    with call.pulse() as pulse:
        known = [org.id for org in pulse.organisations()]
        chosen = [pulse.organisation(call.org_id).id] if call.org_id else known
        found = [
            {"organisation": org_id} | file
            for org_id in chosen
            if dropped.look(dropped.folder(pulse.home, org_id))
            for file in _empty_inbox(replace(call, org_id=org_id), pulse)
        ]
        strange = dropped.unknown(pulse.home, known)
    lines = [line for file in found for line in _dropped_lines(file)] or ["Nothing to take."]
    lines += [f"inbox/{name} belongs to no organisation and is left alone" for name in strange]
    call.tell({"files": found, "unknown_folders": strange}, lines)
    if any(file["error"] or file["left"] for file in found):
        sys.exit(1)


def _empty_inbox(call: Call, pulse: wiring.Pulse) -> list[dict[str, Any]]:
    """What became of the files of one organisation."""
    try:
        files: list[dict[str, Any]] = call.run(pulse, "inbox", {})["files"]
    except PulseError as error:
        if "files" not in error.details:
            raise
        files = error.details["files"]
    return files


def _dropped_lines(file: dict[str, Any]) -> list[str]:
    where = f"{file['organisation']}: "
    if file["left"]:
        return [f"{where}{file['file']} stays in the drop folder: {file['left']}"]
    if file["error"]:
        told = f"{file['error']['message']}: {file['error']['remedy']}"
        name = "" if file["file"] in told else f"{file['file']}: "
        return [f"{where}{name}{told} (see {file['moved_to']}.report.txt)"]
    return [f"{where}{line}" for line in report_lines(file["report"] | {"rejects": []})]


@click.command()
@click.argument("import_number", type=int)
@click.pass_obj
def undo(call: Call, import_number: int) -> None:
    """Take an import out again; its file can be imported anew."""
    with call.pulse() as pulse:
        result = call.run(pulse, "undo_import", {"batch_id": import_number})
    call.tell(result, [f"{result['file']}: {result['rows']:,} rows taken out"])


def _changes(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not sign or not ours.strip() for ours, sign, _ in pairs):
        raise Invalid(
            f"--map {text!r} is not OURS=THEIRS,…", remedy="for example --map customer_id=Client,amount=Total"
        )
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
