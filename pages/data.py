"""Data: add a file, see what Pulse understood, correct it, and look at what was imported and what was left out."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import blocks, jobs, session
from pages.parts.intake import columns, given, log, questions, report, values
from pages.parts.intake.columns import SHAPE_LABELS, Choice
from pages.parts.intake.given import Given
from pages.parts.intake.values import Said
from pages.parts.text import literal, short
from pulse_core.errors import PulseError
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.mapping import Proposal, answers, settle
from pulse_core.stores.ledger.jobs import Job


def page() -> None:
    """Questions and outcomes first, then the file in hand, then the list of imports."""
    blocks.header(
        "Data",
        "Orders, customers, events or scores as CSV, Excel or Parquet, packed or not. The same file twice changes "
        "nothing.",
    )
    report.settle()
    told = st.container()
    file = given.ask()
    with told:
        questions.ask()
        check = report.outcome(file)
    if file is None:
        _template()
    else:
        _in_hand(file, check)
    log.show()


def _template() -> None:
    """For people whose list of customers is still in their heads."""
    st.download_button(
        "Template for customers",
        _template_csv,
        "customers-template.csv",
        "text/csv",
        icon=":material/description:",
        help="Fifty invented customers with every column that Pulse knows: replace them by yours.",
        on_click="ignore",
        type="tertiary",
    )


def _template_csv() -> bytes:
    from pulse_core.intake.world.template import template_csv  # drawing it takes what no other page needs

    return template_csv()


def _in_hand(file: Given, check: Job | None) -> None:
    given.examine(file)
    with st.container(border=True, key="in-hand"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{short(file.name, 80)} · {given.size(file.size)}")
            if st.button("Put it away", icon=":material/close:", type="tertiary"):
                given.forget()
                st.rerun()
        if file.sheets:
            _choose_sheet(file)
        if file.found is not None:
            _understood(file, check)
        elif file.fault is not None and file.fault.code != "choose_sheet":
            blocks.problem(file.fault)


def _choose_sheet(file: Given) -> None:
    sheet = st.selectbox(
        f"Which of its {len(file.sheets)} sheets?",
        file.sheets,
        index=file.sheets.index(file.sheet) if file.sheet in file.sheets else None,
        placeholder="Choose a sheet",
        help="A workbook is imported sheet by sheet.",
        key=f"sheet-{file.upload_id}",
        width=values.WIDTH,
    )
    if sheet is not None and sheet != file.sheet:
        given.choose_sheet(file, sheet)
        st.rerun()


def _understood(file: Given, check: Job | None) -> None:
    """What Pulse makes of the file, to be looked at and corrected."""
    proposal = _choose_kind(file)
    chosen = columns.choose(file, proposal)
    said = values.ask(file, proposal, chosen)
    told = _start(file, proposal, chosen, said)
    if check is not None and check.params["answers"] == told:  # else it was read in another way then
        report.checked(check)


def _choose_kind(file: Given) -> Proposal:
    first = file.proposal()
    kind = st.selectbox(
        "What is in it",
        list(KINDS),
        index=list(KINDS).index(first.mapping.kind),
        format_func=lambda key: KINDS[key].label,
        key=f"kind-{file.key}",
        width=values.WIDTH,
    )
    proposal = file.proposal(kind)
    with st.container(horizontal=True, vertical_alignment="center"):
        _why(file, first, proposal)
    return proposal


def _why(file: Given, first: Proposal, proposal: Proposal) -> None:
    """Where the reading comes from: what was said before, a file that is known, or the columns."""
    if proposal.mapping.kind != first.mapping.kind and proposal.source == "mapped":
        st.badge("Chosen by you", icon=":material/edit:", color="violet")
    elif proposal.source == "remembered" and file.last is not None:
        number, name = file.last.id, literal(short(file.last.file_name))
        if file.is_fixed:
            st.badge(f"Rejected rows of import {number}", icon=":material/build:", color="green")
            st.markdown(f":gray[They are read as {name} was.]")
            return
        st.badge(f"Read as last time (import {number})", icon=":material/history:", color="green")
        if st.button("Look at it afresh", icon=":material/restart_alt:", type="tertiary"):
            file.afresh = True
            st.rerun()
    elif proposal.source in SHAPE_LABELS:
        st.badge(f"Recognised: {SHAPE_LABELS[proposal.source]}", icon=":material/check:", color="green")
    elif proposal.missing:
        st.badge("Please check the columns", icon=":material/visibility:", color="orange")
    else:
        st.badge("Recognised by its columns", icon=":material/check:", color="green")
        named = ", ".join(literal(short(header)) for header in _telling(proposal))
        st.markdown(f":gray[It has {named}.]")


def _telling(proposal: Proposal) -> list[str]:
    """The headers that tell most about the kind of the file: what is needed first."""
    kind, found = KINDS[proposal.mapping.kind], proposal.mapping.columns
    either = next((group for group in kind.either if set(group) <= set(found)), ())
    needed = {c.key for c in kind.columns if c.required} | set(either)
    keys = sorted(found, key=lambda key: key not in needed)
    return [found[key] for key in keys][:4]


def _start(file: Given, proposal: Proposal, chosen: Choice, said: Said) -> dict[str, Any]:
    """The answers in all, and the buttons that begin: what you see is what is read."""
    told: dict[str, Any] = {"kind": proposal.mapping.kind, "columns": chosen, "sheet": file.sheet}
    told |= file.said | {key: value for key, value in said.answers.items() if value is not None}
    lacking = columns.still_missing(proposal, chosen)
    if not lacking:
        try:
            settle(proposal, answers(told))
        except PulseError as error:
            blocks.problem(error)
            return told
    waits = "an import is running" if jobs.running("import") else " and ".join(_open(lacking, said))
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button("Import this file", type="primary", icon=":material/upload:", disabled=bool(waits))
        check = st.button("Check without importing", icon=":material/fact_check:", disabled=bool(waits))
        if waits:
            st.markdown(f":gray[Waits: {waits}]")
    if go or check:
        params = {"path": str(file.path), "name": file.name, "answers": told, "dry_run": check}
        session.submit("import", params)
        st.rerun()
    return told


def _open(lacking: tuple[str, ...], said: Said) -> list[str]:
    """What still has to be said before the file can be read."""
    missing = [f"choose the column for {literal(' and '.join(lacking))}"] if lacking else []
    return missing + [f"say {what}" for what in said.open]


page()
