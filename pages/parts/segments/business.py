"""The 11 business segments: how many there are, what each is worth, and what to do."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from pages.parts import blocks, figures, session


def draw(found: figures.Figures) -> None:
    """Chart, table with the way to a campaign, grid of scores, and how the scores are made."""
    blocks.chart("customers_by_segment")
    words = session.words()
    st.subheader("What each segment is, and what to do", anchor=False)
    chosen = st.dataframe(
        [
            {
                "Segment": row.segment,
                "Customers": row.customers,
                "Share": row.share,
                "Revenue": float(row.revenue),
                "Days since last order": row.recency_days,
                "Orders each": row.frequency,
                "What to do": row.action,
                "Who they are": row.meaning,
            }
            for row in found.segments
        ],
        hide_index=True,
        height="content",
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        key="business-segments",
        column_config={
            "Segment": st.column_config.TextColumn(pinned=True),
            "Customers": st.column_config.NumberColumn(format="localized"),
            "Share": st.column_config.NumberColumn(format="percent"),
            "Revenue": st.column_config.NumberColumn(
                f"Revenue, {words.symbol or 'no currency'}", format="localized"
            ),
            "Days since last order": st.column_config.NumberColumn(format="%.0f"),
            "Orders each": st.column_config.NumberColumn(format="%.1f"),
        },
    )
    _speak_to([found.segments[row].segment for row in chosen.selection.rows])
    blocks.chart("rfm_grid")
    _thresholds(found)


def _speak_to(chosen: list[str]) -> None:
    label = f"Write to {chosen[0]}" if chosen else "Select a row to write to its customers"
    if st.button(label, icon=":material/edit:", disabled=not chosen):
        st.session_state["edit:segment"] = chosen[0]
        session.go("campaign.py")


def _thresholds(found: figures.Figures) -> None:
    with st.expander("How the scores are made", icon=":material/help:"):
        st.markdown(
            "Each customer gets a score from 1 to 5 for recency, frequency and money. The limits are the 20, 40, "
            "60 and 80 % points of your own customers, so that equal values always get equal scores. The segment "
            "follows from the recency score and the mean of the other two."
        )
        table = found.tables["thresholds"]
        columns = [c.cast(pa.float64()) if pa.types.is_decimal(c.type) else c for c in table.columns]
        st.dataframe(pa.table(columns, ["Measure", "20 %", "40 %", "60 %", "80 %"]), hide_index=True)
