"""Of those whom the model names, how many really leave? Precision by recall."""

from __future__ import annotations

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.curve import Point
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Leavers among those chosen (precision–recall)",
    empty="No curve yet: it appears when a model was judged on customers that it had not seen.",
    columns={"threshold": pa.float64(), "recall": pa.float64(), "precision": pa.float64()},
)
def precision_recall(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """The share of leavers among the chosen by the share of all leavers found; everybody chosen is the base rate."""
    points = sorted((_point(row, words) for row in rows), key=lambda point: (point.x, -point.key))
    if len(points) < 2:
        return None
    base = min(points, key=lambda point: point.key).y  # the lowest threshold takes everybody
    note = curve.beside(f"Everybody: {words.percent(base)} leave", 0.02, base)
    figure = {
        "data": [curve.guide((0, base), (1, base), colours), curve.line(points, "Model", colours)],
        "layout": curve.shares(
            words,
            across="Share of all leavers found",
            upright="Share that leaves, of those chosen",
            notes=[note],
        ),
    }
    return Drawing(
        "To the left only the highest risks are chosen, to the right nearly everybody. The higher the line stays "
        "above the dashed one, the fewer messages go to people who would have stayed anyway.",
        _alt(points, base, words),
        figure,
    )


def _point(row: Row, words: Words) -> Point:
    recall, precision, threshold = (style.plain(row[key]) for key in ("recall", "precision", "threshold"))
    sentence = (
        f"Of those at a risk of {words.percent(threshold)} or above {words.percent(precision)} leave; "
        f"they are {words.percent(recall)} of all who leave."
    )
    return Point(recall, precision, sentence, threshold)


def _alt(points: list[Point], base: float, words: Words) -> str:
    told = [
        f"{words.percent(min(points, key=lambda p: abs(p.x - x)).y)} precision at {words.percent(x)} found"
        for x in (0.25, 0.5, 0.75)
    ]
    return f"Line chart of precision by recall: {', '.join(told)}. Of everybody {words.percent(base)} leave."
