"""The models of churn by name, each compared with the others on the same customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pulse_core.insight.features import KEYS
from pulse_core.insight.learning.blend import Blend, fit, probability
from pulse_core.insight.learning.buying import fit_bgnbd
from pulse_core.insight.learning.logistic import fit_logistic
from pulse_core.insight.learning.samples import Sample, column, stacked
from pulse_core.insight.learning.trees import Floats, Rows

SEED = 20261120
Predict = Callable[[Rows], Floats]


@dataclass(frozen=True, slots=True)
class Contender:
    """A model: `fit` takes samples (the newest first) and the horizon in days, and gives what predicts rows."""

    name: str
    meaning: str
    fit: Callable[[Sequence[Sample], int], Predict]


@dataclass(frozen=True, slots=True, eq=False)
class Churn:
    """The model that Pulse uses: a blend over those features that tell customers apart; rows have all of `KEYS`."""

    blend: Blend

    def predict(self, rows: Rows) -> Floats:
        """The probability of each row to order nothing within the horizon."""
        return self.blend.predict(self.chosen(rows))

    def chosen(self, rows: Rows) -> Rows:
        """The columns of the features that the blend uses."""
        places = [KEYS.index(key) for key in self.blend.names]
        return rows if len(places) == rows.shape[1] else rows[:, places]


def fit_churn(samples: Sequence[Sample], seed: int = SEED) -> Churn:
    """Learn from all samples at once. Invalid where there is too little to learn from."""
    rows, churned, owners = stacked(samples)
    kept = varying(rows)
    names = [key for key, tells in zip(KEYS, kept, strict=True) if tells]
    return Churn(fit(rows[:, kept], churned, names=names, groups=owners, seed=seed))


def varying(rows: Rows) -> NDArray[np.bool_]:
    """Which features differ between customers: the others (returns, where there are none) say nothing."""
    known = ~np.isnan(rows)
    low = np.where(known, rows, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, rows, -np.inf).max(axis=0, initial=-np.inf)
    varied: NDArray[np.bool_] = low < high
    return varied


def _constant(samples: Sequence[Sample], horizon_days: int) -> Predict:
    share = float(np.concatenate([sample.churned for sample in samples]).mean())
    return lambda rows: np.full(len(rows), share)


def _logistic(keys: tuple[str, ...], samples: Sequence[Sample], horizon_days: int) -> Predict:
    places = [KEYS.index(key) for key in keys]
    rows, churned, _ = stacked(samples)
    model = fit_logistic(rows[:, places], churned)
    return lambda given: probability(model.log_odds(given[:, places]))


def _bgnbd(samples: Sequence[Sample], horizon_days: int) -> Predict:
    """P(no order within the horizon), from the counts at the newest cut-off: it needs to know of no outcome."""
    model = fit_bgnbd(*_counts(samples[0].rows))
    return lambda rows: np.clip(model.none_within(horizon_days, *_counts(rows)), 0.0, 1.0)


def _counts(rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Repeat buying days, days from the first to the last, days from the first to the cut-off."""
    tenure = column(rows, "tenure_days")
    return column(rows, "buying_days") - 1, tenure - column(rows, "recency_days"), tenure


def _pulse(samples: Sequence[Sample], horizon_days: int) -> Predict:
    return fit_churn(samples).predict


CONTENDERS: tuple[Contender, ...] = (
    Contender("constant", "The share of all who left before, for everybody", _constant),
    Contender("recency", "Days since the last order alone", partial(_logistic, ("recency_days",))),
    Contender(
        "rfm_logistic",
        "Recency, number of orders and spend",
        partial(_logistic, ("recency_days", "orders", "spend_total")),
    ),
    Contender("bgnbd", "Buying until you leave: counts and times of orders", _bgnbd),
    Contender("pulse", "All features, regression and small trees together", _pulse),
)
