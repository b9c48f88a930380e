"""The command line's door: `pulse`."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from typing import Any

import click

import wiring
from pulse_core import __version__
from pulse_core import doctor as diagnosis
from pulse_core.errors import Busy, Invalid, PulseError
from pulse_core.intake.formats import DATE_FORMATS
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.loading import SET_ASIDE
from pulse_core.settings import Settings, load
from pulse_core.stores.ledger.jobs import Job
from pulse_core.words import Words


@dataclass(frozen=True, slots=True)
class Call:
    """What every command is called with."""

    settings: Settings
    org_id: str | None
    as_json: bool

    @contextmanager
    def pulse(self) -> Iterator[wiring.Pulse]:
        """An open Pulse for the time of the command."""
        pulse = wiring.Pulse(self.settings, wiring.COMMAND)
        try:
            yield pulse
        finally:
            pulse.close()

    def run(
        self, pulse: wiring.Pulse, kind: str, params: dict[str, Any], *, create: bool = False
    ) -> dict[str, Any]:
        """Have one job done for the organisation of this call."""
        org = pulse.organisation(self.org_id or self.settings.org, create=create)
        return pulse.run(org.id, kind, params, by=f"{_user()} (command line)", follow=self._follow)

    def _follow(self, job: Job) -> None:
        if self.as_json or not sys.stderr.isatty() or job.step is None:
            return
        place = f" {job.done} of {job.total}" if job.total else ""
        click.echo(f"\r\033[K{job.step}{place}", nl=job.state == "done", err=True)

    def tell(self, result: dict[str, Any], lines: list[str]) -> None:
        """Print the result: as JSON for programs, as a few lines for people."""
        click.echo(json.dumps(result, ensure_ascii=False) if self.as_json else "\n".join(lines))


class Commands(click.Group):
    """Turns our errors into one line on standard error (JSON with --json) and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PulseError as error:
            plain = json.dumps({"error": error.as_dict()}, ensure_ascii=False)
            click.echo(plain if ctx.params.get("as_json") else f"pulse: {error}", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path), help="Folder that holds everything (PULSE_HOME).")
@click.option("--org", "org_id", help="Organisation to work for (PULSE_ORG).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.version_option(__version__, prog_name="pulse")
@click.pass_context
def main(ctx: click.Context, home: Path | None, org_id: str | None, as_json: bool) -> None:
    """Pulse: know who is leaving, choose whom to speak to, send it once, prove that it worked."""
    given = {"home": home, "org": org_id}
    settings = load(**{name: value for name, value in given.items() if value is not None})
    ctx.obj = Call(settings, org_id, as_json)


@main.command()
@click.option("--address", help="Address to listen on (PULSE_STUDIO_ADDRESS).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (PULSE_STUDIO_PORT).")
@click.pass_obj
def up(call: Call, address: str | None, port: int | None) -> None:
    """Start the studio and print its address. Ctrl-C ends it."""
    address, port = address or call.settings.studio_address, port or call.settings.studio_port
    wiring.check_start(call.settings, address)
    _check_port(address, port)
    here = Path(__file__).resolve().parent
    command = [sys.executable, "-m", "streamlit", "run", str(here / "app.py")]
    options = ["--server.address", address, "--server.port", str(port)]
    click.echo(f"Pulse studio: http://{address}:{port}", err=call.as_json)
    sys.stdout.flush()
    os.execve(sys.executable, command + options, call.settings.child_environment())  # noqa: S606


@main.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--sample", help="Load a sample that ships with Pulse (online_retail, cdnow).")
@click.option("--map", "mapping", default="", metavar="OURS=THEIRS,…", help="Which column is which.")
@click.option("--kind", help=f"What is in it, when it is not recognised: {', '.join(KINDS)}.")
@click.option("--dates", help=f"How dates are written: {', '.join(DATE_FORMATS)}.")
@click.option("--numbers", help="Which decimal mark numbers have: point or comma.")
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
    mapping: str,
    dry_run: bool,
    **said: str | None,
) -> None:
    """Import files of orders, customers, events or scores: each is all there or not there at all."""
    if sample and files:
        raise Invalid(
            "a sample goes into an organisation of its own", remedy="import your files without --sample"
        )
    paths = [*files, *([wiring.sample_file(sample)] if sample else [])]
    if not paths:
        raise Invalid(
            "no file was named", remedy="pulse import FILE…, or pulse import --sample online_retail"
        )
    given = {name: value for name, value in said.items() if value is not None}
    params = {"answers": {**given, "columns": _changes(mapping)}, "dry_run": dry_run}
    with call.pulse() as pulse:
        if sample and call.org_id is None:
            call = replace(call, org_id=pulse.sample_organisation(sample, by=_user()).id)
        reports = [
            call.run(pulse, "import", {"path": str(path.resolve()), **params}, create=True) for path in paths
        ]
    result = reports[0] if len(reports) == 1 else {"files": reports}
    lines = [line for report in reports for line in _report_lines(report)]
    call.tell(result, ["Only checked, nothing imported:", *lines] if dry_run else lines)


@main.command()
@click.pass_obj
def refresh(call: Call) -> None:
    """Compute scores, segments and figures anew."""
    with call.pulse() as pulse:
        result = call.run(pulse, "refresh", {})
    call.tell(result, [f"{result['customers']:,} customers as of {result['as_of']}"])


@main.command()
@click.pass_obj
def segments(call: Call) -> None:
    """Show the 11 business segments."""
    with call.pulse() as pulse:
        words = _words(pulse, call)
        result = call.run(pulse, "segments", {})
    lines = [
        f"{row['segment']:20} {row['customers']:>9,} {words.percent(row['share']):>7} "
        f"{words.money(row['revenue']):>12}  {row['action']}"
        for row in result["segments"]
    ]
    call.tell(result, lines)


@main.command()
@click.argument("customer_id")
@click.pass_obj
def customer(call: Call, customer_id: str) -> None:
    """Show everything known of one customer."""
    with call.pulse() as pulse:
        words = _words(pulse, call)
        result = call.run(pulse, "customer", {"customer_id": customer_id})
    lines = [
        f"{key:17} {'–' if value is None else value}" for key, value in result.items() if key != "orders"
    ]
    lines += [
        f"{row['ordered_at'][:10]}  {row['order_id']:20} {words.money_full(row['amount'])}"
        for row in result["orders"]
    ]
    call.tell(result, lines)


@main.command()
@click.argument("import_number", type=int)
@click.pass_obj
def undo(call: Call, import_number: int) -> None:
    """Take an import out again; its file can be imported anew."""
    with call.pulse() as pulse:
        result = call.run(pulse, "undo_import", {"batch_id": import_number})
    call.tell(result, [f"{result['file']}: {result['rows']:,} rows taken out"])


@main.command()
@click.argument("campaign_id")
@click.pass_obj
def resume(call: Call, campaign_id: str) -> None:
    """Go on with a campaign that was paused or interrupted."""
    with call.pulse() as pulse:
        result = call.run(pulse, "resume", {"campaign_id": campaign_id})
    call.tell(result, [f"{state:8} {count:>9,}" for state, count in result["counts"].items() if count])


@main.command()
@click.pass_obj
def rebuild(call: Call) -> None:
    """Make the warehouse anew from the import log and compare checksums."""
    with call.pulse() as pulse:
        result = call.run(pulse, "rebuild", {})
    kept = [f"The damaged file is kept as {result['set_aside']}."] if result["set_aside"] else []
    call.tell(result, [*(f"{name:17} {sums}" for name, sums in result["after"].items()), *kept])
    if result["equal"] is False:
        raise Invalid(
            "the rebuilt warehouse differs from the one before", remedy="keep the home folder and report it"
        )


@main.command()
@click.pass_obj
def doctor(call: Call) -> None:
    """Diagnose this installation: versions, stores, locks, disk."""
    findings = diagnosis.examine(call.settings)
    marks = {True: "ok  ", False: "BAD "}
    call.tell(
        {"ok": all(f.ok for f in findings), "findings": [f.as_dict() for f in findings]},
        [f"{marks[f.ok]} {f.name:18} {f.value}{f'  ({f.remedy})' if f.remedy else ''}" for f in findings],
    )
    if not all(f.ok for f in findings):
        sys.exit(1)


def _check_port(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise Busy(
                f"{address}:{port} cannot be listened on ({error.strerror})",
                remedy="end the program that uses it, or choose another: pulse up --port 8502",
            ) from error


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "somebody"


def _changes(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not sign or not ours.strip() for ours, sign, _ in pairs):
        raise Invalid(
            f"--map {text!r} is not OURS=THEIRS,…", remedy="for example --map customer_id=Client,amount=Total"
        )
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _report_lines(report: dict[str, Any]) -> list[str]:
    if report["unchanged"]:
        return [f"{report['file']}: imported before (import {report['batch_id']}); nothing changed"]
    aside = sum(report["set_aside"].values())
    lines = [
        f"{report['file']}: {report['rows']:,} rows, {report['accepted']:,} accepted ({report['returns']:,} returns), "
        f"{report['rejected']:,} rejected, {aside:,} set aside"
    ]
    lines += [f"  set aside: {count:,} {SET_ASIDE[reason]}" for reason, count in report["set_aside"].items()]
    return lines + [
        f"  row {r['row']}: {r['column']} {r['value']!r} {r['reason']}" for r in report["rejects"][:10]
    ]


def _words(pulse: wiring.Pulse, call: Call) -> Words:
    org = pulse.organisation(call.org_id or call.settings.org)
    return Words(org.locale, org.currency)
