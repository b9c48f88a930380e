"""A heat map whose cells carry their figures: shared by the charts that are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pulse_core.charts import style
from pulse_core.charts.palette import Palette, along, ink


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its place, its value, the figure in it, the sentence on hover, and what a selection gives."""

    x: int
    y: int
    value: float
    text: str
    sentence: str
    key: tuple[Any, ...]


def heat_map(cells: Sequence[Cell], columns: int, rows: int, colours: Palette) -> list[dict[str, Any]]:
    """Two traces for cells at places from 0: the colours, and over them the figures, which also answer hover.

    Colours run from zero to the highest value. The text's colour is chosen for each cell, so that it reads.
    """
    top = max((cell.value for cell in cells), default=0.0) or 1.0
    values: list[list[float | None]] = [[None] * columns for _ in range(rows)]
    for cell in cells:
        values[cell.y][cell.x] = max(cell.value, 0.0)
    return [_fills(values, top, colours), _figures(cells, top, colours)]


def _fills(values: list[list[float | None]], top: float, colours: Palette) -> dict[str, Any]:
    steps = len(colours.sequential) - 1
    return {
        "type": "heatmap",
        "z": values,
        "zmin": 0,
        "zmax": top,
        "colorscale": [[step / steps, colour] for step, colour in enumerate(colours.sequential)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "skip",
        "hoverongaps": False,
    }


def _figures(cells: Sequence[Cell], top: float, colours: Palette) -> dict[str, Any]:
    inks = [ink(along(colours.sequential, cell.value / top)) for cell in cells]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [cell.x for cell in cells],
        "y": [cell.y for cell in cells],
        "text": [style.label(cell.text) for cell in cells],
        "textfont": {"family": style.FONT, "size": 11, "color": inks},
        "customdata": [list(cell.key) for cell in cells],
        "hovertext": [style.sentence(cell.sentence) for cell in cells],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
