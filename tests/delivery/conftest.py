from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from notifier.folder import Folder
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation
from pulse_core.stores.warehouse.access import Reader

from .shop import Shop, customer


@pytest.fixture
def shop(ledger: Ledger, org: Organisation) -> Iterator[Shop]:
    """A shop of eight customers, two of each lifecycle group."""
    with duckdb.connect() as connection, connection.cursor() as cursor:
        made = Shop(ledger, Reader(cursor), org, connection)
        made.hold([customer(number) for number in range(8)])
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "outbox")


@pytest.fixture
def eml_files(tmp_path: Path) -> Callable[[], list[str]]:
    """The names of the messages in the folder, without their ending."""
    return lambda: sorted(path.stem for path in (tmp_path / "outbox").rglob("*.eml"))
