"""One organisation's warehouse: what a write promises, what a reader sees, and what nobody can reach."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pulse_core.errors import Busy, Cancelled, Unavailable
from pulse_core.stores.warehouse.access import Damaged, Writer
from pulse_core.stores.warehouse.warehouse import Warehouse
from pulse_core.stores.warehouse.warehouses import Warehouses

ROOT = Path(__file__).parents[3]
COUNT = "SELECT count(*) FROM applied_batches"
TIMEOUT = 30


def note(number: int) -> Callable[[Writer], None]:
    """A write of one row of facts."""
    return lambda writer: writer.execute(
        "INSERT INTO applied_batches VALUES ($number, 'orders', 1, 'sum', 'gone.parquet', 1)",
        {"number": number},
    )


def table_of(rows: int, *, name: str = "numbers") -> Callable[[Writer], None]:
    """A build of a derived table with so many rows."""
    return lambda writer: writer.create(name, pa.table({"n": list(range(rows))}))


def count(warehouse: Warehouse, sql: str = COUNT) -> int:
    """The number that a reader of this moment sees."""
    with warehouse.snapshot() as reader:
        number: int = reader.one(sql)[0]
        return number


def test_a_snapshot_sees_one_point_in_time(warehouse: Warehouse) -> None:
    """A page that reads twice sees the same, whatever is committed between; the next page sees the new."""
    warehouse.write(note(1))
    with warehouse.snapshot() as reader:
        assert reader.one(COUNT) == (1,)
        warehouse.write(note(2))
        assert reader.one(COUNT) == (1,)
    assert count(warehouse) == 2


def test_a_snapshot_cannot_write(warehouse: Warehouse) -> None:
    """What pages hold reads only."""
    with warehouse.snapshot() as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader.rows("INSERT INTO applied_batches VALUES (1, 'orders', 1, 'sum', 'gone.parquet', 1)")


def test_a_failing_write_takes_everything_back(warehouse: Warehouse) -> None:
    """All of a write or nothing: rows, meta and the data version."""
    warehouse.write(note(1), facts=True)
    before = (warehouse.data_version, warehouse.stale)

    def half(writer: Writer) -> None:
        note(2)(writer)
        writer.put_meta("recipe", "half")
        raise ValueError("no further")

    with pytest.raises(ValueError, match="no further"):
        warehouse.write(half, facts=True)
    assert count(warehouse) == 1
    assert (warehouse.data_version, warehouse.stale, warehouse.recipe) == (*before, None)
    warehouse.write(note(2))
    assert count(warehouse) == 2


def test_a_write_within_a_write_is_refused_at_once(warehouse: Warehouse) -> None:
    """It would wait for itself for ever."""
    with pytest.raises(RuntimeError, match="may not start another write"):
        warehouse.write(lambda _writer: warehouse.write(note(1)))


def test_writes_of_many_threads_come_one_after_the_other(warehouse: Warehouse) -> None:
    """One writer: no write conflicts with another, and none is lost."""
    threads = [threading.Thread(target=warehouse.write, args=(note(n),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert count(warehouse) == 20


def test_readers_never_see_half_a_generation(warehouse: Warehouse) -> None:
    """While a refresh builds, and when it switches, every snapshot sees the tables of one generation."""
    warehouse.new_generation(both(0))
    built = threading.Event()
    seen: set[tuple[int, int]] = set()

    def look() -> None:
        while not built.is_set():
            with warehouse.snapshot() as reader:
                seen.add((reader.one("SELECT max(n) FROM one")[0], reader.one("SELECT max(n) FROM two")[0]))

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(1, 15):
        warehouse.new_generation(both(number))
    built.set()
    thread.join(TIMEOUT)
    assert all(one == two for one, two in seen)
    assert len(seen) > 2


def both(number: int) -> Callable[[Writer], None]:
    """Two tables that hold the same number."""

    def build(writer: Writer) -> None:
        for name in ("one", "two"):
            writer.create(name, pa.table({"n": [number]}))

    return build


def test_a_build_that_fails_keeps_the_old_generation(warehouse: Warehouse) -> None:
    """A refresh that stops half-way has not happened: number, tables and rows stay."""
    warehouse.new_generation(table_of(3))
    before = (warehouse.generation, warehouse.data_version)

    def fails(writer: Writer) -> None:
        table_of(9)(writer)
        raise ValueError("no further")

    with pytest.raises(ValueError, match="no further"):
        warehouse.new_generation(fails)
    assert (warehouse.generation, warehouse.data_version) == before
    assert count(warehouse, "SELECT count(*) FROM numbers") == 3
    assert (
        count(warehouse, "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'gen_%'")
        == 1
    )
    warehouse.new_generation(table_of(5))
    assert count(warehouse, "SELECT count(*) FROM numbers") == 5


def test_generations_that_are_over_are_dropped(warehouse: Warehouse) -> None:
    """The file does not grow with every refresh; a reader of the old one reads on."""
    warehouse.new_generation(table_of(3))
    with warehouse.snapshot() as reader:
        assert reader.one("SELECT count(*) FROM numbers") == (3,)
        for rows in (4, 5, 6):
            warehouse.new_generation(table_of(rows))
        assert reader.one("SELECT sum(n) FROM numbers") == (3,)
    schemas = "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'gen_%'"
    assert (warehouse.generation, count(warehouse, schemas)) == (4, 1)


def test_facts_make_the_derived_tables_stale(warehouse: Warehouse) -> None:
    """Only a change of facts asks for a refresh, and a refresh settles it."""
    assert not warehouse.stale
    warehouse.write(note(1))
    assert not warehouse.stale
    warehouse.write(note(2), facts=True)
    assert warehouse.stale
    warehouse.new_generation(table_of(1))
    assert not warehouse.stale


def test_the_data_version_changes_with_every_commit_and_never_comes_back(tmp_path: Path) -> None:
    """A cache key that came back would show the figures of a warehouse that is gone."""
    seen = []
    for _ in range(2):
        warehouses = Warehouses(tmp_path, memory=512 * 1024**2)
        with warehouses.use("acme") as warehouse:
            seen.append(warehouse.data_version)
            for number in range(3):
                warehouse.write(note(number))
                seen.append(warehouse.data_version)
            warehouse.new_generation(table_of(1))
            seen.append(warehouse.data_version)
        warehouses.close()
        warehouses.path("acme").unlink()
    assert len(set(seen)) == len(seen)


def test_what_was_committed_is_there_after_opening_again(warehouses: Warehouses) -> None:
    """Rows, generation and version survive a close."""
    with warehouses.use("acme") as warehouse:
        warehouse.write(note(1), facts=True)
        warehouse.new_generation(table_of(3))
        before = (warehouse.generation, warehouse.stale)
    warehouses.forget("acme")
    with warehouses.use("acme") as warehouse:
        assert (warehouse.generation, warehouse.stale) == before
        assert count(warehouse) == 1
        assert count(warehouse, "SELECT count(*) FROM numbers") == 3


def test_scratch_tables_are_nobody_elses(warehouse: Warehouse) -> None:
    """Two files can be read at the same time: temporary tables belong to one connection and go with it."""
    with warehouse.scratch() as one, warehouse.scratch() as other:
        one.execute("CREATE TEMP TABLE stage AS SELECT 1 AS n")
        other.execute("CREATE TEMP TABLE stage AS SELECT 2 AS n")
        assert one.one("SELECT n FROM stage") == (1,)
    with warehouse.scratch() as next_one, pytest.raises(duckdb.CatalogException):
        next_one.one("SELECT n FROM stage")


def test_a_long_statement_can_be_interrupted(warehouse: Warehouse) -> None:
    """A cancel from another thread ends the statement within a second, as Cancelled."""
    with warehouse.snapshot() as reader:
        threading.Timer(0.2, reader.interrupt).start()
        with pytest.raises(Cancelled):
            reader.one("SELECT count(*) FROM range(100000) a, range(300000) b")


def test_results_come_as_arrow_and_as_tuples(warehouse: Warehouse) -> None:
    """Values are bound by name, and each form holds the same rows."""
    with warehouse.snapshot() as reader:
        sql = "SELECT n, n * $factor AS m FROM range(5) t(n)"
        assert reader.rows(sql, {"factor": 2}) == [(n, 2 * n) for n in range(5)]
        assert reader.table(sql, {"factor": 2}).to_pydict() == {"n": [0, 1, 2, 3, 4], "m": [0, 2, 4, 6, 8]}
        batches = [batch.num_rows for batch in reader.batches(sql, {"factor": 2}, size=2)]
        assert sum(batches) == 5
        with pytest.raises(LookupError):
            reader.one("SELECT 1 WHERE false")


OPEN = """
import sys, time
from pathlib import Path
from pulse_core.stores.warehouse.warehouses import Warehouses
warehouses = Warehouses(Path(sys.argv[1]), memory=1 << 28)
with warehouses.use("acme"):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_is_told_who_has_the_file(tmp_path: Path) -> None:
    """DuckDB lets one process in; the error names its number and what to do."""
    child = subprocess.Popen(
        [sys.executable, "-c", OPEN, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    warehouses = Warehouses(tmp_path, memory=512 * 1024**2)
    with child:
        try:
            assert child.stdout.readline() == "open\n"
            with pytest.raises(Busy) as caught, warehouses.use("acme"):
                pass
        finally:
            child.kill()
            child.wait(timeout=10)
    assert f"PID {child.pid}" in caught.value.message
    with warehouses.use("acme"):
        pass  # the lock went with the process
    warehouses.close()


@pytest.mark.parametrize("content", [b"not a database", b"\0" * 20_000, os.urandom(20_000)])
def test_a_file_that_is_no_warehouse(warehouses: Warehouses, content: bytes) -> None:
    """A damaged file is told with the command that makes it anew; it is not thrown away."""
    warehouses.path("acme").parent.mkdir(parents=True)
    warehouses.path("acme").write_bytes(content)
    with pytest.raises(Damaged, match="pulse rebuild"), warehouses.use("acme"):
        pass
    assert warehouses.path("acme").read_bytes() == content


@pytest.mark.parametrize("keep", [0, 4096, 8192])
def test_a_file_that_was_never_finished_counts_as_new(warehouses: Warehouses, keep: int) -> None:
    """A process killed while it makes the file does not lock the organisation out."""
    with warehouses.use("acme"):
        pass
    warehouses.forget("acme")
    path = warehouses.path("acme")
    path.write_bytes(path.read_bytes()[:keep])
    with warehouses.use("acme") as warehouse:
        assert count(warehouse) == 0


@pytest.mark.parametrize("keep", [12_288, 100_000])
def test_a_file_that_was_cut_off(warehouses: Warehouses, keep: int) -> None:
    """A part of a file is told with the command that makes it anew, and no thread is left behind."""
    with warehouses.use("acme") as warehouse:
        warehouse.new_generation(table_of(100_000))
    warehouses.forget("acme")
    path = warehouses.path("acme")
    path.write_bytes(path.read_bytes()[:keep])
    before = threading.active_count()
    with pytest.raises(Damaged, match="pulse rebuild"), warehouses.use("acme"):
        pass
    assert threading.active_count() == before


@pytest.mark.parametrize("place", range(8))
def test_damage_anywhere_in_the_file_is_told(warehouses: Warehouses, place: int) -> None:
    """A disk that lost a block is told with the command that makes the file anew, whenever the block is read."""
    with warehouses.use("acme") as warehouse:
        warehouse.new_generation(table_of(100_000))
    warehouses.forget("acme")
    path = warehouses.path("acme")
    content = bytearray(path.read_bytes())
    at = 12_288 + place * (len(content) - 12_288) // 8
    content[at : at + 4000] = os.urandom(4000)
    path.write_bytes(content)
    with suppress(Damaged), warehouses.use("acme") as warehouse:  # any other error fails this test
        assert count(warehouse, "SELECT sum(n) FROM numbers") == 4_999_950_000
    before = threading.active_count()
    warehouses.forget("acme")
    assert threading.active_count() <= before


def test_too_little_memory_is_told_with_the_setting(tmp_path: Path) -> None:
    """A budget that is too small for a query names the setting that raises it."""
    warehouses = Warehouses(tmp_path, memory=24 * 1024**2)
    too_much = pytest.raises(Unavailable, match="PULSE_WAREHOUSE_MEMORY_MB")
    with warehouses.use("acme") as warehouse, warehouse.snapshot() as reader, too_much:
        reader.one(
            "SELECT length(string_agg(n, '-')) FROM (SELECT repeat('x', 1000) AS n FROM range(1000000))"
        )
    warehouses.close()
