"""A real studio in a process of its own, and the command line beside it; for tests that drive a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
LIFE_SECONDS = 900  # the kernel ends the studio then, also when the test process was killed before it could
# An alarm outlives the exec by which `pulse up` becomes Streamlit.
DOOR = f"import signal; signal.alarm({LIFE_SECONDS}); import cli; cli.main()"
START_SECONDS = 40


class Studio:
    """`pulse up` on a free port of 127.0.0.1, with everything it stores under `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", DOOR, "up", "--port", str(self.port)],
                cwd=ROOT,
                env=environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()

    def url(self, path: str = "") -> str:
        """The address of a page."""
        return f"{self.address}/{path}"

    def stop(self) -> None:
        """End it as Ctrl-C would."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def pulse(self, *arguments: str) -> dict[str, Any]:
        """Run a command; the studio, which owns the home folder, does the work."""
        command = [sys.executable, "-c", DOOR, "--json", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(self.home),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if answers(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the studio did not start:\n{self.log.read_text()}")


def environment(home: Path) -> dict[str, str]:
    """This process's environment without any setting of Pulse or Streamlit but that home."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("PULSE_", "STREAMLIT_"))}
    return plain | {"PULSE_HOME": str(home), "PULSE_SAMPLE_ON_START": "false"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether a studio is healthy at that port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def csv_file(path: Path, lines: Sequence[str]) -> Path:
    """A file of those lines."""
    path.write_text("\n".join(lines) + "\n")
    return path
