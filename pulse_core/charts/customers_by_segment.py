"""Who are they, and who brings the money? The 11 segments in their fixed order and colours."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import BAR, MIDDLE, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Customers and revenue by segment",
    empty="No customers yet: segments appear after the first import.",
    columns={"segment": pa.string(), "customers": pa.int64(), "revenue": pa.decimal128(18, 2)},
)
def customers_by_segment(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A bar for the share of customers, an upright line for the share of revenue."""
    shares = _shares(rows, colours)
    if not any(row["customers"] for row in shares):
        return None
    values = [row[key] for row in shares for key in ("of_customers", "of_revenue")]
    texts = [note for place, row in enumerate(shares) for note in _row(place, row, words)]
    figure = {
        "data": [_bars(shares, words, colours), _lines(shares, words, colours)],
        "layout": row_layout(len(shares), values, words.percent, "Share of all, %", texts),
    }
    return Drawing(
        "Bar and figures: share of customers. Upright line: share of revenue.", _alt(shares, words), figure
    )


def _row(place: int, row: Row, words: Words) -> list[dict[str, Any]]:
    figures = [words.compact(row["customers"]), words.percent(row["of_customers"])]
    return row_text(place, row["segment"], figures)


def _shares(rows: list[Row], colours: Palette) -> list[Row]:
    """All segments, those without customers too, in the fixed order; a name that is not known comes last."""
    found = [_named(row) for row in rows]
    missing = [
        _named({"segment": name}) for name in colours.segments.keys() - {row["segment"] for row in found}
    ]
    order = {name: place for place, name in enumerate(colours.segments)}
    customers = sum(row["customers"] for row in found) or 1
    revenue = sum(style.plain(row["revenue"]) for row in found)
    return [
        row
        | {
            "of_customers": row["customers"] / customers,
            "of_revenue": style.plain(row["revenue"]) / revenue if revenue > 0 else 0.0,
        }
        for row in sorted(found + missing, key=lambda row: order.get(row["segment"], len(order)))
    ]


def _named(row: Row) -> Row:
    return {
        "segment": (row.get("segment") or "").strip() or "Unknown",
        "customers": row.get("customers") or 0,
        "revenue": row.get("revenue") or 0,
    }


def _bars(shares: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return (
        _trace(shares, words, "of_customers")
        | BAR
        | {
            "type": "bar",
            "name": "Share of customers",
            "orientation": "h",
            "marker": {"color": [_colour(row, colours) for row in shares]},
        }
    )


def _lines(shares: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    """An upright line across the bar, as on a bullet chart: it hides nothing of a short bar."""
    return _trace(shares, words, "of_revenue") | {
        "y": [place + MIDDLE for place in range(len(shares))],
        "type": "scatter",
        "name": "Share of revenue",
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": "line-ns", "size": 9, "line": {"color": colours.text, "width": 3}},
    }


def _trace(shares: list[Row], words: Words, key: str) -> dict[str, Any]:
    return {
        "x": [row[key] for row in shares],
        "y": list(range(len(shares))),
        "customdata": [[row["segment"]] for row in shares],
        "hovertext": [style.sentence(_sentence(row, words)) for row in shares],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _colour(row: Row, colours: Palette) -> str:
    return colours.segments.get(row["segment"], colours.neutral)


def _sentence(row: Row, words: Words) -> str:
    customers = f"{words.plural('customer', row['customers'])}, {words.percent(row['of_customers'])} of all"
    revenue = f"{words.percent(row['of_revenue'])} of the revenue ({words.money_full(row['revenue'])})"
    return f"{row['segment']}: {customers}, with {revenue}."


def _alt(shares: list[Row], words: Words) -> str:
    parts = [
        f"{row['segment']} {words.percent(row['of_customers'])} and {words.percent(row['of_revenue'])}"
        for row in shares
        if row["customers"]
    ]
    return (
        f"Bar chart of the share of customers and the share of revenue of each segment: {'; '.join(parts)}."
    )
