"""What a process that died leaves of its reading: unpacked copies, and a sample world that was being made."""

from __future__ import annotations

import shutil
from pathlib import Path

from pulse_core.intake.opening import READING
from pulse_core.intake.sampling import MAKING


def sweep(home: Path) -> None:
    """Delete them. Only for the new owner of the home folder: nobody else reads files there, and it has not begun."""
    for copy in (home / "uploads").glob(f"*/{READING}*"):
        if copy.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
        else:
            copy.unlink(missing_ok=True)
    for folder in (home / "uploads").glob(f"*/{MAKING}"):
        shutil.rmtree(folder, ignore_errors=True)
