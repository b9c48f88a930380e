"""Two organisations at once: nothing of one is ever seen in the other, also with warm caches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from browser.studio import Studio
from browser.visitor import PAGES, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WARM = ("Home", "Segments", "Analytics")  # pages whose figures are cached by now
# Whole figures and customers' numbers; the rounded figures of axes may well agree by chance.
FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{5,}(?:\.\d+)?|\d+\.\d{4,}")
CUSTOMER = re.compile(r"\d{5}")  # both shops number theirs so, and a page may happen to name the same number
OURS = "Customers of the gift shop"
RETAILS_OWN = ("£", "REGENCY CAKESTAND", "New Customers, 9 Dec 2011", OURS)
CDNOWS_OWN = ("US$", "30 Jun 1998")


def test_two_organisations_never_see_each_other(studio: Studio, visit: Callable[..., Visitor]) -> None:
    """A neighbour's figures, charts, segments, customers and messages stay the neighbour's, caches included."""
    retail, cdnow = visit(studio), visit(studio)
    for person, sample in ((retail, "Online Retail"), (cdnow, "CDNOW")):
        person.open()
        if sample == "CDNOW":
            person.main.get_by_text("Another sample").click()
        person.settle()
        person.press(f"Load {sample}")
        person.sees("What to do next")
    _saves_a_segment(retail)
    _sends_a_campaign(retail)
    first = [_evidence(person, PAGES) for person in (retail, cdnow)]
    again = [_evidence(person, WARM) for person in (retail, cdnow)]
    for before, after in zip(first, again, strict=True):
        assert after.items() <= before.items()
    _differ(*("\n".join(told.values()) for told in first))
    _follows_a_foreign_link(cdnow, retail)
    _comes_back_by_link(retail, visit(studio))


def _saves_a_segment(person: Visitor) -> None:
    person.go("Segments")
    person.tab("Build a segment")
    person.pick("Value", "New Customers")
    person.page.keyboard.press("Escape")
    person.fill("Save it as", OURS)
    person.press("Save segment")
    person.tab("Saved segments")
    person.sees(OURS)


def _sends_a_campaign(person: Visitor) -> None:
    person.go("Campaign")
    person.pick("Segment", "New Customers")
    person.send(70)


def _evidence(person: Visitor, pages: Iterable[str]) -> dict[str, str]:
    """All that each page says, in tables and charts too."""
    told = {}
    for title in pages:
        person.go(title)
        told[title] = person.everything()
        if title == "Segments":
            person.tab("Saved segments")
            told["Saved segments"] = person.everything()
    return told


def _differ(retail: str, cdnow: str) -> None:
    assert [words for words in RETAILS_OWN if words not in retail or words in cdnow] == []
    assert [words for words in CDNOWS_OWN if words not in cdnow or words in retail] == []
    of_retail, of_cdnow = set(FIGURE.findall(retail)), set(FIGURE.findall(cdnow))
    assert min(len(of_retail), len(of_cdnow)) > 30
    assert {both for both in of_retail & of_cdnow if not CUSTOMER.fullmatch(both)} == set()


def _follows_a_foreign_link(person: Visitor, other: Visitor) -> None:
    """A link of ours with the id of a neighbour's campaign shows nothing of it."""
    other.go("Inbox")
    campaign = _asked(other, "campaign")
    person.open(f"inbox?org={_asked(person, 'org')}&campaign={campaign}")
    person.sees("No messages yet")


def _comes_back_by_link(person: Visitor, newcomer: Visitor) -> None:
    person.go("Segments")
    newcomer.open(person.page.url.removeprefix(person.studio.url()))
    expect(newcomer.menu.get_by_role("combobox", name="Organisation")).to_have_value("Online Retail (sample)")
    newcomer.sees(re.compile(r"4,372\scustomers"))


def _asked(person: Visitor, name: str) -> str:
    return parse_qs(urlsplit(person.page.url).query)[name][0]
