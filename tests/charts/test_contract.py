"""What holds for every chart on the list, the ones to come too."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pulse_core.charts.chart import Chart, Kind, all_charts
from pulse_core.charts.palette import palette
from pulse_core.errors import Invalid
from pulse_core.words import Words
from tests.charts.tables import tables

WORDS = Words("en_GB", "GBP")
TAGS = re.compile(r"<(?!br>)[^>]*>|[\x00-\x08\u202a-\u202e]")

every_chart = pytest.mark.parametrize("kind", all_charts().values(), ids=all_charts())
patient = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _shown(figure: dict[str, Any]) -> Iterator[str]:
    """Every text that Plotly renders as its own HTML."""
    layout = figure["layout"]
    for note in layout.get("annotations", []):
        yield note["text"]
    for axis in (layout.get("xaxis", {}), layout.get("yaxis", {})):
        yield from axis.get("ticktext", [])
        yield axis.get("title", {}).get("text", "")
    for trace in figure["data"]:
        yield from trace.get("text", [])
        yield from trace.get("hovertext", [])
        for part in _flows(trace):
            yield from (*part.get("label", []), *part["customdata"])


def _flows(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be pointed at in a flow: its columns and the ribbons between them. Nothing in any other trace."""
    return [trace["node"], trace["link"]] if trace["type"] == "sankey" else []


def _check(chart: Chart) -> None:
    assert chart.title
    assert chart.reading
    assert chart.alt
    assert 1 <= len(chart.figure["data"]) <= 7
    assert all(type(leaf) in (str, int, float, bool, type(None)) for leaf in _leaves(chart.figure))
    assert all(math.isfinite(leaf) for leaf in _leaves(chart.figure) if isinstance(leaf, float))
    assert not [text for text in _shown(chart.figure) if TAGS.search(text)]


def test_the_list_holds_the_charts_of_the_studio() -> None:
    """The analytics page finds its charts by these keys."""
    names = {"revenue_by_month", "customers_by_segment", "cohort_retention", "top_products", "rfm_grid"}
    assert names <= set(all_charts())


@every_chart
@patient
@given(data=some.data(), dark=some.booleans(), currency=some.sampled_from(["GBP", "INR", None]))
def test_any_table_gives_a_chart(kind: Kind, data: some.DataObject, dark: bool, currency: str | None) -> None:
    """Nulls, hostile names, nothing, negative money: a plain figure without foreign HTML, never a crash."""
    rows = data.draw(tables(kind))
    chart = kind(rows, Words("en_GB", currency), dark=dark)
    _check(chart)
    assert chart.data is rows


@every_chart
@settings(parent=patient, max_examples=10)
@given(data=some.data())
def test_plotly_accepts_the_figure(kind: Kind, data: some.DataObject) -> None:
    """Streamlit has Plotly validate the figure: a wrong attribute would stop the page."""
    figure = kind(data.draw(tables(kind)), WORDS).figure
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)


@every_chart
def test_an_empty_table_says_so(kind: Kind) -> None:
    """Empty says what will be here and why it is not: in the figure, the reading and the alternative."""
    chart = kind(kind.columns.empty_table(), WORDS)
    _check(chart)
    assert chart.reading == kind.empty
    assert kind.empty in chart.alt
    said = chart.figure["layout"]["annotations"][0]["text"].replace("<br>", " ")
    assert said == kind.empty


@every_chart
def test_a_missing_column_is_named(kind: Kind) -> None:
    """A wrong query is told by its column, not by a KeyError."""
    with pytest.raises(Invalid, match=kind.columns.names[0]):
        kind(pa.table({"other": [1]}), WORDS)


@every_chart
@settings(parent=patient, max_examples=20)
@given(data=some.data())
def test_bars_begin_at_zero(kind: Kind, data: some.DataObject) -> None:
    """A cut axis makes small differences look large: the axis of bars holds zero and every bar whole."""
    figure = kind(data.draw(tables(kind)), WORDS).figure
    for trace in figure["data"]:
        if trace["type"] == "bar":
            key = "x" if trace.get("orientation") == "h" else "y"
            low, high = figure["layout"][f"{key}axis"]["range"]
            unseen = (high - low) * 1e-6
            assert low <= min(0, *trace[key]) + unseen
            assert high >= max(0, *trace[key]) - unseen


@every_chart
@settings(parent=patient, max_examples=20)
@given(data=some.data())
def test_hover_gives_a_sentence(kind: Kind, data: some.DataObject) -> None:
    """Hover tells in words that fit on a phone; what a selection needs lies in customdata, for each mark."""
    for trace in kind(data.draw(tables(kind)), WORDS).figure["data"]:
        if trace.get("hoverinfo") == "skip":
            continue
        said = _sentences(trace)
        assert all(text.endswith(".") for text in said)
        # An escaped letter counts once: "&lt;" is one character on the screen.
        lines = [line for text in said for line in text.split("<br>")]
        assert all(len(re.sub(r"&\w+;", "x", line)) <= 40 for line in lines)


def _sentences(trace: dict[str, Any]) -> list[str]:
    """What hover says of each mark. A flow has no hovertext: there the sentence is its customdata."""
    for part in _flows(trace):
        assert part["hovertemplate"] == "%{customdata}<extra></extra>"
        assert len(part["customdata"]) == len(part["color"])
    if trace["type"] == "sankey":
        return [*trace["node"]["customdata"], *trace["link"]["customdata"]]
    assert trace["hovertemplate"] == "%{hovertext}<extra></extra>"
    assert len(trace["hovertext"]) == len(trace["customdata"]) == len(trace["x"])
    said: list[str] = trace["hovertext"]
    return said


@every_chart
@settings(parent=patient, max_examples=20)
@given(data=some.data(), dark=some.booleans())
def test_marks_take_their_colours_from_the_palette(kind: Kind, data: some.DataObject, dark: bool) -> None:
    """Only colours whose contrast is tested, and text without a colour of its own except on cells."""
    colours = palette(dark)
    known = {*colours.segments.values(), *colours.sequential, *colours.risk.values(), "#ffffff", "#000000"}
    known |= {colours.accent, colours.accent_soft, colours.text, colours.neutral}
    figure = kind(data.draw(tables(kind)), WORDS, dark=dark).figure
    used = {leaf for leaf in _leaves(figure["data"]) if re.fullmatch(r"#\w{6}", str(leaf))}
    texts = {leaf for leaf in _leaves(figure["layout"]) if re.fullmatch(r"#\w{6}", str(leaf))}
    assert used <= known
    assert texts == set()


def test_options_leave_zooming_out_and_name_the_picture() -> None:
    """A downloaded picture is named after its chart, and no zoom hides the zero."""
    kind = all_charts()["rfm_grid"]
    config = kind(kind.columns.empty_table(), WORDS).config
    assert config["toImageButtonOptions"]["filename"] == "pulse-rfm_grid"
    assert "zoom" in config["modeBarButtonsToRemove"]
