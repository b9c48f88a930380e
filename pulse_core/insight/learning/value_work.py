"""What the child process of a training does about customer values: files in, files and plain values out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pulse_core.errors import Invalid
from pulse_core.insight.learning import files
from pulse_core.insight.learning.churn import NO_SIGNAL, TOO_LITTLE, USABLE
from pulse_core.insight.learning.histories import Known, Past
from pulse_core.insight.learning.value import MOST_ROWS, Compared, ValueModel, compare, learn_compared
from pulse_core.insight.learning.value_metrics import deciles
from pulse_core.insight.learning.value_packing import KIND, packed

FEWEST = 50  # customers whose horizon is over, below which models are not compared
CHUNK = 131_072  # customers at once
SCHEMA = pa.schema(
    {"customer_id": pa.string()}
    | dict.fromkeys(("expected_orders", "expected_spend", "clv", "clv_low", "clv_high"), pa.float64())
)

Result = dict[str, Any]


def learn(folder: Path, cutoffs: Sequence[str], horizon_days: int, model_file: Path) -> tuple[str, Result]:
    """Learn from the samples of `cutoffs` (the newest first) and value `present.parquet` into `clv.parquet` (`SCHEMA`).

    Answers with the verdict and the numbers of the comparison. Neither that file nor the model's is written unless the
    verdict is "usable".
    """
    past = _read(folder, cutoffs)
    compared = _compared(past, horizon_days)
    if not compared:
        return TOO_LITTLE, {}
    told = _told(compared) | {
        "cutoff": cutoffs[0],
        "horizon_days": horizon_days,
        "learnt_from": list(cutoffs),
    }
    told["deciles"] = deciles(past[0].spend, compared.guesses[compared.chosen].spend)
    if not compared.is_usable:
        return NO_SIGNAL, told
    present = folder / "present.parquet"
    model = learn_compared(compared, past, _thinned(present), horizon_days=horizon_days)
    _value(model, present, folder / "clv.parquet")
    files.write(model_file, KIND, packed(model))
    return USABLE, told


def evaluate(folder: Path, cutoff: str, earlier: Sequence[str], horizon_days: int) -> Result | None:
    """The metrics of the model that would be chosen then, and of `models` by name; None for too few customers."""
    compared = _compared(_read(folder, [cutoff, *earlier]), horizon_days)
    return None if compared is None else compared.metrics[compared.chosen] | _told(compared)


def _compared(past: Sequence[Past], horizon_days: int) -> Compared | None:
    """Earlier days with too few customers are left out; None where the newest has too few, or no history at all."""
    if not past or len(past[0].spend) < FEWEST:
        return None
    enough = [one for one in past if len(one.spend) >= FEWEST]
    try:
        return compare(enough, horizon_days=horizon_days)
    except Invalid:  # nobody has any time behind them
        return None


def _told(compared: Compared) -> Result:
    return {
        "chosen": compared.chosen,
        "split": compared.split,
        "customers": compared.customers,
        "models": compared.metrics,
    }


def _read(folder: Path, cutoffs: Sequence[str]) -> list[Past]:
    tables = (pq.read_table(folder / f"{day}.parquet") for day in cutoffs)
    return [Past.of(table, table) for table in tables]


def _thinned(snapshot: Path) -> Known:
    """Every so-many-th customer, for the models that are fitted on those of today."""
    with pq.ParquetFile(snapshot) as source:
        step = max(1, -(-source.metadata.num_rows // MOST_ROWS))
        return Known.of(pa.concat_tables(_every(step, source)))


def _every(step: int, source: pq.ParquetFile) -> Iterator[pa.Table]:
    for batch in source.iter_batches(CHUNK):
        yield pa.Table.from_batches([batch.take(pa.array(np.arange(0, batch.num_rows, step)))])


def _value(model: ValueModel, snapshot: Path, target: Path) -> None:
    with pq.ParquetWriter(target, SCHEMA) as writer, pq.ParquetFile(snapshot) as source:
        for batch in source.iter_batches(CHUNK):
            table = pa.Table.from_batches([batch])
            found = model.predict(Known.of(table))
            columns = (found.expected_orders, found.expected_spend, found.clv, found.clv_low, found.clv_high)
            writer.write_table(pa.table([table["customer_id"], *map(_column, columns)], schema=SCHEMA))


def _column(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)  # NaN becomes NULL
