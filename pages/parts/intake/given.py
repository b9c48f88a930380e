"""The file that a person gave: kept through reruns and other pages, and examined once."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.parts import session
from pages.parts.text import literal
from pulse_core.errors import PulseError
from pulse_core.intake import batches, detecting, fixing
from pulse_core.intake.imports import preview
from pulse_core.intake.mapping import Mapping, Proposal, propose
from pulse_core.intake.opening import opened
from pulse_core.intake.reading import SAMPLE_ROWS
from pulse_core.intake.scanning import HEAD
from pulse_core.stores.ledger import imports
from pulse_core.stores.ledger.imports import Batch

_GIVEN, _ROUND = "edit:given", "edit:uploads"


@dataclass
class Given:
    """A file on its way in: where it lies, what Pulse makes of it, and what was answered so far."""

    upload_id: str
    name: str
    size: int
    path: Path
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    fault: PulseError | None = None
    found: Proposal | None = None  # what Pulse makes of it when nobody says anything
    before: Mapping | None = None  # how such a file was read the last time
    last: Batch | None = None  # that import
    is_fixed: bool = False  # whether these are rejected rows of `last`, corrected
    afresh: bool = False  # whether the person wants to forget how it was read the last time
    said: dict[str, Any] = field(default_factory=dict)  # answers to questions that came up while importing
    _by_kind: dict[tuple[str, bool], Proposal] = field(default_factory=dict)
    _cells: dict[str, detecting.Examples] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Part of the key of every widget about this file."""
        return f"{self.upload_id[-12:]}-{self.sheet}-{self.afresh}"

    @property
    def _examined(self) -> Proposal:
        if self.found is None:
            raise LookupError(f"{self.name} was not examined yet")
        return self.found

    def proposal(self, kind: str | None = None) -> Proposal:
        """What Pulse makes of it when it is of this kind."""
        kind = kind or self._examined.mapping.kind
        made = self._by_kind.get((kind, self.afresh))
        if made is None:
            before = None if self.afresh else self.before
            currency = session.organisation().currency
            made = propose(self._examined.facts, kind=kind, before=before, currency=currency)
            self._by_kind[kind, self.afresh] = made
        return made

    def cells(self, proposal: Proposal, header: str | None) -> Sequence[str]:
        """The first values of one of its columns."""
        if header is None:
            return ()
        if not self._cells:
            self._cells = detecting.examples(proposal.facts)
        # A known file without a header has names for its columns that the file does not know.
        return self._cells[proposal.facts.header[proposal.mapping.header.index(header)]].values

    @property
    def is_seen_whole(self) -> bool:
        """Whether the first rows are all the rows, so that nothing else can tell what they leave open."""
        facts = self._examined.facts
        return not facts.gz and facts.size < HEAD and len(facts.sample) < SAMPLE_ROWS


def ask() -> Given | None:
    """The uploader, and the file that is in hand: of this upload, or of one before a walk to another page."""
    key = f"upload-{session.organisation().id}-{st.session_state.get(_ROUND, 0)}"
    upload = st.file_uploader(
        "Choose a file",
        key=key,
        on_change=_taken_back,
        args=(key,),
        help="What a file is, its content says. Nothing is stored before you press Import.",
    )
    file: Given | None = st.session_state.get(_GIVEN)
    if upload is not None and (file is None or file.upload_id != upload.file_id):
        file = st.session_state[_GIVEN] = kept(upload)
    if file is not None and not file.path.exists():  # nobody came back to it for a day
        forget()
        return None
    return file


def current() -> Given | None:
    """The file in hand."""
    return st.session_state.get(_GIVEN)


def forget() -> None:
    """Put the file away, and empty the uploader."""
    st.session_state.pop(_GIVEN, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def examine(file: Given) -> None:
    """Look at it, unless that was done before; what is wrong with it is its `fault`."""
    if file.found is not None or file.fault is not None:
        return
    with st.spinner(
        f"Looking at {literal(file.name)} ({size(file.size)}): every byte is read once, nothing is stored",
        show_time=True,
    ):
        try:
            _look(file)
        except PulseError as error:
            file.fault = error
            file.sheets = tuple(error.details.get("sheets", file.sheets))


def choose_sheet(file: Given, sheet: str) -> None:
    """Look at another sheet of the workbook."""
    file.sheet, file.found, file.fault, file.said = sheet, None, None, {}
    file._by_kind, file._cells = {}, {}


def size(count: int) -> str:
    """A number of bytes as the uploader says it too."""
    steps = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
    step, unit = next(((step, unit) for step, unit in steps if count >= step), (1, "bytes"))
    return f"{session.words().number(round(count / step, 1 if step > 1 else 0))} {unit}"


def _taken_back(key: str) -> None:
    if st.session_state.get(key) is None:
        st.session_state.pop(_GIVEN, None)


def kept(upload: UploadedFile) -> Given:
    """The upload as a file of its own, where the import will find it."""
    path = _new_path(upload.name)
    with st.spinner(f"Taking {literal(upload.name)} in ({size(upload.size)})"), path.open("wb") as out:
        shutil.copyfileobj(upload, out)
    return Given(upload.file_id, upload.name, upload.size, path)


def _new_path(name: str) -> Path:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[-80:]
    folder = batches.workspace(session.pulse().home, session.organisation().id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4().hex}-{plain}"


def _look(file: Given) -> None:
    pulse, org_id = session.pulse(), session.organisation().id
    with pulse.ledger.read() as conn:
        log = imports.all(conn, org_id)
    proposal = preview(pulse.ledger, org_id, pulse.home, file.path, name=file.name, sheet=file.sheet)
    if fixing.origin(log, proposal.facts.header):
        proposal = _of_fixed(file, log) or proposal
    file.found = proposal
    if file.last is None:
        file.last = batches.last_like(log, proposal.facts.header)
    if file.last is not None:
        file.before = Mapping.model_validate(file.last.mapping)


def _of_fixed(file: Given, log: Sequence[Batch]) -> Proposal | None:
    """Rejected rows that came back: from now on the file in hand is what they were before they were taken away."""
    where = batches.workspace(session.pulse().home, session.organisation().id)
    with (
        opened(file.path, where, name=file.name, sheet=file.sheet) as there,
        fixing.as_it_was(there, log) as (plain, batch),
    ):
        if batch is None:
            return None
        path = _new_path(f"{file.name}.csv")
        shutil.copyfile(plain.text, path)
        file.path, file.last, file.is_fixed = path, batch, True
        file.sheet, file.sheets = None, ()
        before = Mapping.model_validate(batch.mapping)
        return propose(plain.facts, before=before, currency=session.organisation().currency)
