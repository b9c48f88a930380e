"""What every command is called with, and how it has its work done."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from typing import Any

import click

import wiring
from pulse_core.settings import Settings
from pulse_core.stores.ledger.jobs import Job


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

    @contextmanager
    def working(self) -> Iterator[tuple[Call, wiring.Pulse]]:
        """This call with an open Pulse."""
        with self.pulse() as pulse:
            yield self, pulse

    @contextmanager
    def trying(self) -> Iterator[tuple[Call, wiring.Pulse]]:
        """An open Pulse for a dry run: where the organisation does not exist yet, one in a folder that goes again."""
        with self.pulse() as pulse:
            org_id = self.org_id or self.settings.org
            if any(org.id == org_id for org in pulse.organisations()):
                yield self, pulse
                return
        with tempfile.TemporaryDirectory(prefix="pulse-dry-run-") as home:
            away = self.settings.model_copy(update={"home": Path(home), "ledger_url": None})
            call = replace(self, settings=away, org_id=org_id)
            with call.pulse() as pulse:
                yield call, pulse

    def run(
        self, pulse: wiring.Pulse, kind: str, params: dict[str, Any], *, create: bool = False
    ) -> dict[str, Any]:
        """Have one job done for the organisation of this call."""
        org = pulse.organisation(self.org_id or self.settings.org, create=create)
        return pulse.run(org.id, kind, params, by=self.who(), follow=self._follow)

    def _follow(self, job: Job) -> None:
        if self.as_json or not sys.stderr.isatty() or job.step is None:
            return
        place = f" {job.done} of {job.total}" if job.total else ""
        click.echo(f"\r\033[K{job.step}{place}", nl=job.state == "done", err=True)

    def tell(self, result: dict[str, Any], lines: list[str]) -> None:
        """Print the result: as JSON for programs, as a few lines for people."""
        click.echo(json.dumps(result, ensure_ascii=False) if self.as_json else "\n".join(lines))

    def who(self) -> str:
        """Who did it, in logs."""
        return f"{user()} (command line)"


def user() -> str:
    """Who sits at this machine."""
    try:
        return getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "somebody"
