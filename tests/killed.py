"""What the kill tests start and kill: one job, run by a process as the command line runs it."""

from __future__ import annotations

import json
import sys

import wiring
from pulse_core.settings import load


def main(org_id: str, kind: str, params: str) -> None:
    """Have one job done, as the owner of the home folder."""
    pulse = wiring.Pulse(load(), "command")
    try:
        pulse.organisation(org_id, create=True)
        pulse.run(org_id, kind, json.loads(params), by="kill test", follow=lambda _job: None)
    finally:
        pulse.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
