"""Does the model get better or worse? Its AUC by version, with the interval."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import curve, style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.charts.version_axis import newest, version_axis
from pulse_core.words import Words

CHANCE = 0.5


@chart(
    title="How well each version ranks",
    empty="No version yet that could be judged: they appear with the first training.",
    columns={
        "version": pa.int64(),
        "made_on": pa.date32(),
        "auc": pa.float64(),
        "auc_low": pa.float64(),
        "auc_high": pa.float64(),
        "verdict": pa.string(),
    },
)
def model_versions(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A dot a version with its 95 % interval, the newest to the right; one without usable signal is an open ring."""
    shown = newest(row for row in rows if row["auc"] is not None)
    if not shown:
        return None
    figure = {
        "data": [
            curve.guide((-0.5, CHANCE), (len(shown) - 0.5, CHANCE), colours),
            _dots(shown, words, colours),
        ],
        "layout": style.layout(
            height=300,
            margin=(0, 14, 44, 52),
            hoverdistance=60,
            xaxis=version_axis(shown),
            yaxis=_auc_axis(shown, words),
            annotations=[style.unit("Pairs ranked rightly (AUC)"), _chance()],
        ),
    }
    return Drawing(
        "Of one customer who left and one who stayed, how often the version gave the leaver the higher risk, with the "
        "95 % interval. An open ring had no usable signal.",
        _alt(shown, words),
        figure,
    )


def _dots(shown: list[Row], words: Words, colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "AUC",
        "mode": "markers",
        "x": list(range(len(shown))),
        "y": [style.plain(row["auc"]) for row in shown],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(row, "auc_high") for row in shown],
            "arrayminus": [-_reach(row, "auc_low") for row in shown],
            "color": colours.accent,
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {
            "color": colours.accent,
            "size": 10,
            "symbol": ["circle" if _is_usable(row) else "circle-open" for row in shown],
        },
        "customdata": [[row["version"]] for row in shown],
        "hovertext": [style.sentence(_sentence(row, words)) for row in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _reach(row: Row, end: str) -> float:
    """How far the interval reaches from the dot to one side; none where the end is not known."""
    return 0.0 if row[end] is None else style.plain(row[end]) - style.plain(row["auc"])


def _auc_axis(shown: list[Row], words: Words) -> dict[str, Any]:
    """From chance, or the lowest interval below it, to all."""
    lowest = min(style.plain(row["auc"]) + min(0.0, _reach(row, "auc_low")) for row in shown)
    marks = [mark / 10 for mark in range(11) if mark / 10 >= min(0.4, lowest - 0.1)]
    return style.bare_axis(
        range=[marks[0], 1],
        tickmode="array",
        tickvals=marks,
        ticktext=[style.label(words.percent(mark)) for mark in marks],
        showgrid=True,
        gridwidth=1,
    )


def _chance() -> dict[str, Any]:
    return curve.beside("A guess", 0, CHANCE) | {"xref": "paper"}


def _is_usable(row: Row) -> bool:
    return (row["verdict"] or "") == "usable"


def _sentence(row: Row, words: Words) -> str:
    low, high = row["auc_low"], row["auc_high"]
    interval = "" if low is None or high is None else f", {words.percent(low)} to {words.percent(high)}"
    verdict = "" if _is_usable(row) else f" Verdict: {row['verdict'] or 'unknown'}."
    made = f" of {words.date(row['made_on'])}" if row["made_on"] else ""
    return f"Version {row['version']}{made} ranks {words.percent(row['auc'])} of pairs rightly{interval}.{verdict}"


def _alt(shown: list[Row], words: Words) -> str:
    return f"Dots of the AUC by version. {' '.join(_sentence(row, words) for row in shown[-3:])}"
