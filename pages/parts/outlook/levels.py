"""Risk levels: how many customers stand at each, and another way to place them where nearly all are high."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.parts import blocks, figures, jobs, session
from pages.parts.outlook import learnt, training
from pulse_core.insight import choices, risk


def draw() -> None:
    """The chart, and what to do where it says little."""
    blocks.drawn(figures.draw("risk_levels", learnt.levels(), session.data_version()), "risk_levels")


def advise() -> None:
    """Levels relative to the average customer, offered where more than half are high, and the way back."""
    with session.pulse().ledger.read() as conn:
        chosen = choices.chosen(conn, session.organisation().id)
    if chosen.risk.relative:
        text = "Risk levels are held against the average customer: Critical has about four times the odds to leave."
        _offer(text, "Use fixed levels", chosen, relative=False)
    elif risk.too_many_high(figures.risk_shares()):
        text = "More than half of your customers are high or critical, so the levels tell little apart."
        _offer(text, "Hold them against the average", chosen, relative=True)


def _offer(text: str, verb: str, chosen: choices.Choices, *, relative: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="risk-levels"):
        st.markdown(f":gray[{text}]")
        if st.button(verb, icon=":material/balance:", disabled=jobs.running(*training.BUSY)):
            bounds = replace(chosen.risk, relative=relative)
            risk.save(session.pulse().ledger, session.organisation().id, bounds, by=session.PERSON)
            training.start(chosen)
