"""The walk of a stranger: from a file of orders to a message in the outbox folder."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.studio import ROOT, Studio
from browser.visitor import Visitor
from pulse_core.insight.segments import SEGMENT_NAMES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ONLINE_RETAIL = ROOT / "data" / "online_retail.csv.gz"
FIGURES = ("541,909", "406,829", "135,080", "8,905")
CHAMPIONS = 948
# What Plotly draws for bars, for the cells of a heat map and for lines.
MARKS = ".barlayer path, .heatmaplayer image, .hm image, .scatterlayer path"


def test_stranger_walks_from_a_file_to_a_message(fresh_studio: Studio, visit: Callable[..., Visitor]) -> None:
    """The whole of Pulse hangs together: upload, figures, segments, charts, a campaign sent once, its messages."""
    person = visit(fresh_studio)
    _arrives(person)
    _imports(person)
    _sees_segments(person)
    _sees_charts(person)
    _sends(person)
    _reads(person)
    _uploads_again(person)


def _arrives(person: Visitor) -> None:
    person.open()
    for way_in in ("Load Sample world", "Load Online Retail", "Choose a file"):
        expect(person.main.get_by_role("button", name=way_in)).to_be_visible()
    person.press("Choose a file")
    expect(person.page.get_by_role("heading", name="Data", exact=True)).to_be_visible()


def _imports(person: Visitor) -> None:
    person.give(ONLINE_RETAIL)
    person.sees("Recognised: UCI Online Retail")
    person.press("Import this file")
    expect(person.menu.get_by_role("progressbar")).to_be_visible()
    expect(person.menu.get_by_role("button", name="Cancel")).to_be_visible()
    person.go("Home")
    person.go("Data")
    told = person.main.get_by_role("status").filter(has_text="accepted")
    expect(told).to_be_visible()
    for figure in FIGURES:
        expect(told).to_contain_text(figure)
    expect(person.menu.get_by_role("progressbar")).to_have_count(0)


def _sees_segments(person: Visitor) -> None:
    person.go("Segments")
    person.sees(re.compile(r"4,372\scustomers"))
    for name in SEGMENT_NAMES:
        expect(person.cells(name).first).to_be_attached()
    assert len(SEGMENT_NAMES) == 11


def _sees_charts(person: Visitor) -> None:
    person.go("Analytics")
    cards = person.main.get_by_test_id("stMetricValue")
    expect(cards).to_have_count(4)
    for card in cards.all():
        expect(card).to_have_text(re.compile(r"\d"))
    charts = person.main.get_by_test_id("stPlotlyChart")
    expect(charts).to_have_count(4)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg.main-svg").first).to_be_visible()
        expect(chart.locator(MARKS).first).to_be_attached()


def _sends(person: Visitor) -> None:
    person.go("Campaign")
    person.pick("Segment", "Champions")
    person.sees("Subject: A thank-you from My shop")
    person.send(CHAMPIONS)


def _reads(person: Visitor) -> None:
    person.go("Inbox")
    person.sees(re.compile(rf"\b{CHAMPIONS:,}\b"))
    customer = person.cells(re.compile(r"^\d{5}$")).nth(1).inner_text()
    person.choose_row(1)
    person.sees(f"customer-{customer}@")
    person.sees("A thank-you from My shop")
    person.sees("With thanks")


def _uploads_again(person: Visitor) -> None:
    person.go("Data")
    person.give(ONLINE_RETAIL)
    person.sees(re.compile(r"Read as last time \(import \d+\)"))
    person.press("Import this file")
    person.sees("nothing has changed")
