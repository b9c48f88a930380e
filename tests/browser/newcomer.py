"""Somebody who has just opened the Data page of an organisation of their own."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from browser.studio import Studio
from browser.visitor import Visitor

INNER_WORDS = ("Traceback", "Error:", "Exception", ".py")


def newcomer(studio: Studio, visit: Callable[..., Visitor], organisation: str, **options: object) -> Visitor:
    """A person on the Data page of a new organisation."""
    person = visit(studio, **options)
    person.open("data")
    person.menu.get_by_role("button", name="New organisation").click()
    person.page.get_by_label("Name", exact=True).fill(organisation)
    person.page.get_by_role("button", name="Create organisation").click()
    expect(person.menu.get_by_role("combobox", name="Organisation")).to_have_value(organisation)
    person.settle()
    return person


def speaks_plainly(person: Visitor) -> None:
    """The page says nothing of our insides."""
    told = person.everything()
    assert [word for word in INNER_WORDS if word in told] == []
