"""A segment of one's own: conditions, who they hold, and a name to keep them under."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, builder, figures, session
from pulse_core.audience import compiler, segments
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import Tree
from pulse_core.errors import PulseError


def draw(found: figures.Figures) -> None:
    """The form, its live result, and the way to save it."""
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
