"""Customer value: what customers are expected to spend, who most, and how well that was foretold before."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.blocks import Card
from pages.parts.outlook import compared, foretold, learnt, training
from pulse_core.insight import judged
from pulse_core.insight.outlook import Grouping, Worth
from pulse_core.stores.ledger.models import Model
from pulse_core.words import Words

ABOUT = "What each customer is expected to spend in the next 12 months, and between which bounds."
GROUPINGS: dict[str, Grouping] = {"Lifecycle group": "lifecycle_group", "Segment": "segment"}


def page() -> None:
    """The figures of the newest model; or what is missing for one."""
    if not figures.load().overview.customers:
        blocks.header("Customer value", ABOUT)
        blocks.empty(
            "No customers yet",
            "Expected values appear with the first file of orders.",
            "Add data",
            "data.py",
        )
        return
    model = learnt.latest("value")
    if model is not None and judged.is_usable(model):
        _usable(model)
    else:
        _missing(model)


def _missing(model: Model | None) -> None:
    blocks.header("Customer value", ABOUT)
    if model is None:
        with st.container(border=True):
            st.markdown("#### :material/model_training: Nothing was learnt yet")
            st.markdown(
                ":gray[A training compares three ways of foretelling what customers spend, on days that none of them "
                "has seen, and uses the best.]"
            )
            training.bar(None)
        return
    training.value_verdict(model)
    training.bar(model)
    training.warnings(model)
    compared.table(model)


def _usable(model: Model) -> None:
    words, worth = session.words(), learnt.worth()
    blocks.header(
        "Customer value",
        f"{words.plural('customer', worth.customers)} are expected to spend {words.money(worth.clv)} in the 12 months "
        f"after {words.date(model.as_of)}, if you go on as before.",
    )
    training.bar(model, primary=False)
    blocks.cards(_cards(model, worth, words))
    training.warnings(model)
    _distribution()
    parts = {"Customers": foretold.customers, "How good is it": foretold.quality}
    blocks.tabs("value-tab", {label: partial(draw, model) for label, draw in parts.items()})


def _distribution() -> None:
    chosen = st.segmented_control(
        "Expected value by",
        list(GROUPINGS),
        default="Lifecycle group",
        required=True,
        key="value-by",
        bind="query-params",
    )
    grouping = GROUPINGS[chosen]
    source = f"{session.data_version()} {grouping}"
    blocks.drawn(
        figures.draw("clv_distribution", learnt.worth_by(grouping), source), f"clv_distribution-{grouping}"
    )


def _cards(model: Model, worth: Worth, words: Words) -> list[Card]:
    return [
        Card(
            "Expected in 12 months",
            words.money(worth.clv),
            f"{words.money_full(worth.clv)}, not discounted",
            note=f"from {words.plural('customer', worth.customers)}",
        ),
        Card(
            f"Expected in {words.plural('day', model.horizon_days)}",
            words.money(worth.expected_spend),
            f"{words.money_full(worth.expected_spend)}: within the horizon of the churn model",
            note=f"after {words.date(model.as_of)}",
        ),
        Card(
            "A customer on average",
            words.money(worth.each),
            "Expected in 12 months; few bring much more, and most bring less",
            note="in 12 months",
        ),
        Card(
            "The top tenth brings",
            words.percent(worth.top_share),
            "Share of the expected 12 months that comes from the tenth of customers with the highest values",
            note="of what is expected",
        ),
    ]


page()
