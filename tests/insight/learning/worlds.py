"""Rows drawn from a rule that is known."""

from __future__ import annotations

import numpy as np

from pulse_core.insight.learning.trees import Floats, Rows

NAMES = ("recency", "frequency", "spend", "gap", "noise")


def drawn(rows: int, *, seed: int = 0, missing: float = 0.1, signal: float = 1.0) -> tuple[Rows, Floats]:
    """Features of which the first three decide, the second and third only together; and labels."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(rows, len(NAMES)))
    odds = -0.5 + signal * (1.2 * hidden[:, 0] + 1.5 * (hidden[:, 1] > 0) * hidden[:, 2])
    y = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    values = np.exp(hidden)
    values[rng.random(values.shape) < missing] = np.nan
    return values.astype(np.float32), y
