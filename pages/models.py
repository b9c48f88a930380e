"""Models: every version with its figures over time, what it learnt from, and what it was held against."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks
from pages.parts.outlook import history, plain

ABOUT = "Every version of every model: what it learnt from, how it was judged, and what it was held against."


def page() -> None:
    """A tab for each kind of model."""
    blocks.header("Models", ABOUT)
    of_churn, of_value, of_tables = st.tabs(["Churn", "Customer value", "Plain tables"])
    with of_churn:
        history.draw("churn")
    with of_value:
        history.draw("value")
    with of_tables:
        plain.draw()


page()
