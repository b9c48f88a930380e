"""The file that the benchmarks read: order lines as a shop exports them, the same bytes for the same number of rows."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROWS = 10_000_000
LINES_OF_AN_ORDER = 2
ROWS_OF_A_CUSTOMER = 10
SEED = 8
SECONDS = 3 * 365 * 24 * 3600  # all orders lie within so many from the beginning of 2022

# Every value is drawn from a hash of the row's (or the order's) number, so that any part can be made anew by itself.
# Orders stand in no order of time, as from a database without ORDER BY; nothing is a return, nothing is wrong.
_WRITE = """
COPY (
    WITH lines AS (
        SELECT i // {lines} AS number, hash(i // {lines}, {seed}) AS order_hash, hash(i, {seed}) AS line_hash
        FROM range({rows}) AS numbers(i)
    ), drawn AS (
        SELECT number, order_hash % {customers} AS customer, CAST(order_hash // 1000003 % {seconds} AS BIGINT) AS s,
               line_hash % 5000 AS product, 1 + line_hash // 5003 % 5 AS quantity,
               CAST(line_hash // 10007 % 50000 / 100.0 AS DECIMAL(12, 2)) AS amount
        FROM lines
    )
    SELECT 'o' || number AS order_id, 'c' || lpad(CAST(customer AS VARCHAR), 7, '0') AS customer_id,
           strftime(TIMESTAMP '2022-01-01' + to_seconds(s), '%Y-%m-%d %H:%M:%S') AS order_date,
           'Product ' || product AS product, 'Category ' || product % 40 AS category, quantity, amount
    FROM drawn
) TO '{path}' (FORMAT csv, HEADER)
"""


def write(path: Path, rows: int) -> None:
    """Write the file, streamed to the disk; about 71 bytes a row, ten rows a customer."""
    import duckdb

    customers = max(1, rows // ROWS_OF_A_CUSTOMER)
    with duckdb.connect(config={"memory_limit": "1GiB"}) as connection:
        statement = _WRITE.format(
            rows=rows, customers=customers, lines=LINES_OF_AN_ORDER, seconds=SECONDS, seed=SEED, path=path
        )
        connection.execute(statement)


def write_in_a_process_of_its_own(path: Path, rows: int) -> None:
    """As `write`, so that the process that measures stays small: a child begins with its parent's peak memory."""
    subprocess.run([sys.executable, "-m", "benchmarks.orders", str(path), "--rows", str(rows)], check=True)


def main() -> None:
    """Write the file for a look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    write(options.path, options.rows)


if __name__ == "__main__":
    main()
