"""What the models of buying share: counting equal customers once, and finding the likeliest parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from pulse_core.errors import Invalid

Floats = NDArray[np.float64]
LogLikelihood = Callable[
    [Floats], tuple[float, Floats]
]  # at the logarithms of the parameters: value and gradient

BOUND = 9.0  # of the logarithms: parameters from 1/8,100 to 8,100 in the unit of the data
FAR = 6.0  # beyond this (1/400, 400) a parameter is not what the data say, but how far the search went
FLAT = 1e-6  # slope of the loss, as a share of its value, at which the search is at its end
_STARTS = (-1.5, 0.5)  # every corner of these is tried with a few steps, the best one is followed to the end


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a log-likelihood is largest: the logarithms of the parameters, and for each whether it ran away."""

    logs: Floats
    value: float
    far: tuple[bool, ...]
    converged: bool


def merged(rows: Floats, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """The different rows, in order, and the sum of the weights of each; weights are 1 unless given."""
    weight = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(rows),) or not (np.isfinite(weight) & (weight >= 0)).all():
        raise Invalid("the weights do not fit the customers", remedy="give one for each, not below zero")
    if not weight.sum() > 0:
        raise Invalid("there is no customer to learn from", remedy="choose a cut-off after the first orders")
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    first = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])
    return ordered[first], np.add.reduceat(weight[order], np.flatnonzero(first))


def maximise(log_likelihood: LogLikelihood, *, size: int, penalty: float) -> Maximum:
    """The largest of log-likelihood − penalty · Σ logs², the logarithms within ±BOUND."""

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(logs)
        return penalty * float(logs @ logs) - value, 2 * penalty * logs - gradient

    starts = [np.array(corner) for corner in product(_STARTS, repeat=size)]
    tried = [_search(loss, start, steps=15) for start in starts]
    best = min(tried, key=lambda found: float(found[1]))
    logs, _, converged = _search(loss, best[0], steps=1000)
    return Maximum(
        logs=logs,
        value=log_likelihood(logs)[0],
        far=tuple(bool(log) for log in np.abs(logs) > FAR),
        converged=converged,
    )


def _search(loss: LogLikelihood, start: Floats, *, steps: int) -> tuple[Floats, float, bool]:
    scale = 1 / max(1.0, abs(loss(start)[0]))  # so that tolerances mean the same for few and many customers

    def scaled(logs: Floats) -> tuple[float, Floats]:
        value, gradient = loss(logs)
        return value * scale, gradient * scale

    found = minimize(
        scaled,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(start),
        options={"maxiter": steps, "ftol": 1e-15, "gtol": 1e-9, "maxls": 40},
    )
    # A line search that ends at the last digits of the sum is no failure where the slope is all but flat.
    level = bool(np.abs(found.x - np.clip(found.x - found.jac, -BOUND, BOUND)).max() < FLAT)
    return found.x, float(found.fun) / scale, level
