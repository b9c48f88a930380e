"""Segments: the 11 business segments, how customers move between them, their rules, and segments of one's own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from pages.parts import blocks, figures, session
from pages.parts.segments import business, movements, own, rules, saved

TABS = ("Business segments", "Movements", "Rules", "Build a segment", "Saved segments")
OPEN = "segments-tab"


def page() -> None:
    """Five tabs, or the empty state. The open one stands in the link."""
    found = figures.load()
    if not found.overview.customers:
        blocks.header("Segments", "Groups of customers that deserve the same message.")
        blocks.empty(
            "No customers yet", "Segments appear with the first file of orders.", "Add data", "data.py"
        )
        return
    words = session.words()
    by = "recency, frequency and spend"
    blocks.header(
        "Segments",
        f"{words.plural('customer', found.overview.customers)}, each in exactly one of eleven segments by {by} "
        f"as of {words.date(found.as_of)}.",
    )
    in_segments, moving, ruling, building, kept = _tabs()
    with in_segments:
        business.draw(found)
    with moving:
        if moving.open:  # a year of everybody is only read for who asks
            movements.draw(found)
        else:
            movements.leave()
    with ruling:
        rules.draw(found)
    with building:
        own.draw(found)
    with kept:
        saved.draw(found)


def _tabs() -> Sequence[TabContainer]:
    """The tabs. The link is written by hand: Streamlit cannot leave a page whose link is bound to a widget."""
    wanted = st.query_params.get("tab")
    if OPEN not in st.session_state and wanted in TABS:
        st.session_state[OPEN] = wanted
    tabs = st.tabs(TABS, key=OPEN, on_change="rerun")
    if st.session_state[OPEN] == TABS[0]:
        st.query_params.pop("tab", None)
    else:
        st.query_params["tab"] = st.session_state[OPEN]
    return tabs


page()
