"""From which risk on it pays to write to customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pulse_core.errors import Invalid

Curve = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Stakes:
    """`contact`: what one message costs, its offer too; `worth`: what a customer who is kept brings (both in money).

    `success`: the share (0–1) of those about to leave who stay because of the message. Invalid for what makes no sense.
    """

    contact: float
    worth: float
    success: float

    def __post_init__(self) -> None:
        if self.contact < 0 or self.worth < 0 or not 0 <= self.success <= 1:
            raise Invalid(
                "costs and worth cannot be below zero, and success is a share",
                remedy="give amounts from zero up, and a success from 0 % to 100 %",
            )


def net_values(thresholds: Curve, stakes: Stakes) -> list[float]:
    """What it earns for each customer to write to everybody at or above a threshold, point by point of the curve.

    `thresholds` holds the shares of all customers that are `selected`, and that are `true_positives` (selected, and
    would leave): success · worth · true positives − contact · selected.
    """
    pairs = zip(thresholds["true_positives"], thresholds["selected"], strict=True)
    return [stakes.success * stakes.worth * hits - stakes.contact * selected for hits, selected in pairs]


def by_threshold(thresholds: Curve, stakes: Stakes, customers: int) -> pa.Table:
    """One row a threshold: threshold, the share selected, and the net value with so many customers."""
    values = [value * customers for value in net_values(thresholds, stakes)]
    columns = [list(thresholds["threshold"]), list(thresholds["selected"]), values]
    return pa.table([pa.array(c, pa.float64()) for c in columns], ["threshold", "selected", "net_value"])


def best(made: pa.Table) -> tuple[float, float]:
    """The threshold with the highest net value and that value; of equal ones the highest, which asks fewest."""
    rows = zip(made["net_value"].to_pylist(), made["threshold"].to_pylist(), strict=True)
    value, threshold = max(rows)
    return threshold, value
