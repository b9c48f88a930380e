"""Movements and rules of the segments, as an analyst meets them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.shop import AS_OF, open_shop
from browser.studio import Studio
from browser.visitor import NEXT_FRAME, Visitor, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ORG = "rules-shop"
ROW, MARKS = 33, 33  # pixels: the height of a row, and the width of the column in which rows are marked
WIDTHS = (44, 146, 98, 98, 80, 80, 84, 84)  # of the columns, as the page sets them
NEED_ATTENTION, ABOUT_TO_SLEEP = 11, 12
VALUE_FROM, VALUE_TO = 4, 5
HAND = 80  # milliseconds between two signs: the field loses what comes faster than it is drawn


@pytest.fixture(scope="module")
def shop(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An organisation with customers in several segments."""
    open_shop(studio, ORG, tmp_path_factory.mktemp(ORG))


def write(person: Visitor, rule: int, column: int, text: str) -> None:
    """Write into a cell of the table of rules, which Streamlit paints: a click chooses it, a sign opens its field."""
    canvas = person.main.get_by_test_id("data-grid-canvas").filter(visible=True).first
    x = MARKS + sum(WIDTHS[:column]) + WIDTHS[column] / 2
    field = person.page.locator("[id^=portal] input:focus")

    def opens() -> bool:
        canvas.click(
            position={"x": x, "y": ROW * (rule + 0.5)}, force=True
        )  # a scroller lies over the painting
        person.page.evaluate(NEXT_FRAME)
        person.page.keyboard.type(text[0])
        with contextlib.suppress(
            AssertionError
        ):  # a table that was just painted may not hear the first click
            expect(field).to_have_value(text[0], timeout=1000)
            return True
        return False

    wait_until(opens, "the cell's field")
    person.page.keyboard.type(text[1:], delay=HAND)
    expect(field).to_have_value(text)
    person.page.wait_for_timeout(HAND)
    person.page.keyboard.press("Enter")
    expect(field).to_have_count(0)
    person.settle()


@pytest.mark.usefixtures("shop")
def test_movements_are_shown_for_the_days_of_the_link(studio: Studio, visit: Callable[..., Visitor]) -> None:
    """A link brings the tab and both days back, and days that nobody knows give way to those that are known."""
    person = visit(studio, width=1440)
    person.open(f"segments?org={ORG}&tab=Movements&from=2026-03-01&to=2026-05-01")
    person.sees("Movements between segments")
    flow = person.main.get_by_role("figure", name=re.compile("Flow of .* from 1 Mar 2026 to 1 May 2026"))
    expect(flow.first).to_be_attached()
    person.open(f"segments?org={ORG}&tab=Movements&from=1999-03-01")
    flow = person.main.get_by_role("figure", name=re.compile("to 30 Jun 2026"))
    expect(flow.first).to_be_attached()
    assert AS_OF.isoformat() == "2026-06-30"


@pytest.mark.usefixtures("shop")
def test_each_tab_opens_at_the_first_click(studio: Studio, visit: Callable[..., Visitor]) -> None:
    """The link follows the tabs and does not hold them back; another page's link says nothing of them."""
    person = visit(studio, width=1440)
    person.open(f"segments?org={ORG}&tab=Rules")
    for name in ("Movements", "Rules", "Saved segments", "Business segments", "Rules"):
        person.tab(name)
        told = f"org={ORG}$" if name == "Business segments" else f"&tab={name.replace(' ', '.+')}"
        expect(person.page).to_have_url(re.compile(told))
        expect(person.main.get_by_role("tab", selected=True)).to_have_text(name)
    person.go("Campaign")
    expect(person.page).not_to_have_url(re.compile("tab=|from="))


@pytest.mark.usefixtures("shop")
def test_rules_are_changed_and_taken_back(studio: Studio, visit: Callable[..., Visitor]) -> None:
    """A gap is named while it is there, a whole table can be saved, the segments follow, and there is a way back."""
    before = segments(studio)
    person = visit(studio, width=1440)
    person.open(f"segments?org={ORG}&tab=Rules")
    write(person, NEED_ATTENTION, VALUE_FROM, "3")
    person.sees(re.compile("No segment rule holds for recency score 3 with value score 2"))
    expect(person.main.get_by_role("button", name="Save rules")).to_be_disabled()
    write(person, ABOUT_TO_SLEEP, VALUE_TO, "2.5")
    expect(person.main.get_by_text("No segment rule holds")).to_have_count(0)
    person.press("Save rules")
    expect(person.main.get_by_role("button", name="Reset to the usual rules")).to_be_enabled()
    changed = segments(studio)
    assert changed["Need Attention"] < before["Need Attention"]
    assert sum(changed.values()) == sum(before.values())
    person.press("Reset to the usual rules")
    person.page.get_by_role("dialog").get_by_role("button", name="Reset rules").click()
    expect(person.main.get_by_role("button", name="Reset to the usual rules")).to_be_disabled()
    assert segments(studio) == before


def segments(studio: Studio) -> dict[str, int]:
    """The customers in each segment, once all that was asked for is done."""
    studio.pulse("--org", ORG, "refresh")
    return {row["segment"]: row["customers"] for row in studio.pulse("--org", ORG, "segments")["segments"]}
