"""How good predicted probabilities are, judged on rows that the model has not seen.

In every function `y` is what happened (n values, 0 or 1), `p` the predicted probability that it is 1 (n values from 0
to 1), and `weights` how many rows each row stands for (n values; 1 when left out). Everything is independent of the
order of the rows, and equal predictions are treated alike.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

USABLE, NO_SIGNAL, TOO_LITTLE = "usable", "no usable signal", "too little data"  # what a verdict says

BINS = 10  # of the calibration curve and of the calibration error
TINY = 1e-15  # probabilities nearer to 0 or 1 count as this far away, so that one row cannot cost infinitely much
POINTS = 101  # the most that a curve has
Z95 = 1.959963984540054  # normal quantile of a two-sided 95 % interval
Z_BEATS = 2.0537489106318225  # normal quantile of 98 %, one side


class _Ranked(NamedTuple):
    """One entry for each distinct prediction, the highest first, with the weight of its 0s and 1s."""

    p: Floats
    zeros: Floats
    ones: Floats
    place: NDArray[np.intp]  # of each row among them


def judge(y: ArrayLike, p: ArrayLike, *, weights: ArrayLike | None = None) -> dict[str, float | None]:
    """The metrics that Pulse gives for each model; those of ranking are None where all rows are of one kind.

    `auc`: chance that a row with 1 is ranked above a row with 0, ties count half; `auc_low`, `auc_high`: its 95 %
    interval (DeLong, DeLong and Clarke-Pearson 1988). `pr_auc`: average precision, Σ (recall gained) · precision.
    `log_loss` in nats and `brier`: mean of −ln(probability of what happened) and of (p − y)². `accuracy`: share of rows
    on the right side of 0.5. `calibration_error`: mean distance of predicted and observed share, over 10 bins of
    equally many rows, equal predictions in one bin (Naeini and others 2015).
    """
    y, p, w = _checked(y, p, weights)
    ranked = _rank(y, p, w)
    auc, error = _auc(y, w, ranked)
    bins = _bins(ranked)
    return {
        "auc": auc,
        "auc_low": None if auc is None or error is None else max(0.0, auc - Z95 * error),
        "auc_high": None if auc is None or error is None else min(1.0, auc + Z95 * error),
        "pr_auc": _average_precision(ranked),
        "log_loss": _mean(_losses(y, p), w),
        "brier": _mean((p - y) ** 2, w),
        "accuracy": _mean(((p >= 0.5) == (y == 1)).astype(np.float64), w),
        "calibration_error": _mean(np.abs(bins["predicted"] - bins["observed"]), bins["rows"]),
    }


def beats_constant(y: ArrayLike, p: ArrayLike, base: ArrayLike, *, weights: ArrayLike | None = None) -> bool:
    """Whether the predictions hold more than the constant `base` (the share of 1s known before; one value or n).

    Two one-sided tests at 2 % must both say so, so that noise passes in fewer than 2 of 100 cases: rows with 1 are
    ranked higher than the others (Mann and Whitney, ties counted), and the log-loss is lower row by row (paired t).
    Ranking alone would accept probabilities that mislead; log-loss alone those that are nearer to a share that moved.
    """
    y, p, w = _checked(y, p, weights)
    constant = np.broadcast_to(np.asarray(base, np.float64), y.shape)
    gained = _losses(y, constant) - _losses(y, p)
    return bool(_rank_score(y, p, w) > Z_BEATS and _mean_score(gained, w) > Z_BEATS)


def curves(
    y: ArrayLike, p: ArrayLike, *, weights: ArrayLike | None = None
) -> dict[str, dict[str, list[float]]]:
    """The curves of a model, each as columns of at most 101 values; those of ranking are empty for one kind of rows.

    `roc`: `threshold`, `false_positive_rate`, `true_positive_rate`. `pr`: `threshold`, `recall`, `precision`.
    `calibration` (10 bins of equally many rows): `predicted`, `observed`, `low`, `high` (95 %, Wilson), `rows`.
    `lift`: `share` of rows, highest predictions first, the share of 1s among them that is `captured`, and `lift`, how
    many times more that is than in rows drawn by chance. `thresholds` (0.00 to 1.00): `threshold`, `selected`,
    `true_positives`, `false_positives`, `false_negatives`, each as a share of all rows: see
    `insight.threshold`.
    """
    y, p, w = _checked(y, p, weights)
    ranked = _rank(y, p, w)
    both = bool(ranked.zeros.sum() > 0 and ranked.ones.sum() > 0)
    made = {
        "roc": _roc(ranked) if both else _empty("threshold", "false_positive_rate", "true_positive_rate"),
        "pr": _pr(ranked) if both else _empty("threshold", "recall", "precision"),
        "calibration": _calibration(ranked),
        "lift": _lift(ranked) if both else _empty("share", "captured", "lift"),
        "thresholds": _thresholds(ranked),
    }
    return {name: {key: column.tolist() for key, column in curve.items()} for name, curve in made.items()}


def _checked(y: ArrayLike, p: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """The three as arrays; ValueError for what cannot be judged, which is a defect of the caller."""
    happened, predicted = np.asarray(y, np.float64), np.asarray(p, np.float64)
    w = np.ones_like(happened) if weights is None else np.asarray(weights, np.float64)
    if happened.ndim != 1 or not len(happened) or not happened.shape == predicted.shape == w.shape:
        raise ValueError("y, p and weights must be of one length, and not empty")
    if not np.isin(happened, (0.0, 1.0)).all():
        raise ValueError("y must be 0 or 1")
    if not ((predicted >= 0) & (predicted <= 1)).all():
        raise ValueError("p must be from 0 to 1")
    if not ((w >= 0) & np.isfinite(w)).all() or w.sum() <= 0:
        raise ValueError("weights must not be negative, nor all 0")
    return happened, predicted, w


def _rank(y: Floats, p: Floats, w: Floats) -> _Ranked:
    values, place = np.unique(-p, return_inverse=True)
    size = len(values)
    return _Ranked(-values, _totals(place, w * (1 - y), size), _totals(place, w * y, size), place)


def _totals(place: NDArray[np.intp], values: Floats, size: int) -> Floats:
    """The sum of the values at each place."""
    sums: Floats = np.bincount(place, weights=values, minlength=size).astype(np.float64)
    return sums


def _auc(y: Floats, w: Floats, ranked: _Ranked) -> tuple[float | None, float | None]:
    """The AUC and its standard error: DeLong's, from the share of the other kind that each row is ranked against."""
    zeros, ones = ranked.zeros.sum(), ranked.ones.sum()
    if zeros == 0 or ones == 0:
        return None, None
    above = 1 - (np.cumsum(ranked.zeros) - ranked.zeros / 2) / zeros  # zeros below each prediction
    below = (np.cumsum(ranked.ones) - ranked.ones / 2) / ones  # ones above each prediction
    auc = float(ranked.ones @ above / ones)
    spread = [
        _error_of_mean(share[ranked.place], w * kind, auc) for share, kind in ((above, y), (below, 1 - y))
    ]
    return auc, math.sqrt(sum(spread))


def _error_of_mean(values: Floats, w: Floats, mean: float) -> float:
    """The variance of a weighted mean; 0 for one row alone."""
    count = np.count_nonzero(w)
    small = count / (count - 1) if count > 1 else 0.0
    return float((w**2 @ (values - mean) ** 2) / w.sum() ** 2 * small)


def _average_precision(ranked: _Ranked) -> float | None:
    total = ranked.ones.sum()
    hits = np.cumsum(ranked.ones)
    rows = hits + np.cumsum(ranked.zeros)
    precision = np.divide(hits, rows, out=np.zeros_like(hits), where=rows > 0)
    return float(ranked.ones @ precision / total) if total > 0 else None


def _losses(y: Floats, p: Floats) -> Floats:
    """−ln of the probability that was given to what happened, for each row, in nats."""
    said = np.where(y == 1, p, 1 - p)
    losses: Floats = -np.log(np.clip(said, TINY, 1.0))
    return losses


def _mean(values: Floats, w: Floats) -> float:
    return float(values @ w / w.sum())


def _rank_score(y: Floats, p: Floats, w: Floats) -> float:
    """How many standard errors the ranks of the 1s lie above chance; the error is that of labels dealt at random."""
    ranked = _rank(y, p, w)
    total = ranked.zeros + ranked.ones
    ranks = (total.sum() - np.cumsum(total) + total / 2)[ranked.place]
    ranks -= _mean(ranks, w)
    rows, share = len(y), _mean(y, w)
    dealt = w * (y - share)
    error = math.sqrt(float((w * ranks) @ (w * ranks)) * share * (1 - share) * rows / max(rows - 1, 1))
    return float(dealt @ ranks) / error if error > 0 else 0.0


def _mean_score(values: Floats, w: Floats) -> float:
    """The weighted mean in standard errors."""
    mean = _mean(values, w)
    error = math.sqrt(_error_of_mean(values, w, mean))
    return mean / error if error > 0 else 0.0


def _bins(ranked: _Ranked) -> dict[str, Floats]:
    """Predicted and observed share, and the weight, of each bin of equal predictions side by side."""
    total = ranked.zeros + ranked.ones
    middle = (np.cumsum(total) - total / 2) / total.sum()
    place = np.minimum((middle * BINS).astype(np.intp), BINS - 1)
    rows, predicted, observed = (
        _totals(place, values, BINS)[::-1] for values in (total, total * ranked.p, ranked.ones)
    )
    filled = rows > 0
    return {
        "predicted": predicted[filled] / rows[filled],
        "observed": observed[filled] / rows[filled],
        "rows": rows[filled],
    }


def _calibration(ranked: _Ranked) -> dict[str, Floats]:
    """The bins with the 95 % interval of what was observed (Wilson 1927)."""
    bins = _bins(ranked)
    share, rows = bins["observed"], bins["rows"]
    centre = (share + Z95**2 / (2 * rows)) / (1 + Z95**2 / rows)
    half = Z95 / (1 + Z95**2 / rows) * np.sqrt(share * (1 - share) / rows + Z95**2 / (4 * rows**2))
    return bins | {"low": np.maximum(0.0, centre - half), "high": np.minimum(1.0, centre + half)}


def _roc(ranked: _Ranked) -> dict[str, Floats]:
    false = _from_zero(np.cumsum(ranked.zeros) / ranked.zeros.sum())
    true = _from_zero(np.cumsum(ranked.ones) / ranked.ones.sum())
    kept = _spread((false + true) / 2)
    return {
        "threshold": np.concatenate(([1.0], ranked.p))[kept],
        "false_positive_rate": false[kept],
        "true_positive_rate": true[kept],
    }


def _pr(ranked: _Ranked) -> dict[str, Floats]:
    hits = np.cumsum(ranked.ones)
    rows = hits + np.cumsum(ranked.zeros)
    recall = hits / ranked.ones.sum()
    kept = _spread(recall)
    precision = np.divide(hits, rows, out=np.ones_like(hits), where=rows > 0)
    return {"threshold": ranked.p[kept], "recall": recall[kept], "precision": precision[kept]}


def _lift(ranked: _Ranked) -> dict[str, Floats]:
    """At every hundredth of the rows; within equal predictions the 1s are taken as evenly spread."""
    total = ranked.zeros + ranked.ones
    share = np.arange(1, 101) / 100
    reached = _from_zero(np.cumsum(total) / total.sum())
    captured = np.interp(share, reached, _from_zero(np.cumsum(ranked.ones) / ranked.ones.sum()))
    return {"share": share, "captured": captured, "lift": captured / share}


def _thresholds(ranked: _Ranked) -> dict[str, Floats]:
    threshold = np.arange(POINTS) / (POINTS - 1)
    above = np.searchsorted(-ranked.p, -threshold, side="right")
    total = (ranked.zeros + ranked.ones).sum()
    hits = _from_zero(np.cumsum(ranked.ones) / total)[above]
    false = _from_zero(np.cumsum(ranked.zeros) / total)[above]
    return {
        "threshold": threshold,
        "selected": hits + false,
        "true_positives": hits,
        "false_positives": false,
        "false_negatives": ranked.ones.sum() / total - hits,
    }


def _from_zero(values: Floats) -> Floats:
    return np.concatenate(([0.0], values))


def _spread(rising: Floats) -> NDArray[np.intp]:
    """Places of at most `POINTS` values, about evenly apart in what rises, the first and the last among them."""
    if len(rising) <= POINTS:
        return np.arange(len(rising))
    goals = np.linspace(rising[0], rising[-1], POINTS)
    return np.unique(np.concatenate(([0], np.searchsorted(rising, goals[1:-1]), [len(rising) - 1])))


def _empty(*keys: str) -> dict[str, Any]:
    return {key: np.empty(0) for key in keys}
