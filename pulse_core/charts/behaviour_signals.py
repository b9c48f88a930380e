"""What is the matter with how many? A bar for each signal of risk, the most frequent first."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.named_rows import BAR, MIDDLE, row_layout, row_text
from pulse_core.charts.palette import Palette
from pulse_core.words import DASH, Words


@chart(
    title="Signals of risk by number of customers",
    empty="No signals yet: they appear when a file tells of orders, visits or service events over some weeks.",
    columns={"risk": pa.string(), "known": pa.int64(), "raised": pa.int64(), "severe": pa.int64()},
)
def behaviour_signals(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A bar for the customers of whom a signal is raised, an upright line for those of whom it is severe."""
    signals = sorted((_plain(row) for row in rows), key=lambda row: -row["raised"])
    if not any(row["known"] for row in signals):
        return None
    texts = [note for place, row in enumerate(signals) for note in _row(place, row, words)]
    values = [float(row[key]) for row in signals for key in ("raised", "severe")]
    figure = {
        "data": [_bars(signals, words, colours), _lines(signals, words, colours)],
        "layout": row_layout(len(signals), [*values, 1.0], words.compact, "Customers", texts),
    }
    reading = (
        "Bar and figures: customers with the signal, of those of whom it is known. Upright line: severe."
    )
    return Drawing(reading, _alt(signals, words), figure)


def _plain(row: Row) -> Row:
    """A row without gaps; no more can be raised than are known."""
    name = (row["risk"] or "").strip() or f"{DASH} (no name)"
    raised, severe = row["raised"] or 0, row["severe"] or 0
    return {"risk": name, "known": max(row["known"] or 0, raised, severe), "raised": raised, "severe": severe}


def _row(place: int, row: Row, words: Words) -> list[dict[str, Any]]:
    return row_text(place, row["risk"], [words.compact(row["raised"]), _share(row, words)])


def _bars(signals: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return (
        _trace(signals, words, "raised")
        | BAR
        | {"type": "bar", "name": "Raised", "orientation": "h", "marker": {"color": colours.accent}}
    )


def _lines(signals: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    """An upright line across the bar: it hides nothing of a short bar."""
    return _trace(signals, words, "severe") | {
        "y": [place + MIDDLE for place in range(len(signals))],
        "type": "scatter",
        "name": "Severe",
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": "line-ns", "size": 9, "line": {"color": colours.text, "width": 3}},
    }


def _trace(signals: list[Row], words: Words, key: str) -> dict[str, Any]:
    return {
        "x": [row[key] for row in signals],
        "y": list(range(len(signals))),
        "customdata": [[row["risk"]] for row in signals],
        "hovertext": [style.sentence(_sentence(row, words)) for row in signals],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _sentence(row: Row, words: Words) -> str:
    of = f"{_share(row, words)} of the {words.plural('customer', row['known'])} of whom it is known"
    return f"{row['risk']}: {words.plural('customer', row['raised'])}, {of}; severe for {words.number(row['severe'])}."


def _share(row: Row, words: Words) -> str:
    return words.percent(row["raised"] / row["known"]) if row["known"] else DASH


def _alt(signals: list[Row], words: Words) -> str:
    parts = [f"{row['risk']} {words.number(row['raised'])} ({_share(row, words)})" for row in signals]
    return f"Bar chart of the number of customers with each signal of risk: {'; '.join(parts)}."
