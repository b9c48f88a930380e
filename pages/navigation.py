"""The studio's frame: organisation, navigation, the bar of jobs, and the page that is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import blocks, figures, jobs, session
from pages.parts.text import literal
from pulse_core.errors import PulseError

HERE = Path(__file__).parent
ICON = HERE / "static" / "pulse.svg"
PAGES = (
    ("home.py", "Home", ":material/home:"),
    ("data.py", "Data", ":material/upload_file:"),
    ("customers.py", "Customers", ":material/groups:"),
    ("segments.py", "Segments", ":material/group_work:"),
    ("churn.py", "Churn", ":material/trending_down:"),
    ("value.py", "Value", ":material/diamond:"),
    ("behaviour.py", "Behaviour", ":material/monitor_heart:"),
    ("analytics.py", "Analytics", ":material/insights:"),
    ("campaign.py", "Campaign", ":material/send:"),
    ("inbox.py", "Inbox", ":material/inbox:"),
    ("models.py", "Models", ":material/model_training:"),
)


def frame() -> None:
    """Draw what every page has, then the page."""
    st.set_page_config(page_title="Pulse", page_icon=str(ICON), layout="wide")
    st.html(HERE / "static" / "studio.css")
    st.logo(str(HERE / "static" / "wordmark.svg"), icon_image=str(ICON), size="large")
    page = st.navigation(
        [
            st.Page(HERE / file, title=title, icon=icon, default=file == "home.py")
            for file, title, icon in PAGES
        ]
    )
    try:
        _choose_organisation()
        jobs.bar()
        jobs.news(page.title)
        page.run()
    except PulseError as error:
        blocks.problem(error)


def _named(name: str) -> bool:
    if not name.strip():
        st.warning("Give it a name first.")
    return bool(name.strip())


def _choose_organisation() -> None:
    known = {
        org.id: f"{org.name} (sample)" if org.sample else org.name for org in session.pulse().organisations()
    }
    current = session.begin().id
    with st.sidebar:
        chosen = st.selectbox(
            "Organisation",
            list(known),
            index=list(known).index(current),
            format_func=lambda org_id: known[org_id],
            help="Each organisation has its own data; nothing is ever mixed.",
        )
        with (
            st.popover("New organisation", icon=":material/add:", width="stretch"),
            st.form("new-organisation"),
        ):
            name = st.text_input("Name", max_chars=80, placeholder="Harbour Street Shop")
            if st.form_submit_button("Create organisation", type="primary") and _named(name):
                session.choose(session.pulse().create(name, by=session.PERSON))
                st.rerun()
        if session.organisation().sample and st.button(
            "Delete this sample", icon=":material/delete:", width="stretch"
        ):
            _delete_sample()
    if chosen != current:
        session.choose(session.pulse().organisation(chosen))
        st.rerun()


@st.dialog("Delete this sample?")
def _delete_sample() -> None:
    """Ask once; then everything of the organisation is gone, and another one is shown."""
    org = session.organisation()
    try:
        number = session.words().plural("customer", figures.load().overview.customers)
    except PulseError:  # figures that cannot be read are no reason to keep it
        number = "sample"
    st.markdown(
        f"{literal(org.name)} goes with its {number}, its segments, campaigns and messages. "
        "Your own data stays. A sample can be loaded again from Home."
    )
    if st.button(f"Delete {number}", type="primary", icon=":material/delete:"):
        try:
            session.pulse().delete(org.id, by=session.PERSON)
        except PulseError as error:
            blocks.problem(error)
            return
        session.choose(session.pulse().organisations()[0])
        st.rerun()


frame()
