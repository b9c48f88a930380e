"""Snapshots of the past with what came after them, and that of the present, as files for the process that learns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pulse_core.insight import features
from pulse_core.stores.warehouse.access import Writer

SNAPSHOTS = (
    4  # to learn from, a horizon apart: more changed no figure by .002 where that was tried (docs/churn.md)
)
PRESENT = "present.parquet"
MOST = 30_000  # customers of a snapshot to learn from
MOST_JUDGED = 60_000  # customers of the one that models are compared on


def to_learn_from(first: date, last: date, horizon_days: int, *, most: int = SNAPSHOTS) -> list[date]:
    """The cut-offs whose horizon is over by `last`, a horizon apart, the newest first."""
    return features.cutoffs(first, last, horizon_days, step_days=horizon_days, most=most)


def write_past(
    writer: Writer, folder: Path, cutoffs: Sequence[date], horizon_days: int, *, most: int = MOST
) -> list[str]:
    """One file a cut-off, named by its day: features and outcomes of about `most` customers. Returns the days."""
    for cutoff in cutoffs:
        table = features.snapshot(writer, cutoff, most=most)
        after = features.outcomes(writer, cutoff, horizon_days, most=most)
        for name in after.column_names[1:]:  # both are of the same customers in the same order
            table = table.append_column(name, after[name])
        _write(table, folder / f"{cutoff.isoformat()}.parquet")
    return [cutoff.isoformat() for cutoff in cutoffs]


def write_present(writer: Writer, folder: Path, as_of: date) -> int:
    """The file `PRESENT`: the features of every customer at the end of the as-of date. Returns their number."""
    table = features.snapshot(writer, as_of)
    _write(table, folder / PRESENT)
    return int(table.num_rows)


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="lz4", use_dictionary=False)
