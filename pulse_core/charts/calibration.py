"""Do 30 in 100 leave when the model says 30 %? Observed share by predicted share."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Predicted risk against what happened (calibration)",
    empty="No curve yet: it appears when a model was judged on customers that it had not seen.",
    columns={
        "predicted": pa.float64(),
        "observed": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "rows": pa.float64(),
    },
)
def calibration(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A dot for each group of customers of about equal risk, with the 95 % interval of what was observed."""
    groups = sorted((_plain(row) for row in rows if row["rows"]), key=lambda row: row["predicted"])
    if not groups:
        return None
    figure = {
        "data": [curve.guide((0, 0), (1, 1), colours), _dots(groups, words, colours)],
        "layout": curve.shares(
            words,
            across="Share predicted to leave",
            upright="Share that left",
            notes=[curve.dashed("as predicted")],
        ),
    }
    return Drawing(
        "Each dot is a tenth of the customers kept for judging, by predicted risk. On the dashed line as many left as "
        "predicted; where a bar (95 % interval) misses the line, the model is too high or too low.",
        _alt(groups, words),
        figure,
    )


def _plain(row: Row) -> dict[str, float]:
    return {key: style.plain(row[key]) for key in ("predicted", "observed", "low", "high", "rows")}


def _dots(groups: list[dict[str, float]], words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "Observed",
        "mode": "markers",
        "x": [row["predicted"] for row in groups],
        "y": [row["observed"] for row in groups],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, row["high"] - row["observed"]) for row in groups],
            "arrayminus": [max(0.0, row["observed"] - row["low"]) for row in groups],
            "color": colours.accent,
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {"color": colours.accent, "size": 9},
        "cliponaxis": False,
        "customdata": [[row["predicted"]] for row in groups],
        "hovertext": [style.sentence(_sentence(row, words)) for row in groups],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _sentence(row: dict[str, float], words: Words) -> str:
    return (
        f"Of {words.plural('customer', round(row['rows']))} with a risk of about {words.percent(row['predicted'])}, "
        f"{words.percent(row['observed'])} left (95 % interval {words.percent(row['low'])} to "
        f"{words.percent(row['high'])})."
    )


def _alt(groups: list[dict[str, float]], words: Words) -> str:
    told = [f"{words.percent(row['predicted'])} and {words.percent(row['observed'])}" for row in groups]
    return f"Dots of predicted and observed share that left, by group: {'; '.join(told)}."
