"""The part of a refresh that learns: snapshots go out to a child process, probabilities and values come back."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pulse_core.insight import apart, features, past
from pulse_core.jobs import Progress
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("insight")
_CHILD = "pulse_core.insight.learning.refreshing:learn"
_WORK = "work-"  # folders of a training that runs, or was killed
FEWEST = 50  # customers, below which no process is started to learn from them
TOO_LITTLE = "too little data"
KINDS = ("churn", "value")

# What comes back of each customer, by its table and file; empty without a usable signal, or enough data.
TABLES = {
    ("predicted", "churn.parquet"): pa.schema(
        {"customer_id": pa.string(), "churn_probability": pa.float64(), "reasons": pa.list_(pa.string())}
    ),
    ("clv", "clv.parquet"): pa.schema(
        {
            "customer_id": pa.string(), "expected_orders": pa.float64(), "expected_spend": pa.float64(),
            "clv": pa.float64(), "clv_low": pa.float64(), "clv_high": pa.float64(),
        }
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learnt:
    """What became of one model: its row in the registry, but for its number."""

    kind: str
    as_of: date
    horizon_days: int
    verdict: str
    metrics: dict[str, Any]
    file: str | None
    sha256: str


Register = Callable[[Learnt], None]


def learn(writer: Writer, models: Path, progress: Progress, register: Register) -> None:
    """Learn who leaves and what they are worth, and make the tables `features` and `TABLES` of it.

    `models` keeps the files of the models. What was learnt is registered before anybody can see the tables.
    """
    day, horizon = writer.one(_SQL["now"])
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=models) as name:
        work = Path(name)
        customers = past.write_present(writer, work, day or date.min)
        writer.create("features", pq.read_table(work / past.PRESENT))
        rows = _too_little(customers)
        if customers >= FEWEST:
            rows = _learn(writer, work, models, day, horizon, progress)
        for (table, file), schema in TABLES.items():
            made = work / file
            writer.create(
                table, pq.read_table(made, schema=schema) if made.exists() else schema.empty_table()
            )
    for row in rows if customers else ():
        register(Learnt(as_of=day, horizon_days=horizon, **row))


def sweep(models: Path) -> None:
    """Delete what trainings left that were killed; to be called while none runs."""
    for folder in models.glob(f"{_WORK}*"):
        shutil.rmtree(folder)


def _learn(
    writer: Writer, work: Path, models: Path, day: date, horizon: int, progress: Progress
) -> list[dict[str, Any]]:
    first = features.span(writer).first
    cutoffs = past.to_learn_from(first, day, horizon) if first else []
    args = {
        "folder": str(work), "models": str(models), "horizon_days": horizon,
        "cutoffs": past.write_past(writer, work, cutoffs, horizon),
    }  # fmt: skip
    rows: list[dict[str, Any]] = apart.run(_CHILD, args, progress=progress, what="the training")
    return rows


def _too_little(customers: int) -> list[dict[str, Any]]:
    said = hashlib.sha256(TOO_LITTLE.encode()).hexdigest()
    row = {"verdict": TOO_LITTLE, "metrics": {"customers": customers}, "file": None, "sha256": said}
    return [{"kind": kind, **row} for kind in KINDS]
