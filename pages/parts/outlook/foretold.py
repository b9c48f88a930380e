"""What customers are expected to spend, one by one; and how well that was foretold on days that are over."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.parts.outlook import compared, learnt
from pulse_core.insight import judged
from pulse_core.stores.ledger.models import Model
from pulse_core.words import DASH, Words

TABLE = "most-worth"
HEIGHT = 500


def customers(model: Model) -> None:
    """Those with the highest expected value, with the interval; choosing a row opens the customer."""
    words, rows = session.words(), learnt.most_worth()
    level = (model.metrics.get("interval") or {}).get("level")
    promised = f"The interval holds {words.percent(level)} of customers like them. " if level else ""
    st.caption(f"The first {words.number(learnt.MOST)}. {promised}Choose a row to open the customer.")
    shown = rows.select(
        [
            "customer_id",
            "clv",
            "clv_low",
            "clv_high",
            "expected_orders",
            "monetary",
            "last_order_on",
            "segment",
            "name",
        ]
    )
    chosen = st.dataframe(
        shown,
        hide_index=True,
        height=HEIGHT,
        placeholder=DASH,
        on_select="rerun",
        selection_mode="single-row",
        key=TABLE,
        column_config={
            "customer_id": st.column_config.TextColumn("Customer", pinned=True),
            "clv": _money("Expected in 12 months", words, "Not discounted"),
            "clv_low": _money("At least", words, "Lower end: eight of ten customers end up between both"),
            "clv_high": _money("At most", words, "Upper end: eight of ten customers end up between both"),
            "expected_orders": st.column_config.NumberColumn(
                f"Orders in {words.plural('day', model.horizon_days)}",
                format="%.1f",
                help="Expected within the horizon",
            ),
            "monetary": _money("Spent so far", words, "Returns taken off"),
            "last_order_on": st.column_config.DateColumn("Last order", format="D MMM YYYY"),
            "segment": "Segment",
            "name": "Name",
        },
    )
    for place in chosen.selection.rows:
        session.go("customers.py", customer=rows.column("customer_id")[place].as_py())


def quality(model: Model) -> None:
    """Which model was chosen and why, the models side by side, and predicted against observed."""
    st.markdown(sentence(model))
    compared.table(model)
    learnt.chart(model, "clv_deciles", judged.deciles(model))
    st.markdown(_interval(model))


def sentence(model: Model) -> str:
    """Which model was chosen, why, and how far it misses."""
    words = session.words()
    rows = {row["model"].key: row for row in judged.compared(model)}
    used = rows.get(model.metrics.get("chosen", ""))
    if used is None:
        return "This version was not compared with others."
    base = rows.get("mean")
    than = f" (everybody alike: {words.money(base['mae'])})" if base else ""
    cutoff = model.metrics.get("cutoff")
    when = f"as they stood on {session.day(cutoff)}, by what they spent" if cutoff else "by what they spent"
    who = words.plural("customer", model.metrics.get("customers") or 0)
    return (
        f"Each model foretold the spend of {who} {when} in the {words.plural('day', model.horizon_days)} after. "
        f"**{used['model'].label}** is used: it weighs best by error, total and order of customers together. It misses "
        f"by {words.money(used['mae'])} a customer on average{than}, and its total is "
        f"{words.percent(used['total_ratio'])} of what was really spent."
    )


def _interval(model: Model) -> str:
    words, told = session.words(), model.metrics.get("interval") or {}
    if told.get("coverage") is None:
        return ""
    return (
        f"Of those customers {words.percent(told['coverage'])} spent an amount within their interval; "
        f"{words.percent(told['level'])} were promised."
    )


def _money(label: str, words: Words, help: str) -> object:
    name = f"{label}, {words.symbol}" if words.symbol else label
    return st.column_config.NumberColumn(name, format="accounting", help=help)
