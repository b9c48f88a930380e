"""The command that learns from a plain table with a label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.call import Call
from pulse_core.errors import Invalid
from pulse_core.intake.names import kept, shown

_SHOWN = 5  # columns that matter most


@click.command("train-table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--label", required=True, metavar="COLUMN", help="The column that says who left.")
@click.option("--leaves", metavar="VALUE", help="Which of its two values means that somebody left.")
@click.option(
    "--keep", multiple=True, metavar="COLUMN", help="Use a column although it seems to give the label away."
)
@click.option("--sheet", help="Which sheet of a workbook.")
@click.pass_obj
def train_table(
    call: Call, file: Path, label: str, leaves: str | None, keep: tuple[str, ...], sheet: str | None
) -> None:
    """Learn who leaves from a plain table with a label (telecom, bank), and judge the models by cross-validation."""
    if not file.is_file():
        raise Invalid(
            f"there is no file {shown(str(file))}", remedy="give the path of a CSV, Parquet or XLSX file"
        )
    params = {
        "path": kept(file.resolve()),
        "label": label,
        "leaves": leaves,
        "keep": list(keep),
        "sheet": sheet,
    }
    with call.trying() as (call, pulse):
        result = call.run(pulse, "train_table", params, create=True)
    call.tell(result, list(lines(result)))


def lines(result: dict[str, Any]) -> list[str]:
    """The result of a training for people."""
    label = result["label"]
    told = [
        f"{result['file']}: {result['rows']:,} rows, {label['rows']:,} of them left ({label['share']:.1%})",
        f"verdict: {result['verdict']}",
    ]
    if result["models"]:
        told.append(f"{'model':9} {'AUC':>5}  {'95 %':>11}  {'log-loss':>8}  {'Brier':>5}  {'accuracy':>8}")
    told += [
        f"{name:9} {m['auc']:5.3f}  {m['auc_low']:.3f}–{m['auc_high']:.3f}  {m['log_loss']:8.4f}  {m['brier']:.3f}  "
        f"{m['accuracy']:8.3f}"
        for name, m in result["models"].items()
    ]
    if strongest := list(result["importance"])[:_SHOWN]:
        told.append(f"what matters most: {', '.join(strongest)}")
    return told + [f"warning: {warning['text']}" for warning in result["warnings"]]
