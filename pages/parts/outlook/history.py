"""The versions of one kind of model: how their figures moved, and each in detail."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.outlook import compared, foretold, learnt, quality, training
from pages.parts.text import literal
from pulse_core.insight import judged
from pulse_core.insight.judged import Metric
from pulse_core.stores.ledger import models
from pulse_core.stores.ledger.models import Model
from pulse_core.words import DASH, Words

EMPTY = {
    "churn": (
        "No churn model yet",
        "The first version is made when figures are computed from your orders.",
        "churn.py",
    ),
    "value": (
        "No model of customer value yet",
        "The first version is made together with the churn model.",
        "value.py",
    ),
}


def draw(kind: str) -> None:
    """How the versions did, the list, and the version that is chosen."""
    with session.pulse().ledger.read() as conn:
        found = models.all(conn, session.organisation().id, kind)
    if not found:
        if kind == "table":
            st.info("No table was learnt yet. Each one becomes a version here.", icon=":material/table:")
            return
        title, why, page = EMPTY[kind]
        blocks.empty(title, why, "Train", page, icon=":material/model_training:")
        return
    source = f"versions {kind} {found[0].id}"
    blocks.drawn(figures.draw(CHARTS[kind], CHART_TABLES[kind](found), source), f"versions-{kind}")
    details(_choose(found, kind))


NOUNS = {"churn": "customer", "value": "customer", "table": "row"}
CHARTS = {"churn": "model_versions", "table": "model_versions", "value": "value_versions"}
CHART_TABLES = {"churn": judged.versions, "table": judged.versions, "value": judged.value_versions}


def _choose(found: list[Model], kind: str) -> Model:
    """The list of versions, the newest first; the newest is shown until another row is chosen."""
    words = session.words()
    chosen = st.dataframe(
        [_row(model, words) for model in found],
        hide_index=True,
        height=min(320, 38 + 35 * len(found)),
        placeholder=DASH,
        on_select="rerun",
        selection_mode="single-row",
        key=f"versions-table-{kind}",
        column_config={
            "Version": st.column_config.NumberColumn(pinned=True, width="small"),
            "Trained": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
    )
    rows = [row for row in chosen.selection.rows if row < len(found)]
    return found[rows[0]] if rows else found[0]


def _row(model: Model, words: Words) -> dict[str, Any]:
    told, judged_on = (
        judged.figures(model),
        model.metrics.get("customers") if model.metrics.get("models") else None,
    )
    return {
        "Version": model.version,
        "Trained": model.made_at,
        "Verdict": model.verdict,
        **_learnt_from(model, words),
        "Judged on": words.plural(NOUNS[model.kind], judged_on) if judged_on else None,
        **{metric.label: _said(told, metric, words) for metric in judged.METRICS[model.kind][:4]},
        "By": model.made_by,
    }


def _learnt_from(model: Model, words: Words) -> dict[str, Any]:
    """The data that a version learnt from: a table, or all orders up to a day."""
    if model.kind == "table":
        return {"Table": model.metrics["file"], "Label": model.metrics["label"]["column"]}
    return {"Data up to": words.date(model.as_of), "Horizon": words.plural("day", model.horizon_days)}


def _said(told: dict[str, float | None], metric: Metric, words: Words) -> str | None:
    value = told.get(metric.key)
    return None if value is None else compared.SAID[metric.kind](value, words)


def details(model: Model) -> None:
    """What a version learnt from, and what it was held against."""
    words = session.words()
    with st.container(border=True):
        st.subheader(f"Version {model.version}: {model.verdict}", anchor=False)
        st.markdown(SENTENCES[model.kind](model))
        training.warnings(model)
        compared.table(model)
        if model.kind == "table":
            _columns(model)
        kept = f"kept as {model.file}" if model.file else "no file kept"
        st.caption(
            f"Trained {words.date(model.made_at.date())} by {model.made_by}; {kept}; sha256 {model.sha256[:12]}…"
        )


def _table_sentence(model: Model) -> str:
    """What a table was, and how well it can be told who left."""
    words, label = session.words(), model.metrics["label"]
    rows, says = words.plural("row", model.metrics["customers"]), f"{label['column']} is {label['leaves']}"
    told = (
        f"{literal(model.metrics['file'])}: in {words.percent(label['share'])} of {rows} {literal(says)}. "
        "Each fifth was predicted by a model of the other four."
    )
    if judged.figures(model).get("auc") is None:
        return told
    ranked = quality.ranked(model)
    return f"{told} Of one who left and one who stayed, the leaver had the higher risk in {ranked} of pairs."


def _columns(model: Model) -> None:
    """What drives the risk, and how each column was used."""
    left, right = st.columns(2)
    with left:
        learnt.chart(model, "risk_drivers", judged.drivers(model), key=f"drivers-{model.id}")
    with right, st.container(border=True, height="stretch"):
        st.subheader("How each column was used", anchor=False)
        rows = [{"Column": row["name"], "Used as": row["use"]} for row in model.metrics["columns"]]
        st.dataframe(rows, hide_index=True, height=380, key=f"columns-{model.id}")


SENTENCES = {"churn": quality.sentence, "value": foretold.sentence, "table": _table_sentence}
