"""The bar of filters over customers: each stands in the link, and its label says what it asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from pages.parts import blocks, figures, people, session
from pages.parts.text import literal
from pulse_core.audience.table import Filters
from pulse_core.audience.tree import EVERYBODY, Tree, parse
from pulse_core.errors import PulseError
from pulse_core.insight.segments import SEGMENT_NAMES
from pulse_core.words import Words

CONSENTS = ("given", "refused", "unknown")
# Each filter's widget stands in the link under its key. A filter is a row: key in the link, field, operator.
RANGES = (
    ("age-from", "age", "ge"), ("age-to", "age", "le"),
    ("spend-from", "monetary", "ge"), ("spend-to", "monetary", "le"),
    ("last-from", "last_order_on", "ge"), ("last-to", "last_order_on", "le"),
    ("place", "location", "contains"), ("segments", "segment", "in"),
    ("email", "consent_email", "in"), ("popup", "consent_popup", "in"), ("teaser", "consent_teaser", "in"),
)  # fmt: skip
KEYS = ("q", *(key for key, _, _ in RANGES))


def draw(found: figures.Figures, words: Words) -> Filters | None:
    """The bar, and what it says; None, with the reason shown, for what cannot be asked."""
    opens = "q" not in st.session_state
    with st.container(horizontal=True, vertical_alignment="bottom", key="customers-bar"):
        search = st.text_input(
            "Search",
            placeholder="Id, name or e-mail",
            icon=":material/search:",
            max_chars=200,
            width=220,
            label_visibility="collapsed",
            **bound("q"),
        )
        _range_popovers(words)
        _choice_popovers()
        if opens and any(key in st.query_params for key in KEYS):
            st.rerun()  # only now is it known what the link asks for: the labels above say it
        st.button("Clear", icon=":material/close:", type="tertiary", disabled=not used(), on_click=clear)
    try:
        return Filters(_tree(found), search or "")
    except PulseError as error:
        blocks.problem(error)
        return None


def _range_popovers(words: Words) -> None:
    with st.popover(_said("Age", "age-from", "age-to"), key="filter-age"):
        st.number_input("Age from", 0, 150, None, **bound("age-from"))
        st.number_input("Age to", 0, 150, None, **bound("age-to"))
    with st.popover(_said("Location", "place"), key="filter-place"):
        st.text_input(
            "Location contains", max_chars=200, help="Of the record; else the country of the orders", **bound("place")
        )  # fmt: skip
    unit = f", {words.symbol}" if words.symbol else ""
    with st.popover(_said("Revenue", "spend-from", "spend-to"), key="filter-spend"):
        st.number_input(f"Revenue from{unit}", value=None, step=1.0, format="%.2f", **bound("spend-from"))
        st.number_input(f"Revenue to{unit}", value=None, step=1.0, format="%.2f", **bound("spend-to"))
    with st.popover(_said("Last order", "last-from", "last-to"), key="filter-last"):
        days = {"value": None, "min_value": date(1900, 1, 1), "max_value": date(2999, 12, 31)}
        st.date_input("Last order from", format="YYYY-MM-DD", **days, **bound("last-from"))
        st.date_input("Last order to", format="YYYY-MM-DD", **days, **bound("last-to"))


def _choice_popovers() -> None:
    with st.popover(_said("Segment", "segments"), key="filter-segment"):
        st.multiselect("Segments", SEGMENT_NAMES, placeholder="Any segment", **bound("segments"))
    with st.popover(_said("Consent", "email", "popup", "teaser"), key="filter-consent"):
        for key, label in (("email", "E-mail"), ("popup", "Popups"), ("teaser", "Teasers")):
            st.multiselect(label, CONSENTS, placeholder="Any", **bound(key))


def bound(key: str) -> dict[str, Any]:
    """A filter stands in the link, and another choice begins on the first page again."""
    return {"key": key, "bind": "query-params", "on_change": first_page}


def _held(key: str) -> Any:
    return st.session_state.get(key)


def _said(label: str, *keys: str) -> str:
    """The label of a filter, with what it asks for."""
    parts = [" +".join(_brief(_held(key))) for key in keys]
    if not any(parts):
        return label
    is_range = keys[0].endswith("-from")
    text = "–".join(parts) if is_range else ", ".join(filter(None, parts))
    return f"**{label}: {literal(text if len(text) <= 16 else f'{text[:15]}…')}**"


def _brief(held: Any) -> list[str]:
    """The first of what is held, and how many more."""
    values = held if isinstance(held, list) else [held]
    told = [_told(value) for value in values if value not in (None, "")]
    return told[:1] + ([str(len(told) - 1)] if len(told) > 1 else [])


def _told(value: Any) -> str:
    words = session.words()
    if isinstance(value, date):
        return words.date(value)
    return words.number(value) if isinstance(value, int | float) else str(value)


def used() -> bool:
    """Whether anything is asked for."""
    return any(_held(key) not in (None, "", []) for key in KEYS)


def clear() -> None:
    """Ask for nothing."""
    for key in KEYS:
        if key not in st.session_state:
            continue
        held = st.session_state[key]
        st.session_state[key] = type(held)() if isinstance(held, list | str) else None
    first_page()


def first_page() -> None:
    """What is asked for now is read from its beginning."""
    st.session_state["page"] = 1
    people.unselect()


def _tree(found: figures.Figures) -> Tree:
    asked = [
        {"field": field, "op": op, "value": str(value) if not isinstance(value, list) else value}
        for key, field, op in RANGES
        if (value := st.session_state.get(key)) not in (None, "", []) and str(value).strip()
    ]
    return parse({"op": "and", "children": asked}, found.catalogue) if asked else EVERYBODY
