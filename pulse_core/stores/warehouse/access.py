"""What a reader and a writer of the warehouse can do. Values are always bound, results are Arrow or tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pulse_core.errors import Cancelled, Invalid, Unavailable
from pulse_core.stores.queries import load

Parameters = Mapping[str, Any] | None
_SQL = load("warehouse")


class Damaged(Unavailable):
    """The warehouse's file cannot be read; all that was in it can be computed again."""

    code = "damaged_warehouse"


def damaged(what: str, error: Exception) -> Damaged:
    """The error for a file that DuckDB cannot read."""
    remedy = "run `pulse rebuild`: it makes the warehouse anew from the import log"
    return Damaged(f"{what} ({error})", remedy=remedy)


class Reader:
    """Reads through one cursor."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def interrupt(self) -> None:
        """Stop the statement that is running on this cursor, from another thread: it raises Cancelled."""
        self._cursor.interrupt()

    def table(self, sql: str, parameters: Parameters = None) -> pa.Table:
        """The result as one Arrow table."""
        with _translated():
            return self._cursor.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def batches(self, sql: str, parameters: Parameters = None, *, size: int = 50_000) -> pa.RecordBatchReader:
        """The result as a stream of Arrow batches of at most `size` rows."""
        return self._cursor.sql(sql, params=dict(parameters or {})).to_arrow_reader(size)

    def rows(self, sql: str, parameters: Parameters = None) -> list[tuple[Any, ...]]:
        """The result as tuples; for small results."""
        with _translated():
            return self._cursor.execute(sql, dict(parameters or {})).fetchall()

    def one(self, sql: str, parameters: Parameters = None) -> tuple[Any, ...]:
        """The first row; LookupError when there is none."""
        found = self.rows(sql, parameters)  # a result that is not read to its end blocks the connection
        if not found:
            raise LookupError("the query returned no row")
        return found[0]


class Writer(Reader):
    """Reads and writes within one transaction (or, from `scratch`, its own temporary tables)."""

    def execute(self, sql: str, parameters: Parameters = None) -> None:
        """Run one statement."""
        with _translated():
            self._cursor.execute(sql, dict(parameters or {}))

    def read_file(self, sql: str, parameters: Parameters, *, name: str) -> None:
        """Run a statement that reads the person's file `name`; Invalid when the file is at fault."""
        try:
            self.execute(sql, parameters)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            reason = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
            raise Invalid(
                f"{name} cannot be read as a table ({reason})",
                remedy="open it in a spreadsheet and export it again as CSV (UTF-8)",
                file=name,
            ) from error

    def create(self, name: str, table: pa.Table) -> None:
        """Make the table `name` (a plain identifier of ours) from an Arrow table."""
        self._cursor.register("incoming", table)
        self.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608
        self._cursor.unregister("incoming")

    def script(self, sql: str) -> None:
        """Run several statements that take no values."""
        for statement in self._cursor.extract_statements(sql):
            self._cursor.execute(statement)

    def meta(self) -> dict[str, str]:
        """What the warehouse knows of itself, by key."""
        return dict(self.rows(_SQL["read_meta"]))

    def put_meta(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        self.execute(_SQL["put_meta"], {"key": key, "value": value})


@contextmanager
def _translated() -> Iterator[None]:
    """DuckDB's errors that a person can do something about, as ours; the others are defects and stay as they are."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Cancelled("the work was stopped") from error
    except duckdb.OutOfMemoryException as error:
        raise Unavailable(
            "the warehouse has not enough memory for this",
            remedy="give it more with PULSE_WAREHOUSE_MEMORY_MB",
        ) from error
    except duckdb.IOException as error:
        raise Unavailable(
            f"a file that the warehouse reads or writes is out of reach ({str(error).splitlines()[0]})",
            remedy="look for a full disk or a batch file that is gone (pulse doctor tells)",
        ) from error
    except duckdb.Error as error:
        if "Corrupt database file" in str(error):
            raise damaged("the warehouse holds damaged blocks", error) from error
        raise


def quoted(text: str) -> str:
    """`text` as an SQL string, for the few statements that take no parameters (settings)."""
    return "'" + text.replace("'", "''") + "'"
