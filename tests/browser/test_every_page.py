"""What holds for every page, wherever and however it is opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.shop import open_shop
from browser.studio import Studio
from browser.visitor import PAGES, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE, LAPTOP = 390, 1280
GROUND = {False: "rgb(255, 255, 255)", True: "rgb(15, 17, 23)"}
TOO_WIDE = """() => [document.documentElement, document.body, document.querySelector('[data-testid="stMain"]')]
    .some(part => part.scrollWidth > part.clientWidth + 1)"""


@pytest.fixture(scope="module")
def shop(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An organisation with customers, `every-page`; the first one, `my-shop`, has none."""
    open_shop(studio, "every-page", tmp_path_factory.mktemp("every-page"))


@pytest.mark.parametrize(
    ("org", "width", "dark"),
    [
        ("every-page", PHONE, False),
        ("every-page", PHONE, True),
        ("every-page", LAPTOP, True),
        ("my-shop", PHONE, True),
    ],
)
@pytest.mark.usefixtures("shop")
def test_every_page_opens_by_its_link(
    studio: Studio, visit: Callable[..., Visitor], org: str, width: int, dark: bool
) -> None:
    """On a phone and in the dark no page is too wide, complains on the console, or asks any other host."""
    person = visit(studio, width=width, dark=dark)
    for title in PAGES:
        person.open(f"{'' if title == 'Home' else title.lower()}?org={org}")
        assert not person.page.evaluate(TOO_WIDE), f"{title} is wider than {width}"
        expect(person.page.get_by_test_id("stApp")).to_have_css("background-color", GROUND[dark])
        expect(person.main.get_by_test_id("stException")).to_have_count(0)
