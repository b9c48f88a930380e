"""Writes a Parquet file as CSV. The reading runs in a bounded child: a damaged page can crash a native library."""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulse_core import tables
from pulse_core.errors import Invalid
from pulse_core.intake import bounded
from pulse_core.intake.packed import FREE_BYTES, damaged

_MOST_ROWS = 500_000_000
_MOST_ROWS_PER_BYTE = 20_000  # one value over and over packs so; more is made up
_MOST_COLUMNS = 2_000
_MOST_FOOTER_BYTES = 64 << 20
_MOST_TEXT_PER_BYTE = 1_000
_BATCH_ROWS = 16_384
_BASE_BYTES = 400_000_000
_FILE_TIMES = 4
_BASE_SECONDS = 6.0
_SECONDS_PER_BYTE = 4e-6
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)


def to_csv(path: Path, target: Path, *, name: str, stop: Callable[[], None] = lambda: None) -> None:
    """Write the rows as UTF-8 CSV; Invalid when the file is damaged, encrypted or absurd."""
    size = path.stat().st_size
    bounded.run(
        f"{__name__}:to_csv_here",
        {"path": str(path.resolve()), "target": str(target.resolve()), "name": name},
        bounds=bounded.Bounds(_BASE_BYTES + _FILE_TIMES * size, _BASE_SECONDS + _SECONDS_PER_BYTE * size),
        what=f"the Parquet file {name}",
        remedy="write it again with smaller row groups, or as CSV",
        stop=stop,
    )


# From here on: within the child.


def to_csv_here(path: str, target: str, name: str) -> None:
    """Write the rows of all row groups, a few thousand at a time."""
    _save_memory()
    most = max(FREE_BYTES, _MOST_TEXT_PER_BYTE * Path(path).stat().st_size)
    try:
        with check_parquet(Path(path), name) as source, Path(target).open("wb") as out:
            tables.write_csv(source.schema_arrow.names, _batches(source, out, most, name), out)
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except _BROKEN as error:
        raise damaged(name, "Parquet file") from error


def _save_memory() -> None:
    sys.meta_path.insert(0, _WithoutPandas())
    pa.set_memory_pool(
        pa.system_memory_pool()
    )  # the others reserve room for speed, and count against the bound
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


class _WithoutPandas(importlib.abc.MetaPathFinder):
    """Arrow loads pandas by the way wherever it is installed: 200 MB, and half a second, for nothing."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ImportError(fullname)


def check_parquet(path: Path, name: str) -> pq.ParquetFile:
    """The file, opened, once its own account of itself is sound; nothing but that account is read."""
    _check_footer(path, name)
    source = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    rows, columns = source.metadata.num_rows, source.metadata.num_columns
    if not 0 <= rows <= min(_MOST_ROWS, _MOST_ROWS_PER_BYTE * path.stat().st_size):
        raise Invalid(
            f"{name} claims {rows:,} rows", remedy="write the Parquet file again", file=name, rows=rows
        )
    if columns > _MOST_COLUMNS:
        raise Invalid(
            f"{name} has {columns:,} columns; a table has at most {_MOST_COLUMNS:,}",
            remedy="write only the columns that are needed", file=name, columns=columns,
        )  # fmt: skip
    return source


def _check_footer(path: Path, name: str) -> None:
    with path.open("rb") as source:
        source.seek(-min(8, path.stat().st_size), 2)
        tail = source.read()
    if tail[4:] == b"PARE":
        raise Invalid(f"{name} is encrypted", remedy="write it again without encryption", file=name)
    if tail[4:] != b"PAR1" or int.from_bytes(tail[:4], "little") > _MOST_FOOTER_BYTES:
        raise damaged(name, "Parquet file")


def _batches(source: pq.ParquetFile, out: BinaryIO, most: int, name: str) -> Iterator[pa.RecordBatch]:
    for batch in source.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        if out.tell() > most:
            raise Invalid(
                f"{name} unpacks to more than {_MOST_TEXT_PER_BYTE:,} times its size",
                remedy="export the table again, as CSV", file=name,
            )  # fmt: skip
        columns = [tables.plain(_whole(column)) for column in batch.columns]
        yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _whole(column: pa.Array) -> pa.Array:
    """Whole numbers that were kept as floats, as ids often are where some are missing, without point and exponent."""
    if not pa.types.is_floating(column.type):
        return column
    known = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    fits = pc.and_(pc.equal(known, pc.floor(known)), pc.less(pc.abs(known), 2.0**53))
    whole = pc.all(fits, skip_nulls=True, min_count=0).as_py()
    return pc.cast(known, pa.int64()) if whole else column
