"""The one look of all figures: type, axes, hover and labels, as plain Plotly values.

Text, grid and hover have no colour of their own: the page gives them one (pages/static/studio.css), also
right after a person has switched between light and dark, when the script has not run again.
"""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

FONT = "Inter, sans-serif"
TEXT_SIZE = 13
HOVER_WIDTH = 40  # characters: a longer line would leave the screen of a phone

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Attributes = dict[str, Any]


def layout(*, height: int, margin: tuple[int, int, int, int], **more: object) -> Attributes:
    """The layout that all figures share. `margin` is left, right, top, bottom in pixels."""
    left, right, top, bottom = margin
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 6},
        "font": {"family": FONT, "size": TEXT_SIZE},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "bargap": 0.28,
        "barcornerradius": 3,
        "hoverlabel": {
            "align": "left",
            "font": {"family": FONT, "size": TEXT_SIZE},
        },
        **more,
    }


def bare_axis(**more: object) -> Attributes:
    """An axis of names or months: labels only, no lines."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "tickangle": 0,
        "automargin": True,
        "tickfont": {"family": FONT, "size": TEXT_SIZE},
        **more,
    }


def value_axis(
    values: Sequence[float], say: Callable[[float], str], *, steps: int = 4, **more: object
) -> Attributes:
    """An axis of amounts that holds zero, with round steps said in the words of the organisation."""
    marks = ticks(min(0.0, *values), max(0.0, *values), steps)
    return bare_axis(
        range=[marks[0], marks[-1]],
        tickmode="array",
        tickvals=marks,
        ticktext=[label(say(mark)) for mark in marks],
        showgrid=True,
        gridwidth=1,
        zeroline=True,
        zerolinewidth=1,
        **more,
    )


def note(text: str, **place: object) -> Attributes:
    """A short text in the figure, escaped here: a unit beside an axis, a label beside a mark."""
    return {
        "text": label(text),
        "showarrow": False,
        "font": {"family": FONT, "size": TEXT_SIZE},
        **place,
    }


def unit(text: str) -> Attributes:
    """The unit of the upright axis, lying above it: turned text costs width on a phone."""
    at: Attributes = {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
    }
    return note(text, **at, yshift=8, align="left")


def no_data(words: str) -> Attributes:
    """A figure that says why it is empty. It keeps one trace: Streamlit refuses a figure without."""
    hidden = {"visible": False, "fixedrange": True}
    middle = {"x": 0.5, "xref": "paper", "y": 0.5, "yref": "paper"}
    text = note("", **middle) | {"text": sentence(words)}
    return {
        "data": [{"type": "scatter", "x": [], "y": [], "hoverinfo": "skip"}],
        "layout": layout(height=240, margin=(0, 0, 0, 0), xaxis=hidden, yaxis=hidden, annotations=[text]),
    }


def label(text: str, limit: int | None = None) -> str:
    """Text for a label: shortened to `limit` characters, on one line, safe from Plotly's own HTML."""
    line = re.sub(r"[ \t\r\n\f\v]+", " ", _printable(text)).strip()
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return html.escape(line, quote=False)


def sentence(text: str) -> str:
    """Text for hover: safe as in `label`, and broken into lines that fit on a phone."""
    lines = textwrap.wrap(_printable(text), HOVER_WIDTH, break_on_hyphens=False)
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def axis_title(text: str) -> Attributes:
    """The name and unit of a lying axis."""
    return {"text": label(text), "font": {"size": TEXT_SIZE}, "standoff": 14}


def ticks(low: float, high: float, steps: int) -> list[float]:
    """Round marks (1, 2, 2.5 or 5 times a power of ten apart) from at most `low` to at least `high`."""
    if high <= low:
        return [0.0, 1.0]
    rough = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * (1 - 1e-9))
    # A millionth of a step cannot be seen and earns no step of its own.
    first, last = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    return [mark * step for mark in range(first, last + 1)]


def plain(value: Decimal | float | None) -> float:
    """A figure at the edge to Plotly, which knows floats only; what is not known counts as none."""
    return 0.0 if value is None or not math.isfinite(value) else float(value)


def _printable(text: str) -> str:
    """Without control and direction characters, which could reorder the words around a hostile name."""
    return _UNPRINTABLE.sub("\ufffd", text)
