"""Training: the button that starts it, what it counts with, and what is said where there is nothing to show."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.parts import jobs, session
from pages.parts.text import literal
from pulse_core.insight import choices, judged
from pulse_core.insight.choices import HORIZON_DAYS, Choices
from pulse_core.stores.ledger.models import Model

BUSY = (
    "refresh",
    "import",
    "sample_world",
    "inbox",
    "undo_import",
    "rebuild",
)  # each computes all figures anew


def bar(model: Model | None, *, primary: bool = True) -> None:
    """The button, and beside it what counts as leaving and from which day."""
    with session.pulse().ledger.read() as conn:
        chosen = choices.chosen(conn, session.organisation().id)
    busy = jobs.running(*BUSY)
    with st.container(horizontal=True, vertical_alignment="center", key="training"):
        go = st.button(
            "Train" if model is None else "Train anew",
            type="primary" if primary else "secondary",
            icon=":material/model_training:",
            disabled=busy,
            help="Learns from all your data anew; goes on when you leave the page",
        )
        with st.popover("Horizon and day", icon=":material/tune:", disabled=busy):
            told = _ask(chosen, model)
        if busy:
            st.markdown(":gray[At work: the bar of jobs at the side shows the step, and stops it.]")
    if go:
        start(chosen)
    if told is not None:
        start(told)


def verdict(model: Model) -> None:
    """What it means, and what to do, where the model is not usable."""
    words, metrics = session.words(), model.metrics
    who = words.plural("customer", metrics.get("customers") or 0)
    if model.verdict == judged.NO_SIGNAL:
        with st.container(border=True):
            st.markdown("#### :material/help_center: No usable signal")
            st.markdown(
                f"On {who} whose outcome is known, the model told those who left from those who stayed no better "
                "than giving everybody the same risk. It would be guessing, so Pulse makes no risk and no risk level "
                "of its own, and segments use recency, frequency and money only."
            )
            st.markdown(
                "**What to do:** load a longer history or more of what customers do (visits, service events), or "
                "try another horizon. Each training is judged anew."
            )
    elif model.verdict == judged.TOO_LITTLE:
        with st.container(border=True):
            st.markdown("#### :material/hourglass_empty: Too little data")
            st.markdown(
                f"Leaving shows only after {words.plural('day', model.horizon_days)} without an order, and there are "
                f"too few customers whose outcome is known ({who}). Until then Pulse makes no risk of its own, and "
                "segments use recency, frequency and money only."
            )
            st.markdown(
                "**What to do:** load a longer history, or choose a shorter horizon, within which customers of "
                "yours usually come back."
            )


def value_verdict(model: Model) -> None:
    """The same of customer value."""
    days = session.words().plural("day", model.horizon_days)
    why = {
        judged.NO_SIGNAL: f"None of the models foretold the spend of {days} better than giving everybody the average.",
        judged.TOO_LITTLE: f"Too few customers could be followed for {days} to compare models on them.",
    }
    if model.verdict not in why:
        return
    with st.container(border=True):
        st.markdown(f"#### :material/help_center: {model.verdict.capitalize()}")
        so = "So no customer has an expected value; what they spent so far stands on the Customers page."
        st.markdown(f"{why[model.verdict]} {so}")
        st.markdown("**What to do:** load a longer history, or choose a shorter horizon.")


def warnings(model: Model) -> None:
    """What to bear in mind with this version, in one box."""
    if told := judged.warnings(model):
        lines = [f"- {literal(text[:1].upper() + text[1:])}" for text in told]
        st.warning("\n".join(lines) if len(lines) > 1 else lines[0][2:], icon=":material/warning:")


def _ask(chosen: Choices, model: Model | None) -> Choices | None:
    """Another horizon and another day; None until both are said."""
    words = session.words()
    with st.form("training-choices", border=False):
        horizon = st.number_input(
            "Days without an order that count as leaving",
            HORIZON_DAYS[0],
            HORIZON_DAYS[-1],
            chosen.horizon_days,
            placeholder="As the data says",
            help="Empty: the days within which nine of ten orders are followed by the next, from 14 to 365",
        )
        day = st.date_input(
            "Count from",
            chosen.as_of,
            format="YYYY-MM-DD",
            help="Nothing after this day is looked at. Empty: the last day in your data",
        )
        if model is not None:
            st.caption(f"Now: {words.plural('day', model.horizon_days)} from {words.date(model.as_of)}.")
        if st.form_submit_button("Train with these", icon=":material/model_training:"):
            return replace(chosen, horizon_days=horizon, as_of=day)
    return None


def start(told: Choices) -> None:
    """The same job as `pulse refresh`: scores, segments and models from the same day."""
    session.submit("refresh", told.words())
    st.rerun()
