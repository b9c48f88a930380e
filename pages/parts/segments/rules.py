"""Rules: the table that says who is in which segment, edited with live counts, saved or taken back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.segments import levels
from pages.parts.text import literal
from pulse_core.errors import PulseError
from pulse_core.insight import choices, rules
from pulse_core.insight.rules import RuleFault, Rules
from pulse_core.insight.segments import SEGMENT_NAMES, SEGMENT_RULES

ROUND = "edit:rules-round"  # another round is another table, with nothing edited
HOW = (
    "A customer is in the segment whose row holds their recency score, their value score (the mean of frequency and "
    "spend score, in halves) and their churn probability. Scores include both ends; the probability goes from one "
    "bound up to, but without, the other, and where it is not known, it counts as 0 %. Together the rows must hold "
    "everybody once."
)
PROBABILITIES = ("churn_low", "churn_high")  # shown in per cent
COLUMNS = {
    "rule": "Rule", "segment": "Segment", "recency_low": "Recency ≥", "recency_high": "Recency ≤",
    "value_low": "Value ≥", "value_high": "Value ≤", "churn_low": "Churn ≥", "churn_high": "Churn <",
}  # fmt: skip


def draw(found: figures.Figures) -> None:
    """The table, what it would do to the segments, and the buttons; below it the levels of risk."""
    st.markdown(f":gray[{HOW}]")
    kept = _kept()
    if kept is None:
        return
    table, effect = st.columns([7, 3])
    with table:
        rows = _edited(kept)
    fault = _fault(rows)
    with effect:
        _effect(rows, found)
        if fault:
            said = fault.message[0].upper() + fault.message[1:]
            st.warning(literal(f"{said}: {fault.remedy}."), icon=":material/rule:")
    _buttons(rows, kept, fault)
    levels.draw()


def _kept() -> Rules | None:
    """The organisation's rules; where they fit no longer, why, and the way out."""
    try:
        with session.pulse().ledger.read() as conn:
            return rules.of(conn, session.organisation().id)
    except RuleFault as fault:
        blocks.problem(fault)
        if st.button("Reset to the usual rules", icon=":material/restart_alt:"):
            _confirm_reset()
        return None


def _edited(kept: Rules) -> list[dict[str, Any]]:
    """The rows as they stand in the table now, probabilities as shares."""
    shown = [
        {"rule": number, **row, **{key: round(row[key] * 100, 6) for key in PROBABILITIES}}
        for number, row in enumerate(rules.plain(kept), 1)
    ]
    edited = st.data_editor(
        shown,
        key=f"edit:rules-{st.session_state.get(ROUND, 0)}",
        num_rows="dynamic",
        hide_index=True,
        height="content",
        disabled=["rule"],
        column_config=_columns(),
    )
    return [_as_shares(row) for row in edited]


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    score = {"min_value": 1, "max_value": 5, "required": True}
    percent = {"min_value": 0, "max_value": 100, "step": 1, "format": "%g %%", "required": True, "width": 84}
    certain = "100 % includes who leaves for certain"
    return {
        "rule": number(COLUMNS["rule"], width=44, help="The number that messages name"),
        "segment": st.column_config.SelectboxColumn(
            COLUMNS["segment"], options=SEGMENT_NAMES, required=True, width=146
        ),
        **{key: number(COLUMNS[key], step=1, width=98, **score) for key in ("recency_low", "recency_high")},
        **{key: number(COLUMNS[key], step=0.5, width=80, **score) for key in ("value_low", "value_high")},
        "churn_low": number(COLUMNS["churn_low"], default=0, **percent),
        "churn_high": number(COLUMNS["churn_high"], default=100, help=certain, **percent),
    }


def _as_shares(row: dict[str, Any]) -> dict[str, Any]:
    shares = {key: row[key] / 100 for key in PROBABILITIES if isinstance(row.get(key), int | float)}
    return {key: row.get(key) for key in COLUMNS if key != "rule"} | shares


def _fault(rows: list[dict[str, Any]]) -> RuleFault | None:
    try:
        rules.parse(rows)
    except RuleFault as fault:
        return fault
    return None


def _effect(rows: list[dict[str, Any]], found: figures.Figures) -> None:
    """Each segment by the edited rules, against now; rows that are not complete count nobody."""
    told = figures.rule_counts(rules.complete(rows))
    shown = [(row.segment, told.segments[row.segment], row.customers) for row in found.segments]
    number = st.column_config.NumberColumn
    st.dataframe(
        [
            {"Segment": name, "Customers": customers, "Change": customers - now or None}
            for name, customers, now in shown
        ],
        hide_index=True,
        height="content",
        placeholder="0",
        column_config={
            "Segment": st.column_config.TextColumn(width=150),
            "Customers": number(format="localized", width=84, help="With these rules"),
            "Change": number(format="%+d", width=74, help="Against the figures of now"),
        },
    )


def _buttons(rows: list[dict[str, Any]], kept: Rules, fault: RuleFault | None) -> None:
    changed = fault is not None or rules.parse(rows) != kept
    with st.container(horizontal=True):
        if st.button(
            "Save rules", type="primary", icon=":material/save:", disabled=bool(fault) or not changed
        ):
            _save(rules.parse(rows))
        if st.button("Discard changes", icon=":material/undo:", disabled=not changed):
            _begin_anew()
        if st.button(
            "Reset to the usual rules", icon=":material/restart_alt:", disabled=kept == SEGMENT_RULES
        ):
            _confirm_reset()


def _save(made: Rules) -> None:
    try:
        rules.save(session.pulse().ledger, session.organisation().id, made, by=session.PERSON)
    except PulseError as error:
        blocks.problem(error)
        return
    _apply("The rules are saved; the segments are made anew.")


@st.dialog("Reset the rules?")
def _confirm_reset() -> None:
    """Ask once: rules that somebody thought about go."""
    st.text("Your own rules go, and the segments are made anew by the usual ones. The audit log keeps yours.")
    if st.button("Reset rules", type="primary"):
        rules.reset(session.pulse().ledger, session.organisation().id, by=session.PERSON)
        _apply("The usual rules hold again; the segments are made anew.")


def _apply(words: str) -> None:
    """Have the figures made anew, as of the day and with the horizon that were chosen."""
    with session.pulse().ledger.read() as conn:
        kept = choices.chosen(conn, session.organisation().id)
    session.submit("refresh", kept.words())
    st.toast(words, icon=":material/check:")
    _begin_anew()


def _begin_anew() -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()
