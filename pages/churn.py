"""Churn: who is about to leave, how sure that is, and from which risk on it pays to write."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.blocks import Card
from pages.parts.outlook import at_risk, learnt, levels, quality, stakes, training
from pulse_core.insight import judged
from pulse_core.insight.outlook import Leaving
from pulse_core.stores.ledger.models import Model
from pulse_core.words import Words

ABOUT = "Who is about to leave, why, and whom it pays to write to."


def page() -> None:
    """The risks and the newest model; or what is missing for them."""
    found = figures.load()
    if not found.overview.customers:
        blocks.header("Churn", ABOUT)
        blocks.empty("No customers yet", "Risks appear with the first file of orders.", "Add data", "data.py")
        return
    model, who = learnt.latest("churn"), learnt.leaving()
    if who.customers:  # those of the model, or of a file
        _risks(model if model and judged.is_usable(model) else None, model, who, found)
    elif model is None:
        _untrained()
    else:
        _unusable(model)


def _untrained() -> None:
    blocks.header("Churn", ABOUT)
    with st.container(border=True):
        st.markdown("#### :material/model_training: Nothing was learnt yet")
        st.markdown(
            ":gray[A training learns from your orders who comes back and who does not, and judges itself on days "
            "that it has not seen. It takes seconds to a minute.]"
        )
        training.bar(None)


def _risks(usable: Model | None, newest: Model | None, who: Leaving, found: figures.Figures) -> None:
    words = session.words()
    blocks.header("Churn", _sentence(who, found, words))
    training.bar(newest)
    blocks.cards(_cards(usable, who, words))
    if who.from_file:
        told = words.plural("customer", who.from_file)
        st.info(f"The risk of {told} comes from your file of scores.", icon=":material/upload_file:")
    if newest:
        training.verdict(newest)
        training.warnings(newest)
    left, right = st.columns(2)
    with left:
        levels.draw()
    with right:
        if usable:
            learnt.chart(usable, "risk_drivers", judged.drivers(usable))
    levels.advise()
    _tabs(usable, found)


def _tabs(usable: Model | None, found: figures.Figures) -> None:
    if usable is None:
        at_risk.draw()
        return
    blocks.tabs(
        "churn-tab",
        {
            "Customers": at_risk.draw,
            "How good is it": partial(quality.draw, usable),
            "Threshold and cost": partial(stakes.draw, usable, found),
        },
    )


def _unusable(model: Model) -> None:
    words = session.words()
    blocks.header("Churn", f"{ABOUT} As of {words.date(model.as_of)} no risk can be told.")
    training.verdict(model)
    training.bar(model)
    training.warnings(model)
    if judged.compared(model):
        st.subheader("How it was judged", anchor=False)
        quality.draw(model)


def _sentence(who: Leaving, found: figures.Figures, words: Words) -> str:
    days, first = found.overview.horizon_days, found.as_of
    until = first + timedelta(days=days)
    return (
        f"{words.number(who.at_risk)} of {words.plural('customer', who.customers)} are at high or critical risk of "
        f"placing no order in the {words.plural('day', days)} from {words.date(first)} to {words.date(until)}. "
        f"In the last 12 months they spent {words.money(who.spend_at_risk)}."
    )


def _cards(usable: Model | None, who: Leaving, words: Words) -> list[Card]:
    return [
        Card(
            "Customers at risk",
            words.number(who.at_risk),
            "Risk level High or Critical",
            note=f"{words.percent(who.share)} of {words.plural('customer', who.customers)}",
        ),
        Card(
            "Value at risk",
            words.money(who.spend_at_risk),
            f"{words.money_full(who.spend_at_risk)}: what customers at risk spent in the last 12 months",
            note="their last 12 months",
        ),
        *(_model_cards(usable, words) if usable else ()),
    ]


def _model_cards(model: Model, words: Words) -> list[Card]:
    told, metrics = judged.figures(model), model.metrics
    interval = (
        f"{words.percent(told.get('auc_low'))} to {words.percent(told.get('auc_high'))} (95 % interval)"
    )
    return [
        Card(
            "Ranks leavers first",
            words.percent(told.get("auc")),
            "AUC: of one customer who left and one who stayed, how often the one who left had the higher risk. "
            "50 % is a guess, 100 % perfect.",
            note=interval,
        ),
        Card(
            "Left before",
            words.percent(metrics.get("base_rate")),
            f"Base rate: the share of customers who, at the last time that can be judged, did not order within "
            f"{words.plural('day', model.horizon_days)}",
            note=f"of those known on {session.day(metrics['cutoff'])}" if metrics.get("cutoff") else None,
        ),
    ]


page()
