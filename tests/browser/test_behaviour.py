"""The Behaviour page: who scores lowest, and one customer by link, by field and by row."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.shop import open_shop
from browser.studio import Studio
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ORG = "behaviour"


@pytest.fixture(scope="module")
def shop(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    """40 customers whose last orders lie up to 195 days back: the later numbers have ordered no more."""
    open_shop(studio, ORG, tmp_path_factory.mktemp(ORG))


def test_a_customer_is_looked_up(studio: Studio, visit: Callable[..., Visitor], shop: None) -> None:
    """The link opens the customer; another id in the field changes the link; an id that is not there is told."""
    person = visit(studio)
    person.open(f"behaviour?org={ORG}&customer=C30")
    person.sees("Customer C30")
    person.sees("Orders less often")
    person.sees(re.compile("Write before the next order"))
    person.fill("Look up a customer", "C00")
    person.sees("Customer C00")
    person.sees(re.compile("No score"))
    expect(person.page).to_have_url(re.compile("customer=C00"))
    person.fill("Look up a customer", "**nobody**")
    person.sees(re.compile(r"there is no customer '\*\*nobody\*\*'"))


def test_a_row_opens_its_customer(studio: Studio, visit: Callable[..., Visitor], shop: None) -> None:
    """Of equal scores the highest revenue stands first, and choosing the row puts its customer into the link."""
    person = visit(studio)
    person.open(f"behaviour?org={ORG}")
    person.choose_row(0)
    person.sees("Customer C39")
    expect(person.page).to_have_url(re.compile("customer=C39"))


def test_the_page_says_how_it_is_computed_and_what_is_missing(
    studio: Studio, visit: Callable[..., Visitor], shop: None
) -> None:
    """Formula and source of each signal stand on the page; without data it says what brings it."""
    person = visit(studio)
    person.open(f"behaviour?org={ORG}")
    person.main.get_by_text("How each signal is computed").click()
    person.sees(re.compile("Buckinx and Van den Poel 2005"))
    person.open("behaviour?org=my-shop")
    person.sees("No behaviour yet")
