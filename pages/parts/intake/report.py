"""What became of a file's rows, in words, and the rows that were left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts import jobs, session
from pages.parts.intake import given
from pages.parts.intake.given import Given
from pages.parts.text import literal
from pulse_core.intake.fixing import why_set_aside
from pulse_core.stores.ledger.jobs import Job

_NEXT = {"orders": ("See your segments", ":material/group_work:", "segments.py")}
_COLUMNS = ("row", "column", "value", "reason")


def settle() -> None:
    """Put the file away that was imported: it is among the imports now."""
    job = _finished()
    if job is not None and not job.params.get("dry_run") and st.session_state.get("edit:imported") != job.id:
        st.session_state["edit:imported"] = job.id
        given.forget()


def outcome(file: Given | None) -> Job | None:
    """How the last import ended, until a new file is in hand; a check of that file is returned instead."""
    job = _finished()
    if job is None:
        return None
    if job.params.get("dry_run") and file is not None and str(file.path) == job.params["path"]:
        return job
    if file is None and job.params.get("dry_run"):
        checked(job)
    elif file is None:
        _imported(job.result or {})
    return None


def _finished() -> Job | None:
    job = jobs.finished("import")
    return job if job and job.result and not jobs.running("import") else None


def checked(job: Job) -> None:
    """What would become of the file, and the first rows that would be rejected."""
    report = job.result or {}
    if report["unchanged"]:
        _unchanged(report)
        return
    st.info(f"Only checked, nothing imported: {sentence(report)}", icon=":material/fact_check:")
    other_words(report)
    table(report["rejects"], total=report["rejected"])


def sentence(report: Mapping[str, Any]) -> str:
    """How many rows were accepted, rejected and set aside, and why the latter."""
    words = session.words()
    returns = f" ({words.plural('return', report['returns'])} among them)" if report["returns"] else ""
    parts = [f"{words.number(report['accepted'])} of {words.plural('row', report['rows'])} accepted{returns}"]
    parts.append(f"{words.number(report['rejected'])} rejected")
    if aside := set_aside(report["set_aside"]):
        parts.append(aside)
    return ", ".join(parts) + "."


def set_aside(counts: Mapping[str, int]) -> str:
    """How many rows were set aside and why: "3 set aside (2 name no customer, 1 repeats the header)"."""
    words = session.words()
    told = {reason: count for reason, count in counts.items() if count}
    if not told:
        return ""
    why = ", ".join(f"{words.number(count)} {why_set_aside(key, count)}" for key, count in told.items())
    if len(told) == 1:
        [(key, count)] = told.items()
        why = f"because {'it' if count == 1 else 'they'} {why_set_aside(key, count)}"
        return f"{words.number(count)} set aside {why}"
    return f"{words.number(sum(told.values()))} set aside ({why})"


def other_words(report: Mapping[str, Any]) -> None:
    """Words of lists that Pulse has no meaning for: what they are, and where they can be found."""
    for name, words in report.get("other_words", {}).items():
        told = ", ".join(f"{word} ({session.words().number(count)})" for word, count in words.items())
        st.caption(
            f"Words that Pulse has no meaning for were kept as the attribute {literal(name)}: {literal(told)}."
        )


def table(rejects: list[dict[str, Any]], *, total: int) -> None:
    """Rows that were not accepted: where they stand and why."""
    if not rejects:
        return
    st.dataframe(
        [{key: reject[key] for key in _COLUMNS} for reject in rejects],
        hide_index=True,
        column_order=_COLUMNS,
        column_config={
            "row": st.column_config.NumberColumn("Row", width=80, format="%d"),
            "column": st.column_config.TextColumn("Column", width=140),
            "value": st.column_config.TextColumn("Value", width=200),
            "reason": st.column_config.TextColumn("Why it was not accepted", width="large"),
        },
        height=min(35 * (len(rejects) + 1) + 3, 300),
        placeholder="–",
    )
    if total > len(rejects):
        words = session.words()
        st.caption(f"The first {words.number(len(rejects))} of {words.number(total)}.")


def _imported(report: Mapping[str, Any]) -> None:
    if report["unchanged"]:
        _unchanged(report)
        return
    name = literal(report["file"])
    st.success(f"Imported: {name}. {sentence(report)}", icon=":material/check_circle:")
    other_words(report)
    label, icon, page = _NEXT.get(report["kind"], ("", "", ""))
    if page and st.button(label, type="primary", icon=icon):
        session.go(page)
    if report["rejected"]:
        st.caption("The rejected rows can be taken away, corrected and imported: open the import below.")


def _unchanged(report: Mapping[str, Any]) -> None:
    st.info(
        f"{literal(report['file'])} was imported before (import {report['batch_id']}), so nothing has changed.",
        icon=":material/info:",
    )
