"""What a chart is, and the list of all of them.

A chart is one module with one function, decorated with `chart`: rows in, Drawing out. The decorator checks
the table, answers for an empty one and puts the chart on the list, so that the contract test runs over it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.palette import Palette, palette
from pulse_core.errors import Invalid
from pulse_core.words import Words

Row = dict[str, Any]
Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart function makes of its rows: one line how to read it, a text alternative, the figure."""

    reading: str
    alt: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart. `figure` is a plain Plotly dict without a title; `data` is the table behind it."""

    key: str
    title: str
    reading: str
    alt: str
    figure: Figure
    data: pa.Table

    @property
    def config(self) -> dict[str, Any]:
        """Plotly's options: no logo, no zooming, pictures sharp and named after the chart."""
        return {
            "displaylogo": False,
            "modeBarButtonsToRemove": [
                "zoom",
                "pan",
                "select",
                "lasso",
                "zoomIn",
                "zoomOut",
                "autoScale",
                "resetScale",
            ],
            "toImageButtonOptions": {"format": "png", "filename": f"pulse-{self.key}", "scale": 2},
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the list. Call it with a table that has `columns`, the words, and the ground."""

    key: str
    title: str
    empty: str
    columns: pa.Schema
    draw: Callable[[list[Row], Words, Palette], Drawing | None]

    def __call__(self, table: pa.Table, words: Words, *, dark: bool = False) -> Chart:
        """Draw the table; the figure of an empty one says so. Raises Invalid where a column is missing."""
        self._check(table)
        colours = palette(dark)
        rows = table.select(self.columns.names).to_pylist()
        drawing = (self.draw(rows, words, colours) if rows else None) or self._nothing()
        return Chart(self.key, self.title, drawing.reading, drawing.alt, drawing.figure, table)

    def _nothing(self) -> Drawing:
        return Drawing(self.empty, f"{self.title}. {self.empty}", style.no_data(self.empty))

    def _check(self, table: pa.Table) -> None:
        missing = [name for name in self.columns.names if name not in table.column_names]
        if missing:
            raise Invalid(
                f"chart {self.key!r} lacks the column {', '.join(missing)}",
                remedy=f"give it a table with {', '.join(self.columns.names)}",
            )


_kinds: dict[str, Kind] = {}


def chart(
    *, title: str, empty: str, columns: Mapping[str, pa.DataType]
) -> Callable[[Callable[[list[Row], Words, Palette], Drawing | None]], Kind]:
    """Put a chart function on the list. It gets at least one row and answers None for "nothing to show"."""

    def register(draw: Callable[[list[Row], Words, Palette], Drawing | None]) -> Kind:
        kind = Kind(draw.__name__, title, empty, pa.schema(list(columns.items())), draw)
        _kinds[kind.key] = kind
        return kind

    return register


def all_charts() -> dict[str, Kind]:
    """Every chart by its key: all modules of this package are read, so that none is forgotten."""
    package = import_module("pulse_core.charts")
    for module in pkgutil.iter_modules(package.__path__, "pulse_core.charts."):
        import_module(module.name)
    return dict(sorted(_kinds.items()))
