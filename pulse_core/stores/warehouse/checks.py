"""Checksums of a warehouse, to prove that a rebuild brings back the same rows."""

from __future__ import annotations

from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = load("warehouse")
FACTS = ("order_lines", "events", "visits", "scores", "customer_records", "churn_tables", "applied_batches")


def checksums(reader: Reader, generation: int) -> dict[str, str]:
    """For each table 'rows:checksum', independent of the order of rows; equal sums mean equal rows."""
    schema = f"gen_{generation}"
    derived = [name for (name,) in reader.rows(_SQL["tables_of"], {"schema": schema})]
    tables = [*FACTS, *derived]
    return {
        name: "{}:{}".format(*reader.one(_SQL["checksum_of"], {"table": f"main.{name}"})) for name in tables
    }
