"""Curves over shares from none to all: shared by the charts that judge a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pulse_core.charts import style
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

HEIGHT = 360  # pixels
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve: its place, the sentence on hover, and what a selection gives."""

    x: float
    y: float
    sentence: str
    key: float


def line(points: Sequence[Point], name: str, colours: Palette, **more: object) -> dict[str, Any]:
    """The curve itself; it answers hover all along."""
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": [point.x for point in points],
        "y": [point.y for point in points],
        "line": {"color": colours.accent, "width": 2.5},
        "cliponaxis": False,
        "customdata": [[point.key] for point in points],
        "hovertext": [style.sentence(point.sentence) for point in points],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **more,
    }


def guide(start: tuple[float, float], end: tuple[float, float], colours: Palette) -> dict[str, Any]:
    """A thin dashed line to compare with; a note beside it says what it is."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [start[0], end[0]],
        "y": [start[1], end[1]],
        "line": {"color": colours.neutral, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
    }


def shares(
    words: Words, *, across: str, upright: str, notes: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The layout of a curve whose two axes are shares, from 0 to 100 %."""
    return style.layout(
        height=HEIGHT,
        margin=(0, 24, 44, 52),
        hoverdistance=60,
        xaxis=share_axis(words) | {"title": style.axis_title(across)},
        yaxis=share_axis(words),
        annotations=[style.unit(upright), *notes],
    )


def share_axis(words: Words) -> dict[str, Any]:
    """From 0 to 100 % in quarters."""
    return style.bare_axis(
        range=[0, 1],
        tickmode="array",
        tickvals=list(QUARTERS),
        ticktext=[style.label(words.percent(share)) for share in QUARTERS],
        ticklabeloverflow="allow",  # the last label stands half outside
        showgrid=True,
        gridwidth=1,
    )


def dashed(text: str) -> dict[str, Any]:
    """What the dashed line of a rising curve is, in the corner that such a curve leaves free."""
    return style.note(f"Dashed: {text}", x=0.98, y=0.02, xanchor="right", yanchor="bottom")


def beside(text: str, x: float, y: float, *, side: str = "left") -> dict[str, Any]:
    """What a guide is, written beside it."""
    return style.note(text, x=x, y=y, xanchor=side, yanchor="bottom", yshift=2)
