"""What pages show of what is to come: who is at risk, and what customers are expected to spend.

Each function asks the warehouse once. All of them answer with nothing where no model is usable.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = load("outlook")

AT_RISK = ("Critical", "High")  # the levels that count as being at risk

Grouping = Literal["lifecycle_group", "segment"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Customers with a churn probability, and those at risk (a level of `AT_RISK`).

    `spend_at_risk` is what those at risk spent in the 365 days up to the as-of date; `from_file` counts the customers
    whose probability was made elsewhere and came with a file of scores.
    """

    customers: int
    at_risk: int
    spend_at_risk: Decimal
    from_file: int

    @property
    def share(self) -> float | None:
        """The share of customers who are at risk; None without customers."""
        return self.at_risk / self.customers if self.customers else None

    @property
    def spend_each(self) -> Decimal:
        """What a customer at risk spent in the 365 days on average, rounded to whole money; at least 1."""
        each = self.spend_at_risk / self.at_risk if self.at_risk else Decimal(0)
        return max(Decimal(1), each.quantize(Decimal(1)))


@dataclass(frozen=True, slots=True)
class Worth:
    """Customers with an expected value: money within the horizon (`expected_spend`) and in 12 months (`clv`).

    `of_top_tenth` is the part of `clv` that the tenth of customers with the highest values is expected to bring.
    """

    customers: int
    expected_spend: Decimal
    clv: Decimal
    of_top_tenth: Decimal

    @property
    def each(self) -> Decimal | None:
        """The expected 12 months of a customer on average; None without customers."""
        return self.clv / self.customers if self.customers else None

    @property
    def top_share(self) -> float | None:
        """The share of the expected 12 months that the top tenth brings; None where nothing is expected."""
        return float(self.of_top_tenth / self.clv) if self.clv else None


def leaving(reader: Reader) -> pa.Table:
    """One row a risk level with customers: risk_level, customers, spend of the last 365 days, from_file."""
    return reader.table(_SQL["read_leaving"])


def together(levels: pa.Table) -> Leaving:
    """The levels of `leaving` in one figure."""
    rows = levels.to_pylist()
    at_risk = [row for row in rows if row["risk_level"] in AT_RISK]
    return Leaving(
        customers=sum(row["customers"] for row in rows),
        at_risk=sum(row["customers"] for row in at_risk),
        spend_at_risk=sum((row["spend"] for row in at_risk), Decimal(0)),
        from_file=sum(row["from_file"] for row in rows),
    )


def at_or_above(reader: Reader, threshold: float) -> int:
    """How many customers have a churn probability (0–1) at or above the threshold."""
    return int(reader.one(_SQL["read_at_or_above"], {"threshold": threshold})[0])


def most_at_risk(reader: Reader, *, limit: int, by_money: bool = False) -> list[dict[str, Any]]:
    """The customers with the highest probability, or with most likely lost spend, with reasons and features."""
    return list(reader.table(_SQL["read_most_at_risk"], {"limit": limit, "by_money": by_money}).to_pylist())


def worth(reader: Reader) -> Worth:
    """What all customers are expected to spend."""
    return Worth(*reader.one(_SQL["read_worth"]))


def worth_by(reader: Reader, grouping: Grouping) -> pa.Table:
    """One row a group: how the expected 12 months are spread over its customers."""
    return reader.table(_SQL[f"read_worth_by_{grouping}"])


def most_worth(reader: Reader, *, limit: int) -> pa.Table:
    """The customers with the highest expected 12 months, with the interval."""
    return reader.table(_SQL["read_most_worth"], {"limit": limit})
