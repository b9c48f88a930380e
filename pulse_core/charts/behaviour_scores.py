"""How healthy is the behaviour of the customers? One bar for each ten points of score."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

BARS = 10
EDGES = range(0, 101, 20)  # the scores that stand on the axis: all eleven would not fit on a phone


@chart(
    title="Customers by behaviour score",
    empty="No scores yet: they appear when a file tells of orders, visits or service events over some weeks.",
    columns={"score_from": pa.int32(), "score_to": pa.int32(), "customers": pa.int64()},
)
def behaviour_scores(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Bars from zero, the lowest scores at the left; ten points without customers are a bar of none."""
    counts = _counts(rows)
    if not any(counts):
        return None
    places = list(range(BARS))
    across = style.bare_axis(
        tickmode="array",
        tickvals=[edge * BARS / 100 - 0.5 for edge in EDGES],
        ticktext=[style.label(words.number(edge)) for edge in EDGES],
        range=[-0.7, BARS - 0.3],
        title=style.axis_title("Score, 100 is healthy"),
    )
    figure = {
        "data": [_bars(places, counts, words, colours)],
        "layout": style.layout(
            height=340,
            margin=(0, 12, 44, 56),
            bargap=0.12,
            xaxis=across,
            yaxis=style.value_axis(counts, words.compact),
            annotations=[style.unit("Customers")],
        ),
    }
    return Drawing(
        "Each bar is ten points of score: the further left, the more signals of risk.",
        _alt(counts, words),
        figure,
    )


def _counts(rows: list[Row]) -> list[int]:
    """Customers of each ten points, from the lowest."""
    counts = [0] * BARS
    for row in rows:
        if row["score_from"] is not None:
            counts[min(max(row["score_from"] // 10, 0), BARS - 1)] += row["customers"] or 0
    return counts


def _bars(places: list[int], counts: list[int], words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "Customers",
        "x": places,
        "y": counts,
        "marker": {"color": colours.accent},
        "customdata": [[place * 10] for place in places],
        "hovertext": [style.sentence(_sentence(place, counts, words)) for place in places],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _sentence(place: int, counts: list[int], words: Words) -> str:
    share = words.percent(counts[place] / sum(counts))
    return (
        f"Scores of {_span(place)}: {words.plural('customer', counts[place])}, {share} of all with a score."
    )


def _span(place: int) -> str:
    return f"{place * 10} to {100 if place == BARS - 1 else place * 10 + 9}"


def _alt(counts: list[int], words: Words) -> str:
    parts = [f"{_span(place)} {words.number(count)}" for place, count in enumerate(counts) if count]
    return f"Bar chart of the number of customers for each ten points of score: {'; '.join(parts)}."
