"""One organisation's warehouse: a DuckDB file with one owner, one writer thread and cursors for readers.

Imports bring the files that the facts are views over; a refresh builds a new generation of the derived tables in a
schema of its own and then points the views that readers use at it, in one transaction, so that nobody sees half of it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb

from pulse_core.errors import Busy
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse import facts
from pulse_core.stores.warehouse.access import Reader, Writer, damaged, quoted

T = TypeVar("T")
_SQL = load("warehouse")
_HEADERS = 3 * 4096  # bytes


class Warehouse:
    """The open warehouse of one organisation. Only `Warehouses` makes these."""

    def __init__(
        self, org_id: str, path: Path, *, batches: Path, uploads: Path, models: Path, memory: int
    ) -> None:
        """Open or create the file. Raises Busy when another process has it, Damaged when it cannot be read.

        `batches` holds the files that the facts are read from, `uploads` those that are being imported, `models` what
        is learnt from the facts; the database itself may reach the first two alone.
        """
        self.org_id = org_id
        self.path = path
        self.batches = batches
        self.models = models
        self._connection = _connect(path, [batches, uploads], memory)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix=f"warehouse-{org_id}")
        self._writer_id: int | None = None
        self._meta: dict[str, str] = {}
        try:
            self.write(partial(_prepare, batches=batches))
        except BaseException:
            self.close()
            raise

    @property
    def data_version(self) -> str:
        """Changes with every commit, and never comes back: part of every cache key."""
        return f"{self._meta['incarnation']}.{self._meta['version']}"

    @property
    def generation(self) -> int:
        """Number of the derived tables that readers see; 0 before the first refresh."""
        return int(self._meta.get("generation", "0"))

    @property
    def stale(self) -> bool:
        """Whether facts came or went since the derived tables were built."""
        return self._meta.get("facts", "0") != self._meta.get("generation_facts", "0")

    @property
    def recipe(self) -> str | None:
        """The fingerprint that the last refresh left of its rules."""
        return self._meta.get("recipe") or None

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Read as of one point in time, whatever is written meanwhile."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield Reader(cursor)
        finally:
            cursor.close()

    @contextmanager
    def scratch(self) -> Iterator[Writer]:
        """A connection with temporary tables of its own, gone when it closes; for parsing files."""
        cursor = self._connection.cursor()
        try:
            yield Writer(cursor)
        finally:
            cursor.close()

    def write(self, work: Callable[[Writer], T], *, facts: bool = False) -> T:
        """Run `work` in one transaction on the writer thread; the data version moves with its commit.

        `facts` says that the facts change, which makes the derived tables stale. An error rolls all of it back.
        """
        if threading.get_ident() == self._writer_id:
            raise RuntimeError("a write may not start another write")
        return self._writer.submit(self._transact, work, facts).result()

    def new_generation(self, build: Callable[[Writer], T]) -> T:
        """Build derived tables with `build` (unqualified names land in the new generation) and switch to them."""

        def work(writer: Writer) -> T:
            number = self.generation + 1
            schema = f"gen_{number}"
            writer.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            writer.execute(f"CREATE SCHEMA {schema}")
            writer.execute(f"SET search_path = '{schema},main'")
            result = build(writer)
            _switch(writer, schema)
            writer.put_meta("generation", str(number))
            writer.put_meta("generation_facts", self._meta.get("facts", "0"))
            return result

        return self.write(work)

    def set_memory(self, limit: int) -> None:
        """Give this warehouse `limit` bytes of the shared budget."""
        self._connection.execute(f"SET memory_limit = '{limit // 1024}KiB'")

    def close(self) -> None:
        """Wait for the writer and give the file back."""
        self._writer.shutdown()
        self._connection.close()

    def _transact(self, work: Callable[[Writer], T], facts: bool) -> T:
        self._writer_id = threading.get_ident()
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            writer = Writer(cursor)
            result = work(writer)
            meta = writer.meta()
            for counter in ("version", "facts") if facts else ("version",):
                meta[counter] = str(int(meta.get(counter, "0")) + 1)
                writer.put_meta(counter, meta[counter])
            cursor.execute("COMMIT")
            self._meta = meta
            return result
        finally:
            cursor.close()  # an open transaction is rolled back with it


def _connect(path: Path, allowed: list[Path], memory: int) -> duckdb.DuckDBPyConnection:
    path.parent.mkdir(parents=True, exist_ok=True)
    _discard_unfinished(path)
    try:
        connection = duckdb.connect(path)
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise Busy(
                f"the warehouse {path.name} is held by another process ({_holder(str(error))})",
                remedy="stop that process, or hand the work to it",
            ) from error
        raise damaged(f"the warehouse {path.name} cannot be opened", error) from error
    _harden(connection, path, allowed, memory)
    return connection


def _discard_unfinished(path: Path) -> None:
    """A process that is killed while it makes the file may leave less than DuckDB's three headers: no rows yet."""
    if path.exists() and path.stat().st_size < _HEADERS and path.read_bytes()[8:12] in (b"", b"DUCK"):
        path.unlink()


def _holder(text: str) -> str:
    """DuckDB names the process in its own message; that part is all a person needs."""
    start = text.find("PID ")
    return text[start:].split(")")[0] if start >= 0 else "unknown"


def _harden(connection: duckdb.DuckDBPyConnection, path: Path, allowed: list[Path], memory: int) -> None:
    """Files of this organisation only, no extensions, no change of settings afterwards."""
    folders = ", ".join(quoted(f"{folder.resolve()}/") for folder in allowed)
    for statement in (
        f"SET allowed_directories = [{folders}]",
        f"SET temp_directory = {quoted(str(path.with_suffix('.tmp').resolve()))}",
        f"SET memory_limit = '{memory // 1024}KiB'",
        "SET allowed_configs = ['memory_limit', 'search_path']",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET allow_community_extensions = false",
        "SET TimeZone = 'UTC'",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)


def _prepare(writer: Writer, batches: Path) -> None:
    writer.execute(_SQL["create_meta"])
    facts.prepare(writer, batches)
    if "incarnation" not in writer.meta():
        writer.put_meta("incarnation", uuid.uuid4().hex[:12])


def _switch(writer: Writer, schema: str) -> None:
    """Point the readers' views at `schema` and drop the generations before it."""
    tables = [name for (name,) in writer.rows(_SQL["tables_of"], {"schema": schema})]
    for table in tables:
        writer.execute(f'CREATE OR REPLACE VIEW main."{table}" AS SELECT * FROM {schema}."{table}"')  # noqa: S608
    for (old,) in writer.rows(_SQL["generation_schemas"]):
        if old != schema:
            writer.execute(f'DROP SCHEMA "{old}" CASCADE')
