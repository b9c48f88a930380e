"""What does the risk hang on? The features that the model uses most."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import BAR, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import DASH, Words

MOST_BARS = 7


@chart(
    title="What drives the risk",
    empty="Nothing to show yet: it appears when a usable model was trained.",
    columns={"label": pa.string(), "weight": pa.float64()},
)
def risk_drivers(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Bars from zero, the weightiest feature first, each with its share of the whole."""
    ranked = sorted(rows, key=_weight, reverse=True)
    top, rest = [row for row in ranked[:MOST_BARS] if _weight(row) > 0], ranked[MOST_BARS:]
    if not top:
        return None
    texts = [note for place, row in enumerate(top) for note in _text(place, _name(row), _weight(row), words)]
    if rest:
        name = f"Other ({words.plural('feature', len(rest))})"
        texts += _text(len(top), name, sum(map(_weight, rest)), words)
    values = [_weight(row) for row in top]
    figure = {
        "data": [_bars(top, words, colours)],
        "layout": row_layout(
            len(top) + bool(rest), values, words.percent, "Share of the model's weight, %", texts
        ),
    }
    return Drawing(
        "How much of the difference between customers each feature makes in the model. It says what goes along with "
        "leaving, not what causes it.",
        _alt(top, words),
        figure,
    )


def _bars(top: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "Weight",
        "orientation": "h",
        "x": [_weight(row) for row in top],
        "y": list(range(len(top))),
        **BAR,
        "marker": {"color": colours.accent},
        "customdata": [[row["label"]] for row in top],
        "hovertext": [style.sentence(f"{_name(row)}: {_of_whole(_weight(row), words)}.") for row in top],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _text(place: int, name: str, weight: float, words: Words) -> list[dict[str, Any]]:
    return row_text(place, name, [words.percent(weight)])


def _of_whole(weight: float, words: Words) -> str:
    return f"{words.percent(weight)} of the model's weight"


def _alt(top: list[Row], words: Words) -> str:
    told = [f"{_name(row)} {words.percent(_weight(row))}" for row in top]
    return f"Bar chart of what the model's risk hangs on: {'; '.join(told)}."


def _name(row: Row) -> str:
    return (row["label"] or "").strip() or f"{DASH} (no name)"


def _weight(row: Row) -> float:
    return max(0.0, style.plain(row["weight"]))
