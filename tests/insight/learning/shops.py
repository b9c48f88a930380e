"""Customers of a shop, drawn as the arrays of a snapshot, whose chance to leave is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from pulse_core.insight.features import KEYS
from pulse_core.insight.learning.samples import Sample
from pulse_core.insight.learning.trees import Floats, Rows

CUT = date(2026, 6, 30)
HORIZON = 60  # days


def sample(
    customers: int, *, seed: int = 0, signal: float = 1.0, level: float = 0.0, before: int = 0
) -> Sample:
    """A snapshot `before` horizons back. Leaving depends on recency and orders, by `signal`; 0 is pure noise."""
    rng = np.random.default_rng([seed, before])
    rows = features(customers, rng)
    recency, days = (rows[:, KEYS.index(key)].astype(np.float64) for key in ("recency_days", "buying_days"))
    odds = level + signal * (1.5 * (np.log1p(recency) - 4) - 1.5 * np.log(days))
    churned = (rng.random(customers) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    orders = (1 - churned) * (1 + rng.poisson(1.0, customers))
    names = np.array([f"c{number}" for number in range(customers)], dtype=object)
    return Sample(CUT - timedelta(HORIZON * before), names, rows, churned, orders, orders * 20.0)


def features(customers: int, rng: np.random.Generator) -> Rows:
    """Every feature; counts and times of orders fit together, the others are drawn by themselves."""
    rows = rng.lognormal(2.0, 1.0, (customers, len(KEYS))).astype(np.float32)
    days = 1 + rng.poisson(1.5, customers)
    tenure = rng.integers(1, 500, customers)
    known: dict[str, Floats] = {
        "buying_days": days, "orders": days, "tenure_days": tenure,
        "recency_days": np.where(days > 1, np.floor(tenure * rng.random(customers)), tenure),
        "spend_total": days * rng.lognormal(3.0, 0.5, customers),
        "gap_mean": np.where(days > 1, tenure / days, np.nan), "returns_count": np.zeros(customers),
    }  # fmt: skip
    for key, values in known.items():
        rows[:, KEYS.index(key)] = values
    return rows
