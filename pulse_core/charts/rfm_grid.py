"""Where do customers stand? Recency against frequency and spend, five scores each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.heat import Cell, heat_map
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

SCORES = (1, 2, 3, 4, 5)


@chart(
    title="Customers by recency and by frequency and spend",
    empty="No customers yet: scores appear after the first import.",
    columns={
        "recency_score": pa.int32(),
        "value_score": pa.int32(),
        "customers": pa.int64(),
        "revenue": pa.decimal128(18, 2),
    },
)
def rfm_grid(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Heat map of 25 cells: best customers at the top right, those long gone at the bottom left."""
    total = sum(row["customers"] or 0 for row in rows)
    cells = _cells(rows, total or 1, words)
    if not total or not cells:
        return None
    figure = {
        "data": heat_map(cells, len(SCORES), len(SCORES), colours),
        "layout": style.layout(
            height=380,
            margin=(0, 0, 40, 52),
            hoverdistance=150,
            xaxis=_axis("Recency score: 5 ordered most recently"),
            yaxis=_axis(""),
            annotations=[style.unit("Frequency and spend score: 5 most")],
        ),
    }
    return Drawing("A cell counts the customers with these two scores.", _alt(cells, total, words), figure)


def _cells(rows: list[Row], total: int, words: Words) -> list[Cell]:
    given = {(row["recency_score"], row["value_score"]): row for row in rows}
    empty = {"customers": 0, "revenue": 0}
    return [
        _cell(recency, value, given.get((recency, value), empty), total, words)
        for value in SCORES
        for recency in SCORES
    ]


def _cell(recency: int, value: int, row: Row, total: int, words: Words) -> Cell:
    customers = row["customers"] or 0
    sentence = (
        f"{words.plural('customer', customers)} ({words.percent(customers / total)} of all) with recency "
        f"{recency} and frequency and spend {value} brought {words.money_full(row['revenue'] or 0)}."
    )
    return Cell(
        recency - 1, value - 1, float(customers), words.compact(customers), sentence, (recency, value)
    )


def _axis(title: str) -> dict[str, Any]:
    return style.bare_axis(
        tickmode="array",
        tickvals=[score - 1 for score in SCORES],
        ticktext=[str(score) for score in SCORES],
        range=[-0.5, len(SCORES) - 0.5],
        title=style.axis_title(title),
    )


def _alt(cells: list[Cell], total: int, words: Words) -> str:
    most = max(cells, key=lambda cell: cell.value)
    return f"Heat map of {words.plural('customer', total)} in five by five scores. Most: {most.sentence}"
