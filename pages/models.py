"""Models: every version with its figures over time, what it learnt from, and what it was held against."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks
from pages.parts.outlook import history

ABOUT = "Every version of every model: what it learnt from, how it was judged, and what it was held against."


def page() -> None:
    """A tab for each kind of model."""
    blocks.header("Models", ABOUT)
    churn, value, plain = st.tabs(["Churn", "Customer value", "Plain tables"])
    with churn:
        history.draw("churn")
    with value:
        history.draw("value")
    with plain:
        history.draw("table")


page()
