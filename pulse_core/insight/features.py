"""Features: what is known of each customer at the end of a day, and what they did in the days after it.

A snapshot reads the view `history` alone, which ends at the cut-off, so nothing that came later can get into a feature.
Training takes snapshots of the past together with their outcomes; scoring takes the one of the as-of date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader, Writer

_SQL = load("features")
TABLES = ("buying_days", "visit_days")  # what a refresh makes once, before any snapshot
HALF_LIFE_DAYS = 90  # of the activity in the engagement score
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number for each customer. `family` is what a reason names; all windows end with the day of the cut-off."""

    key: str
    label: str
    unit: str
    family: str
    formula: str


FAMILIES: dict[str, str] = {
    "recency": "time since the last order",
    "rhythm": "gaps between orders",
    "frequency": "number of orders",
    "trend": "orders lately against before",
    "spend": "money spent",
    "tenure": "time since the first order",
    "returns": "returns",
    "visits": "visits to the website",
}

FEATURES: tuple[Feature, ...] = (
    Feature("recency_days", "Recency", "days", "recency", "cut-off − last buying day"),
    Feature("tenure_days", "Tenure", "days", "tenure", "cut-off − first buying day"),
    Feature("buying_days", "Buying days", "days", "frequency", "days with at least one order"),
    Feature("orders", "Orders", "orders", "frequency", "orders, returns not counted"),
    Feature("spend_total", "Spend", "money", "spend", "sum of all orders before returns"),
    Feature("spend_mean", "Mean spend", "money", "spend", "spend / buying days"),
    Feature("spend_max", "Largest spend", "money", "spend", "largest spend of a buying day"),
    Feature("spend_std", "Spread of spend", "money", "spend", "standard deviation over buying days (n − 1)"),
    Feature("spend_last", "Last spend", "money", "spend", "spend of the last buying day"),
    Feature("spend_first", "First spend", "money", "spend", "spend of the first buying day"),
    Feature("gap_mean", "Mean gap", "days", "rhythm", "mean of days from one buying day to the next"),
    Feature("gap_std", "Spread of gaps", "days", "rhythm", "standard deviation of the gaps (n − 1)"),
    Feature("gap_max", "Longest gap", "days", "rhythm", "longest gap"),
    Feature("gap_last", "Last gap", "days", "rhythm", "gap before the last buying day"),
    Feature("recency_over_gap", "Recency by mean gap", "times", "recency", "recency / mean gap"),
    Feature("recency_over_longest", "Recency by longest gap", "times", "recency", "recency / longest gap"),
    Feature("orders_30", "Orders in 30 days", "orders", "trend", "orders of the last 30 days"),
    Feature("orders_90", "Orders in 90 days", "orders", "trend", "orders of the last 90 days"),
    Feature("orders_180", "Orders in 180 days", "orders", "frequency", "orders of the last 180 days"),
    Feature("orders_365", "Orders in 365 days", "orders", "frequency", "orders of the last 365 days"),
    Feature("spend_90", "Spend in 90 days", "money", "spend", "spend of the last 90 days"),
    Feature("spend_365", "Spend in 365 days", "money", "spend", "spend of the last 365 days"),
    Feature("orders_trend", "Trend", "orders", "trend", "orders of the last 90 days − of the 90 before"),
    Feature("returns_count", "Returns", "returns", "returns", "returns, each order number once a day"),
    Feature("returns_value", "Returned value", "money", "returns", "worth of what was returned"),
    Feature(
        "engagement", "Engagement score", "points of 100", "trend",
        "100 a / (1 + a), a = Σ orders · ½^(age / 90 days) + 0.1 Σ days with a visit · ½^(age / 90 days)",
    ),
    Feature("visit_recency", "Days since the last visit", "days", "visits", "cut-off − last day with a visit"),
    Feature("visit_days_30", "Visits in 30 days", "days", "visits", "days with a visit in the last 30"),
    Feature("visit_days_90", "Visits in 90 days", "days", "visits", "days with a visit in the last 90"),
    Feature("visit_trend", "Trend of visits", "days", "visits", "visits in 90 days − in the 90 before"),
)  # fmt: skip
KEYS: tuple[str, ...] = tuple(feature.key for feature in FEATURES)
BY_KEY: dict[str, Feature] = {feature.key: feature for feature in FEATURES}


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day with an order; None without any. `customers` had ordered by the cut-off."""

    first: date | None
    last: date | None
    customers: int


@dataclass(frozen=True, slots=True)
class Purchases:
    """What BG/NBD and Gamma-Gamma need of each customer, in the order of the snapshot; times in days.

    `x` repeat buying days, `t_x` from the first to the last buying day, `T` from the first to the cut-off, `mean` money
    of a repeat buying day (NaN without repeats). Fader, Hardie and Lee (2005): the first purchase starts the clock.
    """

    x: Floats
    t_x: Floats
    T: Floats
    mean: Floats


def build(writer: Writer) -> None:
    """Make the tables that snapshots are taken from, once for all of them."""
    for name in TABLES:
        writer.execute(_SQL[name])


def span(reader: Reader, cutoff: date | None = None) -> Span:
    """From when to when orders are known, and of how many customers by `cutoff` (None: by the last day)."""
    return Span(*reader.one(_SQL["span"], {"cutoff": cutoff or date.max}))


def snapshot(writer: Writer, cutoff: date, *, most: int | None = None) -> pa.Table:
    """The features of each customer who had ordered by the end of the day `cutoff`, in the order of their ids.

    Columns are `customer_id` and `KEYS` (float32, NULL where not known). With `most`, about so many
    customers, by a hash of their id.
    """
    _cut(writer, cutoff, most)
    return writer.table(_SQL["snapshot"])


def outcomes(writer: Writer, cutoff: date, horizon_days: int, *, most: int | None = None) -> pa.Table:
    """What the customers of the same snapshot, in its order, did in the `horizon_days` days after `cutoff`.

    Columns are `customer_id`, `churned` (no order), `orders_after`, and `spend_after` (money, returns taken off).
    """
    _cut(writer, cutoff, most)
    return writer.table(_SQL["outcomes"], {"horizon": horizon_days})


def matrix(table: pa.Table, keys: tuple[str, ...] = KEYS) -> npt.NDArray[np.float32]:
    """The features as an array, a row a customer, a column a key; NaN where not known."""
    made = np.empty((table.num_rows, len(keys)), np.float32)
    for place, key in enumerate(keys):
        made[:, place] = table[key].to_numpy()
    return made


def purchases(table: pa.Table) -> Purchases:
    """Counts and times of a snapshot for the models of buying."""
    column: dict[str, Floats] = {key: table[key].to_numpy().astype(np.float64) for key in _BUYING}
    x = column["buying_days"] - 1
    repeats = column["spend_total"] - column["spend_first"]
    mean = np.divide(repeats, x, out=np.full(len(x), np.nan), where=x > 0)
    return Purchases(x, column["tenure_days"] - column["recency_days"], column["tenure_days"], mean)


def cutoffs(first: date, last: date, horizon_days: int, *, step_days: int, most: int) -> list[date]:
    """The newest `most` days, `step_days` apart, whose horizon is over by `last` and that have history before them.

    The newest first. Before a cut-off at least a quarter of the horizon and 14 days must be known, so the list is empty
    where the history is short.
    """
    newest = last - timedelta(horizon_days)
    oldest = first + timedelta(max(14, horizon_days // 4))
    days = [newest - timedelta(step_days * place) for place in range(most)]
    return [day for day in days if day >= oldest]


_BUYING = ("buying_days", "tenure_days", "recency_days", "spend_total", "spend_first")


def _cut(writer: Writer, cutoff: date, most: int | None) -> None:
    known = span(writer, cutoff).customers
    share = 1.0 if most is None or known <= most else most / known
    values: dict[str, Any] = {"cutoff": cutoff, "share": share}
    writer.execute(_SQL["cut"], values)
    for view in ("history", "visit_history", "visits_known"):
        writer.execute(_SQL[view])
