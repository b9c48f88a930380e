"""How does revenue move? One bar a month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

MOST_LABELS = 7  # month labels that fit beside each other on a phone


@chart(
    title="Revenue by month",
    empty="No orders yet: revenue by month appears after the first import.",
    columns={
        "month": pa.date32(),
        "revenue": pa.decimal128(18, 2),
        "orders": pa.int64(),
        "complete": pa.bool_(),
    },
)
def revenue_by_month(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Bars from zero, oldest month first; a month that is not complete is pale with an outline."""
    months = sorted((row for row in rows if row["month"] is not None), key=lambda row: row["month"])
    if not months:
        return None
    places = [_place(row) for row in months]
    revenue = [style.plain(row["revenue"]) for row in months]
    figure = {
        "data": [
            {
                "type": "bar",
                "name": "Revenue",
                "x": places,
                "y": revenue,
                "marker": _marker(months, colours),
                "customdata": [[row["month"].isoformat()] for row in months],
                "hovertext": [style.sentence(_sentence(row, words)) for row in months],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        ],
        "layout": style.layout(
            height=340,
            margin=(0, 12, 44, 28),
            xaxis=_month_axis(months, places, words),
            yaxis=style.value_axis(revenue, words.money),
            annotations=[style.unit(_unit(words)), _best(months, words)],
        ),
    }
    return Drawing(_reading(months), _alt(months, words), figure)


def _place(row: Row) -> int:
    """Months counted from year 0: equal steps, where days would make February narrow."""
    return int(row["month"].year) * 12 + int(row["month"].month) - 1


def _marker(months: list[Row], colours: Palette) -> dict[str, Any]:
    return {
        "color": [colours.accent if row["complete"] else colours.accent_soft for row in months],
        "line": {"color": colours.accent, "width": [0 if row["complete"] else 1.5 for row in months]},
    }


def _month_axis(months: list[Row], places: list[int], words: Words) -> dict[str, Any]:
    """Month labels counted back from the last month, so that it always has one."""
    span = places[-1] - places[0] + 1
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120) if span <= step * MOST_LABELS), span)
    shown = list(range(places[-1], places[0] - 1, -step))[::-1]
    names = [_month_label(place, words) for place in shown]
    if not months[-1]["complete"]:
        names[-1] += "<br>so far"
    return style.bare_axis(
        tickmode="array",
        tickvals=shown,
        ticktext=names,
        range=[places[0] - 0.6, places[-1] + 0.6],
    )


def _month_label(place: int, words: Words) -> str:
    """Month above year: half as wide as beside it."""
    return style.label(words.month(date(place // 12, place % 12 + 1, 1))).replace(" ", "<br>", 1)


def _best(months: list[Row], words: Words) -> dict[str, Any]:
    """The amount of the best month, above its bar."""
    best = max(months, key=_revenue)
    at = {"x": _place(best), "y": max(_revenue(best), 0.0), "yanchor": "bottom", "yshift": 2}
    if len(months) > 3 and best is months[-1]:
        at |= {"x": _place(best) + 0.5, "xanchor": "right"}
    elif len(months) > 3 and best is months[0]:
        at |= {"x": _place(best) - 0.5, "xanchor": "left"}
    return style.note(words.money(best["revenue"]), **at)


def _sentence(row: Row, words: Words) -> str:
    so_far = "" if row["complete"] else "; the month is not complete"
    orders = words.plural("order", row["orders"] or 0)
    return f"{words.month(row['month'])}: {words.money_full(row['revenue'])} from {orders}{so_far}."


def _reading(months: list[Row]) -> str:
    if months[-1]["complete"]:
        return "Each bar is one month's revenue, returns taken off."
    return "Each bar is one month's revenue, returns taken off. The last month is pale: it is not complete."


def _alt(months: list[Row], words: Words) -> str:
    """The figures that matter, for whoever cannot see the bars."""
    first, last = months[0], months[-1]
    best, least = max(months, key=_revenue), min(months, key=_revenue)
    running = "" if last["complete"] else f" {words.month(last['month'])} is not complete."
    return (
        f"Bar chart of revenue by month from {words.month(first['month'])} to {words.month(last['month'])}. "
        f"Highest: {words.month(best['month'])} with {words.money(best['revenue'])}. "
        f"Lowest: {words.month(least['month'])} with {words.money(least['revenue'])}.{running}"
    )


def _revenue(row: Row) -> float:
    return style.plain(row["revenue"])


def _unit(words: Words) -> str:
    return f"Revenue, {words.symbol}" if words.symbol else "Revenue"
