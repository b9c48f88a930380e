"""Analytics: how the business moves, in four figures and four charts."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.blocks import Card
from pulse_core.insight.figures import Overview
from pulse_core.words import Words


def page() -> None:
    """KPI cards over the last 90 days, then the charts."""
    found = figures.load()
    if not found.overview.customers:
        blocks.header("Analytics", "How revenue, customers and their loyalty move.")
        blocks.empty(
            "Nothing to analyse yet", "Charts appear with the first file of orders.", "Add data", "data.py"
        )
        return
    words = session.words()
    blocks.header("Analytics", f"The 90 days up to {words.date(found.as_of)} against the 90 days before.")
    blocks.cards(_cards(found.overview, words))
    blocks.chart("revenue_by_month")
    left, right = st.columns(2)
    with left:
        blocks.chart("customers_by_segment")
    with right:
        blocks.chart("top_products")
    blocks.chart("cohort_retention")


def _cards(overview: Overview, words: Words) -> list[Card]:
    now, before, against = overview.now, overview.before, "90 days before"
    return [
        Card(
            "Revenue",
            words.money(now.revenue),
            f"{words.money_full(now.revenue)}, returns taken off",
            words.change(now.revenue, before and before.revenue, against),
        ),
        Card(
            "Orders",
            words.number(now.orders),
            "Returns are not counted",
            words.change(now.orders, before and before.orders, against),
        ),
        Card(
            "Average order",
            words.money(now.average_order),
            "Revenue before returns, for each order",
            words.change(now.average_order, before and before.average_order, against),
        ),
        Card(
            "Customers who ordered",
            words.number(now.customers),
            "Customers with at least one order",
            words.change(now.customers, before and before.customers, against),
        ),
    ]


page()
