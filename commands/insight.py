"""Commands about models: how well each would have told who leaves."""

from __future__ import annotations

from typing import Any

import click

from commands.call import Call

_COLUMNS = ("auc", "log_loss", "brier", "calibration_error")


@click.command()
@click.option("--cutoff", metavar="DAY", help="Judge as if it were the end of that day, such as 2011-09-10.")
@click.option("--horizon", type=int, metavar="DAYS", help="How long without an order counts as leaving.")
@click.pass_obj
def evaluate(call: Call, cutoff: str | None, horizon: int | None) -> None:
    """Compare the models at a day of the past with what came after it."""
    with call.pulse() as pulse:
        result = call.run(pulse, "evaluate", {"cutoff": cutoff, "horizon": horizon})
    call.tell(result, list(_lines(result)))


def _lines(result: dict[str, Any]) -> list[str]:
    churned = result["churned"]
    head = f"{result['customers']:,} customers at the end of {result['cutoff']}"
    share = "" if churned is None else f"; {churned:.1%} ordered nothing within {result['horizon_days']} days"
    later = result["held_out_time"]
    return [
        f"{head}{share}",
        f"Verdict: {result['verdict']}",
        *(
            ["", "Learnt from other customers of the same day:", *_table(result["models"])]
            if result["models"]
            else []
        ),
        *(
            ["", f"Learnt from earlier days ({later['learnt_from'][-1]} at first):", *_table(later["models"])]
            if later
            else []
        ),
        *(f"Note: {warning['text']}" for warning in result["warnings"]),
    ]


def _table(models: dict[str, dict[str, float | None]]) -> list[str]:
    head = " " * 14 + "".join(f"{column:>19}" for column in _COLUMNS)
    return [
        head,
        *(f"{name:14}" + "".join(_cell(row[key]) for key in _COLUMNS) for name, row in models.items()),
    ]


def _cell(value: float | None) -> str:
    return f"{'–' if value is None else f'{value:.3f}':>19}"
