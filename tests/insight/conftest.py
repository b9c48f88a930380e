"""What the insight tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    """A home folder with the organisation `acme`."""
    opened = Workshop(tmp_path)
    yield opened
    opened.close()
