"""How well each model would have told, at a day of the past, who leaves."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid, Refused
from pulse_core.insight import apart, features, past
from pulse_core.jobs import Progress
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_CHILD = "pulse_core.insight.learning.churn_work:evaluate"
_SQL = load("features")


@dataclass(frozen=True, slots=True)
class Question:
    """The day that is judged, how long without an order counts as leaving, and the days that are learnt from."""

    cutoff: date
    horizon_days: int
    earlier: tuple[date, ...]


def evaluate(
    warehouse: Warehouse, progress: Progress, *, cutoff: date | None = None, horizon_days: int | None = None
) -> dict[str, Any]:
    """Judge the models of churn and value at the end of the day `cutoff`, with the features of that day alone.

    Without a cut-off the last one whose horizon is over, without a horizon the organisation's. Refused where there are
    no orders, Invalid where the horizon is not over yet or nothing lies before the cut-off.
    """
    with tempfile.TemporaryDirectory(prefix="pulse-evaluate-") as place, warehouse.scratch() as writer:
        with progress.stoppable(writer.interrupt):
            progress.step("Going back to the cut-off", 0, 3)
            writer.execute(
                "BEGIN TRANSACTION"
            )  # one generation of the figures, whatever is refreshed meanwhile
            asked = _asked(writer, cutoff, horizon_days)
            folder = Path(place)
            day = past.write_past(writer, folder, [asked.cutoff], asked.horizon_days, most=past.MOST_JUDGED)[
                0
            ]
            earlier = past.write_past(writer, folder, asked.earlier, asked.horizon_days)
        args = {"folder": place, "cutoff": day, "earlier": earlier, "horizon_days": asked.horizon_days}
        told = apart.run(_CHILD, args, progress=progress, what="the comparison of models")
    return {"cutoff": day, "horizon_days": asked.horizon_days, **told}


def _asked(writer: Writer, cutoff: date | None, horizon_days: int | None) -> Question:
    known = features.span(writer)
    if known.first is None or known.last is None:
        raise Refused("there are no orders yet", remedy="import a file of orders first")
    horizon = horizon_days or int(writer.one(_SQL["read_horizon"])[0])
    newest = known.last - timedelta(horizon)
    day = cutoff or newest
    if not known.first <= day <= newest:
        raise Invalid(
            f"a horizon of {horizon} days after {day} does not lie within the orders ({known.first} to {known.last})",
            remedy=f"choose a cut-off from {known.first} to {newest}"
            if newest >= known.first
            else "choose a shorter horizon",
            cutoff=day,
        )
    return Question(day, horizon, tuple(past.to_learn_from(known.first, day, horizon)))
