"""Probabilities and reasons of many customers, chunk by chunk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pulse_core.insight.features import BY_KEY, matrix
from pulse_core.insight.learning.blend import kinds
from pulse_core.insight.learning.contenders import Churn
from pulse_core.insight.learning.trees import Floats

CHUNK = 131_072  # rows
MOST_REASONS = 3
LEAST = 0.1  # log-odds: what moves a probability by less than 2.5 points is no reason
SCHEMA = pa.schema(
    {"customer_id": pa.string(), "churn_probability": pa.float64(), "reasons": pa.list_(pa.string())}
)


def score(model: Churn, snapshot: Path, target: Path) -> int:
    """Score the snapshot in one Parquet file into another (`SCHEMA`, in its order); returns the number of rows."""
    rows = 0
    with pq.ParquetWriter(target, SCHEMA) as writer, pq.ParquetFile(snapshot) as source:
        for batch in source.iter_batches(CHUNK):
            table = pa.Table.from_batches([batch])
            writer.write_table(scored(model, table))
            rows += table.num_rows
    return rows


def scored(model: Churn, table: pa.Table) -> pa.Table:
    """Probability and reasons of each row of a snapshot.

    A reason is a family of features and a sign: "recency+" raises the probability, "recency-" lowers it. Told are the
    families, at most 3 and the strongest first, that move a customer to the side of the average on which they are.
    """
    families = [BY_KEY[key].family for key in model.blend.names]
    explained = model.blend.explain(model.chosen(matrix(table)), families)
    reasons = _reasons(explained.contributions, kinds(families))
    return pa.table([table["customer_id"], pa.array(explained.probability), reasons], schema=SCHEMA)


def importance(model: Churn) -> list[dict[str, object]]:
    """What drives the risk: each feature with how far it moves the log-odds on average, the strongest first."""
    return [
        {"feature": key, "label": BY_KEY[key].label, "family": BY_KEY[key].family, "strength": strength}
        for key, strength in model.blend.importance().items()
    ]


def _reasons(parts: Floats, families: list[str]) -> pa.ListArray:
    side = np.where(parts.sum(axis=1) >= 0, 1.0, -1.0)
    towards = parts * side[:, None]
    order = np.argsort(-towards, axis=1, kind="stable")[:, :MOST_REASONS]
    told = np.take_along_axis(towards, order, axis=1) >= LEAST
    codes = (2 * order + (side < 0)[:, None])[told]
    names = pa.array([f"{family}{sign}" for family in families for sign in "+-"], pa.string())
    return pa.ListArray.from_arrays(_offsets(told), names.take(pa.array(codes)))


def _offsets(told: NDArray[np.bool_]) -> NDArray[np.int32]:
    ends = np.cumsum(told.sum(axis=1), dtype=np.int32)
    return np.concatenate((np.zeros(1, np.int32), ends))
