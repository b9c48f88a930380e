"""Models side by side: the one that is used against simpler ones."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import session
from pulse_core.insight import judged
from pulse_core.insight.judged import Metric
from pulse_core.stores.ledger.models import Model
from pulse_core.words import DASH, Words


def table(model: Model) -> None:
    """A row for each model that was judged on the same customers, a column for each metric."""
    rows = judged.compared(model)
    if not rows:
        st.caption("This version was not compared with others.")
        return
    words, metrics = session.words(), judged.METRICS[model.kind]
    used = model.metrics.get("chosen", "pulse") if judged.is_usable(model) else None
    st.dataframe(
        [_row(row, metrics, words, used) for row in rows],
        hide_index=True,
        height="content",
        placeholder=DASH,
        key=f"compared-{model.id}",
        column_config={
            "Model": st.column_config.TextColumn(pinned=True, help="Each was judged on the same customers"),
            "What it is": st.column_config.TextColumn(width="large"),
            **{m.label: st.column_config.TextColumn(help=f"{m.help}. Better: {m.better}.") for m in metrics},
        },
    )


def _row(
    row: dict[str, Any], metrics: tuple[Metric, ...], words: Words, used: str | None
) -> dict[str, str | None]:
    named = row["model"]
    name = f"{named.label} (used)" if named.key == used else named.label
    told = {metric.label: _told(row, metric, words) for metric in metrics}
    return {"Model": name, **told, "What it is": named.help}


def _told(row: dict[str, Any], metric: Metric, words: Words) -> str | None:
    value = row.get(metric.key)
    if value is None:
        return None
    if metric.key == "auc" and row.get("auc_low") not in (None, value):  # no interval around a constant
        return f"{words.percent(value)} ({words.percent(row['auc_low'])} to {words.percent(row['auc_high'])})"
    return SAID[metric.kind](value, words)


SAID = {
    "share": lambda value, words: words.percent(value),
    "number": lambda value, _: f"{value:.3f}",
    "money": lambda value, words: words.money(value),
}
