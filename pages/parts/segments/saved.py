"""Segments that were saved: what they say, how many they hold, and what can be done with them."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.text import literal
from pulse_core.audience import segments
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import Tree, parse
from pulse_core.errors import Invalid
from pulse_core.stores.ledger import segments as saved
from pulse_core.stores.ledger.segments import Segment


def draw(found: figures.Figures) -> None:
    """Each of them in a box of its own."""
    org = session.organisation()
    with session.pulse().ledger.read() as conn:
        kept = saved.all(conn, org.id)
    if not kept:
        st.info(
            "No segments saved yet: build one in the tab beside, and save it under a name.",
            icon=":material/save:",
        )
    for segment in kept:
        with st.container(border=True):
            _kept(segment, found)


def _kept(segment: Segment, found: figures.Figures) -> None:
    st.markdown("**" + literal(segment.name) + "**")
    try:
        tree = parse(segment.tree, found.catalogue)
    except Invalid as error:  # an attribute is gone, or holds something else than it did
        blocks.problem(error)
    else:
        _described(segment, tree, found)
    with st.container(horizontal=True):
        if st.button("Write to them", key=f"write-{segment.id}", icon=":material/edit:"):
            st.session_state["edit:segment"] = f"saved:{segment.id}"
            session.go("campaign.py")
        if st.button("Delete", key=f"delete-{segment.id}", icon=":material/delete:"):
            _confirm_delete(segment)


def _described(segment: Segment, tree: Tree, found: figures.Figures) -> None:
    words, count = session.words(), figures.audience(tree).customers
    st.text(sentence(tree, money=words.money_full))
    st.caption(
        f"{words.plural('customer', count)} · {words.percent(count / found.overview.customers)} · "
        f"version {segment.version}, saved {words.date(segment.updated_at.date())} by {segment.owner}"
    )


@st.dialog("Delete this segment")
def _confirm_delete(segment: Segment) -> None:
    st.text(f"“{segment.name}” is no longer offered. Campaigns already sent to it stay as they are.")
    if st.button("Delete segment", type="primary"):
        segments.delete(session.pulse().ledger, segment.org_id, segment.id, by=session.PERSON)
        st.rerun()
