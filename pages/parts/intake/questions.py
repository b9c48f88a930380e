"""Questions that only the whole file could raise: they come as the end of an import, and an answer starts it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from pages.parts import jobs, session
from pages.parts.intake import given
from pages.parts.intake.given import Given
from pages.parts.intake.readings import ambiguous_dates, ambiguous_number
from pages.parts.intake.values import AMOUNTS, date_labels, number_labels
from pages.parts.text import literal
from pulse_core.intake.kinds import KINDS
from pulse_core.stores.ledger.jobs import Job

_OVERLAP = {"skip": "Leave them out", "keep": "Count them again"}


def ask() -> None:
    """The question that the last import ended with, if it did, with a button for each answer."""
    job = jobs.question()
    if job is None:
        return
    error = job.error or {}
    with st.container(border=True, key="question"):
        _ASK[str(error["code"])](job, error)
        st.caption("Nothing of the file was imported so far; an answer starts the import again.")


def _dates(job: Job, error: Mapping[str, Any]) -> None:
    example = error.get("example") or next(
        iter(ambiguous_dates(_cells(_file(job), error.get("column")))), None
    )
    _title(f"How are the dates of {literal(jobs.file_name(job))} meant?")
    _what(error)
    _answers(job, "dates", date_labels(example))


def _numbers(job: Job, error: Mapping[str, Any]) -> None:
    example = error.get("example") or ambiguous_number(_amounts(_file(job)))
    _title(f"How are the numbers of {literal(jobs.file_name(job))} meant?")
    _what(error)
    _answers(job, "numbers", number_labels(example))


def _order_totals(job: Job, error: Mapping[str, Any]) -> None:
    words, sums = session.words(), error["sums"]
    shared, several = words.number(error["count"]), words.plural("order", error["orders"])
    _title(f"What is an amount of {literal(jobs.file_name(job))} of?")
    first, second = (words.number(row) for row in error["rows"])
    where = "the same on all their lines" if error["is_repeated"] else "on one of their lines only"
    speaks = {"order": "the whole order", "line": "each line"}.get(error["suggested"])
    advice = (
        f" {literal(error['reason'][:1].upper() + error['reason'][1:])}: this speaks for **{speaks}**."
        if speaks
        else ""
    )
    st.markdown(
        f"In {shared} of {several} with several lines, {literal(error['column'])} stands {where}. The first is order "
        f"{literal(error['example'])}, with {words.money_full(Decimal(error['amount']))} in rows {first} and {second}."
        f"{advice}"
    )
    _answers(
        job,
        "amounts",
        {key: f"{label}: {words.money_full(Decimal(sums[key]))}" for key, label in AMOUNTS.items()},
    )


def _overlap(job: Job, error: Mapping[str, Any]) -> None:
    words = session.words()
    _title(
        f"{words.plural('row', error['count'])} of {literal(jobs.file_name(job))} were imported before. What now?"
    )
    st.markdown(
        "They agree with rows of earlier imports in customer, time, order, product and amount. **Leave them out** "
        "if this file begins before the last one ended. **Count them again** if they are other purchases."
    )
    _answers(job, "overlap", _OVERLAP)


def _sheet(job: Job, error: Mapping[str, Any]) -> None:
    _title(f"Which sheet of {literal(jobs.file_name(job))} is meant?")
    _answers(job, "sheet", {sheet: sheet for sheet in error["sheets"]})


_ASK = {
    "ambiguous_dates": _dates,
    "ambiguous_numbers": _numbers,
    "ambiguous_amounts": _order_totals,
    "overlapping_rows": _overlap,
    "choose_sheet": _sheet,
}
assert set(_ASK) == jobs.QUESTIONS  # noqa: S101


def _title(text: str) -> None:
    st.markdown(f"#### :material/help: {text}")


def _what(error: Mapping[str, Any]) -> None:
    """What the whole file told: how many, the first of them, and whether both ways of writing are mixed."""
    message = str(error["message"])
    st.markdown(f"{literal(message[:1].upper() + message[1:])}.")


def _answers(job: Job, key: str, labels: Mapping[str, str]) -> None:
    with st.container(horizontal=True):
        for answer, label in labels.items():
            if st.button(literal(label), key=f"answer-{job.id}-{answer}"):
                _go_on(job, {key: answer})
        if st.button("Answer later", key=f"later-{job.id}", type="tertiary"):
            jobs.close(job)
            st.rerun()


def _go_on(job: Job, answer: dict[str, Any]) -> None:
    """Start the import again with what it had, and the answer."""
    if (file := _file(job)) is not None:
        file.said |= answer
    answers = {**(job.params.get("answers") or {}), **answer}
    session.submit("import", {**job.params, "answers": answers})
    st.rerun()


def _file(job: Job) -> Given | None:
    """The file in hand, when it is the one that is asked about."""
    file = given.current()
    return file if file is not None and str(file.path) == job.params.get("path") else None


def _cells(file: Given | None, header: str | None) -> Iterable[str]:
    if file is None or file.found is None or header not in file.found.mapping.header:
        return ()
    return file.cells(file.found, header)


def _amounts(file: Given | None) -> Iterable[str]:
    if file is None or file.found is None:
        return ()
    mapping = file.found.mapping
    headers = (mapping.columns.get(key) for key in KINDS[mapping.kind].amounts)
    return (value for header in headers for value in file.cells(file.found, header))
