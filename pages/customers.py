"""Customers: everybody, searched, filtered and sorted; one of them in detail; all of them to take away."""

from __future__ import annotations

import streamlit as st

from pages.parts import bar, blocks, figures, people, session
from pages.parts.people import Shown
from pages.parts.text import literal
from pulse_core.audience import segments
from pulse_core.audience.sentence import sentence
from pulse_core.audience.table import Filters
from pulse_core.errors import PulseError
from pulse_core.words import Words

PAGE_SIZE = 50
SORT, BY_REVENUE = "edit:customers-sort", "monetary"
TABLE_HEIGHT = 500  # the same from the start, however many rows there are


def page() -> None:
    """The filters, the table, and the customer whom the link names."""
    found = figures.load()
    who = "Everybody who bought from you, or whom a file of yours names"
    if not found.overview.customers:
        blocks.header("Customers", f"{who}.")
        blocks.empty(
            "No customers yet",
            "They appear with the first file of orders or customers.",
            "Add data",
            "data.py",
        )
        return
    words = session.words()
    blocks.header("Customers", f"{who}, as of {words.date(found.as_of)}.")
    _begin()
    filters = bar.draw(found, words)
    if wanted := st.query_params.get("customer"):
        _open(wanted, found)
    if filters is not None:
        _table(filters, found, words)


def _begin() -> None:
    """What was asked for belongs to the organisation that it was asked of."""
    org_id = session.organisation().id
    if st.session_state.setdefault("customers-org", org_id) != org_id:
        st.session_state["customers-org"] = org_id
        bar.clear()
        people.close()


def _table(filters: Filters, found: figures.Figures, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="customers-order"):
        count = st.container(key="customers-count", width="stretch")
        sort = _sort(found)
        way = st.segmented_control(
            "Direction",
            ["Descending", "Ascending"],
            default="Descending",
            required=True,
            label_visibility="collapsed",
            **bar.bound("order"),
        )
        export = st.popover("Export", icon=":material/download:", key="customers-export")
        keep = st.popover(
            "Save as segment", icon=":material/save:", key="customers-save", disabled=not bar.used()
        )
    descending = way != "Ascending"
    shown = people.page(filters, sort, descending, _number(), PAGE_SIZE)
    if _number() > shown.pages:  # of a link of another day, or of a wider filter
        st.session_state["page"] = shown.pages
        shown = people.page(filters, sort, descending, shown.pages, PAGE_SIZE)
    total = words.plural("customer", found.overview.customers)
    count.markdown(f"**{words.number(shown.total)} of {total}**")
    with export:
        people.export(filters, sort, descending, shown.total)
    with keep:
        _save(filters, found, words)
    if shown.total:
        people.table(shown, found.catalogue, words, TABLE_HEIGHT)
    else:
        with st.container(height=TABLE_HEIGHT, border=True):
            st.markdown("#### :material/search_off: Nobody matches")
            st.markdown(":gray[Take a filter away, or search for less.]")
            st.button("Clear all filters", on_click=bar.clear)
    _pager(shown, words)


def _sort(found: figures.Figures) -> str:
    """The field to sort by; it stands in the link under its key, which no relabelling changes."""
    labels = {field.key: field.label for field in found.catalogue if field.kind != "list"}
    if st.session_state.setdefault(SORT, st.query_params.get("sort")) not in labels:
        st.session_state[SORT] = BY_REVENUE
    sort = st.selectbox(
        "Sorted by",
        list(labels),
        format_func=labels.__getitem__,
        icon=":material/sort:",
        label_visibility="collapsed",
        width=220,
        key=SORT,
        on_change=bar.first_page,
    )
    if sort == BY_REVENUE:
        st.query_params.pop("sort", None)
    else:
        st.query_params["sort"] = sort
    return sort


def _number() -> int:
    """The page that is open; while it first opens, the one of the link."""
    said = str(st.session_state.get("page") or st.query_params.get("page", ""))
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 10 else 1


def _pager(shown: Shown, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="center"):
        number = min(_number(), shown.pages)
        st.button(
            "Previous", icon=":material/chevron_left:", disabled=number <= 1, on_click=_turn, args=(-1,)
        )
        st.number_input(
            f"Page of {words.number(shown.pages)}",
            min_value=1,
            max_value=shown.pages,
            width=140,
            key="page",
            bind="query-params",
            on_change=people.unselect,
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=number >= shown.pages,
            on_click=_turn,
            args=(1,),
        )


def _turn(pages: int) -> None:
    st.session_state["page"] = _number() + pages
    people.unselect()


def _save(filters: Filters, found: figures.Figures, words: Words) -> None:
    if not bar.used():
        st.caption("Filter or search first: a segment keeps what you asked for.")
        return
    st.text(sentence(filters.whole(), money=words.money_full))
    with st.form("save-customers", border=False):
        name = st.text_input("Name of the segment", max_chars=80, placeholder="Big spenders of last year")
        if not st.form_submit_button("Save segment", type="primary"):
            return
    try:
        segments.save(
            session.pulse().ledger,
            session.organisation().id,
            name=name,
            tree=filters.whole(),
            owner=session.PERSON,
            catalogue=found.catalogue,
        )
    except PulseError as error:
        blocks.problem(error)
        return
    st.toast("The segment is saved; find it on the Segments page.", icon=":material/check:")


def _open(customer_id: str, found: figures.Figures) -> None:
    try:
        known = people.customer(customer_id)
    except PulseError as error:
        blocks.problem(error)
        return
    title = f"Customer {literal(known['customer_id'])}"
    st.dialog(title, width="large", on_dismiss=people.close)(people.details)(known, found.catalogue)


page()
