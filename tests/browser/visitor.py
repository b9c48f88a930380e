"""A person with a browser: what they see, and what their browser asked for and complained about."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, WebSocket, expect

from browser.studio import Studio

PAGES = (
    "Home", "Data", "Customers", "Segments", "Churn", "Value", "Behaviour", "Analytics", "Campaign", "Inbox", "Models",
)  # fmt: skip
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# What is of the page before, what is not loaded yet, and tables that are not painted yet.
PASSING = (
    '[data-stale="true"]',
    '[data-testid="stSkeleton"]:visible',
    '[data-testid="stDataFrame"]:visible:not(:has([role="grid"]))',
)
# On a deep link Streamlit first asks beside the page's path, and says so on the console.
STREAMLITS_OWN = re.compile(r"/_stcore/(health|host-config)$")
WRITTEN = 'input:not([role="combobox"]), textarea'
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PATIENCE = 30_000  # ms that anything on a page may take to appear


class Visitor:
    """Opens pages by their links, as people do. Nothing here knows how a page is laid out."""

    def __init__(self, studio: Studio, page: Page) -> None:
        self.studio = studio
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str | None] = set()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._see)
        page.on("websocket", self._see)

    @property
    def main(self) -> Locator:
        """The page beside the menu."""
        return self.page.get_by_test_id("stMain")

    @property
    def menu(self) -> Locator:
        """The side with the menu, the organisations and the bar of jobs."""
        return self.page.get_by_test_id("stSidebar")

    def open(self, path: str = "") -> None:
        """Follow a link from outside."""
        self.page.goto(self.studio.url(path))
        self.settle()

    def go(self, title: str) -> None:
        """Choose a page from the menu."""
        self.menu.get_by_role("link", name=title, exact=True).click()
        expect(self.menu.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        self.settle()

    def settle(self) -> None:
        """Wait until the page is whole: its script has ended, and its parts have taken the skeletons' place."""
        expect(self.main.locator("h1, h2, h3, h4").first).to_be_visible()
        expect(self.page.locator(SETTLED)).to_be_visible()
        for passing in PASSING:
            expect(self.page.locator(passing)).to_have_count(0)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says so."""
        expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the page."""
        self.main.get_by_role("button", name=name).click()

    def give(self, file: Path | dict[str, object]) -> None:
        """Choose a file on the Data page."""
        chooser = self.main.locator('input[type="file"]')
        chooser.set_input_files(file)  # type: ignore[arg-type]

    def pick(self, label: str, option: str, *, place: int = 0) -> None:
        """Choose from a list under its label; `place` counts those that are labelled alike."""
        box = self.main.get_by_role("combobox", name=label, exact=True).nth(place)
        box.scroll_into_view_if_needed()
        self.page.evaluate(NEXT_FRAME)  # a list that is open while the page scrolls closes again
        box.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(option)  # of a long list only a part is drawn
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    def fill(self, label: str, text: str) -> None:
        """Write into a field and leave it. A list is none: it may stand under the same label until the page follows."""
        field = self.main.get_by_label(label, exact=True).and_(self.page.locator(WRITTEN))
        field.fill(text)
        field.press("Tab")

    def cells(self, text: str | re.Pattern[str]) -> Locator:
        """Cells of tables, which Streamlit paints; their text stands beside the painting for screen readers."""
        if isinstance(text, str):
            text = re.compile(f"^{re.escape(text)}$")
        return self.page.locator('td[role="gridcell"]').filter(has_text=text)

    def choose_row(self, number: int) -> None:
        """Click on a row (from 0) of the page's first table, at its left end."""
        row_height = 33  # as Streamlit paints it, the header too
        canvas = self.main.get_by_test_id("data-grid-canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + 16, box["y"] + row_height * (number + 1.5))

    def tab(self, name: str) -> None:
        """Open a tab of the page."""
        self.main.get_by_role("tab", name=name, exact=True).click()
        self.settle()

    def send(self, recipients: int, *, messages: int | None = None) -> None:
        """Send the campaign that the Campaign page shows to so many, and wait for its messages (for each, or fewer)."""
        before = len(self.messages())
        verb = re.compile(
            rf"^(\w+ )?Send to {recipients:,}\scustomers?$"
        )  # an icon's name may stand before it
        self.main.get_by_role("button", name=verb).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=verb).click()
        expect(dialog).to_have_count(0)
        after = before + (recipients if messages is None else messages)
        wait_until(lambda: len(self.messages()) == after, f"{after} messages in all")

    def messages(self) -> list[Path]:
        """The messages in the outbox folder, of all organisations."""
        return sorted((self.studio.home / "outbox").rglob("*.eml"))

    def everything(self) -> str:
        """All that the page tells: texts, fields, the charts' text alternatives and the cells of its tables."""
        told = [self.main.aria_snapshot(), *self.main.locator('td[role="gridcell"]').all_text_contents()]
        return "\n".join(told).replace("\xa0", " ")

    def _hear(self, message: ConsoleMessage) -> None:
        address = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not STREAMLITS_OWN.search(address):
            self.complaints.append(f"{message.text} ({address})")

    def _see(self, asked: Request | WebSocket) -> None:
        address = urlsplit(asked.url)
        if address.scheme not in ("data", "blob"):
            self.hosts.add(address.hostname)


def wait_until(met: Callable[[], bool], what: str, *, seconds: float = PATIENCE / 1000) -> None:
    """Wait for something that no page shows."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


@contextmanager
def visitor(
    browser: Browser, studio: Studio, *, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Visitor]:
    """A person with a browser of their own. On leaving, it must have asked nobody but us and complained of nothing."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    person = Visitor(studio, context.new_page())
    try:
        yield person
    finally:
        context.close()
    assert person.hosts <= {"127.0.0.1"}
    assert person.complaints == []
