"""What an order is worth: the Gamma-Gamma model, fitted on the mean order of each customer.

A customer's orders vary around a mean of their own: each is gamma(p, nu), and nu ~ gamma(q, gamma) over customers. The
fewer orders somebody has, the closer their expected order comes to everybody's mean. Source: Fader and Hardie 2013,
"The Gamma-Gamma Model of Monetary Value" (brucehardie.com, note 25), after Colombo and Jiang 1999. It takes the size
of an order to be independent of how often one orders.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from pulse_core.errors import Invalid
from pulse_core.insight.learning.likelihood import Floats, maximise, merged

PENALTY = 1e-4  # as that of the model of orders
LEAST_Q = 1.25  # towards 1 the mean over customers is made by the few largest alone, and grows without bound
FEWEST = 10  # customers with a repeat order; below, three parameters would be told from next to nothing


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model. `gamma` is in the currency; q is above `LEAST_Q`, so that the mean over customers exists.

    `unsettled` names parameters that the data alone would send to a bound.
    """

    p: float
    q: float
    gamma: float
    customers: float = 0.0
    unsettled: tuple[str, ...] = ()
    converged: bool = True

    @property
    def mean(self) -> float:
        """The expected order of somebody of whom nothing is known: p · gamma / (q − 1)."""
        return self.p * self.gamma / (self.q - 1)

    def expected(self, x: ArrayLike, m: ArrayLike) -> Floats:
        """The expected worth of an order of each customer: p · (gamma + m·x) / (p·x + q − 1).

        `x` is the number of orders that the mean `m` is of; where m is missing or not above zero (returns outweigh)
        the customer counts as one of whom nothing is known.
        """
        count, mean = _pair(x, m)
        known = mean > 0  # not so for NaN
        count, mean = np.where(known, count, 0.0), np.where(known, mean, 0.0)
        return np.asarray(self.p * (self.gamma + mean * count) / (self.p * count + self.q - 1))

    def as_dict(self) -> dict[str, Any]:
        """The model as plain values for JSON; `GammaGamma(**values)` makes it again."""
        return asdict(self)


def fit_gammagamma(
    x: ArrayLike, m: ArrayLike, *, weights: ArrayLike | None = None, penalty: float = PENALTY
) -> GammaGamma:
    """The parameters under which the customers' means are likeliest.

    `x` is the number of repeat buying days, `m` their mean net spend; customers without any, or whose mean is not
    above zero, are left out. Invalid where fewer than `FEWEST` are left.
    """
    count, mean = _pair(x, m)
    used = (count > 0) & (mean > 0) & np.isfinite(mean)
    if used.sum() < FEWEST:
        raise Invalid(
            f"{int(used.sum())} customers ordered again for a sum above zero",
            remedy=f"the model of order values needs {FEWEST}",
        )
    chosen = None if weights is None else np.asarray(weights, dtype=np.float64)[used]
    rows, weight = merged(np.column_stack([count[used], mean[used]]), chosen)
    unit = float(np.average(rows[:, 1], weights=weight))
    found = maximise(_Likelihood(rows[:, 0], rows[:, 1] / unit, weight), size=3, penalty=penalty)
    p, above, gamma = (float(value) for value in np.exp(found.logs))
    return GammaGamma(
        p,
        LEAST_Q + above,
        gamma * unit,
        customers=float(weight.sum()),
        unsettled=tuple(name for name, far in zip(("p", "q", "gamma"), found.far, strict=True) if far),
        converged=found.converged,
    )


def _pair(x: ArrayLike, m: ArrayLike) -> tuple[Floats, Floats]:
    count, mean = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (x, m))
    if count.shape != mean.shape or count.ndim != 1:
        raise Invalid(
            f"counts and means have the shapes {count.shape} and {mean.shape}",
            remedy="give one of each for every customer",
        )
    return count, mean


class _Likelihood:
    """Log-likelihood (equation 1a of the source) and its gradient by ln p, ln(q − LEAST_Q) and ln gamma."""

    def __init__(self, count: Floats, mean: Floats, weight: Floats) -> None:
        self.count, self.mean, self.weight = count, mean, weight
        self._log_mean, self._log_total = np.log(mean), np.log(mean * count)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        p, above, gamma = np.exp(logs)
        q = LEAST_Q + above
        shape = p * self.count
        log_both = np.log(gamma + self.mean * self.count)
        value = (
            gammaln(shape + q)
            - gammaln(shape)
            - gammaln(q)
            + q * logs[2]
            + shape * self._log_total
            - self._log_mean
            - (shape + q) * log_both
        )
        both = digamma(shape + q)
        by_p = self.count * (both - digamma(shape) + self._log_total - log_both)
        by_q = both - digamma(q) + logs[2] - log_both
        by_gamma = q / gamma - (shape + q) / (gamma + self.mean * self.count)
        gradient = [float(self.weight @ part) for part in (by_p, by_q, by_gamma)]
        return float(self.weight @ value), np.asarray(gradient) * np.array([p, above, gamma])
