"""Amounts to expect (orders, money) from features: a log-linear regression and small boosted trees, averaged.

Both minimise the Poisson deviance, under which predictions add up to what happened in the training, whatever the law of
the amounts (Gourieroux, Monfort and Trognon 1984, Econometrica 52). Two steps (any order, then how much) ranked no
better on the days on which this was chosen, and missed the total by more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor

from pulse_core.errors import Invalid
from pulse_core.insight.learning import files
from pulse_core.insight.learning.files import Body
from pulse_core.insight.learning.logistic import Logistic, prepared
from pulse_core.insight.learning.packing import arrays, forest_of, logistic_of
from pulse_core.insight.learning.trees import Floats, Forest, Rows
from pulse_core.insight.learning.trees import forest_of as forest_from

LEAVES = 8  # the most that a tree has
LEAF_ROWS = 100  # the fewest that a leaf has: amounts have longer tails than yes and no
ROUNDS = 80
RATE = 0.08
RIDGE = 1e-3  # of the regression, for each row
TAIL = 0.995  # amounts above this quantile of those above zero count as it; then all are raised to the same total
FEWEST = 50  # rows with an amount above zero


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """The expected amount is `unit` · (exp(linear) + exp(forest)) / 2, neither exponent beyond `most`.

    `most` (two values) is the largest that the training saw, so that nobody outside its range gets a fortune.
    """

    linear: Logistic  # its sum is the logarithm of the amount here
    forest: Forest
    most: Floats
    unit: float

    def predict(self, rows: Rows) -> Floats:
        """The expected amount of each row (n × k in, n out), above zero."""
        parts = (self.linear.log_odds(rows), self.forest.log_odds(rows))
        return np.asarray(
            self.unit
            / 2
            * sum(np.exp(np.minimum(part, top)) for part, top in zip(parts, self.most, strict=True))
        )

    def packed(self) -> dict[str, Any]:
        """The model as JSON holds it."""
        return {
            "linear": arrays(self.linear),
            "forest": arrays(self.forest),
            "most": files.plain(self.most),
            "unit": [self.unit],
        }


def unpacked(body: Body, features: int) -> Amounts:
    """The model that predicts exactly as the one that was packed, over so many features; Invalid for what is none."""
    return Amounts(
        linear=logistic_of(files.part(body, "linear"), features),
        forest=forest_of(files.part(body, "forest"), features),
        most=files.numbers(body, "most", length=2),
        unit=float(files.numbers(body, "unit", length=1)[0]),
    )


def fit_amounts(rows: Rows, amounts: ArrayLike, *, seed: int = 0) -> Amounts:
    """Learn the amount of each row of features (n × k, NaN where missing); below zero counts as zero.

    Invalid where fewer than `FEWEST` amounts are above zero.
    """
    y = np.maximum(np.asarray(amounts, np.float64), 0.0)
    if (y > 0).sum() < FEWEST:
        raise Invalid(
            f"only {int((y > 0).sum())} customers bought within the horizon",
            remedy=f"at least {FEWEST} are needed to learn amounts; choose a longer horizon, or bring more data",
        )
    cut = np.minimum(y, np.quantile(y[y > 0], TAIL))
    scaled = cut / cut.mean()
    linear = _fit_linear(rows, scaled)
    forest = _fit_forest(rows, scaled, seed)
    most = np.array([linear.log_odds(rows).max(), forest.log_odds(rows).max()])
    return Amounts(linear, forest, most, float(y.mean()))


def _fit_linear(rows: Rows, scaled: Floats) -> Logistic:
    wide = rows.astype(np.float64)
    plain = prepared(wide, np.ones(len(rows)))
    model = PoissonRegressor(alpha=RIDGE, solver="newton-cholesky", max_iter=200, tol=1e-7)
    model.fit(plain.values(wide), scaled)
    return replace(
        plain, intercept=np.array([model.intercept_], np.float64), weight=model.coef_.astype(np.float64)
    )


def _fit_forest(rows: Rows, scaled: Floats, seed: int) -> Forest:
    model = HistGradientBoostingRegressor(
        loss="poisson", learning_rate=RATE, max_iter=ROUNDS, max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS,
        l2_regularization=1.0, early_stopping=False, random_state=seed,
    )  # fmt: skip
    # A feature that nobody has holds nothing to split by; the library refuses it.
    known = np.where(np.isnan(rows).all(axis=0), np.float32(0), rows)
    return forest_from(model.fit(known, scaled))
