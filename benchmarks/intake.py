"""How much does Pulse's import and refresh cost beside the bare engine? Run it with `make bench`.

Both sides read the Online Retail sample that ships with Pulse, put the same columns in the same types into a DuckDB
file, and score every customer. Each measurement is a fresh process that does the work once; both must come to the
same scores, or the benchmark stops.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

SAMPLE = Path(__file__).parent.parent / "data" / "online_retail.csv.gz"
ROUNDS = 7
MEMORY = 1024**3
COLUMNS = {"work": "CPU s, work", "process": "CPU s, process", "wall": "Wall s", "peak_mib": "Peak MiB"}

# One row: how many customers there are, and a sum over their ids and scores that does not depend on their order.
DIGEST = """
SELECT count(*) || ':' || sum(hash(customer_id || '/' || recency_score || frequency_score || monetary_score))
FROM {table}
"""

LOAD = """
CREATE TABLE order_lines AS
SELECT row_number() OVER () AS row, trim(CustomerID) AS customer_id, InvoiceDate AS ordered_at, InvoiceNo AS order_id,
       CAST(Quantity * UnitPrice AS DECIMAL(18, 4)) AS amount, Quantity AS quantity,
       nullif(trim(Description), '') AS product, nullif(trim(Country), '') AS country,
       Quantity < 0 OR UnitPrice < 0 OR starts_with(InvoiceNo, 'C') AS is_return
FROM read_csv($path, header = TRUE, delim = ',', columns = {
         'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR', 'Description': 'VARCHAR', 'Quantity': 'DECIMAL(18, 4)',
         'InvoiceDate': 'TIMESTAMP', 'UnitPrice': 'DECIMAL(18, 4)', 'CustomerID': 'VARCHAR', 'Country': 'VARCHAR'})
WHERE coalesce(trim(CustomerID), '') <> ''
"""

SCORE = """
CREATE TABLE customers AS
WITH totals AS (
    SELECT customer_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS monetary,
           count(DISTINCT order_id) FILTER (WHERE NOT is_return) AS frequency,
           CAST(coalesce(max(ordered_at) FILTER (WHERE NOT is_return), max(ordered_at)) AS DATE) AS last_order_on
    FROM order_lines GROUP BY customer_id
), measured AS (
    SELECT *, (SELECT CAST(max(ordered_at) AS DATE) FROM order_lines) - last_order_on AS recency FROM totals
), limits AS (
    SELECT quantile_cont(CAST(recency AS DECIMAL(18, 2)), [0.2, 0.4, 0.6, 0.8]) AS r,
           quantile_cont(CAST(frequency AS DECIMAL(18, 2)), [0.2, 0.4, 0.6, 0.8]) AS f,
           quantile_cont(monetary, [0.2, 0.4, 0.6, 0.8]) AS m
    FROM measured
)
SELECT measured.*, 5 - len(list_filter(r, lambda x: recency > x)) AS recency_score,
       1 + len(list_filter(f, lambda x: frequency > x)) AS frequency_score,
       1 + len(list_filter(m, lambda x: monetary > x)) AS monetary_score
FROM measured CROSS JOIN limits
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process needed. `work` leaves out the start of Python and its imports; `process` counts all."""

    work: float
    process: float
    wall: float
    peak_mib: float
    digest: str


def bare(home: Path) -> str:
    """Two statements of SQL and nothing else: no checks, no rejects, no import log, no second table."""
    import duckdb

    connection = duckdb.connect(home / "bare.duckdb")
    connection.execute(LOAD, {"path": str(SAMPLE)})
    connection.execute(SCORE)
    found = connection.execute(DIGEST.format(table="customers")).fetchone()
    connection.close()
    return str(found[0]) if found else ""


class Steps:
    """Progress that notes the processor time at which each step of the work began."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """The work is at this step now."""
        self.begun.append((name, _cpu()))

    def stoppable(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """Nobody cancels a benchmark."""
        return nullcontext()

    def costs(self) -> dict[str, float]:
        """CPU seconds of each step, to the beginning of the next or until now."""
        ends = [at for _, at in self.begun[1:]] + [_cpu()]
        return {name: end - at for (name, at), end in zip(self.begun, ends, strict=True)}


def pulse(home: Path, steps: Steps | None = None) -> str:
    """An import and a refresh as the studio does them, stores opened and closed included."""
    progress = steps or Steps()
    from pulse_core.insight.refresh import refresh
    from pulse_core.intake.imports import Importer
    from pulse_core.stores.ledger import organisations
    from pulse_core.stores.ledger.engine import Ledger
    from pulse_core.stores.warehouse.warehouses import Warehouses

    ledger = Ledger.open(f"sqlite:///{home / 'ledger.sqlite'}")
    ledger.write(lambda conn: organisations.create(conn, name="Bench", org_id="bench"))
    warehouses = Warehouses(home, memory=MEMORY)
    with warehouses.use("bench") as warehouse:
        importer = Importer(ledger, warehouse, home)
        importer.run(SAMPLE, by="benchmark", today=datetime.now().astimezone().date(), progress=progress)
        refresh(warehouse, progress)
        with warehouse.snapshot() as reader:
            digest = str(reader.one(DIGEST.format(table="customers"))[0])
    warehouses.close()
    ledger.close()
    return digest


SIDES: dict[str, tuple[str, Callable[[Path], str]]] = {
    "bare": ("Bare DuckDB: load and score", bare),
    "pulse": ("Pulse: import and refresh", pulse),
}


def measure(side: str) -> Cost:
    """Do one side's work once in this process, and say what it took."""
    _load(side)
    with tempfile.TemporaryDirectory() as folder:
        before, started = _cpu(), time.perf_counter()
        digest = SIDES[side][1](Path(folder))
        work, wall = _cpu() - before, time.perf_counter() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    mib = peak / (1024**2 if sys.platform == "darwin" else 1024)  # bytes there, KiB elsewhere
    return Cost(work=work, process=_cpu(), wall=wall, peak_mib=mib, digest=digest)


def compare(rounds: int) -> str:
    """Medians of some rounds, the two sides in turn, as a small table."""
    found: dict[str, list[Cost]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side, costs in found.items():
            costs.append(_in_a_process_of_its_own(side))
    digests = {cost.digest for costs in found.values() for cost in costs}
    if len(digests) != 1:
        sys.exit(f"the two sides do not agree on the scores: {', '.join(sorted(digests))}")
    medians = {side: [_median(costs, key) for key in COLUMNS] for side, costs in found.items()}
    ratios = [ours / bare for ours, bare in zip(medians["pulse"], medians["bare"], strict=True)]
    lines = [
        _line(f"Medians of {rounds} rounds", list(COLUMNS.values()), "{}"),
        *(_line(SIDES[side][0], values, "{:.2f}") for side, values in medians.items()),
        _line("Ratio", ratios, "{:.1f} ×"),
        f"Both sides gave the same scores to {int(digests.pop().split(':')[0]):,} customers.",
    ]
    return "\n".join(lines)


def each_step(rounds: int) -> str:
    """Medians of what each step of Pulse's side takes, in this process; the first round warms up and is left out."""
    _load("pulse")
    found: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            progress = Steps()
            pulse(Path(folder), progress)
        for name, seconds in progress.costs().items() if number else ():
            found.setdefault(name, []).append(seconds)
    lines = [f"{name:32}{median(seconds):>8.2f}" for name, seconds in found.items()]
    return "\n".join([f"CPU s, medians of {rounds} rounds", *lines])


def _line(label: str, values: Sequence[object], form: str) -> str:
    return f"{label:28}" + "".join(f"{form.format(value):>16}" for value in values)


def _median(costs: list[Cost], key: str) -> float:
    return median(float(getattr(cost, key)) for cost in costs)


def _in_a_process_of_its_own(side: str) -> Cost:
    command = [sys.executable, "-m", "benchmarks.intake", "--side", side]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(done.stdout))


def _cpu() -> float:
    """Seconds of processor time of this process so far: all its threads and its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _load(side: str) -> None:
    """Import what the side needs, before the work is measured."""
    import duckdb  # noqa: F401

    if side == "pulse":
        import pulse_core.insight.refresh
        import pulse_core.intake.imports
        import pulse_core.stores.ledger.sqlite

        pulse_core.stores.ledger.sqlite.library()


def main() -> None:
    """Measure one side for the parent process, or compare both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="fresh processes for each side")
    parser.add_argument("--side", choices=SIDES, help="measure one side once and print it as JSON")
    parser.add_argument("--steps", action="store_true", help="show what each step of Pulse's side takes")
    options = parser.parse_args()
    if options.side:
        print(json.dumps(asdict(measure(options.side))))
    else:
        print((each_step if options.steps else compare)(options.rounds))


if __name__ == "__main__":
    main()
