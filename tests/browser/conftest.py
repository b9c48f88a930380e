"""What the browser tests share: Chromium, a studio, and people who visit it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser.studio import Studio
from browser.visitor import PATIENCE, Visitor, visitor

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = "no browser: install Chromium (Debian: apt-get install chromium) or Google Chrome"
        if os.environ.get("PULSE_TESTS_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(SWITCHES))
        yield started
        started.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One studio for all tests that bring an organisation of their own."""
    started = Studio(tmp_path_factory.mktemp("studio") / "home")
    yield started
    started.stop()


@pytest.fixture
def fresh_studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio that nobody has used yet."""
    started = Studio(tmp_path / "home")
    yield started
    started.stop()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Sends somebody to a studio: `visit(studio, width=390, dark=True)`."""
    with ExitStack() as people:

        def send(studio: Studio, **options: Any) -> Visitor:
            return people.enter_context(visitor(browser, studio, **options))

        yield send
