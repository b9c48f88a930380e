"""Does the foretelling of spend get better or worse? Its error by version, beside that of the plain average."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.charts.version_axis import newest, version_axis
from pulse_core.words import Words


@chart(
    title="How far each version misses",
    empty="No version yet that could be judged: they appear with the first training.",
    columns={
        "version": pa.int64(),
        "made_on": pa.date32(),
        "mae": pa.float64(),
        "mean_mae": pa.float64(),
        "chosen": pa.string(),
    },
)
def value_versions(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A bar of the mean error by version, the newest to the right; a dash for giving everybody the average."""
    shown = newest(row for row in rows if row["mae"] is not None)
    if not shown:
        return None
    values = [style.plain(row[key]) for row in shown for key in ("mae", "mean_mae")]
    figure = {
        "data": [_bars(shown, words, colours), _dashes(shown, words, colours)],
        "layout": style.layout(
            height=300,
            margin=(0, 14, 44, 52),
            bargap=0.6,
            xaxis=version_axis(shown),
            yaxis=style.value_axis(values, words.money),
            annotations=[style.unit(_unit(words))],
        ),
    }
    return Drawing(
        "Bar: how far prediction and spend of a customer lie apart on average, so lower is better. Dash: the same for "
        "giving everybody the average. Spend itself grows and falls, so compare bar and dash.",
        _alt(shown, words),
        figure,
    )


def _trace(shown: list[Row], words: Words, key: str) -> dict[str, Any]:
    return {
        "x": list(range(len(shown))),
        "y": [style.plain(row[key]) for row in shown],
        "customdata": [[row["version"]] for row in shown],
        "hovertext": [style.sentence(_sentence(row, words)) for row in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _bars(shown: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return _trace(shown, words, "mae") | {
        "type": "bar",
        "name": "Used",
        "width": [min(0.6, 0.08 * len(shown))] * len(shown),
        "marker": {"color": colours.accent},
    }


def _dashes(shown: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return _trace(shown, words, "mean_mae") | {
        "type": "scatter",
        "name": "Everybody alike",
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": "line-ew", "size": 22, "line": {"color": colours.text, "width": 3}},
    }


def _sentence(row: Row, words: Words) -> str:
    made = f" of {words.date(row['made_on'])}" if row["made_on"] else ""
    used = f" ({row['chosen'].strip()})" if (row["chosen"] or "").strip() else ""
    against = f", the average by {words.money(row['mean_mae'])}" if row["mean_mae"] is not None else ""
    return f"Version {row['version']}{made}{used} misses by {words.money(row['mae'])} a customer{against}."


def _alt(shown: list[Row], words: Words) -> str:
    return f"Bar chart of the error by version. {' '.join(_sentence(row, words) for row in shown[-3:])}"


def _unit(words: Words) -> str:
    return f"Error for each customer, {words.symbol}" if words.symbol else "Error for each customer"
