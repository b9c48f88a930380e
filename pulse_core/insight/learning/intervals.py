"""Intervals for expected amounts: how far held-out customers with a like prediction were from it.

Split conformal prediction in bands of the predicted value (Vovk, Lindsay, Nouretdinov and Gammerman 2003, "Mondrian
confidence machine"; Lei and others 2018, JASA 113): no law of the amounts is assumed, only that customers to come are
like those that were held out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pulse_core.insight.learning import files
from pulse_core.insight.learning.files import Body, refuse
from pulse_core.insight.learning.trees import Floats

SHARE = 0.8  # of customers whose amount is within
BANDS = 10  # of equally many customers
BAND_ROWS = 50  # the fewest that a band has


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """`edges` (bands − 1, rising) part the predictions; distances are in units of prediction + `unit`.

    So a small prediction is off by money, a large one by a share of itself. `low` and `high` are the distances, −inf
    never: where one in ten or more spends nothing, the interval begins at 0 and `low` is −1.
    """

    edges: Floats
    low: Floats
    high: Floats
    unit: float

    def interval(self, predicted: Floats) -> tuple[Floats, Floats]:
        """The lower and the upper end for each prediction, which is within; neither below zero."""
        band = np.searchsorted(self.edges, predicted, side="right")
        scale = predicted + self.unit
        low = np.clip(predicted + self.low[band] * scale, 0, predicted)
        return low, np.maximum(predicted + self.high[band] * scale, predicted)

    def packed(self) -> dict[str, Any]:
        """The bands as JSON holds them."""
        columns = {name: files.plain(getattr(self, name)) for name in ("edges", "low", "high")}
        return {**columns, "unit": [self.unit]}


def unpacked(body: Body) -> Bands:
    """The bands that were packed; Invalid for what are none."""
    edges, low = files.numbers(body, "edges"), files.numbers(body, "low")
    high = files.numbers(body, "high", length=len(low))
    if len(edges) + 1 != len(low) or (np.diff(edges) < 0).any():
        refuse("the bands in the model file are damaged")
    return Bands(edges, low, high, float(files.numbers(body, "unit", length=1)[0]))


def fit_bands(predicted: Floats, actual: Floats) -> Bands | None:
    """The bands from predictions of held-out customers and what they spent; None for fewer than `BAND_ROWS`."""
    count = min(BANDS, len(predicted) // BAND_ROWS)
    if not count:
        return None
    edges = np.unique(np.quantile(predicted, np.arange(1, count) / count))
    unit = max(float(predicted.mean()), 1e-9)
    spent = np.maximum(actual, 0.0)
    band = np.searchsorted(edges, predicted, side="right")
    # Equal predictions are in one band, so some may be empty: those take the ends of all together.
    chosen = [band == place if (band == place).any() else band >= 0 for place in range(len(edges) + 1)]
    ends = [_ends(predicted[rows], spent[rows], unit) for rows in chosen]
    return Bands(edges, np.array([end[0] for end in ends]), np.array([end[1] for end in ends]), unit)


def _ends(predicted: Floats, spent: Floats, unit: float) -> tuple[float, float]:
    distance = np.sort((spent - predicted) / (predicted + unit))
    tail = (1 - SHARE) / 2
    if (spent <= 0).mean() >= tail:
        return -1.0, _at(distance, SHARE)
    return float(distance[max(math.floor((len(distance) + 1) * tail) - 1, 0)]), _at(distance, 1 - tail)


def _at(ordered: Floats, share: float) -> float:
    """The order statistic below which a further value lies with at least that probability."""
    return float(ordered[min(math.ceil((len(ordered) + 1) * share), len(ordered)) - 1])
