"""The bar of jobs: what is running, how far it is, and how it ended; the same on every page."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.parts import blocks, session
from pulse_core.stores.ledger import jobs
from pulse_core.stores.ledger.jobs import Job
from wiring import revived

LABELS = {
    "import": "Import",
    "undo_import": "Removing an import",
    "refresh": "Refresh",
    "segments": "Segments",
    "customer": "Customer",
    "campaign": "Campaign",
    "resume": "Campaign",
    "rebuild": "Rebuild",
}


def _label(job: Job) -> str:
    return LABELS.get(job.kind, job.kind.replace("_", " ").capitalize())


def bar() -> None:
    """Draw the bar in the sidebar; it follows running jobs by itself and reruns the page when one has ended."""
    active = [job for job in _recent() if job.state not in jobs.FINAL]
    with st.sidebar:
        st.fragment(_bar, run_every=0.7 if active else None)()


def outcome() -> None:
    """On top of the page: how the job that this person started last has ended, once."""
    job = _followed()
    if job is None or job.state not in jobs.FINAL:
        return
    del st.session_state["followed"]
    st.session_state[f"ended-{job.kind}"] = job.id
    if job.state == "failed":
        st.session_state["failed"] = job
    elif job.state == "cancelled":
        st.toast(f"{_label(job)} was cancelled; nothing was changed.", icon=":material/block:")


def failure() -> None:
    """The error of the last job that failed, until it is closed."""
    job: Job | None = st.session_state.get("failed")
    if job is None or job.org_id != session.organisation().id:
        return
    blocks.problem(revived(job.error or {}))
    if st.button("Close this message", key="close-failure"):
        del st.session_state["failed"]
        st.rerun()


def last_result(kind: str) -> Job | None:
    """The job of this kind that this person saw ending last, for the page that started it."""
    job_id = st.session_state.get(f"ended-{kind}")
    return next((job for job in _recent() if job.id == job_id), None)


def running(kind: str) -> Job | None:
    """The job of this kind that is queued or running for this organisation."""
    return next((job for job in _recent() if job.kind == kind and job.state not in jobs.FINAL), None)


def _recent() -> list[Job]:
    with session.pulse().ledger.read() as conn:
        return jobs.recent(conn, session.organisation().id)


def _followed() -> Job | None:
    job_id = st.session_state.get("followed")
    return next((job for job in _recent() if job.id == job_id), None)


def _bar() -> None:
    found = _recent()
    active = [job for job in found if job.state not in jobs.FINAL]
    seen = st.session_state.get("active-jobs", set())
    st.session_state["active-jobs"] = {job.id for job in active}
    if seen - st.session_state["active-jobs"]:
        st.rerun()  # one has ended: the page shows what it brought
    for job in reversed(active):
        _running(job)


def _running(job: Job) -> None:
    since = job.started_at or job.created_at
    seconds = int((datetime.now(UTC) - since).total_seconds())
    step = job.step or ("Waiting for its turn" if job.state == "queued" else "Starting")
    with st.container(border=True):
        st.markdown(f"**{_label(job)}** :gray[{seconds} s]")
        text = f"{step}: {job.done:,} of {job.total:,}" if job.total else step
        st.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=text)
        if job.cancel_requested:
            st.caption("Stopping…")
        elif st.button("Cancel", key=f"cancel-{job.id}", icon=":material/close:"):
            session.pulse().cancel(job)
