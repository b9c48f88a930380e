"""Behaviour: how healthy it is, what signals risk, who scores lowest, and one customer by their id."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts import blocks, session
from pages.parts.blocks import Card
from pages.parts.text import literal
from pulse_core.errors import PulseError
from pulse_core.insight.behaviour import reading, saying
from pulse_core.insight.behaviour.profile import Profile, Signal
from pulse_core.insight.behaviour.reading import Behaviour, Insights, Judged, Lowest, Window
from pulse_core.words import DASH, Words

SUBJECT = "What customers do, and what of it tells that they may leave."
WHO, TABLE = "customer", "behaviour-lowest"
SHOWN = 100
TABLE_HEIGHT = 420  # the same from the start, however many rows there are


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of one data version; never changed by it."""

    insights: Insights
    lowest: list[Lowest]


def page() -> None:
    """Figures, charts, the lowest scores, one customer, and how it is computed; or the empty state."""
    found = _load(session.organisation().id, session.data_version())
    seen = found.insights
    if not seen.profile or not seen.window or not seen.customers:
        _empty(seen)
        return
    words = session.words()
    blocks.header(
        "Behaviour",
        f"{SUBJECT} {seen.profile.label}, as of {words.date(seen.window.as_of)}: "
        f"the last {words.plural('day', seen.window.now_days)} against the {seen.window.before_days} before.",
    )
    _begin()
    _look_up(seen.profile, words)
    blocks.cards(_cards(seen, words))
    left, right = st.columns(2)
    with left:
        blocks.chart("behaviour_scores")
    with right:
        blocks.chart("behaviour_signals")
    _table(found.lowest, words)
    _segments(seen, words)
    _explained(seen.profile, seen.window, words)


@st.cache_resource(max_entries=32, show_spinner=False)
def _load(org_id: str, version: str) -> Found:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        return Found(reading.insights(reader), reading.lowest(reader, limit=SHOWN))


def _empty(seen: Insights) -> None:
    blocks.header("Behaviour", SUBJECT)
    if seen.profile:
        title, why = (
            "Too little is known yet",
            "A score needs some weeks of orders, visits or service events.",
        )
    else:
        title, why = (
            "No behaviour yet",
            "It appears with the first file of orders, website visits or service events.",
        )
    blocks.empty(title, why, "Add data", "data.py")


def _begin() -> None:
    """Who was looked up belongs to the organisation that was asked."""
    org_id = session.organisation().id
    if st.session_state.setdefault("behaviour-org", org_id) != org_id:
        st.session_state["behaviour-org"] = org_id
        st.session_state[WHO] = ""
        _unselect()


def _cards(seen: Insights, words: Words) -> list[Card]:
    known = sum(seen.trends.values())
    moves = {name: words.plural("customer", number) for name, number in seen.trends.items()}
    of = f"of {words.plural('customer', known)} whose activity can be compared"
    return [
        Card(
            "Mean score",
            f"{words.number(None if seen.score is None else round(seen.score))} of 100",
            f"100 is healthy. Over {words.plural('customer', seen.customers)} of whom enough is known",
        ),
        Card(
            "With a signal of risk",
            words.percent(seen.at_risk / seen.customers),
            f"{words.plural('customer', seen.at_risk)} of {words.number(seen.customers)} with a score",
        ),
        Card("Less active", words.percent(seen.share_of("declining")), f"{moves['declining']} {of}"),
        Card("More active", words.percent(seen.share_of("increasing")), f"{moves['increasing']} {of}"),
    ]


def _look_up(made: Profile, words: Words) -> None:
    """One customer by the id that stands in the field and in the link."""
    wanted = st.text_input(
        "Look up a customer",
        placeholder="Id, as in your file",
        icon=":material/search:",
        max_chars=200,
        width=320,
        key=WHO,
        bind="query-params",
        on_change=_unselect,
    ).strip()
    if not wanted:
        return
    try:
        with session.snapshot() as reader:
            found = reading.behaviour(reader, wanted)
    except PulseError as error:
        blocks.problem(error)
        return
    with st.container(border=True, key="behaviour-one"):
        _one(found, made, words)


def _one(found: Behaviour, made: Profile, words: Words) -> None:
    st.subheader(f"Customer {literal(found.customer_id)}", anchor=False)
    if found.score is None:
        st.markdown("No score: too little is known of this customer to be fair. What is known stands below.")
    else:
        st.markdown(f"Score **{found.score} of 100** · {saying.trend(found.trend)}")
    if not found.signals:
        st.caption(f"None of the {len(made.signals)} signals is known of them.")
        return
    raised = [judged for judged in found.signals if judged.points]
    st.markdown("\n".join(_raised(judged, words) for judged in raised))
    if fine := [f"{j.signal.label} {saying.judged(j, words)}" for j in found.signals if not j.points]:
        st.caption(f"Nothing of concern: {literal('; '.join(fine))}.")


def _raised(judged: Judged, words: Words) -> str:
    figures = f"{saying.judged(judged, words)} ({saying.before(judged, words)})"
    off = words.plural("point", judged.points)
    return f"- **{judged.signal.risk}** · {literal(figures)} · {off} off  \n  {judged.signal.recommendation}"


def _table(lowest: list[Lowest], words: Words) -> None:
    st.subheader("Customers with the lowest scores", anchor=False)
    st.caption(
        "Of equal scores those with the highest revenue stand first. Choose a row to see its signals above."
    )
    st.session_state["behaviour-ids"] = [row.customer_id for row in lowest]
    st.dataframe(
        [
            {
                "Customer": row.customer_id,
                "Name": row.name,
                "Score": row.score,
                "Signals": "; ".join(signal.risk for signal in row.signals),
                "What to do first": next(iter(row.recommendations), None),
                "Activity": saying.trend(row.trend),
                "Segment": row.segment,
                "Revenue": None if row.revenue is None else float(row.revenue),
            }
            for row in lowest
        ],
        hide_index=True,
        height=TABLE_HEIGHT,
        placeholder=DASH,
        on_select=_choose,
        selection_mode="single-row",
        key=TABLE,
        column_config={
            "Customer": st.column_config.TextColumn(pinned=True),
            "Score": st.column_config.NumberColumn(help="0 to 100; 100 is healthy"),
            "Signals": st.column_config.TextColumn(width="large"),
            "What to do first": st.column_config.TextColumn(width="large"),
            "Revenue": st.column_config.NumberColumn(
                f"Revenue, {words.symbol or 'no currency'}", format="localized"
            ),
        },
    )


def _choose() -> None:
    rows = st.session_state[TABLE]["selection"]["rows"]
    st.session_state[WHO] = st.session_state["behaviour-ids"][rows[0]] if rows else ""


def _unselect() -> None:
    st.session_state[TABLE] = {"selection": {"rows": [], "columns": [], "cells": []}}


def _segments(seen: Insights, words: Words) -> None:
    with st.expander("Mean score by segment", icon=":material/group_work:"):
        st.dataframe(
            [
                {"Segment": row.segment, "Mean score": row.score, "Customers with a score": row.customers}
                for row in seen.segments
            ],
            hide_index=True,
            height="content",
            column_config={
                "Mean score": st.column_config.NumberColumn(format="%.0f"),
                "Customers with a score": st.column_config.NumberColumn(format="localized"),
            },
        )


def _explained(made: Profile, window: Window, words: Words) -> None:
    with st.expander("How each signal is computed", icon=":material/help:"):
        st.markdown(
            f"The last {words.plural('day', window.now_days)} ({words.date(window.now_from)} to "
            f"{words.date(window.as_of)}) are judged, and compared with the "
            f"{words.plural('day', window.before_days)} before (from {words.date(window.before_from)}). A score is "
            "100 less the points of the signals, in per cent of the points that the known signals could take "
            f"(but of {made.full_points} at least, so that no single signal decides alone); what no file tells is not "
            f"counted. There is no score where the known signals could take fewer than {made.least_points} points."
        )
        for signal in made.signals:
            st.markdown(_explanation(signal, window, words))
        trend = literal(made.trend.formula_over(window.now_days, window.before_days))
        up, down = (words.percent(abs(at)) for at in (made.trend.up, made.trend.down))
        st.markdown(
            f"**Activity**  \n{trend}.  \n:gray[More active from +{up} on, less active from −{down} on.]"
        )


def _explanation(signal: Signal, window: Window, words: Words) -> str:
    formula = literal(signal.formula_over(window.now_days, window.before_days))
    limits, unit, source = (
        literal(text) for text in (saying.limits(signal, words), signal.unit, signal.source)
    )
    return f"**{signal.label}**  \n{formula}.  \n{limits}.  \n:gray[Unit: {unit}. Source: {source}.]"


page()
