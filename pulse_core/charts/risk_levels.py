"""How many are about to leave? Customers by risk level."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import BAR, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import Words


@chart(
    title="Customers by risk level",
    empty="No risk levels yet: they appear when a usable model was trained.",
    columns={"risk_level": pa.string(), "customers": pa.int64(), "spend": pa.decimal128(18, 2)},
)
def risk_levels(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A bar for each level in its colour, the highest first; a level without customers has its row too."""
    given = {row["risk_level"]: row for row in rows}
    levels = [_level(name, given.get(name, {})) for name in colours.risk]
    total = sum(level["customers"] for level in levels)
    if not total:
        return None
    texts = [note for place, level in enumerate(levels) for note in _text(place, level, total, words)]
    shares = [level["customers"] / total for level in levels]
    figure = {
        "data": [_bars(levels, total, words, colours)],
        "layout": row_layout(len(levels), shares, words.percent, "Share of customers, %", texts),
    }
    return Drawing(
        "Customers at each level of risk, with their number and share.", _alt(levels, total, words), figure
    )


def _level(name: str, row: Row) -> Row:
    return {"risk_level": name, "customers": row.get("customers") or 0, "spend": row.get("spend")}


def _bars(levels: list[Row], total: int, words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "Customers",
        "orientation": "h",
        "x": [level["customers"] / total for level in levels],
        "y": list(range(len(levels))),
        **BAR,
        "marker": {"color": [colours.risk[level["risk_level"]] for level in levels]},
        "customdata": [[level["risk_level"]] for level in levels],
        "hovertext": [style.sentence(_sentence(level, total, words)) for level in levels],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _text(place: int, level: Row, total: int, words: Words) -> list[dict[str, Any]]:
    figures = [words.compact(level["customers"]), words.percent(level["customers"] / total)]
    return row_text(place, level["risk_level"], figures)


def _sentence(level: Row, total: int, words: Words) -> str:
    customers = words.plural("customer", level["customers"])
    share = words.percent(level["customers"] / total)
    spent = f", who spent {words.money_full(level['spend'])} in the last 12 months" if level["spend"] else ""
    return f"{level['risk_level']}: {customers} ({share} of all){spent}."


def _alt(levels: list[Row], total: int, words: Words) -> str:
    told = [_sentence(level, total, words).rstrip(".") for level in levels]
    return f"Bar chart of customers by risk level. {'; '.join(told)}."
