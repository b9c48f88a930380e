"""Commands for organisations as a whole: the sample world, the template of a file, and deleting one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from commands.call import Call, user
from pulse_core.errors import Invalid, Refused
from pulse_core.intake.names import shown
from pulse_core.intake.samples import WORLD
from pulse_core.intake.sampling import FILES, Wish
from pulse_core.intake.telling import report_lines
from pulse_core.intake.world.make import CUSTOMERS, ECOMMERCE, SEED
from pulse_core.intake.world.template import template_csv


@click.command()
@click.option("--customers", type=int, default=CUSTOMERS, help="How many customers it has.")
@click.option("--seed", type=int, default=SEED, help="The same seed gives the same world.")
@click.option("--industry", default=ECOMMERCE, help=f"What it does: {', '.join(FILES)}.")
@click.pass_obj
def sample(call: Call, customers: int, seed: int, industry: str) -> None:
    """Make the sample world, an organisation of its own; what it held before is replaced."""
    if call.org_id:
        raise Invalid("the sample world is an organisation of its own", remedy="leave --org out")
    with call.pulse() as pulse:
        org = pulse.sample_organisation(WORLD.key, by=user())
        wish = Wish(customers, seed, industry)
        result = replace(call, org_id=org.id).run(pulse, "sample_world", wish.params())
    lines = [line for report in result["files"] for line in report_lines(report)]
    call.tell({"organisation": org.id, **result}, [*lines, f"The sample world is the organisation {org.id}."])


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("customers-template.csv"))
@click.pass_obj
def template(call: Call, file: Path) -> None:
    """Write a CSV of 50 invented customers to FILE, to fill with your own; never over a file that is there."""
    try:
        with file.open("xb") as out:
            out.write(template_csv())
    except FileExistsError as error:
        raise Refused(f"{shown(file)} is there already", remedy="name another file") from error
    except OSError as error:
        raise Invalid(
            f"{shown(file)} cannot be written ({error.strerror})", remedy="name another file"
        ) from error
    call.tell({"file": shown(file), "customers": 50}, [f"{shown(file)}: 50 customers, every column filled"])


@click.command("delete-organisation")
@click.argument("org")
@click.option("--yes", is_flag=True, help="Do not ask; nothing of it can be brought back.")
@click.pass_obj
def delete_organisation(call: Call, org: str, yes: bool) -> None:
    """Delete the organisation ORG with everything that is stored of it."""
    with call.pulse() as pulse:
        name = pulse.name_of(org)
        if not yes and not (sys.stdin.isatty() and click.confirm(f"Delete {name} and everything of it?")):
            raise Refused(f"{name} was not deleted", remedy=f"say so: pulse delete-organisation {org} --yes")
        made = pulse.delete(org, by=call.who())
    call.tell({"organisation": org, "name": made.name, "rows": made.rows}, [f"{made.name} is deleted."])
