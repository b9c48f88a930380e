"""Segments: the 11 business segments, how customers move between them, their rules, and segments of one's own."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.segments import business, movements, own, rules, saved

TABS = ("Business segments", "Movements", "Rules", "Build a segment", "Saved segments")


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
    in_segments, moving, ruling, building, kept = st.tabs(TABS, key="tab", bind="query-params")
    with in_segments:
        business.draw(found)
    with moving:
        if moving.open:  # a year of everybody is only read for who asks
            movements.draw(found)
    with ruling:
        rules.draw(found)
    with building:
        own.draw(found)
    with kept:
        saved.draw(found)


page()
