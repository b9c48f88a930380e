"""Segments: the 11 business segments, segments of one's own, and those saved."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from pages.parts import blocks, builder, figures, session
from pages.parts.text import literal
from pulse_core.audience import compiler, segments
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import Tree, parse
from pulse_core.errors import Invalid, PulseError
from pulse_core.stores.ledger import segments as saved
from pulse_core.stores.ledger.segments import Segment


def page() -> None:
    """Three tabs, or the empty state."""
    found = figures.load()
    if not found.overview.customers:
        blocks.header("Segments", "Groups of customers that deserve the same message.")
        blocks.empty(
            "No customers yet", "Segments appear with the first file of orders.", "Add data", "data.py"
        )
        return
    words = session.words()
    blocks.header(
        "Segments",
        f"{words.plural('customer', found.overview.customers)}, each in exactly one of eleven segments by recency, "
        f"frequency and spend as of {words.date(found.as_of)}.",
    )
    business, own, kept = st.tabs(["Business segments", "Build a segment", "Saved segments"])
    with business:
        _business(found)
    with own:
        _build(found)
    with kept:
        _saved(found)


def _business(found: figures.Figures) -> None:
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
        st.switch_page("campaign.py")


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


def _build(found: figures.Figures) -> None:
    tree = builder.build(found.as_of, found.catalogue)
    if tree is None:
        st.info("Complete the conditions to see who is in this segment.", icon=":material/edit:")
        return
    _result(tree, found)
    with st.form("save-segment", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Save it as", max_chars=80, placeholder="Big spenders of last year")
        if st.form_submit_button("Save segment", type="primary", icon=":material/save:"):
            _save(name, tree, found)


def _save(name: str, tree: Tree, found: figures.Figures) -> None:
    org = session.organisation()
    try:
        segments.save(
            session.pulse().ledger,
            org.id,
            name=name,
            tree=tree,
            owner=session.PERSON,
            catalogue=found.catalogue,
        )
    except PulseError as error:
        blocks.problem(error)
        return
    builder.reset()
    st.toast("The segment is saved; find it under “Saved segments”.", icon=":material/check:")
    st.rerun()


def _result(tree: Tree, found: figures.Figures) -> None:
    """Live count, share, sentence, sample and SQL of a tree."""
    words = session.words()
    who = figures.audience(tree)
    share = who.customers / found.overview.customers
    with st.container(border=True):
        st.metric(
            "In this segment", words.plural("customer", who.customers), help="Counted on the loaded data"
        )
        st.caption(f"{words.percent(share)} of all customers")
        st.text(sentence(tree, money=words.money_full))
        with st.expander("The customers with the highest revenue"):
            st.dataframe(who.sample, hide_index=True, height=280, placeholder="–")
        with st.expander("The SQL"):
            query = compiler.compile(tree, as_of=found.as_of)
            st.code(query.sql, language="sql", wrap_lines=True)
            st.json({key: str(value) for key, value in query.parameters.items()}, expanded=False)


def _saved(found: figures.Figures) -> None:
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
            st.switch_page("campaign.py")
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


page()
