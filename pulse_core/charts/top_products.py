"""What sells? The ten products with the most revenue, and the rest in one line."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import BAR, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import DASH, Words

MOST_BARS = 10


@chart(
    title="Products with the most revenue",
    empty="No products yet: they appear when an import has a product column.",
    columns={
        "product": pa.string(),
        "revenue": pa.decimal128(18, 2),
        "orders": pa.int64(),
        "customers": pa.int64(),
    },
)
def top_products(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Bars from zero, most revenue first. Names lie above the bars, so that a phone has room for them."""
    ranked = sorted(rows, key=_revenue, reverse=True)
    top, rest = ranked[:MOST_BARS], ranked[MOST_BARS:]
    total = sum(map(_revenue, rows))
    values = [_revenue(row) for row in top]
    if not any(values):
        return None
    texts = [note for place, row in enumerate(top) for note in _row(place, row, words)]
    if rest:
        texts += _rest(len(top), rest, total, words)
    rows_shown = len(top) + bool(rest)
    figure = {
        "data": [_bars(top, total, words, colours)],
        "layout": row_layout(rows_shown, values, words.money, _unit(words), texts),
    }
    return Drawing(_reading(rest), _alt(top, rest, total, words), figure)


def _bars(top: list[Row], total: float, words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "Revenue",
        "orientation": "h",
        "x": [_revenue(row) for row in top],
        "y": list(range(len(top))),
        **BAR,
        "marker": {"color": colours.accent},
        "customdata": [[row["product"]] for row in top],
        "hovertext": [style.sentence(_sentence(row, total, words)) for row in top],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _row(place: int, row: Row, words: Words) -> list[dict[str, Any]]:
    return row_text(place, _name(row), [words.money(row["revenue"])])


def _rest(place: int, rest: list[Row], total: float, words: Words) -> list[dict[str, Any]]:
    """Figures only: the bar of thousands of other products would leave the ten no length."""
    name = f"Other ({words.plural('product', len(rest))})"
    return row_text(place, name, [_figures(sum(map(_revenue, rest)), total, words)])


def _sentence(row: Row, total: float, words: Words) -> str:
    orders, customers = (words.plural(noun, row[f"{noun}s"] or 0) for noun in ("order", "customer"))
    share = f" ({words.percent(_revenue(row) / total)} of all)" if total > 0 else ""
    return f"{_name(row)}: {words.money_full(row['revenue'])}{share} from {orders} by {customers}."


def _figures(revenue: float, total: float, words: Words) -> str:
    share = f" · {words.percent(revenue / total)}" if total > 0 else ""
    return words.money(revenue) + share


def _reading(rest: list[Row]) -> str:
    return "Revenue of each product, returns taken off." + (
        " Other products are named without a bar." if rest else ""
    )


def _alt(top: list[Row], rest: list[Row], total: float, words: Words) -> str:
    parts = [f"{_name(row)} {words.money(row['revenue'])}" for row in top]
    if rest:
        others = words.plural("other product", len(rest))
        parts.append(f"{others} {_figures(sum(map(_revenue, rest)), total, words)}")
    return f"Bar chart of the products with the most revenue: {'; '.join(parts)}."


def _name(row: Row) -> str:
    return (row["product"] or "").strip() or f"{DASH} (no product name)"


def _revenue(row: Row) -> float:
    return style.plain(row["revenue"])


def _unit(words: Words) -> str:
    return f"Revenue, {words.symbol}" if words.symbol else "Revenue"
