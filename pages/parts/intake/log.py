"""The imports: figures of each, how it was read, what was left out, and the ways to mend or remove it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import streamlit as st

from pages.parts import blocks, jobs, session
from pages.parts.intake import report
from pages.parts.intake.columns import SHAPE_LABELS
from pages.parts.text import literal, short
from pulse_core.errors import PulseError
from pulse_core.intake import batches, fixing
from pulse_core.intake.formats import DATE_FORMATS, NUMBER_FORMATS
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.mapping import Mapping
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.imports import Batch

SHOWN = 20
FIRST_REJECTS = 200
_SOURCES = {"remembered": "as the file before it", "mapped": "by its columns"}
_AMOUNTS = {"order": "Amounts: of whole orders, counted once.", "line": "Amounts: of each line."}
_CONSENT = {
    "given": "Consent to e-mail: given.",
    "refused": "Consent to e-mail: refused.",
    "unknown": "Consent to e-mail: not known.",
}


def show() -> None:
    """All imports, the newest first; what is in one is looked up when it is opened."""
    org = session.organisation()
    with session.pulse().ledger.read() as conn:
        log = imports.all(conn, org.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Imports", anchor=False)
        if log and st.button(
            "Compute figures anew", icon=":material/refresh:", disabled=jobs.running("refresh")
        ):
            session.submit("refresh", {})
            st.rerun()
    if not log:
        _nothing_yet()
        return
    most = st.session_state.get("edit:imports-shown", SHOWN)
    for batch in log[:most]:
        _entry(batch)
    if len(log) > most and st.button(f"Show {min(SHOWN, len(log) - most)} more of {len(log)}"):
        st.session_state["edit:imports-shown"] = most + SHOWN
        st.rerun()


def _nothing_yet() -> None:
    with st.container(border=True):
        st.markdown("#### :material/inbox: No imports yet")
        st.markdown(
            ":gray[Each file that you choose above and import is listed here, with what became of every row.]"
        )
        if st.button("Look around with a sample", icon=":material/storefront:"):
            session.go("home.py")


def _entry(batch: Batch) -> None:
    words = session.words()
    gone = " · removed" if batch.state == "undone" else ""
    day = words.date(batch.created_at.date())
    title = f"{short(batch.file_name, 60)} · {words.plural('row', batch.rows)} · {day}{gone}"
    entry = st.expander(
        literal(title), icon=":material/description:", key=f"import-{batch.id}", on_change="rerun"
    )
    if entry.open:
        with entry:
            _batch(batch)


def _batch(batch: Batch) -> None:
    words, aside = session.words(), sum(batch.set_aside.values())
    figures = {"Rows": batch.rows, "Accepted": batch.accepted, "Rejected": batch.rejected, "Set aside": aside}
    if batch.mapping["kind"] == "orders":
        figures["Returns"] = batch.returns
    with st.container(horizontal=True, gap="large"):
        for label, value in figures.items():
            st.metric(label, words.number(value), width="content")
    st.markdown(_how_read(batch))
    if batch.rejected:
        _rejected(batch)
    if aside:
        _set_aside(batch)
    if batch.state == "active" and st.button(
        "Remove this import",
        key=f"undo-{batch.id}",
        icon=":material/undo:",
        disabled=jobs.running("undo_import"),
    ):
        _confirm_removal(batch)


def _how_read(batch: Batch) -> str:
    """Kind, source, days, formats and columns, as sentences."""
    words, mapping = session.words(), Mapping.model_validate(batch.mapping)
    kind = KINDS[mapping.kind]
    source = SHAPE_LABELS.get(batch.shape) or _SOURCES.get(batch.shape, "by its columns")
    told = [f"Import {batch.id}. {kind.label}, read {'as ' if batch.shape in SHAPE_LABELS else ''}{source}"]
    if batch.first_day:
        told[0] += f", from {words.date(batch.first_day)} to {words.date(batch.last_day)}"
    told[0] += "."
    if mapping.date_format:
        told.append(f"Dates: {DATE_FORMATS[mapping.date_format].label}.")
    if mapping.number_format:
        told.append(f"Numbers: {NUMBER_FORMATS[mapping.number_format].label}.")
    if mapping.amounts:
        told.append(_AMOUNTS[mapping.amounts])
    if mapping.currency:
        told.append(f"Currency: {mapping.currency}.")
    if mapping.consent:
        told.append(_CONSENT[mapping.consent])
    labels = {column.key: column.label for column in kind.columns}
    columns = ", ".join(
        f"{labels[ours]} from {literal(short(header))}" for ours, header in mapping.columns.items()
    )
    return f"{literal(' '.join(told))}  \n:gray[{columns}]"


def _rejected(batch: Batch) -> None:
    st.markdown("##### Rejected rows")
    try:
        found = _first_rejects(batch.org_id, batch.id, batch.batch_sha256, batch)
    except PulseError as error:
        blocks.problem(error)
        return
    report.table(found, total=batch.rejected)
    _download(batch, "Download to correct", "rejected", fixing.rejected_csv, ":material/build:")
    st.caption(
        "**Fix and import again:** take the rejected rows away, correct them in any spreadsheet, save them as CSV or "
        "Excel, and choose that file above. Pulse knows them again by their header and reads them as before."
    )


def _set_aside(batch: Batch) -> None:
    st.markdown("##### Set aside")
    st.markdown(f"{report.set_aside(batch.set_aside)}.")
    _download(batch, "Download the rows", "set-aside", fixing.set_aside_csv, ":material/download:")


def _download(batch: Batch, label: str, what: str, make: Callable[..., bytes], icon: str) -> None:
    pulse = session.pulse()

    def content() -> bytes:
        with pulse.warehouses.use(batch.org_id) as warehouse, warehouse.snapshot() as reader:
            return make(reader, batch, pulse.home)

    stem = re.sub(r"[^\w.-]+", "-", PurePath(batch.file_name).name.partition(".")[0])[:60].strip("-")
    st.download_button(
        label,
        content,
        f"{stem or 'file'}-{what}-{batch.id}.csv",
        "text/csv",
        key=f"{what}-{batch.id}",
        icon=icon,
        on_click="ignore",
    )


@st.cache_data(max_entries=64, show_spinner="Looking up the rows")
def _first_rejects(org_id: str, batch_id: int, sha256: str, _batch: Batch) -> list[dict[str, Any]]:
    """A batch never changes, so its rows are looked up once."""
    pulse = session.pulse()
    with pulse.warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        found = batches.rejects(reader, _batch, pulse.home, limit=FIRST_REJECTS, set_aside=False)
    return [{"row": r.row, "column": r.column, "value": r.value, "reason": r.reason} for r in found]


@st.dialog("Remove this import")
def _confirm_removal(batch: Batch) -> None:
    rows = session.words().plural("row", batch.accepted)
    st.text(f"{rows} of {batch.file_name} leave your figures. The file can be imported again at any time.")
    if st.button(f"Remove {rows}", type="primary"):
        session.submit("undo_import", {"batch_id": batch.id})
        st.rerun()
