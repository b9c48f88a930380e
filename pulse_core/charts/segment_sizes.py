"""How do the segments grow and shrink? Customers by day, of those segments that changed most."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

MOST_LINES = 6  # and one for the rest; `_reading` says it in words
MOST_DAYS = 123  # a line of more points looks the same
OTHER = "Other segments"
HEIGHT, TOP, BOTTOM = 380, 28, 46  # pixels
LABEL_HEIGHT = 18  # pixels

Sizes = dict[str, dict[date, int]]


@chart(
    title="Customers in each segment by day",
    empty="No segments yet: their sizes by day appear after the first import.",
    columns={"day": pa.date32(), "segment": pa.string(), "customers": pa.int64()},
)
def segment_sizes(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A line for each of the six segments that changed most and one for the others together, labelled at its end."""
    sizes = _sizes(rows)
    days = _thinned(sorted({day for held in sizes.values() for day in held}))
    if not days:
        return None
    lines = _chosen(sizes, days, list(colours.segments))
    values = [float(n) for held in lines.values() for n in held.values()]
    upright = style.value_axis(values, words.compact)
    figure = {
        "data": [_line(name, held, words, colours) for name, held in lines.items()],
        "layout": style.layout(
            height=HEIGHT,
            margin=(0, 132, BOTTOM, TOP),
            xaxis=_day_axis(days, words),
            yaxis=upright,
            annotations=[style.unit("Customers"), *_labels(lines, upright["range"])],
        ),
    }
    return Drawing(_reading(lines), _alt(lines, days, words), figure)


def _sizes(rows: list[Row]) -> Sizes:
    sizes: Sizes = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row["day"] is not None:
            sizes[(row["segment"] or "").strip() or "Unknown"][row["day"]] += row["customers"] or 0
    return sizes


def _thinned(days: list[date]) -> list[date]:
    """Every day, or every second, third, … counted back from the last."""
    step = -(-len(days) // MOST_DAYS) or 1
    return days[::-1][::step][::-1]


def _chosen(sizes: Sizes, days: list[date], order: list[str]) -> Sizes:
    """The segments that changed most between two of the days, in the order of their last sizes; then the others.

    One that was empty on all of them has no line, unless all were.
    """
    held_any = {name: held for name, held in sizes.items() if any(_over(held, days))} or sizes
    swing = {name: max(_over(held, days)) - min(_over(held, days)) for name, held in held_any.items()}
    places = {name: place for place, name in enumerate(order)}
    ranked = sorted(swing, key=lambda name: (-swing[name], places.get(name, len(places)), name))
    single = ranked if len(ranked) <= MOST_LINES + 1 else ranked[:MOST_LINES]
    lines = {name: dict(zip(days, _over(sizes[name], days), strict=True)) for name in single}
    lines = dict(sorted(lines.items(), key=lambda line: -line[1][days[-1]]))
    if rest := ranked[len(single) :]:
        lines[OTHER] = {day: sum(sizes[name].get(day, 0) for name in rest) for day in days}
    return lines


def _over(held: dict[date, int], days: list[date]) -> list[int]:
    return [held.get(day, 0) for day in days]


def _line(name: str, held: dict[date, int], words: Words, colours: Palette) -> dict[str, Any]:
    said = [f"{name} on {words.date(day)}: {words.plural('customer', n)}." for day, n in held.items()]
    dash = "dot" if name == OTHER else "solid"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": style.label(name),
        "x": [day.isoformat() for day in held],
        "y": list(held.values()),
        "line": {"color": colours.segments.get(name, colours.neutral), "width": 2, "dash": dash},
        "customdata": [[name, day.isoformat()] for day in held],
        "hovertext": [style.sentence(text) for text in said],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _day_axis(days: list[date], words: Words) -> dict[str, Any]:
    """The first day, the last, and one between them: a phone has no room for more."""
    shown = sorted({days[0], days[len(days) // 2], days[-1]})
    return style.bare_axis(
        type="date",
        tickmode="array",
        tickvals=[day.isoformat() for day in shown],
        ticktext=[_day_label(day, words) for day in shown],
        ticklabeloverflow="allow",
        range=[days[0].isoformat(), days[-1].isoformat()],
    )


def _day_label(day: date, words: Words) -> str:
    """The day above its year: half as wide as beside it."""
    return "<br>".join(style.label(words.date(day)).rsplit(" ", 1))


def _labels(lines: Sizes, span: list[float]) -> list[dict[str, Any]]:
    """Each line's name at its end, moved apart where ends lie close together."""
    room = HEIGHT - TOP - BOTTOM
    ends = {name: list(held.values())[-1] for name, held in lines.items()}
    places = {name: room * (end - span[0]) / (span[1] - span[0]) for name, end in ends.items()}
    at = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "yref": "paper", "yanchor": "middle"}
    return [
        style.note("", **at, y=place / room) | {"text": style.label(name, 20)}
        for name, place in _apart(places, room).items()
    ]


def _apart(places: dict[str, float], room: float) -> dict[str, float]:
    """The places, each a line's height above the one before; those that this lifts over the top come down again."""
    ordered = sorted(places, key=lambda name: (places[name], name))
    apart, below, above = {}, float(-LABEL_HEIGHT), room + LABEL_HEIGHT
    for name in ordered:
        below = apart[name] = max(places[name], below + LABEL_HEIGHT)
    for name in reversed(ordered):
        above = apart[name] = min(apart[name], above - LABEL_HEIGHT)
    return apart


def _reading(lines: Sizes) -> str:
    if OTHER not in lines:
        return "Each line is one segment; today's limits of the scores hold for all days."
    return (
        "The six segments that changed most, and the others together. "
        "Today's limits of the scores hold for all days."
    )


def _alt(lines: Sizes, days: list[date], words: Words) -> str:
    """From how many to how many, for whoever cannot see the lines."""
    said = [
        f"{name} from {words.number(held[days[0]])} to {words.number(held[days[-1]])}"
        for name, held in lines.items()
    ]
    return f"Lines of customers by segment from {words.date(days[0])} to {words.date(days[-1])}: {'; '.join(said)}."
