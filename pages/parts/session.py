"""Whose pages these are: the organisation of this browser session, and what it may read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import streamlit as st

import wiring
from pages.parts.text import literal
from pulse_core.errors import NotFound
from pulse_core.stores.ledger.jobs import Job
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.warehouse.access import Reader
from pulse_core.words import Words

PERSON = "studio"  # who did it, in logs; accounts come with log-in


def pulse() -> wiring.Pulse:
    """The Pulse of this process."""
    return wiring.studio()


def begin() -> Organisation:
    """Settle whose pages this run draws: the organisation of the link, else the one chosen last, else the first."""
    wanted = st.query_params.get("org") or st.session_state.get("org")
    try:
        org = pulse().organisation(wanted or pulse().settings.org)
    except NotFound:
        st.toast(f"There is no organisation “{literal(wanted or '')}”; showing the first one.")
        org = pulse().organisations()[0]
    choose(org)
    return org


def organisation() -> Organisation:
    """The organisation that this session looks at."""
    org: Organisation = st.session_state["organisation"]
    return org


def choose(org: Organisation) -> None:
    """Look at another organisation from now on; what was being edited belongs to the one before."""
    if st.session_state.get("org") not in (None, org.id):
        for key in [k for k in st.session_state if str(k).startswith("edit:")]:
            del st.session_state[key]
    st.session_state["org"] = org.id
    st.session_state["organisation"] = org
    st.query_params["org"] = org.id


def go(page: str, **link: str) -> None:
    """Open another page; `link` is what its link says. Fields of this page that stand in the link stay behind."""
    st.switch_page(page, query_params={"org": organisation().id, **link})


def words() -> Words:
    """How figures are said for this organisation."""
    org = organisation()
    return Words(org.locale, org.currency)


def day(iso: str) -> str:
    """A day that JSON holds ("2011-09-10"), as the organisation writes it."""
    return words().date(date.fromisoformat(iso))


@contextmanager
def snapshot() -> Iterator[Reader]:
    """Read this organisation's warehouse as of one point in time."""
    with pulse().warehouses.use(organisation().id) as warehouse, warehouse.snapshot() as reader:
        yield reader


def data_version() -> str:
    """Part of every cache key: changes with each commit to this organisation's warehouse."""
    with pulse().warehouses.use(organisation().id) as warehouse:
        return warehouse.data_version


def submit(kind: str, params: dict[str, Any]) -> Job:
    """Start a job for this organisation; it goes on whatever page is open."""
    job = pulse().submit(organisation().id, kind, params, by=PERSON)
    st.session_state.setdefault("started", set()).add(job.id)
    return job


def dark() -> bool:
    """Whether the person's theme is dark."""
    return st.context.theme.type == "dark"
