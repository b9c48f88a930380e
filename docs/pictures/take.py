"""Take the pictures of the README anew: `python docs/pictures/take.py`, with Chromium installed.

Starts a studio on a home folder of its own, loads the Online Retail sample, sends one campaign and looks at each page.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
PORT = 8619
STUDIO = f"http://127.0.0.1:{PORT}"
PAGES = {
    "home": "",
    "data": "data",
    "segments": "segments",
    "analytics": "analytics",
    "campaign": "campaign",
    "inbox": "inbox",
}
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """All pages in light, the home page in dark and on a phone."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", "import cli; cli.main()", "up", "--port", str(PORT)]
        studio = subprocess.Popen(command, cwd=HERE.parents[1], env={**os.environ, "PULSE_HOME": home})
        try:
            _wait_for_studio()
            _take_all()
        finally:
            studio.terminate()
            studio.wait(30)


def _take_all() -> None:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _prepare(page)
        for name, address in PAGES.items():
            _shoot(page, address, name)
        dark = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
        _shoot(dark, "", "home-dark")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        _shoot(phone, "", "home-phone")
        browser.close()


def _prepare(page: Page) -> None:
    page.goto(STUDIO)
    _settled(page)
    page.get_by_role("button", name="Load Online Retail").click()
    page.get_by_text("What to do next").wait_for(timeout=60_000)
    page.goto(f"{STUDIO}/campaign?org=online-retail")
    _settled(page)
    page.get_by_role("button", name="Send to 948 customers").click()
    page.get_by_test_id("stDialog").get_by_role("button", name="Send to 948 customers").click()
    page.get_by_text("948 messages sent").wait_for(timeout=60_000)


def _shoot(page: Page, address: str, name: str) -> None:
    page.goto(f"{STUDIO}/{address}?org=online-retail")
    _settled(page)
    page.screenshot(path=HERE / f"{name}.png")


def _settled(page: Page) -> None:
    for _ in range(2):  # a page may run once more for its theme
        page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=60_000)
        page.wait_for_timeout(1_000)


def _wait_for_studio() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{STUDIO}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the studio did not start")


if __name__ == "__main__":
    main()
