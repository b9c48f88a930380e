"""From which risk on it pays to write: three figures of the person's, the curve, and the way to the campaign."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.outlook import learnt
from pulse_core.audience import segments
from pulse_core.audience.tree import parse
from pulse_core.errors import PulseError
from pulse_core.insight import judged, threshold
from pulse_core.insight.threshold import Stakes
from pulse_core.stores.ledger import segments as saved
from pulse_core.stores.ledger.models import Model
from pulse_core.words import Words

FIELD = "churn_probability"
COST, SUCCESS = 1.0, 5.0  # to begin with: money for each message with its offer, and per cent who stay for it


def draw(model: Model, found: figures.Figures) -> None:
    """The three figures, the curve, and who is at or above the threshold."""
    shares = judged.thresholds(model)
    if shares is None:
        st.caption("This version has no curve of thresholds.")
        return
    words, who = session.words(), learnt.leaving()
    stakes = _ask(float(who.spend_each), words)
    made = threshold.by_threshold(shares, stakes, who.customers)
    best, value = threshold.best(made)
    left, right = st.columns([3, 2])
    with left:
        blocks.drawn(figures.draw("net_value", made, f"model {model.id} {stakes} {who}"), "net_value")
    with right, st.container(border=True):
        _say(best, value, words)
        _write(_choose(best), found, words)


def _ask(worth: float, words: Words) -> Stakes:
    money = f", {words.symbol}" if words.symbol else ""
    cost, kept, success = st.columns(3)
    return Stakes(
        contact=cost.number_input(
            f"Cost of a message{money}",
            0.0,
            1e9,
            COST,
            step=0.1,
            help="With the discount or gift that goes with it, on average over all who get it",
            key="message-cost",
            bind="query-params",
        ),
        worth=kept.number_input(
            f"Worth of a kept customer{money}",
            0.0,
            1e12,
            worth,
            step=1.0,
            help="To begin with: what a customer at risk spent in the last 12 months on average",
            key="kept-worth",
            bind="query-params",
        ),
        success=success.number_input(
            "Stay because of it, %",
            0.0,
            100.0,
            SUCCESS,
            step=0.5,
            help="Of those about to leave, the share that stays because of the message; a test with a control group "
            "tells it",
            key="success-share",
            bind="query-params",
        )
        / 100,
    )


def _say(best: float, value: float, words: Words) -> None:
    st.markdown("**Best threshold**")
    if value <= 0:
        st.markdown("With these figures no message pays: even those most at risk cost more than they bring.")
    elif best == 0:
        st.markdown(f"With these figures writing to everybody pays: about {words.money(value)} net.")
    else:
        st.markdown(
            f"Write to everybody at **{words.percent(best)}** or above: about **{words.money(value)}** net."
        )
    st.caption(
        "Estimated with the customers that the model was judged on, for as many as you have. What a campaign really "
        "earns, only one with a control group tells."
    )


def _choose(best: float) -> float:
    """The person's threshold; it begins at the best one, also when that moves."""
    start = round(100 * best)
    chosen = st.number_input(
        "Threshold, %", 0, 100, start, key=f"threshold-{start}", help="Everybody at or above it is written to"
    )
    return float(chosen) / 100


def _write(chosen: float, found: figures.Figures, words: Words) -> None:
    customers = learnt.at_or_above(chosen)
    label = f"Write to the {words.plural('customer', customers)} at or above {words.percent(chosen)}"
    known = found.catalogue.find(FIELD) is not None
    if st.button(label, icon=":material/edit:", disabled=not (customers and known)):
        try:
            st.session_state["edit:segment"] = f"saved:{_segment(chosen, found, words)}"
        except PulseError as error:
            blocks.problem(error)
            return
        session.go("campaign.py")


def _segment(chosen: float, found: figures.Figures, words: Words) -> int:
    """The saved segment that asks for this threshold, made when there is none yet."""
    ledger, org = session.pulse().ledger, session.organisation()
    asked = {"field": FIELD, "op": "ge", "value": str(chosen)}
    tree = segments.canonical(parse(asked, found.catalogue), found.catalogue)
    with ledger.read() as conn:
        kept = next((segment for segment in saved.all(conn, org.id) if segment.tree == tree), None)
    if kept is not None:
        return kept.id
    name = f"Risk of leaving {words.percent(chosen)} or above"
    made = segments.save(
        ledger, org.id, name=name, tree=tree, owner=session.PERSON, catalogue=found.catalogue
    )
    return made.id
