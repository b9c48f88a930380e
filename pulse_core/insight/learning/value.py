"""What customers will be worth: three models, the choice between them on held-out time, and intervals.

- `mean`: everybody spends what everybody spent on average: what the others must beat.
- `bgnbd`: buying days by BG/NBD times the worth of one by Gamma-Gamma; learnt from counts alone.
- `pulse`: the mean of `bgnbd` and of amounts learnt from all features (`amounts`). The two err in different ways: where
  the season or the growth of the shop changes, what was learnt from earlier amounts carries it on, and counts do not.

Money is net of returns, undiscounted, in the organisation's currency; times are in days. A customer's value is what
they are expected to spend, not what is earned by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pulse_core.errors import Invalid
from pulse_core.insight.features import KEYS
from pulse_core.insight.learning.amounts import Amounts, fit_amounts
from pulse_core.insight.learning.buying import BgNbd, fit_bgnbd
from pulse_core.insight.learning.histories import Known, Past
from pulse_core.insight.learning.intervals import Bands, fit_bands
from pulse_core.insight.learning.likelihood import Floats
from pulse_core.insight.learning.spending import GammaGamma, fit_gammagamma
from pulse_core.insight.learning.trees import Rows
from pulse_core.insight.learning.value_metrics import Metrics, choose, judge_value, ranks

MODELS = ("mean", "bgnbd", "pulse")  # of equally good ones the first is taken
LONG_DAYS = 365  # of `clv`
MOST_ROWS = 60_000  # that are learnt from; more teach nothing new and take their time
FOLDS = 3  # where there is no earlier time to learn from
BLOCK = 131_072  # customers whose values are computed at once
GUESSES = ("bgnbd_orders", "bgnbd_worth")  # columns behind the features
_SHIFT = 0.01  # orders: below that a guess makes no difference


class Guess(NamedTuple):
    """Expected orders and money of each customer within a horizon."""

    orders: Floats
    spend: Floats


@dataclass(frozen=True, slots=True)
class Buying:
    """BG/NBD and Gamma-Gamma together; `typical` is the worth of a buying day where too few came back for the latter.

    `kept` takes returns off, which the models do not know.
    """

    orders: BgNbd
    worth: GammaGamma | None
    typical: float
    kept: float

    def guess(self, known: Known, horizon: float) -> Guess:
        """Buying days and money to expect within `horizon` days."""
        orders = self.orders.expected(horizon, known.x, known.t_x, known.age)
        return Guess(orders, orders * self.of_one(known))

    def of_one(self, known: Known) -> Floats:
        """The expected net worth of one buying day of each customer."""
        if self.worth is None:
            return np.full(len(known.x), self.typical * self.kept)
        return self.worth.expected(known.x, known.mean) * self.kept

    def growth(self, known: Known, horizon: float, longer: float) -> Floats:
        """How many times more buying days are expected within `longer` days than within `horizon`.

        Whether somebody is still active counts on both sides alike, so it falls out.
        """
        more, fewer = (self.orders.expected_if_active(d, known.x, known.age) for d in (longer, horizon))
        return more / np.maximum(fewer, 1e-300)

    def columns(self, known: Known, orders: Floats) -> Rows:
        """The features, and behind them the logarithms of the guessed orders and of the worth of one."""
        guesses = np.log(np.column_stack([orders + _SHIFT, np.maximum(self.of_one(known), _SHIFT)]))
        return np.hstack([known.rows, guesses.astype(np.float32)])


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What each model needs to guess. `average` holds the orders and the money of everybody's mean.

    `orders` and `spend` are None where too few bought within the horizon for amounts to be learnt.
    """

    horizon_days: int
    buying: Buying
    average: tuple[float, float]
    orders: Amounts | None
    spend: Amounts | None

    def names(self) -> tuple[str, ...]:
        """The models that can guess."""
        return MODELS if self.orders and self.spend else MODELS[:2]

    def guess(self, name: str, known: Known) -> Guess:
        """The guess of one of `names()` for each customer."""
        if name == "mean":
            return Guess(*(np.full(len(known.x), mean) for mean in self.average))
        if name == "pulse" and self.orders and self.spend:
            return self._blended(known, self.orders, self.spend)
        return self.buying.guess(known, self.horizon_days)

    def _blended(self, known: Known, orders: Amounts, spend: Amounts) -> Guess:
        counted = self.buying.guess(known, self.horizon_days)
        columns = self.buying.columns(known, counted.orders)
        return Guess(
            (counted.orders + orders.predict(columns)) / 2, (counted.spend + spend.predict(columns)) / 2
        )


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Each model on customers that it did not learn from: `split` says whether by "time" or by "customers"."""

    split: str
    customers: int
    metrics: dict[str, Metrics]
    chosen: str
    guesses: dict[str, Guess]

    @property
    def is_usable(self) -> bool:
        """Whether the chosen model tells customers apart: another than the mean, in an order that is no chance."""
        return self.chosen != MODELS[0] and ranks(self.metrics[self.chosen], self.customers)


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One value for each customer; orders and money within the horizon, `clv` within 12 months (365 days).

    `low` and `high` are the ends of the 80 % interval of `expected_spend`; NaN where nothing could be held out.
    Those of `clv` are the same in proportion: wide, as chance evens out over a year.
    """

    expected_orders: Floats
    expected_spend: Floats
    clv: Floats
    low: Floats
    high: Floats
    clv_low: Floats
    clv_high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ValueModel:
    """What predicts, and how it was judged. Without any past, `metrics` is empty and `split` is "none"."""

    learnt: Learnt
    chosen: str
    bands: Bands | None
    split: str
    metrics: dict[str, Metrics]

    def predict(self, known: Known) -> Values:
        """The values of customers, some at a time."""
        blocks = [slice(start, start + BLOCK) for start in range(0, len(known.x), BLOCK)] or [slice(0, 0)]
        return Values(*map(np.concatenate, zip(*(self._values(known.some(b)) for b in blocks), strict=True)))

    def _values(self, known: Known) -> tuple[Floats, ...]:
        orders, spend = self.learnt.guess(self.chosen, known)
        growth = self.learnt.buying.growth(known, self.learnt.horizon_days, LONG_DAYS)
        unknown = np.full(len(spend), np.nan)
        low, high = self.bands.interval(spend) if self.bands else (unknown, unknown)
        return orders, spend, spend * growth, low, high, low * growth, high * growth


def learn(past: Sequence[Past], now: Known, *, horizon_days: int, seed: int = 0) -> ValueModel:
    """The model for the customers of `now`; `past`, the newest first, has ended horizons of `horizon_days` days.

    Models are compared on the newest past, the best one learns from all of it anew. The buying model is that of `now`:
    it needs no outcomes. Invalid where nobody has any time behind them.
    """
    if not past:
        learnt = _learnt([], now, horizon_days, seed)
        return ValueModel(learnt, "bgnbd", None, "none", {})
    compared = compare(past, horizon_days=horizon_days, seed=seed)
    return learn_compared(compared, past, now, horizon_days=horizon_days, seed=seed)


def learn_compared(
    compared: Compared, past: Sequence[Past], now: Known, *, horizon_days: int, seed: int = 0
) -> ValueModel:
    """The same where the models have been compared on the newest past."""
    return ValueModel(
        learnt=_learnt(past, now, horizon_days, seed),
        chosen=compared.chosen,
        bands=fit_bands(compared.guesses[compared.chosen].spend, past[0].spend),
        split=compared.split,
        metrics=compared.metrics,
    )


def compare(past: Sequence[Past], *, horizon_days: int, seed: int = 0) -> Compared:
    """Each model on the newest past, learnt from the earlier ones, or across customers where there are none."""
    held = past[0]
    if len(past) > 1:
        learnt = _learnt(past[1:], held.known, horizon_days, seed)
        guesses = {name: learnt.guess(name, held.known) for name in learnt.names()}
    else:
        guesses = _across(held, horizon_days, seed)
    metrics = {name: judge_value(held.spend, guess.spend) for name, guess in guesses.items()}
    return Compared(
        split="time" if len(past) > 1 else "customers",
        customers=len(held.spend),
        metrics=metrics,
        chosen=choose(metrics, MODELS[0]),
        guesses=guesses,
    )


def _across(held: Past, horizon_days: int, seed: int) -> dict[str, Guess]:
    """Each customer by models of the other parts; a model that some part is too small for is left out."""
    if len(held.spend) < FOLDS:
        raise Invalid("there are too few customers to compare models on", remedy="choose a later cut-off")
    part = np.random.default_rng(seed).permutation(len(held.spend)) % FOLDS
    learnt = [_learnt([held.some(part != fold)], held.known, horizon_days, seed) for fold in range(FOLDS)]
    names = [name for name in MODELS[1:] if all(name in one.names() for one in learnt)]
    average = [float(np.mean([one.average[place] for one in learnt])) for place in (0, 1)]
    # One mean for all: three slightly different ones would rank the parts by what they lack.
    mean = Guess(*(np.full(len(part), value) for value in average))
    return {MODELS[0]: mean} | {name: _joined(name, held, part, learnt) for name in names}


def _joined(name: str, held: Past, part: np.ndarray, learnt: list[Learnt]) -> Guess:
    guess = Guess(np.empty(len(part)), np.empty(len(part)))
    for fold, one in enumerate(learnt):
        found = one.guess(name, held.known.some(part == fold))
        for whole, some in zip(guess, found, strict=True):
            whole[part == fold] = some
    return guess


def _learnt(past: Sequence[Past], now: Known, horizon_days: int, seed: int) -> Learnt:
    buying = fit_buying(now)
    if not past:
        return Learnt(horizon_days, buying, (0.0, 0.0), None, None)
    used = [one.some(_thinned(len(one.spend), MOST_ROWS // len(past))) for one in past]
    orders, spend = (np.concatenate([getattr(one, name) for one in used]) for name in ("orders", "spend"))
    average = float(orders.mean()), float(spend.mean())
    rows = np.vstack(
        [buying.columns(one.known, buying.guess(one.known, horizon_days).orders) for one in used]
    )
    try:
        amounts = fit_amounts(rows, orders, seed=seed), fit_amounts(rows, spend, seed=seed)
    except Invalid:  # too few bought: the models of buying and the mean remain
        return Learnt(horizon_days, buying, average, None, None)
    return Learnt(horizon_days, buying, average, *amounts)


def fit_buying(known: Known) -> Buying:
    """The models of buying from the counts at a cut-off. Invalid where nobody has any time behind them."""
    some = known.some(_thinned(len(known.x), MOST_ROWS))
    orders = fit_bgnbd(some.x, some.t_x, some.age)
    with_mean = np.nan_to_num(some.mean, nan=0.0)
    try:
        worth = fit_gammagamma(some.x, with_mean)
    except Invalid:  # too few came back
        worth = None
    return Buying(orders, worth, float(np.nanmean(some.rows[:, KEYS.index("spend_mean")])), known.kept)


def _thinned(rows: int, most: int) -> slice:
    """Every so-many-th row, so that at most about `most` are left; rows are in the order of customer ids."""
    return slice(None, None, max(1, -(-rows // most)))
