"""Blocks that look the same on every page: header, metric cards, charts, empty states, errors."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.parts import figures, session
from pages.parts.text import literal
from pulse_core import tables
from pulse_core.charts.chart import Chart
from pulse_core.errors import PulseError
from pulse_core.words import Change


@dataclass(frozen=True, slots=True)
class Card:
    """One metric card: `change` says how it moved and against what; `note` stands there where nothing moved."""

    label: str
    value: str
    help: str
    change: Change | None = None
    rising_is_good: bool = True
    note: str | None = None


def header(title: str, sentence: str) -> None:
    """The page's subject and one plain sentence."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{sentence}]")


def cards(items: Sequence[Card]) -> None:
    """Three to five figures that matter, side by side (below each other on a phone)."""
    for column, item in zip(st.columns(len(items)), items, strict=True):
        with column:
            change = item.change
            known = change is not None and change.share is not None
            st.metric(
                item.label,
                item.value,
                delta=change.text if known else None,
                delta_color="off" if known and change.direction == "flat" else _colour(item),
                delta_description=change.sentence.removeprefix(change.text).strip() if known else item.note,
                help=item.help,
                border=True,
                height="stretch",
            )


def chart(key: str) -> None:
    """A chart of the organisation's figures."""
    drawn(figures.chart(key))


def drawn(made: Chart, key: str | None = None) -> None:
    """A chart with its title, how to read it, and its data to take away; `key` where a page has it twice."""
    key = key or made.key
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.subheader(made.title, anchor=False)
            data = st.popover("Data", icon=":material/table:", key=f"data-{key}")
        with data:
            st.dataframe(made.data, hide_index=True, height=280)
            st.download_button(
                "Download CSV",
                csv(made.data),
                f"pulse-{key}.csv",
                "text/csv",
                key=f"csv-{key}",
                on_click="ignore",
            )
        st.caption(made.reading)
        st.plotly_chart(made.figure, config=made.config, alt=made.alt, key=f"chart-{key}")


def tabs(key: str, parts: Mapping[str, Callable[[], None]]) -> None:
    """What helps further, one part at a time: the open one stands in the link under `key`, and only it is drawn."""
    shown = st.tabs(list(parts), key=key, bind="query-params")
    for tab, draw in zip(shown, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def empty(title: str, why: str, action: str, page: str, icon: str = ":material/inbox:") -> None:
    """What will be here, why it is not yet, and the one button that fills it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"#### {icon} {title}", text_alignment="center")
        st.markdown(f":gray[{why}]", text_alignment="center")
        if st.button(action, type="primary", key=f"empty-{page}"):
            session.go(page)


def problem(error: PulseError) -> None:
    """What happened and what to do, with the error's code; nothing was lost."""
    remedy = f"\n\n**What to do:** {literal(error.remedy)}" if error.remedy else ""
    st.error(f"{literal(error.message)}{remedy}\n\n:gray[Code: {error.code}]", icon=":material/error:")


def csv(table: pa.Table) -> bytes:
    """The table as CSV; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.BytesIO()
    tables.csv(table, out)
    return out.getvalue()


def _colour(item: Card) -> str:
    return "normal" if item.rising_is_good else "inverse"
