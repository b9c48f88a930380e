"""The customers most at risk: how likely they leave, why in plain words, and the way to each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import session
from pages.parts.outlook import learnt
from pulse_core.insight import reasons
from pulse_core.words import DASH, Words

TABLE = "at-risk"
HEIGHT = 500
ORDERS = {"Most to lose": True, "Highest risk": False}


def draw() -> None:
    """The table; choosing a row opens the customer."""
    words = session.words()
    with st.container(horizontal=True, vertical_alignment="center"):
        order = st.segmented_control(
            "First those with",
            list(ORDERS),
            default="Most to lose",
            required=True,
            label_visibility="collapsed",
            help="Most to lose: of those at high or critical risk, by risk times what they spent in 12 months",
            key="risk-order",
            bind="query-params",
        )
        st.caption(f"The first {words.number(learnt.MOST)}. Choose a row to open the customer.")
    rows = learnt.most_at_risk(by_money=ORDERS[order])
    named = any(row["name"] for row in rows)
    chosen = st.dataframe(
        [_row(row, words, named=named) for row in rows],
        hide_index=True,
        height=HEIGHT,
        placeholder=DASH,
        on_select="rerun",
        selection_mode="single-row",
        key=TABLE,
        column_config={
            "Customer": st.column_config.TextColumn(pinned=True),
            "Risk": st.column_config.ProgressColumn(
                format="percent",
                min_value=0,
                max_value=1,
                width=130,
                help="Probability of no order within the horizon",
            ),
            "Why": st.column_config.TextColumn(
                width=520, help="What speaks most for leaving, compared with other customers"
            ),
            "Spent": st.column_config.NumberColumn(
                f"Spent in 12 months, {words.symbol}" if words.symbol else "Spent in 12 months",
                format="accounting",
            ),
            "Last order": st.column_config.DateColumn(format="D MMM YYYY", width=110),
        },
    )
    for place in chosen.selection.rows:
        session.go("customers.py", customer=rows[place]["customer_id"])


def _row(row: dict[str, Any], words: Words, *, named: bool) -> dict[str, Any]:
    told = {
        "Customer": row["customer_id"],
        "Risk": round(row["churn_probability"], 3),
        "Level": row["risk_level"],
        "Why": why(row, words),
        "Spent": row["spent"],
        "Last order": row["last_order_on"],
    }
    return told | ({"Name": row["name"]} if named else {})


def why(row: dict[str, Any], words: Words) -> str:
    """The reasons in one line."""
    if row["source"] == "file":
        return "From your file of scores"
    told = reasons.told(row["reasons"] or [], row, words)
    return ". ".join(reason.text for reason in told)
