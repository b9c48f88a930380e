"""Risk levels: from which churn probability on a customer is Critical, High or Medium."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, session
from pulse_core.errors import PulseError
from pulse_core.insight import choices, risk
from pulse_core.insight.risk import RiskBounds

ALONE = "As they are"
RELATIVE = "Relative to the average customer"


def draw() -> None:
    """The shares of the levels, and the form that moves their bounds."""
    with session.pulse().ledger.read() as conn:
        kept = risk.of(conn, session.organisation().id)
    with st.expander("Risk levels", icon=":material/speed:"):
        _shares(kept)
        with st.form("risk-levels", border=False):
            made = _form(kept)
            if st.form_submit_button("Save levels", icon=":material/save:"):
                _save(*made)


def _shares(kept: RiskBounds) -> None:
    words, found = session.words(), figures.risk_shares()
    if not found:
        st.caption("No churn probability is published, so nobody has a level yet.")
        return
    told = (
        f"{row.level} from {words.percent(row.low)}: {words.plural('customer', row.customers)} "
        f"({words.percent(row.share)})"
        for row in found
    )
    st.markdown("  \n".join(told))
    if risk.too_many_high(found) and not kept.relative:
        st.info(
            "More than half are High or Critical. Levels relative to the average customer tell whom to speak to first.",
            icon=":material/balance:",
        )


def _form(kept: RiskBounds) -> tuple[float, float, float, bool]:
    columns = st.columns(3)
    usual = (
        ("Critical from, %", kept.critical),
        ("High from, %", kept.high),
        ("Medium from, %", kept.medium),
    )
    bounds = [
        column.number_input(label, 1, 99, round(bound * 100), step=1)
        for column, (label, bound) in zip(columns, usual, strict=True)
    ]
    basis = st.radio(
        "Probabilities count",
        [ALONE, RELATIVE],
        index=int(kept.relative),
        horizontal=True,
        help="Relative: 80 % stands for four times the odds of leaving of the average customer, 60 % for 1.5 times.",
    )
    critical, high, medium = (bound / 100 for bound in bounds)
    return critical, high, medium, basis == RELATIVE


def _save(critical: float, high: float, medium: float, relative: bool) -> None:
    org_id = session.organisation().id
    try:
        bounds = RiskBounds(critical, high, medium, relative)
        changed = risk.save(session.pulse().ledger, org_id, bounds, by=session.PERSON)
    except PulseError as error:
        blocks.problem(error)
        return
    if changed:
        with session.pulse().ledger.read() as conn:
            kept = choices.chosen(conn, org_id)
        session.submit("refresh", kept.words())
        st.toast("The levels are saved; the figures are made anew.", icon=":material/check:")
        st.rerun()
