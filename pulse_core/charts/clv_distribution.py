"""How different are customers in what they will bring? Expected value by group, from the low end to the high end."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import MIDDLE, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

POINTS = ("p10", "p25", "p50", "p75", "p90")


@chart(
    title="Expected value of a customer",
    empty="No expected values yet: they appear when a model of customer value was trained.",
    columns={
        "group": pa.string(),
        "customers": pa.int64(),
        **dict.fromkeys(POINTS, pa.float64()),
        "total": pa.decimal128(18, 2),
    },
)
def clv_distribution(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A row for each group: a thin line over eight of ten customers, a thick one over the middle half, the median."""
    groups = [_rising(row) for row in rows if row["customers"]]
    if not groups:
        return None
    values = [group[point] for group in groups for point in POINTS]
    texts = [note for place, group in enumerate(groups) for note in _text(place, group, words)]
    figure = {
        "data": [
            _lines(groups, "p10", "p90", 2, colours.neutral),
            _lines(groups, "p25", "p75", 9, colours.accent),
            _medians(groups, words, colours),
        ],
        "layout": row_layout(len(groups), values, words.money, _unit(words), texts),
    }
    return Drawing(
        "Thick: the middle half of the group. Thin: eight of ten. Upright line and figure: the customer in the "
        "middle. Further right: all of the group together.",
        _alt(groups, words),
        figure,
    )


def _rising(row: Row) -> Row:
    """The row with plain points that never fall, whatever the table says."""
    points = sorted(style.plain(row[point]) for point in POINTS)
    return row | dict(zip(POINTS, points, strict=True)) | {"group": (row["group"] or "").strip() or "Unknown"}


def _text(place: int, group: Row, words: Words) -> list[dict[str, Any]]:
    return row_text(place, group["group"], [words.money(group["p50"]), words.money(group["total"])])


def _lines(groups: list[Row], start: str, end: str, width: int, colour: str) -> dict[str, Any]:
    """One lying line for each group; what hover says, the medians say."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for group in groups for x in (group[start], group[end], None)],
        "y": [y for place in range(len(groups)) for y in (place + MIDDLE, place + MIDDLE, None)],
        "line": {"color": colour, "width": width},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _medians(groups: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "Median",
        "mode": "markers",
        "x": [group["p50"] for group in groups],
        "y": [place + MIDDLE for place in range(len(groups))],
        "cliponaxis": False,
        "marker": {"symbol": "line-ns", "size": 9, "line": {"color": colours.text, "width": 3}},
        "customdata": [[group["group"]] for group in groups],
        "hovertext": [style.sentence(_sentence(group, words)) for group in groups],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _sentence(group: Row, words: Words) -> str:
    low, middle, high = (words.money(group[point]) for point in ("p10", "p50", "p90"))
    return (
        f"{group['group']}, {words.plural('customer', group['customers'])}: {middle} in the middle, eight of ten "
        f"between {low} and {high}, {words.money(group['total'])} together."
    )


def _alt(groups: list[Row], words: Words) -> str:
    return f"Ranges of expected value by group. {' '.join(_sentence(group, words) for group in groups)}"


def _unit(words: Words) -> str:
    return f"In the next 12 months, {words.symbol}" if words.symbol else "In the next 12 months"
