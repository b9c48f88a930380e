"""What the warehouse tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulse_core.stores.warehouse.warehouse import Warehouse
from pulse_core.stores.warehouse.warehouses import Warehouses

MEMORY = 512 * 1024**2


@pytest.fixture
def warehouses(tmp_path: Path) -> Iterator[Warehouses]:
    """The warehouses of an empty home folder."""
    opened = Warehouses(tmp_path, memory=MEMORY)
    yield opened
    opened.close()


@pytest.fixture
def warehouse(warehouses: Warehouses) -> Iterator[Warehouse]:
    """The open warehouse of `acme`."""
    with warehouses.use("acme") as opened:
        yield opened
