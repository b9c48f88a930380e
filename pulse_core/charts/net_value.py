"""From which risk on does it pay to write? Net value by threshold."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.curve import Point
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Net value by threshold",
    empty="No curve yet: it appears when a model was judged on customers that it had not seen.",
    columns={"threshold": pa.float64(), "selected": pa.float64(), "net_value": pa.float64()},
)
def net_value(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A line of money by risk from which on everybody is written to; its highest point carries its figure."""
    points = sorted((_point(row, words) for row in rows), key=lambda point: point.x)
    if len(points) < 2:
        return None
    best = max(points, key=lambda point: (point.y, point.x))
    values = [point.y for point in points]
    figure = {
        "data": [curve.line(points, "Net value", colours), _mark(best, colours)],
        "layout": style.layout(
            height=curve.HEIGHT,
            margin=(0, 24, 44, 52),
            hoverdistance=60,
            xaxis=curve.share_axis(words)
            | {"title": style.axis_title("Risk from which on everybody is written to")},
            yaxis=style.value_axis(values, words.money),
            annotations=[style.unit(_unit(words)), _best(best, words)],
        ),
    }
    return Drawing(
        "To the left everybody is written to, to the right nobody. The dot is the threshold that earns most with your "
        "three figures; where the line is below zero, messages cost more than they keep.",
        _alt(best, points, words),
        figure,
    )


def _point(row: Row, words: Words) -> Point:
    threshold, selected, value = (style.plain(row[key]) for key in ("threshold", "selected", "net_value"))
    sentence = (
        f"Writing to everybody at {words.percent(threshold)} or above ({words.percent(selected)} of the customers) "
        f"earns {words.money(value)}."
    )
    return Point(threshold, value, sentence, threshold)


def _mark(best: Point, colours: Palette) -> dict[str, Any]:
    return curve.line([best], "Best", colours) | {
        "mode": "markers",
        "marker": {"color": colours.accent, "size": 11, "line": {"color": colours.text, "width": 1.5}},
    }


def _best(best: Point, words: Words) -> dict[str, Any]:
    """The amount of the best threshold, on the side of it that has room."""
    side = "right" if best.x > 0.5 else "left"
    text = f"{words.money(best.y)} at {words.percent(best.x)}"
    shift = -10 if side == "right" else 10
    return style.note(text, x=best.x, y=best.y, xanchor=side, yanchor="bottom", xshift=shift, yshift=4)


def _alt(best: Point, points: list[Point], words: Words) -> str:
    return (
        f"Line chart of net value by threshold. Most is earned at {words.percent(best.x)}: {words.money(best.y)}. "
        f"Writing to everybody earns {words.money(points[0].y)}."
    )


def _unit(words: Words) -> str:
    return f"Net value, {words.symbol}" if words.symbol else "Net value"
