"""Buying until you leave: the BG/NBD model of orders, fitted on counts.

Of each customer it needs three numbers, in one unit of time (days, weeks):

- x: repeat buying days, that is those after the first one (orders of one day count once),
- t_x: time from the first to the last buying day (0 where x is 0),
- T: time from the first buying day to the cut-off, called `age` here.

While active, a customer buys at a rate lambda ~ gamma(r, alpha) over customers; after each repeat buying day they
leave for good with probability p ~ beta(a, b). Source of the likelihood, of P(alive) and of the expectation: Fader,
Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24 (2). P(alive) alone is no measure of
churn, as it is 1 for everybody who bought once; `none_within` is one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, digamma, expit, gammaln

from pulse_core.errors import Invalid
from pulse_core.insight.learning.beta_rule import beta_rule
from pulse_core.insight.learning.likelihood import Floats, Maximum, maximise, merged

PENALTY = 1e-4  # in units of log-likelihood; moves the parameters of 2,357 customers in the fifth digit
CHUNK = 32_768  # rows at once in `expected`: 32 values a row stay within the processor's cache
_NAMES = ("r", "alpha", "a", "b")


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted model. `alpha` has the unit of time of the data it was fitted on.

    `customers` is how many it was fitted on, `log_likelihood` theirs in sum. `unsettled` names parameters for which
    the data alone would choose zero or infinity (nobody leaves, all buy at one rate): bounds or the penalty hold them,
    and what the model predicts is the limit's. `converged` is False where the search ran out of steps.
    """

    r: float
    alpha: float
    a: float
    b: float
    customers: float = 0.0
    log_likelihood: float = 0.0
    unsettled: tuple[str, ...] = ()
    converged: bool = True

    def alive(self, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Probability to be active still at the cut-off, each in [0, 1]; 1 for who bought once."""
        counts = _Counts.of(x, t_x, age)
        waited = np.log(self.alpha + counts.age) - np.log(self.alpha + counts.t_x)
        left = (
            np.log(self.a) - np.log(np.maximum(self.b + counts.x - 1, 1e-300)) + (self.r + counts.x) * waited
        )
        return np.where(counts.x > 0, expit(-left), 1.0)

    def none_within(self, horizon: float, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Probability of no buying day within `horizon` after the cut-off: the churn probability of this model.

        1 − P(alive) · [1 − ((alpha + T) / (alpha + T + horizon))^(r + x)].
        """
        counts = _Counts.of(x, t_x, age)
        return 1.0 - self.alive(x, t_x, age) * self._buys_if_alive(horizon, counts)

    def _buys_if_alive(self, horizon: float, counts: _Counts) -> Floats:
        return np.asarray(-np.expm1(-(self.r + counts.x) * np.log1p(horizon / (self.alpha + counts.age))))

    def expected(self, horizon: float, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Buying days to expect within `horizon` after the cut-off."""
        return np.asarray(self.alive(x, t_x, age) * self.expected_if_active(horizon, x, age))

    def expected_if_active(self, horizon: float, x: ArrayLike, age: ArrayLike) -> Floats:
        """The same of customers of whom it is known that they have not left.

        The closed form of the source holds a hypergeometric function that overflows for many orders. This is the same
        expectation as an integral over the customer's p, whose law given that they are active is beta(a, b + x).
        """
        counts = _Counts.of(x, np.zeros_like(np.atleast_1d(x), dtype=np.float64), age)
        each, which = counts.different()
        parts = [slice(start, start + CHUNK) for start in range(0, len(each.x), CHUNK)]
        found = [self._expected_if_alive(horizon, each.rows(part)) for part in parts]
        return np.asarray(np.concatenate([*found, np.empty(0)])[which])

    def _expected_if_alive(self, horizon: float, counts: _Counts) -> Floats:
        """E[(1 − (1 + p·s)^−(r+x)) / p] with s = horizon / (alpha + T), by Gauss's rule for the beta law of p."""
        several, which = np.unique(counts.x, return_inverse=True)
        nodes, shares = beta_rule(self.a, self.b + several)
        p = np.maximum(nodes[which.ravel()], 1e-300)
        scaled = horizon / (self.alpha + counts.age)
        orders = -np.expm1(-(self.r + counts.x)[:, None] * np.log1p(p * scaled[:, None])) / p
        return np.asarray((orders * shares[which.ravel()]).sum(axis=1))

    def as_dict(self) -> dict[str, Any]:
        """The model as plain values for JSON; `BgNbd(**values)` makes it again."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The three numbers of each customer, checked."""

    x: Floats
    t_x: Floats
    age: Floats

    @classmethod
    def of(cls, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> _Counts:
        made = [np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (x, t_x, age)]
        if len({values.shape for values in made}) > 1 or made[0].ndim != 1:
            raise Invalid(
                f"x, t_x and T have the shapes {[values.shape for values in made]}",
                remedy="give one number of each for every customer",
            )
        counts = cls(*made)
        counts._check()
        return counts

    def _check(self) -> None:
        """NaN compares as false, so it is found too."""
        fits = (self.x >= 0) & (self.t_x >= 0) & (self.t_x <= self.age) & np.isfinite(self.x + self.age)
        if not fits.all():
            row = int(np.argmin(fits))
            raise Invalid(
                f"customer {row} has x = {self.x[row]:g}, t_x = {self.t_x[row]:g}, T = {self.age[row]:g}",
                remedy="counts and times are finite, not below zero, and no order comes after the cut-off",
            )

    def different(self) -> tuple[_Counts, NDArray[np.intp]]:
        """The different pairs of x and T, and for each customer which one is theirs."""
        (counts, ages), places = zip(
            *(np.unique(c, return_inverse=True) for c in (self.x, self.age)), strict=True
        )
        code = places[0].ravel() * max(len(ages), 1) + places[1].ravel()
        pairs, which = np.unique(code, return_inverse=True)
        x, age = counts[pairs // max(len(ages), 1)], ages[pairs % max(len(ages), 1)]
        return _Counts(x, np.zeros(len(pairs)), age), which.ravel()

    def rows(self, part: slice) -> _Counts:
        return _Counts(self.x[part], self.t_x[part], self.age[part])


def fit_bgnbd(
    x: ArrayLike,
    t_x: ArrayLike,
    age: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    penalty: float = PENALTY,
) -> BgNbd:
    """The parameters under which the customers' counts are likeliest.

    Customers with the same numbers are counted once with their weight. `penalty` times the squared logarithms of the
    parameters (alpha in units of the mean T) is taken off the log-likelihood: next to nothing, unless the likelihood
    would rise for ever. Invalid where there is no customer, or none with any time behind them.
    """
    counts = _Counts.of(x, t_x, age)
    rows, weight = merged(np.column_stack([counts.x, counts.t_x * (counts.x > 0), counts.age]), weights)
    unit = float(np.average(rows[:, 2], weights=weight)) if weight.sum() > 0 else 0.0
    if not unit > 0:
        raise Invalid(
            "no customer has any time behind them", remedy="fit on a cut-off after the first orders"
        )
    likelihood = _BgNbdLikelihood(rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit, weight)
    found = maximise(likelihood, size=len(_NAMES), penalty=penalty)
    return _fitted(found, unit, likelihood)


def _fitted(found: Maximum, unit: float, likelihood: _BgNbdLikelihood) -> BgNbd:
    r, alpha, a, b = (float(value) for value in np.exp(found.logs))
    return BgNbd(
        r,
        alpha * unit,
        a,
        b,
        customers=float(likelihood.weight.sum()),
        # The density of x events in time has the unit time^-x.
        log_likelihood=found.value - float((likelihood.weight * likelihood.x).sum() * np.log(unit)),
        unsettled=tuple(name for name, far in zip(_NAMES, found.far, strict=True) if far),
        converged=found.converged,
    )


class _BgNbdLikelihood:
    """Log-likelihood and its gradient by the logarithms of r, alpha, a and b (equation 7 of the source)."""

    def __init__(self, x: Floats, t_x: Floats, age: Floats, weight: Floats) -> None:
        self.x, self.t_x, self.age, self.weight = x, t_x, age, weight
        self._several, self._which = np.unique(
            x, return_inverse=True
        )  # gamma functions are needed of these only

    def __call__(self, logs: NDArray[np.float64]) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        log_age, log_last = np.log(alpha + self.age), np.log(alpha + self.t_x)
        stays = -(r + self.x) * log_age
        leaves = self._by_count(self._leaving(a, b)) - (r + self.x) * log_last
        either = np.logaddexp(stays, leaves)
        value = either + r * logs[1] + self._by_count(self._counting(r, a, b))
        share = np.exp(leaves - either)  # of the likelihood that comes from having left
        by_r = logs[1] - (1 - share) * log_age - share * log_last + self._by_count(self._counting_by_r(r))
        by_alpha = r / alpha - (r + self.x) * ((1 - share) / (alpha + self.age) + share / (alpha + self.t_x))
        joint, own = self._counting_by_b(a, b)
        by_a = self._by_count(joint) + share / a
        by_b = self._by_count(joint + own) - share * self._by_count(self._leaving_by_b(b))
        gradient = [float(self.weight @ part) for part in (by_r, by_alpha, by_a, by_b)]
        return float(self.weight @ value), np.asarray(gradient) * np.array([r, alpha, a, b])

    def _by_count(self, values: Floats) -> Floats:
        return np.asarray(values[self._which.ravel()])

    def _counting(self, r: float, a: float, b: float) -> Floats:
        """ln [Γ(r+x) / Γ(r)] + ln [B(a, b+x) / B(a, b)]."""
        k = self._several
        return np.asarray(gammaln(r + k) - gammaln(r) + betaln(a, b + k) - betaln(a, b))

    def _leaving(self, a: float, b: float) -> Floats:
        """ln [a / (b + x − 1)]; who never came back cannot have left."""
        k = self._several
        return np.where(k > 0, np.log(a) - np.log(np.maximum(b + k - 1, 1e-300)), -np.inf)

    def _counting_by_r(self, r: float) -> Floats:
        return np.asarray(digamma(r + self._several) - digamma(r))

    def _counting_by_b(self, a: float, b: float) -> tuple[Floats, Floats]:
        k = self._several
        return digamma(a + b) - digamma(a + b + k), digamma(b + k) - digamma(b)

    def _leaving_by_b(self, b: float) -> Floats:
        return 1 / np.where(self._several > 0, np.maximum(b + self._several - 1, 1e-300), 1.0)
