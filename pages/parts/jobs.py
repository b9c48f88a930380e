"""The bar of jobs: what is running, how far it is, and how it ended; the same on every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts import blocks, session
from pages.parts.text import literal, short
from pulse_core.errors import revived
from pulse_core.stores.ledger import jobs
from pulse_core.stores.ledger.jobs import Job
from pulse_core.tasks import LOOKS

LABELS = {
    "import": "Import",
    "inbox": "Drop folder",
    "sample_world": "Sample world",
    "undo_import": "Removing an import",
    "refresh": "Refresh",
    "train_table": "Training",
    "evaluate": "Comparison of models",
    "campaign": "Campaign",
    "resume": "Campaign",
    "rebuild": "Rebuild",
}
STOPPED = {
    "import": "The import was stopped; nothing of the file was taken.",
    "inbox": "Taking files from the drop folder was stopped. Those that are still there are taken within ten minutes.",
    "sample_world": "Making the sample world was stopped. Load it again from Home, or delete it.",
    "refresh": "The refresh was stopped. Figures and models are those of before.",
    "train_table": "The training was stopped. Nothing of it is kept.",
    "campaign": "The campaign was stopped. What was not sent yet waits under “Campaigns so far” on the Campaign page.",
    "resume": "The campaign was stopped. What was not sent yet waits under “Campaigns so far” on the Campaign page.",
}
# How an import can end that waits for a person; the Data page knows how to ask each.
QUESTIONS = frozenset(
    {"ambiguous_dates", "ambiguous_numbers", "ambiguous_amounts", "overlapping_rows", "choose_sheet"}
)
DATA = "Data"
NEWS_FOR = timedelta(hours=1)


def bar() -> None:
    """Draw the bar in the sidebar; it follows running jobs by itself and reruns the page when one has ended."""
    with st.sidebar:
        st.fragment(_bar, run_every=0.7 if _unfinished() else None)()


def news(page: str) -> None:
    """How the last job of this organisation ended: a failure for everybody, a success for who started it."""
    job = _latest()
    if job is None or job.id in st.session_state.setdefault("closed-news", set()):
        return
    if _waits(job):
        _asks(job, page)
        return
    if job.state == "failed":
        blocks.problem(revived(job.error or {}))
    elif job.state == "cancelled":
        st.info(STOPPED.get(job.kind, f"{_label(job)} was stopped."), icon=":material/block:")
    elif not (_is_mine(job) or job.kind == "inbox") or not _success(job):
        return
    if st.button("Close this message", key="close-news"):
        close(job)
        st.rerun()


def close(job: Job) -> None:
    """Say no more of how it ended."""
    st.session_state.setdefault("closed-news", set()).add(job.id)


def question() -> Job | None:
    """The last job, when it is an import that ended with a question and was not started again yet."""
    job = _latest()
    closed = st.session_state.get("closed-news", set())
    return job if job and _waits(job) and job.id not in closed and not running("import") else None


def file_name(job: Job) -> str:
    """What the file of an import is called."""
    return str(job.params.get("name") or Path(job.params.get("path", "")).name)


def finished(kind: str) -> Job | None:
    """The last job, when it is of this kind, this person started it and it is done."""
    job = _latest()
    mine = st.session_state.get("started", set())
    return job if job and job.kind == kind and job.state == "done" and job.id in mine else None


def running(*kinds: str) -> bool:
    """Whether a job of these kinds is queued or running for this organisation."""
    return any(job.kind in kinds for job in _unfinished())


def _waits(job: Job) -> bool:
    """Whether it is an import of the studio's that ended with a question and can be started again."""
    is_ours = job.kind == "import" and job.state == "failed" and job.created_by == session.PERSON
    return is_ours and (job.error or {}).get("code") in QUESTIONS and Path(job.params["path"]).is_file()


def _asks(job: Job, page: str) -> None:
    """An import that waits for an answer: the Data page asks, the others show the way there."""
    if page == DATA or question() is None:
        return
    st.info(f"The import of {literal(file_name(job))} needs an answer from you.", icon=":material/help:")
    if st.button("Answer it", key="answer-news"):
        session.go("data.py")


def _is_mine(job: Job) -> bool:
    return job.id in st.session_state.get("started", set())


def _success(job: Job) -> bool:
    """Say what was done; False where the page of the job says it better."""
    result, words = job.result or {}, session.words()
    if job.kind in ("campaign", "resume"):
        counts = result["counts"]
        rest = " · ".join(
            f"{words.number(n)} {state}" for state, n in counts.items() if n and state != "sent"
        )
        sent = f"{words.plural('message', counts['sent'])} sent{': ' + rest if rest else ''}."
        st.success(f"{sent} Read them in the inbox.", icon=":material/check_circle:")
    elif job.kind == "undo_import":
        st.success(
            f"{literal(result['file'])} was removed from your figures.", icon=":material/check_circle:"
        )
    elif job.kind == "inbox":
        return _dropped(result["files"])
    elif job.kind == "refresh":
        st.success("The figures were computed anew.", icon=":material/check_circle:")
    else:
        return False
    return True


def _dropped(files: list[dict[str, Any]]) -> bool:
    """Files that nobody watched over: those that were imported, and those that wait for an answer."""
    failed = [file for file in files if file["error"]]
    if imported := len(files) - len(failed):
        text = session.words().plural("file", imported)
        st.success(f"{text} imported from the drop folder.", icon=":material/check_circle:")
    for file in failed:
        error = file["error"]
        st.warning(
            f"{literal(file['file'])} was not imported from the drop folder. {literal(error['message'])}. "
            f"**What to do:** {literal(error['remedy'])}. The file lies in {literal(file['moved_to'])}.",
            icon=":material/warning:",
        )
    return bool(files)


def _label(job: Job) -> str:
    if job.params.get("dry_run"):
        return "Check"
    return LABELS.get(job.kind, job.kind.replace("_", " ").capitalize())


def _unfinished() -> list[Job]:
    with session.pulse().ledger.read() as conn:
        found = jobs.unfinished(conn, session.organisation().id)
    return [job for job in found if job.kind not in LOOKS]


def _latest() -> Job | None:
    """The job that ended last, while it is news."""
    with session.pulse().ledger.read() as conn:
        found = jobs.recent(conn, session.organisation().id)
    since = datetime.now(UTC) - NEWS_FOR
    ended = [j for j in found if j.kind not in LOOKS and j.finished_at is not None and j.finished_at > since]
    return max(ended, key=lambda job: job.finished_at or since, default=None)


def _bar() -> None:
    active = _unfinished()
    seen = st.session_state.get("active-jobs", set())
    st.session_state["active-jobs"] = {job.id for job in active}
    if seen - st.session_state["active-jobs"]:
        st.rerun()  # one has ended: the page shows what it brought
    for job in active:
        _running(job)


def _running(job: Job) -> None:
    since = job.started_at or job.created_at
    seconds = int((datetime.now(UTC) - since).total_seconds())
    step = job.step or ("Waiting for its turn" if job.state == "queued" else "Starting")
    with st.container(border=True):
        name = f" {literal(short(file_name(job), 24))}" if job.kind == "import" else ""
        st.markdown(f"**{_label(job)}**{name} :gray[{seconds} s]")
        text = f"{step}: {job.done:,} of {job.total:,}" if job.total else step
        st.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=text)
        if job.cancel_requested:
            st.caption("Stopping…")
        elif st.button("Cancel", key=f"cancel-{job.id}", icon=":material/close:"):
            session.pulse().cancel(job)
