"""Expectations over a beta law by a sum over 32 points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS = 32  # exact for polynomials up to degree 63


def beta_rule(
    a: float, b: NDArray[np.float64], points: int = POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points in (0, 1) and their shares, each of shape (len(b), points), for the laws beta(a, b[i]).

    The sum of share · f(point) is the expectation of f(p). Gauss's rule from the three-term recurrence of the Jacobi
    polynomials, as eigenvalues of a tridiagonal matrix: Golub and Welsch 1969, Mathematics of Computation 23.
    """
    k = np.arange(points, dtype=np.float64)
    upper, lower = b[:, None] - 1, a - 1
    total = upper + lower
    middle = np.empty((len(b), points))
    middle[:, 0] = a / (a + b)
    whole = (2 * k[1:] + total) * (2 * k[1:] + total + 2)
    middle[:, 1:] = 0.5 + 0.5 * (lower**2 - upper**2) / whole
    matrices = np.zeros((len(b), points, points))
    matrices[:, np.arange(points), np.arange(points)] = middle
    matrices[:, np.arange(1, points), np.arange(points - 1)] = _beside(k[1:], upper, lower)
    values, vectors = np.linalg.eigh(matrices, UPLO="L")
    return values, vectors[:, 0, :] ** 2


def _beside(k: NDArray[np.float64], upper: NDArray[np.float64], lower: float) -> NDArray[np.float64]:
    """The entries beside the diagonal, for the interval from 0 to 1."""
    total = upper + lower
    squared = (
        k * (k + upper) * (k + lower) * (k + total) / ((2 * k + total) ** 2 * ((2 * k + total) ** 2 - 1))
    )
    # For k = 1 the factor (k + total) cancels against (2k + total − 1).
    first = (1 + upper) * (1 + lower) / ((2 + total) ** 2 * (3 + total))
    return np.asarray(np.sqrt(np.concatenate([first, squared[:, 1:]], axis=1)))
