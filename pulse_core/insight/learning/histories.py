"""Customers at a cut-off as arrays: what was known of them, and what they did after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pulse_core.insight.features import KEYS, matrix, purchases
from pulse_core.insight.learning.trees import Floats, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Customers as they stood at a cut-off: features (n × k), and counts and times for the models of buying.

    `mean` is the spend of a repeat buying day before returns (NaN without), `kept` the share of all money that was not
    given back.
    """

    rows: Rows
    x: Floats
    t_x: Floats
    age: Floats
    mean: Floats
    kept: float

    @classmethod
    def of(cls, snapshot: pa.Table) -> Known:
        """From a snapshot with the columns of `features.KEYS`."""
        rows, bought = matrix(snapshot), purchases(snapshot)
        spent, returned = (
            float(np.nansum(rows[:, KEYS.index(key)])) for key in ("spend_total", "returns_value")
        )
        kept = min(1.0, max(0.0, 1 - returned / spent)) if spent > 0 else 1.0
        return cls(rows, bought.x, bought.t_x, bought.T, bought.mean, kept)

    def some(self, which: slice | np.ndarray) -> Known:
        """The customers at these places."""
        x, t_x, age, mean = (column[which] for column in (self.x, self.t_x, self.age, self.mean))
        return Known(self.rows[which], x, t_x, age, mean, self.kept)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Customers at a cut-off whose horizon is over, with the orders and the net spend of each within it."""

    known: Known
    orders: Floats
    spend: Floats

    @classmethod
    def of(cls, snapshot: pa.Table, outcomes: pa.Table) -> Past:
        """From a snapshot and its outcomes, in the same order."""
        after = (outcomes[name].to_numpy().astype(np.float64) for name in ("orders_after", "spend_after"))
        return cls(Known.of(snapshot), *after)

    def some(self, which: slice | np.ndarray) -> Past:
        """The customers at these places."""
        return Past(self.known.some(which), self.orders[which], self.spend[which])
