from __future__ import annotations

from collections.abc import Iterator

import pytest

from .world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """One DuckDB connection for the room's tests; each test puts its own customers in."""
    made = World()
    yield made
    made.close()
