"""Who moved where? Customers flow from the segments of one day to those of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.palette import Palette, see_through
from pulse_core.words import Words

NOT_YET = "Not a customer yet"
SMALLEST = 0.005  # share of all customers: thinner flows cannot be told apart
MOST = 60  # flows
HEIGHT, TOP, BOTTOM = 560, 30, 10  # pixels
PAD, THICKNESS = 14, 14  # pixels: a label must fit beside the thinnest segment
VEIL = 0.45  # how much colour a flow has: those below shine through

Flows = dict[tuple[str, str], int]


@chart(
    title="Movements between segments",
    empty="No movements yet: they appear with the second day of orders.",
    columns={
        "from_day": pa.date32(),
        "from_segment": pa.string(),
        "to_day": pa.date32(),
        "to_segment": pa.string(),
        "customers": pa.int64(),
    },
)
def segment_flow(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """A Sankey of two columns in the fixed order of the segments; a flow has the colour of where it comes from."""
    flows = _flows(rows)
    if not flows:
        return None
    drawn = _drawn(flows)
    days = _day(rows, "from_day", words), _day(rows, "to_day", words)
    order = [NOT_YET, *colours.segments]
    left, right = (_column(drawn, side, order) for side in (0, 1))
    figure = {
        "data": [
            _trace()
            | {"node": _nodes(left, right, flows, days, words, colours)}
            | {"link": _links(drawn, left, right, words, colours)}
        ],
        "layout": style.layout(
            height=HEIGHT,
            margin=(2, 2, TOP, BOTTOM),
            annotations=[_head(days[0], "left"), _head(days[1], "right")],
        ),
    }
    return Drawing(_reading(flows, drawn, words), _alt(flows, days, words), figure)


def _flows(rows: list[Row]) -> Flows:
    """Customers of each pair of names; a pair that stands twice is added up."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[_name(row["from_segment"], NOT_YET), _name(row["to_segment"], "Unknown")] += (
            row["customers"] or 0
        )
    return {pair: customers for pair, customers in found.items() if customers > 0}


def _name(name: str | None, unknown: str) -> str:
    return (name or "").strip() or unknown


def _drawn(flows: Flows) -> Flows:
    """The flows that can be seen, the largest first."""
    total = sum(flows.values())
    largest = sorted(flows.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return {pair: n for place, (pair, n) in enumerate(largest) if place == 0 or n >= SMALLEST * total}


def _column(drawn: Flows, side: int, order: list[str]) -> dict[str, int]:
    """The segments of one side from the top, with the customers that their flows hold."""
    held: Counter[str] = Counter()
    for pair, customers in drawn.items():
        held[pair[side]] += customers
    places = {name: place for place, name in enumerate(order)}
    return dict(sorted(held.items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def _trace() -> dict[str, Any]:
    font = {"family": style.FONT, "size": style.TEXT_SIZE}
    return {"type": "sankey", "orientation": "h", "arrangement": "fixed", "textfont": font}


def _nodes(
    left: Mapping[str, int],
    right: Mapping[str, int],
    flows: Flows,
    days: tuple[str, str],
    words: Words,
    colours: Palette,
) -> dict[str, Any]:
    names = [*left, *right]
    said = [_stood(name, 0, flows, days, words) for name in left]
    said += [_stood(name, 1, flows, days, words) for name in right]
    fit = min(_scale(left), _scale(right))
    return {
        "label": [style.label(name, 24) for name in names],
        "color": [_colour(name, colours) for name in names],
        "x": [0.001] * len(left) + [0.999] * len(right),
        "y": [*_middles(left, fit), *_middles(right, fit)],
        "pad": PAD,
        "thickness": THICKNESS,
        "line": {"width": 0},
        "customdata": [style.sentence(text) for text in said],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _scale(column: Mapping[str, int]) -> float:
    """Pixels a customer, where the gaps between the segments take their part."""
    return (HEIGHT - TOP - BOTTOM - PAD * (len(column) - 1)) / sum(column.values())


def _middles(column: Mapping[str, int], fit: float) -> list[float]:
    """Where each segment's middle lies, from 0 (top) to 1; exactly 0 and 1 Plotly takes for "anywhere"."""
    middles, above = [], 0.0
    for customers in column.values():
        middles.append(min(max((above + customers * fit / 2) / (HEIGHT - TOP - BOTTOM), 0.001), 0.999))
        above += customers * fit + PAD
    return middles


def _links(
    drawn: Flows, left: Mapping[str, int], right: Mapping[str, int], words: Words, colours: Palette
) -> dict[str, Any]:
    sources = {name: place for place, name in enumerate(left)}
    targets = {name: len(left) + place for place, name in enumerate(right)}
    return {
        "source": [sources[pair[0]] for pair in drawn],
        "target": [targets[pair[1]] for pair in drawn],
        "value": list(drawn.values()),
        "color": [see_through(_colour(pair[0], colours), VEIL) for pair in drawn],
        "line": {"width": 0},
        "customdata": [style.sentence(_moved(pair, n, words)) for pair, n in drawn.items()],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _colour(name: str, colours: Palette) -> str:
    return colours.segments.get(name, colours.neutral)


def _moved(pair: tuple[str, str], customers: int, words: Words) -> str:
    who = words.plural("customer", customers)
    if pair[0] == pair[1]:
        return f"{who} stayed in {pair[0]}."
    if pair[0] == NOT_YET:
        return f"{who} came in {'and is' if customers == 1 else 'and are'} in {pair[1]}."
    return f"{who} moved from {pair[0]} to {pair[1]}."


def _stood(name: str, side: int, flows: Flows, days: tuple[str, str], words: Words) -> str:
    """What a column says of one segment: all its customers, also those whose flows are too thin."""
    total = sum(flows.values())
    held = sum(n for pair, n in flows.items() if pair[side] == name)
    return f"{name} on {days[side]}: {words.plural('customer', held)}, {words.percent(held / total)}."


def _head(text: str, side: str) -> dict[str, Any]:
    at = {"xref": "paper", "yref": "paper", "x": 0 if side == "left" else 1, "y": 1}
    return style.note(text, **at, xanchor=side, yanchor="bottom", yshift=6)


def _day(rows: list[Row], key: str, words: Words) -> str:
    days: list[date] = [row[key] for row in rows if row[key] is not None]
    return words.date(min(days, default=None))


def _reading(flows: Flows, drawn: Flows, words: Words) -> str:
    missing = 1 - sum(drawn.values()) / sum(flows.values())
    thin = f" Thinner flows are left out ({words.percent(missing)} together)." if missing > 0 else ""
    return f"A flow is as wide as its customers are many, in the colour of the segment they come from.{thin}"


def _alt(flows: Flows, days: tuple[str, str], words: Words) -> str:
    """How many stayed and the largest movements, for whoever cannot see the flows."""
    total = sum(flows.values())
    stayed = sum(n for pair, n in flows.items() if pair[0] == pair[1])
    moves = sorted(
        ((n, pair) for pair, n in flows.items() if pair[0] != pair[1]), key=lambda move: (-move[0], move[1])
    )
    largest = "; ".join(f"{a} to {b} {words.number(n)}" for n, (a, b) in moves[:8])
    said = f" Largest movements: {largest}." if largest else ""
    return (
        f"Flow of {words.plural('customer', total)} between segments from {days[0]} to {days[1]}: "
        f"{words.percent(stayed / total)} stayed where they were.{said}"
    )
