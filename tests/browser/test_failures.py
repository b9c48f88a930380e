"""When something breaks on our side: a plain sentence for the person, the rest in the log."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.shop import open_shop
from browser.studio import DOOR, ROOT, Studio, answers, csv_file, environment, free_port
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

INNER_WORDS = ("Traceback", 'File "', ".py", "line ")


def test_job_that_dies_says_so_plainly(
    fresh_studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """A defect in a job ends as one sentence with what to do; the traceback stays in the log."""
    (fresh_studio.home / "batches").write_text("a file where the folder should be")
    person = visit(fresh_studio)
    person.open("data")
    person.give(csv_file(tmp_path / "orders.csv", ["customer_id,date,amount", "ada,2025-01-02,10"]))
    person.press("Import this file")
    person.sees("stopped on an error of the program")
    person.sees("What to do:")
    told = person.everything()
    assert [word for word in INNER_WORDS if word in told] == []
    assert "Traceback" in fresh_studio.log.read_text()


def test_page_that_breaks_shows_no_traceback(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """An error that nobody foresaw (here a message file that holds no message) tells nothing of our insides."""
    open_shop(studio, "broken", tmp_path)
    segments = studio.pulse("--org", "broken", "segments")["segments"]
    largest = max(segments, key=lambda segment: segment["customers"])
    person = visit(studio)
    person.open(f"campaign?org=broken&segment={largest['segment']}")
    person.send(largest["customers"])
    for message in person.messages():
        if "broken" in message.parts:
            message.write_bytes(b"Content-Type: multipart/mixed\n\n")
    person.go("Inbox")
    expect(person.main.get_by_role("alert").first).to_be_visible()
    told = person.everything()
    assert [word for word in INNER_WORDS if word in told] == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_studio_refuses_to_listen_to_strangers(tmp_path: Path, address: str) -> None:
    """There is no log-in yet, so an address that others can reach is refused, whichever way the studio is started."""
    port = free_port()
    by_pulse = [sys.executable, "-c", DOOR, "up", "--address", address, "--port", str(port)]
    by_streamlit = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", address]
    for command in (by_pulse, [*by_streamlit, "--server.port", str(port)]):
        done = subprocess.run(
            command, cwd=ROOT, env=environment(tmp_path / "home"), capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert "has no log-in" in done.stderr
        assert not answers(port)
