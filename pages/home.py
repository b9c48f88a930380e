"""Home: the state of the loop at a glance, or three ways in when there is nothing yet."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, jobs, session
from pages.parts.blocks import Card
from pulse_core.insight.figures import Overview, SegmentRow
from pulse_core.intake.samples import SAMPLES, WORLD, Sample, sample_file
from pulse_core.intake.sampling import Wish
from pulse_core.intake.world.template import template_csv
from pulse_core.words import Words

ADVICE = ("Cannot Lose Them", "At Risk", "About to Sleep", "New Customers")


def page() -> None:
    """Empty: the ways in. Else: figures, what to do next, revenue."""
    found = figures.load()
    if found.overview.customers:
        _glance(found)
    else:
        _ways_in()


def _ways_in() -> None:
    blocks.header(
        "Welcome to Pulse",
        "See who your customers are, who is leaving, and what to say to them. It begins with a file of orders.",
    )
    if jobs.running("import", "sample_world", "inbox"):
        st.info(
            "Your data is being read; the figures appear here when it is done.",
            icon=":material/hourglass_top:",
        )
    first, second, third = st.columns(3, border=True)
    with first:
        _sample_card(WORLD)
    with second:
        _sample_card(SAMPLES["online_retail"])
    with third:
        _own_file_card()
    with st.expander("Another sample"):
        _sample_card(SAMPLES["cdnow"])


def _own_file_card() -> None:
    st.subheader("Your own file", anchor=False)
    st.markdown(
        "A CSV of orders: who, when and how much. Pulse finds the columns and shows you what it understood."
    )
    if st.button("Choose a file", type="primary", icon=":material/upload_file:"):
        session.go("data.py")
    st.download_button(
        "Get a template",
        template_csv(),
        "customers-template.csv",
        "text/csv",
        icon=":material/download:",
        help="50 invented customers, with every column that a file of customers may have",
        on_click="ignore",
    )


def _sample_card(sample: Sample) -> None:
    """Open the sample's organisation, and fill it unless somebody has."""
    st.subheader(sample.title, anchor=False)
    st.markdown(sample.text)
    made = next((org for org in session.pulse().organisations() if org.sample == sample.key), None)
    is_here = (
        made is not None and made.id == session.organisation().id
    )  # and it is empty, or this page were another
    verb, icon = ("Load", ":material/download:") if is_here or not made else ("Open", ":material/visibility:")
    busy = is_here and jobs.running("import", "sample_world")
    if st.button(f"{verb} {sample.title}", icon=icon, disabled=busy):
        session.choose(session.pulse().sample_organisation(sample.key, by=session.PERSON))
        if verb == "Load":
            _fill(sample)
        st.rerun()


def _fill(sample: Sample) -> None:
    if sample == WORLD:
        session.submit("sample_world", Wish().params())
    else:
        session.submit("import", {"path": str(sample_file(sample.key))})


def _glance(found: figures.Figures) -> None:
    words, overview = session.words(), found.overview
    blocks.header("Home", f"Your customers as of {words.date(overview.as_of)}, the last day in your data.")
    blocks.cards(_cards(overview, words))
    st.subheader("What to do next", anchor=False)
    rows = {row.segment: row for row in found.segments}
    advice = [rows[name] for name in ADVICE if rows[name].customers]
    for column, row in zip(st.columns(len(ADVICE)), advice, strict=False):
        with column.container(border=True, height=200):
            _advice(row, words)
    blocks.chart("revenue_by_month")


def _advice(row: SegmentRow, words: Words) -> None:
    st.markdown(f"**{row.segment}**  \n{row.meaning}")
    st.markdown(f":gray[{words.plural('customer', row.customers)}, {words.money(row.revenue)} so far]")
    if st.button("Write to them", key=f"write-{row.segment}", icon=":material/edit:"):
        st.session_state["edit:segment"] = row.segment
        session.go("campaign.py")


def _cards(overview: Overview, words: Words) -> list[Card]:
    now, before, against = overview.now, overview.before, "90 days before"
    repeat = overview.repeat_customers / overview.customers
    return [
        Card(
            "Customers, 90 days",
            words.number(now.customers),
            f"Ordered at least once, of {words.plural('customer', overview.customers)} in all",
            words.change(now.customers, before and before.customers, against),
        ),
        Card(
            "Revenue, 90 days",
            words.money(now.revenue),
            f"{words.money_full(now.revenue)}, returns taken off",
            words.change(now.revenue, before and before.revenue, against),
        ),
        Card(
            "Slipping away",
            words.money(overview.leaving_revenue),
            f"What {words.plural('customer', overview.leaving)} in About to Sleep, At Risk and Cannot Lose Them "
            "have spent so far",
        ),
        Card("Came back", words.percent(repeat), "Share of customers with more than one order"),
    ]


page()
