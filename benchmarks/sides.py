"""The two sides that must agree: a bare DuckDB script, and Pulse. Each goes from a CSV to stored orders and RFM scores.

A side is a function of the file and an empty folder; it returns the digest of the scores that it came to.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulse_core.jobs import Progress
    from pulse_core.stores.warehouse.access import Writer
    from pulse_core.stores.warehouse.warehouse import Warehouse

Note = Callable[[str], None]

# One row: how many customers there are, and a sum over their ids and scores that does not depend on their order.
DIGEST = """
SELECT count(*) || ':' || sum(hash(customer_id || '/' || recency_score || frequency_score || monetary_score))
FROM customers
"""

# The types in which Pulse stores the same columns.
_TYPED = """
CREATE TABLE order_lines AS
SELECT * FROM read_csv($path, header = TRUE, delim = ',', columns = {
    'order_id': 'VARCHAR', 'customer_id': 'VARCHAR', 'order_date': 'TIMESTAMP', 'product': 'VARCHAR',
    'category': 'VARCHAR', 'quantity': 'DECIMAL(18, 4)', 'amount': 'DECIMAL(18, 4)'})
"""
_SNIFFED = "CREATE TABLE order_lines AS SELECT * FROM read_csv($path)"

_SCORE = """
CREATE TABLE customers AS
WITH totals AS (
    SELECT customer_id, sum(CAST(amount AS DECIMAL(18, 4))) AS monetary, count(DISTINCT order_id) AS frequency,
           CAST(max(order_date) AS DATE) AS last_order_on
    FROM order_lines GROUP BY customer_id
), measured AS (
    SELECT customer_id, monetary, frequency,
           (SELECT CAST(max(order_date) AS DATE) FROM order_lines) - last_order_on AS recency
    FROM totals
), limits AS (
    SELECT quantile_cont(CAST(recency AS DECIMAL(18, 4)), [0.2, 0.4, 0.6, 0.8]) AS r,
           quantile_cont(CAST(frequency AS DECIMAL(18, 4)), [0.2, 0.4, 0.6, 0.8]) AS f,
           quantile_cont(monetary, [0.2, 0.4, 0.6, 0.8]) AS m
    FROM measured
)
SELECT measured.*, 5 - len(list_filter(r, lambda x: recency > x)) AS recency_score,
       1 + len(list_filter(f, lambda x: frequency > x)) AS frequency_score,
       1 + len(list_filter(m, lambda x: monetary > x)) AS monetary_score
FROM measured CROSS JOIN limits
"""


def bare(file: Path, home: Path, note: Note) -> str:
    """Two statements of SQL and nothing else: no checks, no rejects, no import log, no other table."""
    return _bare(_TYPED, file, home)


def bare_sniffed(file: Path, home: Path, note: Note) -> str:
    """The same, with columns and types found out by DuckDB from a sample."""
    return _bare(_SNIFFED, file, home)


def _bare(load: str, file: Path, home: Path) -> str:
    import duckdb

    with duckdb.connect(home / "bare.duckdb") as connection:
        connection.execute(load, {"path": str(file)})
        connection.execute(_SCORE)
        found = connection.execute(DIGEST).fetchone()
    return str(found[0]) if found else ""


def pulse(file: Path, home: Path, note: Note) -> str:
    """An import as the studio does it and those steps of a refresh that the scores need; stores opened and closed."""
    return _pulse(file, home, note, _scores)


def pulse_refreshed(file: Path, home: Path, note: Note) -> str:
    """An import and a whole refresh."""
    from pulse_core.insight.refresh import refresh

    return _pulse(file, home, note, refresh)


def _pulse(file: Path, home: Path, note: Note, compute: Callable[[Warehouse, Progress], object]) -> str:
    from pulse_core import settings
    from pulse_core.intake.imports import Importer
    from pulse_core.stores.ledger import organisations
    from pulse_core.stores.ledger.engine import Ledger
    from pulse_core.stores.warehouse.warehouses import Warehouses

    note("Opening the stores")
    progress = _Noted(note)
    ledger = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}")
    ledger.write(lambda conn: organisations.create(conn, name="Bench", org_id="bench"))
    warehouses = Warehouses(home, memory=settings.load().warehouse_memory())
    with warehouses.use("bench") as warehouse:
        importer = Importer(ledger, warehouse, home)
        importer.run(file, by="benchmark", today=date.today(), progress=progress)
        compute(warehouse, progress)
        note("Digest of the scores")
        with warehouse.snapshot() as reader:
            digest = str(reader.one(DIGEST)[0])
    note("Closing the stores")
    warehouses.close()
    ledger.close()
    return digest


# The steps of a refresh that the scores need, and what the table of customers joins beside them, without rows.
_SCORING = ("customer_totals", "records", "as_of", "thresholds", "churn", "risk_levels", "customers")
_WITHOUT_ROWS = """
CREATE TABLE favourites (customer_id VARCHAR, top_product VARCHAR, top_category VARCHAR);
CREATE TABLE features (customer_id VARCHAR, engagement FLOAT);
CREATE TABLE behaviour (customer_id VARCHAR, score SMALLINT, trend VARCHAR, signals VARCHAR[]);
"""


def _scores(warehouse: Warehouse, progress: Progress) -> None:
    """What a refresh does up to the customers' scores and segments; nothing is learnt of them."""
    from pulse_core.insight.refresh import STEPS, prepare
    from pulse_core.insight.training import TABLES
    from pulse_core.stores.queries import load

    sql = load("insight") | load("segments")

    def build(writer: Writer) -> None:
        prepare(writer)
        writer.script(_WITHOUT_ROWS)
        for (table, _file), schema in TABLES.items():
            writer.create(table, schema.empty_table())
        for name, label in STEPS:
            if name in _SCORING:
                progress.step(label)
                writer.execute(sql[name])

    warehouse.new_generation(build)


class _Noted:
    """Progress that passes on the name of each step."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """The work is at this step now."""
        self._note(name)

    def stoppable(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """Nobody cancels a benchmark."""
        return nullcontext()


def load_pulse() -> None:
    """Import what Pulse's sides need, before the work is measured."""
    import pulse_core.insight.refresh
    import pulse_core.intake.imports
    import pulse_core.settings
    import pulse_core.stores.ledger.sqlite

    pulse_core.stores.ledger.sqlite.library()
