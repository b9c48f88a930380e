"""Many organisations: few warehouses open at a time, one memory budget for all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pulse_core.stores.warehouse.warehouse import Warehouse
from pulse_core.stores.warehouse.warehouses import Warehouses

MIB = 1024**2
TIMEOUT = 30


def touch(warehouses: Warehouses, *org_ids: str) -> None:
    """Use each organisation's warehouse for a moment."""
    for org_id in org_ids:
        with warehouses.use(org_id):
            pass


def limit(warehouse: Warehouse) -> float:
    """The memory limit that DuckDB works with, MiB."""
    with warehouse.snapshot() as reader:
        number, unit = reader.one("SELECT current_setting('memory_limit')")[0].split()
    return float(number) * {"KiB": 1 / 1024, "MiB": 1, "GiB": 1024}[unit]


def test_a_fifth_warehouse_closes_the_one_unused_for_longest(warehouses: Warehouses) -> None:
    """Four stay open; using one again keeps it."""
    touch(warehouses, "a", "b", "c", "d", "a", "e")
    assert warehouses.open_now() == ["c", "d", "a", "e"]


def test_a_warehouse_in_use_is_never_closed(warehouses: Warehouses) -> None:
    """A long job keeps its warehouse, even when that makes five; then the idle ones go."""
    with warehouses.use("a") as held:
        touch(warehouses, "b", "c", "d", "e")
        assert warehouses.open_now() == ["a", "c", "d", "e"]
        with held.snapshot() as reader:
            assert reader.one("SELECT 1") == (1,)
        with warehouses.use("c"), warehouses.use("d"), warehouses.use("e"):
            touch(warehouses, "f")
            assert len(warehouses.open_now()) == 5
    touch(warehouses, "g")
    assert len(warehouses.open_now()) == 4


def test_the_budget_is_shared(warehouses: Warehouses) -> None:
    """Each open warehouse gets its share of one budget; alone again, it gets all of it."""
    with warehouses.use("a") as a:
        assert limit(a) == pytest.approx(512, rel=0.01)
        touch(warehouses, "b", "c", "d")
        assert limit(a) == pytest.approx(128, rel=0.01)
        for org_id in ("b", "c", "d"):
            warehouses.forget(org_id)
        touch(warehouses, "a")
        assert limit(a) == pytest.approx(512, rel=0.01)


def test_opening_brings_up_to_date_once(tmp_path: Path) -> None:
    """What `on_open` does is done before anybody uses the warehouse, and not again while it is open."""
    opened: list[str] = []
    warehouses = Warehouses(
        tmp_path, memory=512 * MIB, on_open=lambda warehouse: opened.append(warehouse.org_id)
    )
    touch(warehouses, "a", "a", "b")
    assert opened == ["a", "b"]
    warehouses.close()


def test_an_opening_that_fails_leaves_the_file_free(tmp_path: Path) -> None:
    """The next try opens it: nothing half-open stays behind."""
    faults = iter([ValueError("no"), None])

    def on_open(_warehouse: Warehouse) -> None:
        if fault := next(faults):
            raise fault

    warehouses = Warehouses(tmp_path, memory=512 * MIB, on_open=on_open)
    with pytest.raises(ValueError, match="no"), warehouses.use("a"):
        pass
    assert warehouses.open_now() == []
    touch(warehouses, "a")
    warehouses.close()


def test_many_threads_get_one_warehouse(warehouses: Warehouses) -> None:
    """Pages that ask at the same moment share one connection; a second one would be refused by the file."""
    found: list[Warehouse] = []
    start = threading.Barrier(8)

    def ask(org_id: str) -> None:
        start.wait(TIMEOUT)
        with warehouses.use(org_id) as warehouse:
            found.append(warehouse)

    threads = [threading.Thread(target=ask, args=(org_id,)) for org_id in "aaaabbbb"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(found) == 8
    assert len({id(warehouse) for warehouse in found}) == 2


def test_slow_opening_does_not_hold_up_the_others(tmp_path: Path) -> None:
    """While one organisation's figures are made anew, the pages of another open."""
    going, go = threading.Event(), threading.Event()

    def on_open(warehouse: Warehouse) -> None:
        if warehouse.org_id == "slow":
            going.set()
            assert go.wait(TIMEOUT)

    warehouses = Warehouses(tmp_path, memory=512 * MIB, on_open=on_open)
    thread = threading.Thread(target=touch, args=(warehouses, "slow"))
    thread.start()
    assert going.wait(TIMEOUT)
    touch(warehouses, "quick")
    assert warehouses.open_now() == ["quick"]
    go.set()
    thread.join(TIMEOUT)
    assert warehouses.open_now() == ["quick", "slow"]
    warehouses.close()
