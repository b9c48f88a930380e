"""A segment of one's own: built, counted, saved, written to, and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.shop import open_shop
from browser.studio import Studio
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME = "Good customers of *these* days"
SENTENCE = "Customers whose revenue is at least 1,000 and whose last order is in the last 60 days."


def test_segment_is_built_saved_written_to_and_deleted(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """From "revenue of at least 1,000, seen in the last 60 days" to a campaign to exactly those two customers."""
    open_shop(studio, "by-hand", tmp_path)
    person = visit(studio)
    person.open("segments?org=by-hand")
    _builds(person)
    _saves(person)
    _writes_to_them(person)
    _deletes(person)


def _builds(person: Visitor) -> None:
    person.tab("Build a segment")
    person.pick("Field", "Revenue")
    person.pick("Comparison", "≥")
    person.fill("Value", "1000")
    person.press("Add a condition")
    person.pick("Field", "Last order", place=1)
    person.pick("Comparison", "in the last … days", place=1)
    person.fill("Days", "60")
    # Number n spent n × 100, 5 × n days ago: n is 10 or 11.
    person.sees(re.compile(r"^2\scustomers$"))
    person.sees(SENTENCE)
    person.main.get_by_text("The SQL").click()
    person.sees(re.compile(r"monetary.*>=", re.DOTALL))


def _saves(person: Visitor) -> None:
    person.fill("Save it as", NAME)
    person.press("Save segment")
    person.tab("Saved segments")
    person.sees(NAME)
    person.sees(SENTENCE)


def _writes_to_them(person: Visitor) -> None:
    person.press("Write to them")
    expect(person.page.get_by_role("heading", name="Campaign", exact=True)).to_be_visible()
    expect(person.page.get_by_role("combobox", name="Segment")).to_have_value(f"{NAME} (saved)")
    person.sees(SENTENCE)
    person.send(2)
    sent = [message for message in person.messages() if "by-hand" in message.parts]
    assert len(sent) == 2


def _deletes(person: Visitor) -> None:
    person.go("Segments")
    person.tab("Saved segments")
    person.press("Delete")
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_contain_text(NAME)
    dialog.get_by_role("button", name="Delete segment").click()
    person.sees("No segments saved yet")
    person.go("Campaign")
    expect(person.page.get_by_role("combobox", name="Segment")).not_to_have_value(re.compile("saved"))
