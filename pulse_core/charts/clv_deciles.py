"""Do those with the highest prediction spend most? Predicted against observed by tenth of customers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Predicted against observed spend",
    empty="Nothing to compare yet: it appears when a model was judged on days that it had not seen.",
    columns={
        "decile": pa.int64(),
        "customers": pa.int64(),
        "predicted": pa.float64(),
        "observed": pa.float64(),
    },
)
def clv_deciles(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Bars of what was spent by tenth of customers, lowest prediction first; a dash for what was predicted."""
    tenths = sorted((row for row in rows if row["decile"] is not None), key=lambda row: row["decile"])
    if not tenths:
        return None
    values = [style.plain(row[key]) for row in tenths for key in ("predicted", "observed")]
    figure = {
        "data": [_bars(tenths, words, colours), _dashes(tenths, words, colours)],
        "layout": style.layout(
            height=340,
            margin=(0, 12, 44, 52),
            xaxis=_tenth_axis(tenths),
            yaxis=style.value_axis(values, words.money),
            annotations=[style.unit(_unit(words))],
        ),
    }
    return Drawing(
        "Customers in ten groups by predicted spend, the lowest first. Bar: what a customer of the group really spent. "
        "Dash: what was predicted.",
        _alt(tenths, words),
        figure,
    )


def _trace(tenths: list[Row], words: Words, key: str) -> dict[str, Any]:
    return {
        "x": list(range(len(tenths))),
        "y": [style.plain(row[key]) for row in tenths],
        "customdata": [[row["decile"]] for row in tenths],
        "hovertext": [style.sentence(_sentence(row, words)) for row in tenths],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _bars(tenths: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return _trace(tenths, words, "observed") | {
        "type": "bar",
        "name": "Observed",
        "marker": {"color": colours.accent},
    }


def _dashes(tenths: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return _trace(tenths, words, "predicted") | {
        "type": "scatter",
        "name": "Predicted",
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": "line-ew", "size": 22, "line": {"color": colours.text, "width": 3}},
    }


def _tenth_axis(tenths: list[Row]) -> dict[str, Any]:
    return style.bare_axis(
        range=[-0.6, len(tenths) - 0.4],
        tickmode="array",
        tickvals=list(range(len(tenths))),
        ticktext=[str(row["decile"]) for row in tenths],
        title=style.axis_title("Tenth of customers, 10 has the highest prediction"),
    )


def _sentence(row: Row, words: Words) -> str:
    who = words.plural("customer", row["customers"] or 0)
    return (
        f"Tenth {row['decile']} ({who}): {words.money(style.plain(row['predicted']))} predicted, "
        f"{words.money(style.plain(row['observed']))} spent."
    )


def _alt(tenths: list[Row], words: Words) -> str:
    return f"Bar chart of predicted and observed spend. {' '.join(_sentence(row, words) for row in tenths)}"


def _unit(words: Words) -> str:
    return f"For each customer, {words.symbol}" if words.symbol else "For each customer"
