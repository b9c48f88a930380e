"""How many of the leavers are among those with the highest risk? The captured share."""

from __future__ import annotations

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.curve import Point
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Leavers among those most at risk (lift)",
    empty="No curve yet: it appears when a model was judged on customers that it had not seen.",
    columns={"share": pa.float64(), "captured": pa.float64(), "lift": pa.float64()},
)
def lift(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """The share of all leavers that is among the so many customers with the highest risk."""
    points = sorted((_point(row, words) for row in rows), key=lambda point: point.x)
    if not points:
        return None
    points = [Point(0.0, 0.0, "Nobody is chosen, and no leaver found.", 0.0), *points]
    figure = {
        "data": [curve.guide((0, 0), (1, 1), colours), curve.line(points, "Model", colours)],
        "layout": curve.shares(
            words,
            across="Share of customers, highest risk first",
            upright="Share of all leavers",
            notes=[curve.dashed("drawn by chance")],
        ),
    }
    return Drawing(
        "Go right as far as you can afford to write, then up to the line: so many of all leavers are reached. "
        "The dashed line is what customers drawn by chance would give.",
        _alt(points, words),
        figure,
    )


def _point(row: Row, words: Words) -> Point:
    share, captured, times = (style.plain(row[key]) for key in ("share", "captured", "lift"))
    sentence = (
        f"The {words.percent(share)} with the highest risk hold {words.percent(captured)} of all leavers, "
        f"{words.number(times)} times as many as by chance."
    )
    return Point(share, captured, sentence, share)


def _alt(points: list[Point], words: Words) -> str:
    told = [
        f"the first {words.percent(x)} hold {words.percent(min(points, key=lambda p: abs(p.x - x)).y)}"
        for x in (0.1, 0.2, 0.5)
    ]
    return f"Line chart of leavers by share of customers, highest risk first: {', '.join(told)}."
