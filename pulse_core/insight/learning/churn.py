"""Churn: no order within the horizon after a day. Learnt from the past, judged on what the model has not seen.

Two ways of judging, and every result says which it is:

- `time`: learnt from earlier cut-offs, whose horizons were over by the day that is judged. It is how the model is used,
  and so it decides the verdict; a share of leaving that moved (a season) counts against every model.
- `customers`: at one cut-off, each fifth of the customers is predicted by models of the other four. It compares models
  among each other, and is all there is where no earlier cut-off has history before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulse_core.errors import Invalid
from pulse_core.insight.learning.cautions import cautions
from pulse_core.insight.learning.contenders import CONTENDERS, SEED, Churn, Contender, Predict, fit_churn
from pulse_core.insight.learning.metrics import beats_constant, curves, judge
from pulse_core.insight.learning.samples import Sample
from pulse_core.insight.learning.trees import Floats

USABLE = "usable"
NO_SIGNAL = "no usable signal"
TOO_LITTLE = "too little data"
FOLDS = 5
FEWEST = 25  # customers who left, and who stayed, in what is learnt from and in what is judged
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Predictions of each model for customers that it had not seen. `split` is "time" or "customers"."""

    split: str
    learnt_from: tuple[str, ...]  # cut-offs
    sample: Sample
    predicted: dict[str, Floats]

    @property
    def verdict(self) -> str:
        """Whether the model knows more than the share of all who leave; wrong of noise in fewer than 2 of 100 cases."""
        churned, constant = self.sample.churned, self.predicted["constant"]
        return USABLE if beats_constant(churned, self.predicted["pulse"], constant) else NO_SIGNAL

    def models(self) -> dict[str, dict[str, float | None]]:
        """The metrics of each model by name; see `metrics.judge`."""
        return {name: judge(self.sample.churned, p) for name, p in self.predicted.items()}

    def curves(self) -> dict[str, dict[str, list[float]]]:
        """The curves of Pulse's model; see `metrics.curves`."""
        return curves(self.sample.churned, self.predicted["pulse"])

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "split": self.split,
            "cutoff": self.sample.cutoff.isoformat(),
            "learnt_from": list(self.learnt_from),
            "customers": len(self.sample.churned),
            "churned": self.sample.share,
            "models": self.models(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a training ends with. `model` is None unless the verdict is "usable": nothing else may be published."""

    verdict: str
    model: Churn | None
    judged: Judged | None
    warnings: list[dict[str, str]]


def enough(samples: Sequence[Sample]) -> bool:
    """Whether so many left and stayed that something can be learnt from the samples together."""
    left = sum(float(sample.churned.sum()) for sample in samples)
    return min(left, sum(len(sample.churned) for sample in samples) - left) >= FEWEST


def over_time(earlier: Sequence[Sample], sample: Sample, horizon_days: int) -> Judged:
    """Judge on `sample` what was learnt from earlier ones (the newest first)."""
    predicted = {one.name: _fitted(one, earlier, horizon_days)(sample.rows) for one in CONTENDERS}
    return Judged("time", tuple(s.cutoff.isoformat() for s in earlier), sample, predicted)


def over_customers(sample: Sample, horizon_days: int) -> Judged:
    """Judge each customer of `sample` by models of the customers in other folds; base rates are those of the folds."""
    predicted = {one.name: np.empty(len(sample.churned)) for one in CONTENDERS}
    fold = folds(sample.churned)
    for number in range(FOLDS):
        own, rest = np.flatnonzero(fold == number), sample.part(np.flatnonzero(fold != number))
        for one in CONTENDERS:
            predicted[one.name][own] = _fitted(one, [rest], horizon_days)(sample.rows[own])
    return Judged("customers", (sample.cutoff.isoformat(),), sample, predicted)


def folds(churned: Floats) -> NDArray[np.intp]:
    """A fold for each row, dealt by chance, with the same share who left in all of them."""
    shuffled = np.random.default_rng(SEED).permutation(len(churned))
    order = shuffled[np.argsort(churned[shuffled], kind="stable")]
    fold = np.empty(len(churned), np.intp)
    fold[order] = np.arange(len(churned)) % FOLDS
    return fold


def evaluate(
    sample: Sample, earlier: Sequence[Sample], horizon_days: int, *, report: Report
) -> dict[str, Any]:
    """Every model at one cut-off, over customers and, where history reaches back, over time, which decides the verdict.

    `models` are those over customers, at the share of leaving of this very time, so that data sets with and without
    earlier history compare; `held_out_time` is the same over time, or None.
    """
    result: dict[str, Any] = {
        "split": "customers",
        "verdict": TOO_LITTLE,
        "models": {},
        "held_out_time": None,
    }
    result |= {"customers": len(sample.churned), "churned": sample.share if len(sample.churned) else None}
    result["warnings"] = cautions(sample, earlier) if len(sample.churned) else []
    if not enough([sample]):
        return result
    report("Comparing models over customers", 0, 2)
    across = over_customers(sample, horizon_days)
    result |= {"models": across.models(), "verdict": across.verdict}
    if enough(earlier):
        report("Comparing models over time", 1, 2)
        later = over_time(earlier, sample, horizon_days)
        result |= {"held_out_time": later.as_dict(), "verdict": later.verdict}
    return result


def train(samples: Sequence[Sample], horizon_days: int, *, report: Report) -> Trained:
    """Judge on the newest sample what is learnt from those before, then learn from all of them (newest first)."""
    if not samples or not enough(samples[:1]):
        return Trained(TOO_LITTLE, None, None, [])
    newest, earlier = samples[0], samples[1:]
    report("Judging on customers that the model has not seen", 0, 2)
    judged = (
        over_time(earlier, newest, horizon_days) if enough(earlier) else over_customers(newest, horizon_days)
    )
    told = cautions(newest, earlier)
    if judged.verdict != USABLE:
        return Trained(judged.verdict, None, judged, told)
    report("Learning from all that is known", 1, 2)
    return Trained(USABLE, fit_churn(samples), judged, told)


def _fitted(one: Contender, samples: Sequence[Sample], horizon_days: int) -> Predict:
    try:
        return one.fit(samples, horizon_days)
    except Invalid as error:
        raise Invalid(
            f"the model {one.name} cannot be fitted: {error.message}", remedy=error.remedy
        ) from error
