"""Movements: where everybody was at the end of two days, and how the segments grew and shrank."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.blocks import Card
from pulse_core.insight.movements import Summary
from pulse_core.words import Words

FROM, TO = "from", "to"  # both days stand in the link
USUAL = timedelta(90)


def draw(found: figures.Figures) -> None:
    """Two days, four figures, the flow between them, and the sizes of all days."""
    known = figures.movement_days()
    if known is None or known[0] == known[1]:
        st.info(
            "Movements appear with the second day on which somebody orders.", icon=":material/swap_horiz:"
        )
        return
    words = session.words()
    st.markdown(
        ":gray[By recency, frequency and spend at the end of each day, with today's limits of the scores, so that a "
        "movement tells what customers did. Churn probabilities play no part: for past days nobody knows them.]"
    )
    first, second = _days(*known)
    if first >= second:
        st.warning("Choose a first day that lies before the second.", icon=":material/event:")
        return
    flow, told = figures.moved(first, second)
    blocks.cards(_cards(told, words))
    blocks.drawn(flow)
    blocks.chart("segment_sizes")


def _days(first: date, last: date) -> tuple[date, date]:
    """The two days; one of another organisation or of an old link gives way to the usual ones."""
    usual = {FROM: max(first, last - USUAL), TO: last}
    for key, day in usual.items():
        if not first <= st.session_state.setdefault(key, day) <= last:
            st.session_state[key] = day
    with st.container(horizontal=True, key="movement-days"):
        chosen = [
            st.date_input(
                label,
                min_value=first,
                max_value=last,
                format="YYYY-MM-DD",
                width=180,
                required=True,
                key=key,
                bind="query-params",
            )
            for label, key in (("From the end of", FROM), ("To the end of", TO))
        ]
    return chosen[0], chosen[1]


def _cards(told: Summary, words: Words) -> list[Card]:
    def card(label: str, customers: int, help: str) -> Card:
        share = customers / told.customers if told.customers else None
        return Card(
            label, words.number(customers), f"{help}: {words.percent(share)} of those of the first day"
        )

    return [
        card("Changed segment", told.moved, "In another segment than before"),
        card(
            "Slipped away",
            told.slipped,
            "Into About to Sleep, At Risk, Cannot Lose Them, Hibernating or Lost",
        ),
        card("Came back", told.back, "Out of these segments, into one of those who buy"),
        Card("New customers", words.number(told.new), "Not customers yet on the first day"),
    ]
