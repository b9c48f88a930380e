"""The command line's door: `pulse`."""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import wiring
from commands import insight, insight_tables, intake, organisations
from commands.call import Call
from pulse_core import __version__
from pulse_core import doctor as diagnosis
from pulse_core.errors import Busy, Invalid, PulseError
from pulse_core.settings import load
from pulse_core.words import Words


def _as_json(ctx: click.Context, _option: click.Parameter, given: bool) -> None:
    if given:
        ctx.find_root().params["as_json"] = True
        ctx.obj = replace(ctx.obj, as_json=True)


class Commands(click.Group):
    """Turns our errors into one line on standard error (JSON with --json) and exit status 1.

    --json may stand before the command or after it.
    """

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        words = "Print one JSON object, for programs."
        cmd.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, callback=_as_json, help=words)
        )
        super().add_command(cmd, name)

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


for command in (
    intake.import_files, intake.inbox, intake.undo, organisations.sample, organisations.template,
    organisations.delete_organisation, insight.evaluate, insight_tables.train_table,
):  # fmt: skip
    main.add_command(command)


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


@main.command()
@click.option(
    "--as-of", metavar="DAY", help="Count from that day, such as 2011-09-10, and look at nothing after it."
)
@click.option("--horizon", type=int, metavar="DAYS", help="How long without an order counts as leaving.")
@click.pass_obj
def refresh(call: Call, as_of: str | None, horizon: int | None) -> None:
    """Compute scores, segments and figures anew; without options from the last day on, as the data says."""
    with call.pulse() as pulse:
        result = call.run(pulse, "refresh", {"as_of": as_of, "horizon": horizon})
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


def _words(pulse: wiring.Pulse, call: Call) -> Words:
    org = pulse.organisation(call.org_id or call.settings.org)
    return Words(org.locale, org.currency)


if __name__ == "__main__":
    main()
