"""Data: add a file, see what Pulse understood, correct it, and look at what was imported and what was left out."""

from __future__ import annotations

import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.parts import blocks, jobs, session
from pages.parts.text import literal
from pulse_core.errors import PulseError
from pulse_core.intake import batches
from pulse_core.intake.imports import preview
from pulse_core.intake.kinds import DATE_FORMATS, KINDS, SHAPES, Column
from pulse_core.intake.mapping import Proposal, correct, propose
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.imports import Batch
from pulse_core.words import currencies

NOT_IN_FILE = "Not in this file"
FOUND_OUT = "Found out from the values"
SHAPE_LABELS = {shape.key: shape.label for shape in SHAPES}


def page() -> None:
    """Upload, mapping, and the list of imports."""
    blocks.header("Data", "Orders, events or scores as CSV or CSV.gz. The same file twice changes nothing.")
    _last_outcome()
    upload = st.file_uploader(
        "Choose a file",
        type=["csv", "txt", "tsv", "gz"],
        key=f"upload-{st.session_state.get('edit:uploaded', 0)}",
        help="Nothing is stored before you press Import.",
    )
    if upload is not None:
        _mapping(upload)
    _imports()


def _mapping(upload: UploadedFile) -> None:
    """What Pulse makes of the file, to be looked at and corrected."""
    path = _spooled(upload)
    try:
        proposal = preview(path, upload.name)
    except PulseError as error:
        blocks.problem(error)
        return
    kind = _choose_kind(proposal)
    if kind != proposal.mapping.kind:
        proposal = propose(proposal.facts, kind)
    with st.container(border=True):
        _recognised(proposal)
        changes = _choose_columns(proposal)
        form = _choose_dates(proposal)
        currency = _choose_currency(proposal)
        _start(proposal, changes, form, currency, path)


def _choose_kind(proposal: Proposal) -> str:
    return st.segmented_control(
        "What is in it",
        list(KINDS),
        default=proposal.mapping.kind,
        format_func=lambda key: KINDS[key].label,
        key=f"kind-{proposal.facts.sha256[:12]}",
        required=True,
    )


def _recognised(proposal: Proposal) -> None:
    if proposal.shape:
        st.badge(f"Recognised: {SHAPE_LABELS[proposal.shape]}", icon=":material/check:", color="green")
    else:
        st.badge("Please check the columns", icon=":material/visibility:", color="orange")


def _choose_columns(proposal: Proposal) -> dict[str, str | None]:
    """A row for each of our columns: which of the file's it is, with its first values."""
    mapping = proposal.mapping
    changes: dict[str, str | None] = {}
    for column in KINDS[mapping.kind].columns:
        chosen = _choose_column(proposal, column)
        if chosen != mapping.columns.get(column.key):
            changes[column.key] = chosen
    return changes


def _choose_column(proposal: Proposal, column: Column) -> str | None:
    mapping = proposal.mapping
    current = mapping.columns.get(column.key)
    options = [NOT_IN_FILE, *mapping.header]
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    chosen = left.selectbox(
        f"{column.label}{' (needed)' if column.required else ''}",
        options,
        index=options.index(current) if current else 0,
        help=column.help,
        key=f"map-{proposal.facts.sha256[:12]}-{mapping.kind}-{column.key}",
    )
    header = None if chosen == NOT_IN_FILE else chosen
    with right:
        st.text("   ·   ".join(proposal.examples(header)) if header else "–")
    return header


def _choose_dates(proposal: Proposal) -> str | None:
    if proposal.mapping.kind == "scores":
        return None
    options = [FOUND_OUT, *DATE_FORMATS]
    current = proposal.mapping.date_format
    chosen = st.selectbox(
        "How dates are written",
        options,
        index=options.index(current) if current else 0,
        format_func=lambda key: DATE_FORMATS[key].label if key in DATE_FORMATS else key,
        help="Where dates read both day-first and month-first, Pulse asks instead of guessing.",
        key=f"dates-{proposal.facts.sha256[:12]}",
    )
    return None if chosen == FOUND_OUT else chosen


def _choose_currency(proposal: Proposal) -> str | None:
    """Asked once, when neither the file nor the organisation says it."""
    if session.organisation().currency or proposal.mapping.currency or proposal.mapping.kind == "scores":
        return None
    return st.selectbox(
        "Currency of the amounts",
        currencies(),
        index=None,
        placeholder="Not said: amounts are shown without a sign",
        help="Asked at the first import, and kept for this organisation.",
        key=f"currency-{proposal.facts.sha256[:12]}",
    )


def _start(
    proposal: Proposal, changes: dict[str, str | None], form: str | None, currency: str | None, path: Path
) -> None:
    try:
        mapping = correct(proposal, changes, date_format=form, currency=currency)
    except PulseError as error:
        blocks.problem(error)
        return
    busy = jobs.running("import")
    with st.container(horizontal=True):
        go = st.button("Import this file", type="primary", icon=":material/upload:", disabled=busy)
        check = st.button("Check without importing", icon=":material/fact_check:", disabled=busy)
    if go or check:
        params = {"path": str(path), "name": proposal.facts.name, "mapping": mapping.model_dump(mode="json")}
        session.submit("import", params | {"dry_run": check})
        st.rerun()


def _last_outcome() -> None:
    job = jobs.finished("import")
    if job is None or job.result is None:
        return
    if not job.params.get("dry_run") and st.session_state.get("edit:uploaded") != job.id:
        st.session_state["edit:uploaded"] = (
            job.id
        )  # a new key empties the uploader: its file has been imported
    report, words = job.result, session.words()
    aside = sum(report["set_aside"].values())
    text = (
        f"{words.number(report['accepted'])} of {words.plural('row', report['rows'])} accepted "
        f"({words.plural('return', report['returns'])} among them), {words.number(report['rejected'])} rejected, "
        f"{words.number(aside)} set aside because they name no customer."
    )
    if report["unchanged"]:
        st.info("This file was imported before, so nothing has changed.", icon=":material/info:")
    elif job.params.get("dry_run"):
        st.info(f"Only checked, nothing imported: {text}", icon=":material/fact_check:")
        _reject_table(report["rejects"])
    else:
        st.success(f"Imported: {text}", icon=":material/check_circle:")
        if st.button("See your segments", type="primary", icon=":material/group_work:"):
            st.switch_page("segments.py")


def _imports() -> None:
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
        st.caption(
            "Nothing was imported yet. Each file you import is listed here, with what became of every row."
        )
        return
    words = session.words()
    for batch in log:
        gone = " · removed" if batch.state == "undone" else ""
        title = f"{batch.file_name} · {words.plural('row', batch.rows)} · {words.date(batch.created_at.date())}{gone}"
        with st.expander(literal(title), icon=":material/description:"):
            _batch(batch)


def _batch(batch: Batch) -> None:
    words = session.words()
    aside = sum(batch.set_aside.values())
    figures = {
        "Rows": batch.rows,
        "Accepted": batch.accepted,
        "Returns": batch.returns,
        "Rejected": batch.rejected,
        "Without customer": aside,
    }
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, words.number(value))
    shape = SHAPE_LABELS.get(batch.shape, "mapped by hand")
    st.caption(f"From {words.date(batch.first_day)} to {words.date(batch.last_day)}, read as {shape}.")
    with st.container(horizontal=True):
        if batch.rejected or aside:
            _left_out(batch)
        if batch.state == "active" and st.button(
            "Remove this import", key=f"undo-{batch.id}", icon=":material/undo:"
        ):
            _confirm_removal(batch)


def _left_out(batch: Batch) -> None:
    """The rows that were not accepted, prepared only when somebody asks."""
    with st.popover("Rows left out", icon=":material/rule:", key=f"left-out-{batch.id}"):
        with session.snapshot() as reader:
            first = batches.rejects(reader, batch, session.pulse().home, limit=200)
        _reject_table(
            [{"row": r.row, "column": r.column, "value": r.value, "reason": r.reason} for r in first]
        )
        st.download_button(
            "Download all as CSV",
            lambda: _rejects_csv(batch),
            f"left-out-{batch.id}.csv",
            "text/csv",
            key=f"rejects-{batch.id}",
            on_click="ignore",
        )


def _rejects_csv(batch: Batch) -> bytes:
    with session.pulse().warehouses.use(batch.org_id) as warehouse, warehouse.snapshot() as reader:
        found = batches.rejects(reader, batch, session.pulse().home)
    columns = ("row", "column", "value", "reason")
    return blocks.csv(pa.table({name: [getattr(reject, name) for reject in found] for name in columns}))


def _reject_table(rejects: list[dict[str, Any]]) -> None:
    if rejects:
        st.dataframe(
            rejects,
            hide_index=True,
            column_order=("row", "column", "value", "reason"),
            height=240,
            width=560,
            placeholder="–",
        )


@st.dialog("Remove this import")
def _confirm_removal(batch: Batch) -> None:
    words = session.words()
    rows = words.plural("row", batch.accepted)
    st.text(f"{rows} of {batch.file_name} leave your figures. The file can be imported again at any time.")
    if st.button(f"Remove {rows}", type="primary"):
        session.submit("undo_import", {"batch_id": batch.id})
        st.rerun()


def _spooled(upload: UploadedFile) -> Path:
    """The upload as a file of its own, written once for each upload."""
    key = f"edit:spooled-{upload.file_id}"
    path = st.session_state.get(key)
    if path is None or not path.exists():
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", upload.name)[-80:]
        path = session.pulse().home / "uploads" / session.organisation().id / f"{uuid.uuid4().hex}-{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            shutil.copyfileobj(upload, out)
        upload.seek(0)
        st.session_state[key] = path
    return path


page()
