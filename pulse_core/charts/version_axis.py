"""Versions of a model side by side, the newest to the right: shared by the charts that follow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pulse_core.charts import style
from pulse_core.charts.chart import Row

MOST = 24  # versions that a phone can show beside each other
MOST_LABELS = 8


def newest(rows: Iterable[Row]) -> list[Row]:
    """The newest versions, the oldest of them first."""
    return sorted((row for row in rows if row["version"] is not None), key=lambda row: row["version"])[-MOST:]


def version_axis(shown: Sequence[Row]) -> dict[str, Any]:
    """A place for each; labels are counted back from the newest, so that it always has one."""
    step = -(-len(shown) // MOST_LABELS)
    places = list(range(len(shown) - 1, -1, -step))[::-1]
    return style.bare_axis(
        range=[-0.5, len(shown) - 0.5],
        tickmode="array",
        tickvals=places,
        ticktext=[str(shown[place]["version"]) for place in places],
        title=style.axis_title("Version"),
    )
