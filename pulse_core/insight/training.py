"""The part of a refresh that learns: snapshots go out to a child process, probabilities and values come back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pulse_core.insight import apart, features
from pulse_core.jobs import Progress
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("insight")
_WORK = "work-"  # folders of a training that runs, or was killed
CUSTOMERS_A_SNAPSHOT = 60_000  # of whom a model learns; more make it slower and hardly better
SNAPSHOTS = 4
SCORES = "scores.parquet"

# What the child makes of each customer, and what is known before it has.
CHURN = pa.schema(
    {"customer_id": pa.string(), "churn_probability": pa.float64(), "reasons": pa.list_(pa.string())}
)
CLV = pa.schema(
    {
        "customer_id": pa.string(), "expected_orders": pa.float64(), "expected_spend": pa.float64(),
        "clv": pa.float64(), "clv_low": pa.float64(), "clv_high": pa.float64(),
    }
)  # fmt: skip
TABLES = {"churn": CHURN, "clv": CLV}


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

    `models` keeps the files of the models. What was learnt is registered before the tables are to be seen. Without a
    usable signal, or enough data, a table is empty.
    """
    features.build(writer)
    day, horizon = writer.one(_SQL["now"])
    with _work_folder(models) as work:
        known = features.snapshot(writer, day or date.min)
        writer.create("features", known)
        results: list[dict[str, Any]] = []
        if known.num_rows:
            pq.write_table(known, work / SCORES)
            args = {
                "folder": str(work), "models": str(models), "as_of": day.isoformat(), "horizon_days": horizon,
                "snapshots": _hand_over(writer, work, day, horizon),
            }  # fmt: skip
            results = apart.run(
                "pulse_core.insight.learning.refreshing:learn", args, progress=progress, what="the training"
            )
        for name, schema in TABLES.items():
            made = work / f"{name}.parquet"
            writer.create(name, pq.read_table(made, schema=schema) if made.exists() else schema.empty_table())
    for result in results:
        register(Learnt(as_of=day, horizon_days=horizon, **result))


def sweep(models: Path) -> None:
    """Delete what trainings left that were killed; to be called while none runs."""
    for folder in models.glob(f"{_WORK}*"):
        shutil.rmtree(folder)


@contextmanager
def _work_folder(models: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=models) as name:
        yield Path(name)


def _hand_over(writer: Writer, work: Path, day: date, horizon: int) -> list[dict[str, str]]:
    """Write the snapshots of the past with their outcomes, the newest first; answers with their files and cut-offs."""
    span = features.span(writer)
    if span.first is None:
        return []
    days = features.cutoffs(span.first, day, horizon, step_days=horizon, most=SNAPSHOTS)
    return [_snapshot(writer, work, cutoff, horizon) for cutoff in days]


def _snapshot(writer: Writer, work: Path, cutoff: date, horizon: int) -> dict[str, str]:
    known = features.snapshot(writer, cutoff, most=CUSTOMERS_A_SNAPSHOT)
    after = features.outcomes(writer, cutoff, horizon, most=CUSTOMERS_A_SNAPSHOT)
    for name in ("churned", "orders_after", "spend_after"):
        known = known.append_column(name, after[name])
    file = f"train-{cutoff.isoformat()}.parquet"
    pq.write_table(known, work / file)
    return {"file": file, "cutoff": cutoff.isoformat()}
