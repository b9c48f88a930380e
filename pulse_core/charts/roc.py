"""How well does the model tell who leaves from who stays? The ROC curve."""

from __future__ import annotations

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.curve import Point
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Leavers found against false alarms (ROC)",
    empty="No curve yet: it appears when a model was judged on customers that it had not seen.",
    columns={
        "threshold": pa.float64(),
        "false_positive_rate": pa.float64(),
        "true_positive_rate": pa.float64(),
    },
)
def roc(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """The share of leavers found by the share of the others that is taken for leavers, threshold by threshold."""
    points = sorted((_point(row, words) for row in rows), key=lambda point: (point.x, point.y))
    if len(points) < 2:
        return None
    figure = {
        "data": [curve.guide((0, 0), (1, 1), colours), curve.line(points, "Model", colours)],
        "layout": curve.shares(
            words,
            across="Share of those who stay",
            upright="Share of those who leave",
            notes=[curve.dashed("a guess")],
        ),
    }
    return Drawing(
        "Lower the threshold and more leavers are found, but more of those who stay are taken for leavers too. "
        "The nearer the line to the upper left corner, the better; the dashed line is a guess.",
        _alt(points, words),
        figure,
    )


def _point(row: Row, words: Words) -> Point:
    found, false, threshold = (
        style.plain(row[key]) for key in ("true_positive_rate", "false_positive_rate", "threshold")
    )
    sentence = (
        f"At a risk of {words.percent(threshold)} or above stand {words.percent(found)} of those who leave, "
        f"and {words.percent(false)} of those who stay."
    )
    return Point(false, found, sentence, threshold)


def _alt(points: list[Point], words: Words) -> str:
    told = [
        f"{words.percent(_height(points, x))} of the leavers with {words.percent(x)} false alarms"
        for x in (0.1, 0.25, 0.5)
    ]
    return f"Line chart of the ROC curve. Found are {', '.join(told)}."


def _height(points: list[Point], x: float) -> float:
    """What is found with at most so many false alarms."""
    return max((point.y for point in points if point.x <= x), default=0.0)
