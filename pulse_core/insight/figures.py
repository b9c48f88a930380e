"""What pages and commands show of an organisation: each function asks the warehouse once and returns plain rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pulse_core.errors import NotFound
from pulse_core.insight.segments import BUSINESS_SEGMENTS
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = {**load("insight"), **load("segments"), **load("behaviour")}
TABLES = (
    "months", "cohorts", "products", "rfm_grid", "segments", "thresholds", "segment_sizes",
    "behaviour_scores", "behaviour_signals",
)  # fmt: skip
PERIOD_DAYS = 90


@dataclass(frozen=True, slots=True)
class Period:
    """90 days: net revenue, number of orders, customers who ordered, and revenue before returns."""

    revenue: Decimal = Decimal(0)
    orders: int = 0
    customers: int = 0
    gross: Decimal = Decimal(0)

    @property
    def average_order(self) -> Decimal | None:
        """Revenue before returns for each order; None without orders."""
        return self.gross / self.orders if self.orders else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The organisation at a glance. `leaving` counts About to Sleep, At Risk and Cannot Lose Them.

    `as_of` and `history_days` are None where nothing was imported yet, `before` where the data does not reach over
    the whole period before: a change against a part of it would flatter.
    """

    as_of: date | None
    horizon_days: int
    history_days: int | None
    customers: int
    revenue: Decimal
    orders: int
    repeat_customers: int
    leaving: int
    leaving_revenue: Decimal
    now: Period
    before: Period | None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One business segment; `share` is of all customers. Averages are None for an empty segment."""

    segment: str
    group: str
    action: str
    meaning: str
    customers: int
    share: float
    revenue: Decimal
    recency_days: float | None
    frequency: float | None


def overview(reader: Reader) -> Overview:
    """Totals and the last 90 days against the 90 before."""
    periods = {name: Period(*rest) for name, *rest in reader.rows(_SQL["read_periods"])}
    totals = reader.one(_SQL["read_overview"])
    made = Overview(*(*totals, periods.get("now", Period()), periods.get("before", Period())))
    return made if (made.history_days or 0) >= 2 * PERIOD_DAYS else replace(made, before=None)


def segments(reader: Reader) -> list[SegmentRow]:
    """The 11 segments in their fixed order, the empty ones too."""
    found = {name: rest for name, *rest in reader.rows(_SQL["read_segments"])}
    total = sum(row[0] for row in found.values()) or 1
    rows = []
    for spec in BUSINESS_SEGMENTS:
        customers, revenue, recency, frequency = found.get(spec.name, (0, Decimal(0), None, None))
        rows.append(
            SegmentRow(
                spec.name,
                spec.group,
                spec.action,
                spec.meaning,
                customers,
                customers / total,
                revenue,
                recency,
                frequency,
            )
        )
    return rows


def table(reader: Reader, name: str) -> pa.Table:
    """One of `TABLES` for a chart, as Arrow."""
    return reader.table(_SQL[f"read_{name}"])


def customer(reader: Reader, customer_id: str, *, orders: int = 50) -> dict[str, Any]:
    """Everything known of one customer and their latest orders; NotFound when there is no such customer."""
    found = reader.table(_SQL["read_customer"], {"customer_id": customer_id}).to_pylist()
    if not found:
        raise NotFound(
            f"there is no customer {customer_id!r}", remedy="ids are written as in the imported file"
        )
    history = reader.table(_SQL["read_customer_orders"], {"customer_id": customer_id, "limit": orders})
    return {**found[0], "orders": history.to_pylist()}
