"""How good predicted customer values are, judged on what customers spent, and which model is the best of several."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from pulse_core.insight.learning.metrics import Z_BEATS
from pulse_core.insight.learning.trees import Floats

Metrics = dict[str, float | None]
TENTHS = 10
TOP = 0.1  # the share of customers in `top_decile`


def judge_value(actual: ArrayLike, predicted: ArrayLike) -> Metrics:
    """What Pulse gives for each model of value; `actual` and `predicted` are money, one value a customer.

    `mae` and `rmse`: mean absolute error, root of the mean squared error, in money. `spearman`: rank correlation, 0
    where all predictions are equal. `total_ratio`: sum predicted over sum spent. `top_decile`: share of all that was
    spent by the tenth of the customers of whom most was predicted (equal predictions share alike). None where there is
    nothing to compare with: nobody spent anything.
    """
    y, p = np.asarray(actual, np.float64), np.asarray(predicted, np.float64)
    if y.ndim != 1 or y.shape != p.shape or not len(y) or not np.isfinite([y, p]).all():
        raise ValueError("actual and predicted must be finite, of one length, and not empty")
    total = float(y.sum())
    return {
        "mae": float(np.abs(p - y).mean()),
        "rmse": float(np.sqrt(((p - y) ** 2).mean())),
        "spearman": _spearman(y, p),
        "total_ratio": float(p.sum()) / total if total > 0 else None,
        "top_decile": _captured(y, p) / total if total > 0 else None,
    }


def cost(metrics: Metrics, baseline: Metrics) -> float:
    """What `choose` minimises: MAE over that of the baseline + |ln total ratio| + (1 − Spearman).

    Each part is 0 for perfect predictions. MAE alone is least for "nobody spends anything", as most do not; such a
    model has no total and no rank, and costs infinitely much here. Every part is free of the currency.
    """
    mae, spearman, ratio = metrics["mae"], metrics["spearman"], metrics["total_ratio"]
    if mae is None or spearman is None or ratio is None or not ratio > 0:
        return math.inf
    return mae / max(baseline["mae"] or 0.0, 1e-12) + abs(math.log(ratio)) + 1 - spearman


def choose(judged: Mapping[str, Metrics], baseline: str) -> str:
    """The model of the least `cost`; of equal ones the first. The baseline where there is nothing to tell by."""
    costs = {name: cost(metrics, judged[baseline]) for name, metrics in judged.items()}
    best = min(costs, key=lambda name: costs[name])
    return best if math.isfinite(costs[best]) else baseline


def ranks(metrics: Metrics, customers: int) -> bool:
    """Whether the rank correlation is above what chance gives in 98 of 100 cases: Spearman · √(n − 1) > 2.05."""
    return (metrics["spearman"] or 0.0) * math.sqrt(max(customers - 1, 0)) > Z_BEATS


def deciles(actual: ArrayLike, predicted: ArrayLike) -> list[dict[str, float]]:
    """Tenths of the customers, those of whom least is predicted first: mean predicted, mean spent, and how many."""
    y, p = np.asarray(actual, np.float64), np.asarray(predicted, np.float64)
    parts = np.array_split(np.argsort(p, kind="stable"), min(TENTHS, len(y)))
    return [
        {"predicted": float(p[part].mean()), "spent": float(y[part].mean()), "customers": len(part)}
        for part in parts
    ]


def _spearman(y: Floats, p: Floats) -> float | None:
    ranks = rankdata(y), rankdata(p)
    spread = [rank.std() for rank in ranks]
    if spread[0] == 0:
        return None
    if spread[1] == 0:
        return 0.0
    return float(
        np.mean((ranks[0] - ranks[0].mean()) * (ranks[1] - ranks[1].mean())) / (spread[0] * spread[1])
    )


def _captured(y: Floats, p: Floats) -> float:
    """What the top share spent; customers with the prediction at its edge count in part."""
    values, place = np.unique(-p, return_inverse=True)
    size = np.bincount(place, minlength=len(values))
    spent = np.bincount(place, weights=y, minlength=len(values))
    left = TOP * len(y) - (np.cumsum(size) - size)
    return float((spent * np.clip(left / size, 0, 1)).sum())
