"""Reasons in plain words."""

from __future__ import annotations

import math

import pytest

from pulse_core.insight import reasons
from pulse_core.insight.features import FAMILIES
from pulse_core.words import NBSP, Words

ROW = {
    "recency_days": 143.0, "gap_mean": 31.6, "gap_max": 80.0, "orders": 7.0, "orders_180": 1.0, "orders_90": 0.0,
    "orders_trend": -1.0, "spend_total": 812.0, "spend_mean": 116.0, "tenure_days": 333.0, "returns_count": 1.0,
    "returns_value": 20.0, "visit_recency": 1.0, "visit_days_30": math.nan,
}  # fmt: skip


def said(family: str, row: dict[str, float]) -> str:
    """A sentence with plain spaces."""
    return reasons.sentence(family, row, Words("en_GB", "GBP")).replace(NBSP, " ")


def test_sentences() -> None:
    """Each family says what is so of the customer, with units and in the organisation's currency."""
    assert said("recency", ROW) == "Last order 143 days ago; orders came every 32 days before"
    assert said("rhythm", ROW) == "Orders came 32 days apart on average, 80 days at most"
    assert said("frequency", ROW) == "7 orders so far, 1 order in the last 180 days"
    assert said("trend", ROW) == "0 orders in the last 90 days, 1 order in the 90 days before"
    assert said("spend", ROW) == "Spent £812 so far, £116 on a day with an order"
    assert said("tenure", ROW) == "First order 333 days ago"
    assert said("returns", ROW) == "1 return, worth £20"
    assert said("visits", ROW) == "Last visit 1 day ago"


def test_a_customer_of_one_order() -> None:
    """What is not known is not said."""
    row = {"recency_days": 1.0, "gap_mean": math.nan, "gap_max": math.nan}
    assert said("recency", row) == "Last order 1 day ago, and it is the only one"
    assert said("rhythm", row) == "No second order yet"
    assert said("visits", row) == "No visit to the website is known"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_words(family: str) -> None:
    """A new family cannot be forgotten here, whatever is known of a customer."""
    assert family in reasons._SENTENCES
    assert said(family, ROW)
    assert said(family, {})


def test_codes() -> None:
    """The sign says whether it raises the risk."""
    told = reasons.told(["recency+", "spend-"], ROW, Words())
    assert [(reason.family, reason.raises) for reason in told] == [("recency", True), ("spend", False)]
