"""Lying bars whose names stand above them: a phone has room for the name, the figure and a long bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pulse_core.charts import style

ROW_HEIGHT = 38  # pixels
BAR = {"width": 0.24, "offset": 0.05}
MIDDLE = BAR["offset"] + BAR["width"] / 2  # from a row's place to the middle of its bar
COLUMN_WIDTH = 58  # pixels
WEIGHTS = {"left": 500, "right": 400}  # names a little stronger than figures
NAME_LENGTH = 28  # characters that fit beside the figures on a phone, in capitals too


def row_text(place: int, name: str, figures: Sequence[str]) -> list[dict[str, Any]]:
    """The name flush left and the figures in columns flush right, above the bar at `place`."""
    texts = [_text(style.label(name, NAME_LENGTH), place, "left", 0)]
    shifts = [-COLUMN_WIDTH * column for column in reversed(range(len(figures)))]
    for figure, shift in zip(figures, shifts, strict=True):
        texts.append(_text(style.label(figure), place, "right", shift))
    return texts


def row_layout(
    rows: int,
    values: Sequence[float],
    say: Callable[[float], str],
    unit: str,
    texts: list[dict[str, Any]],
) -> dict[str, Any]:
    """The layout for so many rows: a value axis from zero below them, without lines through the names."""
    upright = style.bare_axis(showticklabels=False, range=[rows - 0.5, -0.7])
    return style.layout(
        height=ROW_HEIGHT * rows + 84,
        margin=(12, 12, 20, 60),
        barcornerradius=2,
        xaxis=_across(values, say) | {"title": style.axis_title(unit)},
        yaxis=upright,
        annotations=texts,
    )


def _across(values: Sequence[float], say: Callable[[float], str]) -> dict[str, Any]:
    """From zero to the longest bar, without lines, which would run through the names.

    Labels keep clear of the right edge, where they would be cut; the first stands half outside of the bars
    (automargin would move the bars for it, and hiding would take the zero).
    """
    low, high = min(0.0, *values), max(0.0, *values)
    marks = [mark for mark in style.ticks(low, high, 3) if low <= mark <= low + 0.92 * (high - low)]
    return style.bare_axis(
        range=[low, high],
        tickmode="array",
        tickvals=marks,
        ticktext=[style.label(say(mark)) for mark in marks],
        automargin=False,
        ticklabeloverflow="allow",
    )


def _text(text: str, place: int, side: str, shift: int) -> dict[str, Any]:
    return {
        "text": text,
        "font": {"family": style.FONT, "size": style.TEXT_SIZE, "weight": WEIGHTS[side]},
        "showarrow": False,
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": side,
        "xshift": shift,
        "y": place,
        "yanchor": "bottom",
        "align": side,
        "borderpad": 0,
    }
