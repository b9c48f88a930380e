"""Snapshots with what came after them, as the arrays that models learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pulse_core.insight.features import KEYS, matrix
from pulse_core.insight.learning.trees import Floats, Places, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The customers of one cut-off: a row of `KEYS` each (n × k, NaN where not known), and what they did after it.

    `churned` (n values) is 1 where they ordered nothing within the horizon; `spend_after` and `orders_after` say what
    they spent and ordered in it. `owners` are their ids, in the order of the rows.
    """

    cutoff: date
    owners: NDArray[Any]
    rows: Rows
    churned: Floats
    orders_after: Floats
    spend_after: Floats

    @property
    def share(self) -> float:
        """The share who left; NaN of nobody."""
        return float(self.churned.mean()) if len(self.churned) else float("nan")

    def part(self, places: Places) -> Sample:
        """The customers at these places."""
        return Sample(
            self.cutoff,
            self.owners[places],
            self.rows[places],
            self.churned[places],
            self.orders_after[places],
            self.spend_after[places],
        )


def of_table(cutoff: date, table: pa.Table) -> Sample:
    """A snapshot and its outcomes side by side, as `features.snapshot` and `features.outcomes` give them."""
    return Sample(
        cutoff,
        table["customer_id"].to_numpy(),
        matrix(table),
        table["churned"].to_numpy().astype(np.float64),
        table["orders_after"].to_numpy().astype(np.float64),
        table["spend_after"].to_numpy().astype(np.float64),
    )


def read(folder: Path, cutoffs: Sequence[str]) -> list[Sample]:
    """The samples of these days (2026-07-31), each from the file of its name."""
    return [of_table(date.fromisoformat(day), pq.read_table(folder / f"{day}.parquet")) for day in cutoffs]


def column(rows: Rows, key: str) -> Floats:
    """One feature of all rows."""
    values: Floats = rows[:, KEYS.index(key)].astype(np.float64)
    return values


def stacked(samples: Sequence[Sample]) -> tuple[Rows, Floats, NDArray[np.intp]]:
    """All rows under one another, what happened, and a number for whose row each is."""
    rows = np.concatenate([sample.rows for sample in samples])
    churned = np.concatenate([sample.churned for sample in samples])
    ids = np.concatenate([sample.owners for sample in samples])
    _, owners = np.unique(ids.astype(str), return_inverse=True)
    return rows, churned, owners.astype(np.intp)
