"""How good the churn model is: in one sentence, against simpler ones, and in four curves."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.parts.outlook import compared, learnt
from pulse_core.insight import judged
from pulse_core.stores.ledger.models import Model

SPLITS = {
    "time": "It learnt from earlier days and was judged on {who} as they stood on {cutoff}, by what they did in the "
    "{days} after, which it had not seen.",
    "customers": "The history is too short to hold days back, so it was judged on {who} whom it had not seen, as they "
    "stood on {cutoff}. Figures may flatter a little.",
}


def draw(model: Model) -> None:
    """The sentence, the table of models, and the curves."""
    st.markdown(sentence(model))
    compared.table(model)
    for pair in (("roc", "precision_recall"), ("calibration", "lift")):
        for column, kind in zip(st.columns(2), pair, strict=True):
            with column:
                learnt.chart(model, kind, judged.curve(model, kind))


def sentence(model: Model) -> str:
    """How it was judged, and how well it ranks."""
    words, metrics = session.words(), model.metrics
    cutoff = metrics.get("cutoff")
    told = SPLITS.get(metrics.get("split", ""), "").format(
        who=words.plural("customer", metrics.get("customers") or 0),
        cutoff=session.day(cutoff) if cutoff else "an earlier day",
        days=words.plural("day", model.horizon_days),
    )
    found = judged.figures(model)
    if found.get("auc") is None:
        return told
    return f"{told} Of one who left and one who stayed, it gave the leaver the higher risk in {ranked(model)} of pairs."


def ranked(model: Model) -> str:
    """The AUC with its interval, in words."""
    words, found = session.words(), judged.figures(model)
    told = f"**{words.percent(found.get('auc'))}**"
    if found.get("auc_low") is None:
        return told
    return f"{told} ({words.percent(found['auc_low'])} to {words.percent(found['auc_high'])})"
