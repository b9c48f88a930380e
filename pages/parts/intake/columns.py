"""Which of the file's columns is which of ours: what is needed first, what is certain folded away."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts.intake.given import Given
from pages.parts.text import literal, short
from pulse_core.intake.kinds import KINDS, Column, Kind
from pulse_core.intake.mapping import Proposal, missing
from pulse_core.intake.shapes import SHAPES
from pulse_core.intake.writing import Guess

Choice = dict[str, str | None]

NOT_IN_FILE = "Not in this file"
SHAPE_LABELS = {shape.key: shape.label for shape in SHAPES}
_MARKS = {
    "sure": ":green[:material/check_circle: sure]",
    "likely": ":blue[:material/help: likely]",
    "unsure": ":orange[:material/error: unsure]",
}
_NEEDED, _ONE_NEEDED = ":orange[:material/error: needed]", ":orange[:material/error: one of these is needed]"
_EXAMPLES, _NAMED = 3, 12


def choose(file: Given, proposal: Proposal) -> Choice:
    """The person's choice for each of our columns: a header of the file, or None."""
    kind = KINDS[proposal.mapping.kind]
    lacking, doubtful, sure, rest = _sorted(kind, proposal)
    chosen: Choice = {}
    if lacking:
        notice = st.container()
        for column in lacking:
            chosen[column.key] = _row(file, proposal, column, is_lacking=True)
    for column in doubtful:
        chosen[column.key] = _row(file, proposal, column)
    if sure:
        label = f"{len(sure)} column{'s' if len(sure) > 1 else ''} recognised"
        with st.expander(label, icon=":material/check_circle:", key=f"sure-{file.key}-{kind.key}"):
            for column in sure:
                chosen[column.key] = _row(file, proposal, column)
    if rest:
        label = f"{len(rest)} more that Pulse understands"
        with st.expander(label, icon=":material/add_circle:", key=f"rest-{file.key}-{kind.key}"):
            st.caption("None of these was found in the file. If one is there under another name, choose it.")
            for column in rest:
                chosen[column.key] = _row(file, proposal, column)
    if lacking:
        _lacks(notice, proposal, chosen)
    _unused(kind, proposal, chosen)
    return {column.key: chosen[column.key] for column in kind.columns}


def still_missing(proposal: Proposal, chosen: Choice) -> tuple[str, ...]:
    """Labels of what is needed and was not chosen."""
    columns = {ours: header for ours, header in chosen.items() if header}
    return missing(proposal.mapping.model_copy(update={"columns": columns}))


def _sorted(kind: Kind, proposal: Proposal) -> tuple[list[Column], list[Column], list[Column], list[Column]]:
    """Our columns as needed and not found, to be looked at, recognised, and not found.

    Where something that is needed is not certain, everything found is to be looked at.
    """
    found = proposal.mapping.columns
    needed = {c.key for c in kind.columns if c.required} | _either(kind, found)
    lacking = [c for c in kind.columns if c.key in needed and c.key not in found]
    words = {key: _guess(proposal, key).word for key in found}
    certain = not lacking and all(words[key] == "sure" for key in needed)
    sure = [c for c in kind.columns if words.get(c.key) == "sure"] if certain else []
    doubtful = [c for c in kind.columns if c.key in found and c not in sure]
    rest = [c for c in kind.columns if c.key not in found and c not in lacking]
    return lacking, doubtful, sure, rest


def _either(kind: Kind, found: Mapping[str, str]) -> set[str]:
    """The columns of the group that the file has whole; of all groups where it has none."""
    whole = next((group for group in kind.either if set(group) <= set(found)), None)
    return set(whole) if whole else {key for group in kind.either for key in group}


def _guess(proposal: Proposal, key: str) -> Guess:
    """Where a column of the proposal comes from."""
    header = proposal.mapping.columns.get(key)
    if proposal.source == "remembered":
        return Guess(header, 1.0, "as the last time")
    if proposal.source in SHAPE_LABELS:
        return Guess(header, 1.0, f"{SHAPE_LABELS[proposal.source]} has it there")
    return proposal.guesses.get(key) or Guess(header, 0.0, "")


def _row(file: Given, proposal: Proposal, column: Column, *, is_lacking: bool = False) -> str | None:
    """One of our columns: which of the file's it is, its first values, how certain that is and why."""
    mapping = proposal.mapping
    proposed = mapping.columns.get(column.key)
    options = [None, *mapping.header]
    nothing = "Choose the column" if is_lacking else NOT_IN_FILE
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    header = left.selectbox(
        f"{column.label}{' (needed)' if column.required else ''}",
        options,
        index=options.index(proposed),
        format_func=lambda name: nothing if name is None else name,
        help=column.help,
        key=f"map-{file.key}-{mapping.kind}-{column.key}",
    )
    with right.container(gap=None):
        values = dict.fromkeys(file.cells(proposal, header))
        st.text("   ·   ".join(short(value) for value in list(values)[:_EXAMPLES]) or "–", wrap=False)
        if header is None and is_lacking:
            st.markdown(_NEEDED if column.required else _ONE_NEEDED)
        else:
            st.markdown(_certainty(proposal, column.key, header, bool(values)))
    return header


def _certainty(proposal: Proposal, key: str, header: str | None, has_values: bool) -> str:
    if header is None:
        return ":gray[not in the file]"
    if header != proposal.mapping.columns.get(key):
        return ":violet[:material/edit: chosen by you]"
    guess = _guess(proposal, key)
    empty = "" if has_values else ", its first rows are empty"
    return f"{_MARKS[guess.word]} :gray[– {literal(guess.reason + empty)}]"


def _lacks(notice: st.delta_generator.DeltaGenerator, proposal: Proposal, chosen: Choice) -> None:
    """What is needed and missing stands above everything else; once it is chosen, the place says so."""
    labels = still_missing(proposal, chosen)
    with notice:
        if labels:
            named = " and ".join(f"**{literal(label)}**" for label in labels)
            st.warning(f"Still needed: {named}. Choose the column that says it.", icon=":material/search:")
        else:
            st.success("Everything that is needed is there.", icon=":material/check_circle:")


def _unused(kind: Kind, proposal: Proposal, chosen: Choice) -> None:
    used = set(chosen.values())
    rest = [header for header in proposal.mapping.header if header not in used]
    if rest:
        more = f" and {len(rest) - _NAMED} more" if len(rest) > _NAMED else ""
        named = ", ".join(literal(short(header)) for header in rest[:_NAMED]) + more
        what = "These become attributes" if kind.keeps_the_rest else "Not used"
        st.markdown(f":gray[{what}: {named}]")
