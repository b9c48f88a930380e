"""The sample world in a browser: there with one click, gone with two."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.studio import Studio
from browser.visitor import Visitor, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_sample_world_comes_and_goes(fresh_studio: Studio, visit: Callable[..., Visitor]) -> None:
    """A newcomer sees figures at once; the sample is deleted with everything of it, and can be loaded again."""
    person = visit(fresh_studio)
    person.open()
    person.press("Load Sample world")
    person.sees("What to do next")
    person.menu.get_by_role("button", name="Delete this sample").click()
    person.page.get_by_role("dialog").get_by_role(
        "button", name=re.compile(r"Delete [\d,]+ customers")
    ).click()
    expect(person.main.get_by_role("button", name="Load Sample world")).to_be_visible()
    wait_until(lambda: not left(fresh_studio), "no file of the sample world is left")
    person.press("Load Sample world")
    person.sees("What to do next")


def left(studio: Studio) -> list[str]:
    """Files and folders of the sample world."""
    return [str(path) for path in studio.home.rglob("sample-world*")]
