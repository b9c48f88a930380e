"""The same scores with the libraries that people use for it: only the columns they need, nothing stored or checked.

Their quintiles differ by definition (qcut ranks equal values apart), so only the number of customers is compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.sides import Note

# Each peer's module, and what it needs imported before the work is measured.
NEEDS = {
    "pandas": ("pandas", "pyarrow.csv"),
    "polars": ("polars",),
    "lifetimes": ("lifetimes", "pandas", "pyarrow.csv"),
}
_SCORES = [1, 2, 3, 4, 5]


def pandas(file: Path, home: Path, note: Note) -> str:
    """Arrow's reader with all threads, ids as codes, and qcut; equal values are ranked in the order they come."""
    import pandas as pd

    lines = _lines(file, ["order_id", "customer_id", "order_date", "amount"])
    orders = lines[["customer_id", "order_id"]].drop_duplicates()
    totals = lines.groupby("customer_id", sort=False).agg(
        last=("order_date", "max"), monetary=("amount", "sum")
    )
    totals["frequency"] = orders.groupby("customer_id", sort=False).size()
    days = (totals["last"].max().normalize() - totals["last"].dt.normalize()).dt.days
    measures = {"recency": -days, "frequency": totals["frequency"], "monetary": totals["monetary"]}
    for name, values in measures.items():
        totals[f"{name}_score"] = pd.qcut(values.rank(method="first"), 5, labels=_SCORES)
    return f"{len(totals)}:"


def polars(file: Path, home: Path, note: Note) -> str:
    """One lazy query on the streaming engine; scores by thresholds, as Pulse's."""
    import polars as pl

    types = {"order_id": pl.String, "customer_id": pl.String, "order_date": pl.Datetime, "amount": pl.Float64}
    totals = (
        pl.scan_csv(file, schema_overrides=types)
        .group_by("customer_id")
        .agg(
            pl.col("order_date").max().dt.date().alias("last"),
            pl.col("order_id").n_unique().alias("frequency"),
            pl.col("amount").sum().alias("monetary"),
        )
        .collect(engine="streaming")
    )
    measured = totals.with_columns((pl.col("last").max() - pl.col("last")).dt.total_days().alias("recency"))
    scored = measured.with_columns(
        (5 - _above("recency")).alias("recency_score"),
        (1 + _above("frequency")).alias("frequency_score"),
        (1 + _above("monetary")).alias("monetary_score"),
    )
    return f"{len(scored)}:"


def lifetimes(file: Path, home: Path, note: Note) -> str:
    """Its table of frequency, recency and money, which has no scores."""
    from lifetimes.utils import summary_data_from_transaction_data

    lines = _lines(file, ["customer_id", "order_date", "amount"])
    summary = summary_data_from_transaction_data(
        lines, "customer_id", "order_date", monetary_value_col="amount", freq="D"
    )
    return f"{len(summary)}:"


def _lines(file: Path, columns: list[str]) -> Any:
    """The columns as a frame: ids as categories (codes), so that grouping compares no text."""
    import pyarrow as pa
    from pyarrow import csv

    kinds = {
        "order_id": pa.dictionary(pa.int32(), pa.string()),
        "customer_id": pa.dictionary(pa.int32(), pa.string()),
        "order_date": pa.timestamp("s"),
        "amount": pa.float64(),
    }
    options = csv.ConvertOptions(column_types=kinds, include_columns=columns)
    return csv.read_csv(file, convert_options=options).to_pandas(split_blocks=True, self_destruct=True)


def _above(measure: str) -> Any:
    """How many of the four thresholds lie below the value."""
    import polars as pl

    column = pl.col(measure)
    above = [column > column.quantile(share, "linear") for share in (0.2, 0.4, 0.6, 0.8)]
    return pl.sum_horizontal(above).cast(pl.Int8)
