"""Logistic regression on the logarithms of the features, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from pulse_core.insight.learning.trees import Floats, Places, Rows, in_chunks

RIDGE = 1.0  # how strongly coefficients (of standardised values) are drawn towards 0


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """The log-odds are `intercept` + Σ `weight` · standardised value, over k features and then the `missing` ones.

    A value x becomes sign(x) · ln(1 + |x|), is kept within what the training held (`low`, `high`), and standardised by
    `centre` and `scale`; a missing one counts as the mean. For each feature of `missing` (its place) there is a second
    value: 1 where it is missing, else 0, standardised as well.
    """

    intercept: Floats  # one value
    weight: Floats
    low: Floats
    high: Floats
    centre: Floats
    scale: Floats
    missing: NDArray[np.int64]

    def log_odds(self, rows: Rows) -> Floats:
        """What the regression says of each row (n values)."""
        added = in_chunks(rows, lambda chunk: self.values(chunk) @ self.weight[:, None], 1)
        said: Floats = self.intercept[0] + added[:, 0]
        return said

    def contributions(self, families: Places, count: int) -> tuple[float, Callable[[Rows], Floats]]:
        """The log-odds of the mean row, and a function: rows → what each family adds (n × `count`).

        `families` gives the family (0 … count − 1) of each feature; a feature adds its coefficient times its distance
        from the mean. A row's parts and the first value add up to its log-odds.
        """
        parts = np.zeros((len(self.weight), count))
        owner = np.concatenate((families, families[self.missing]))
        parts[np.arange(len(owner)), owner] = self.weight
        return float(self.intercept[0]), lambda rows: in_chunks(
            rows, lambda chunk: self.values(chunk) @ parts, count
        )

    def values(self, rows: Floats) -> Floats:
        """The standardised values of rows."""
        bent = np.clip(_bent(rows), self.low, self.high)
        gone = np.isnan(rows[:, self.missing]).astype(np.float64)
        whole = (np.hstack((bent, gone)) - self.centre) / self.scale
        return np.nan_to_num(whole, copy=False, nan=0.0)


def fit_logistic(rows: Rows, y: Floats, *, weights: Floats | None = None) -> Logistic:
    """The regression for labels `y` (0 or 1, both among them), with a ridge penalty on all but the intercept."""
    plain = prepared(rows.astype(np.float64), np.ones(len(rows)) if weights is None else weights)
    model = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky", tol=1e-8)
    model.fit(plain.values(rows.astype(np.float64)), y, sample_weight=weights)
    return Logistic(
        model.intercept_.astype(np.float64), model.coef_[0].astype(np.float64),
        plain.low, plain.high, plain.centre, plain.scale, plain.missing,
    )  # fmt: skip


def prepared(rows: Floats, weights: Floats) -> Logistic:
    """How values are standardised; the weights are still to be found."""
    bent = _bent(rows)
    known = ~np.isnan(bent)
    some = known.any(axis=0)
    missing = np.flatnonzero(some & ~known.all(axis=0))
    low = np.where(some, np.min(bent, axis=0, initial=np.inf, where=known), 0.0)
    high = np.where(some, np.max(bent, axis=0, initial=-np.inf, where=known), 0.0)
    both = np.hstack((bent, (~known[:, missing]).astype(np.float64)))
    centre, scale = _moments(both, weights)
    return Logistic(np.zeros(1), np.zeros(both.shape[1]), low, high, centre, scale, missing.astype(np.int64))


def _moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted mean and deviation of each column's known values; 0 and 1 where there is nothing to tell apart."""
    known = ~np.isnan(values)
    total = np.maximum(weights @ known, 1e-300)
    centre = weights @ np.where(known, values, 0.0) / total
    spread = np.sqrt(weights @ np.where(known, values - centre, 0.0) ** 2 / total)
    return centre, np.where(spread > 1e-9 * np.maximum(1.0, np.abs(centre)), spread, 1.0)


def _bent(values: Floats) -> Floats:
    bent: Floats = np.copysign(np.log1p(np.abs(values)), values)
    return bent
