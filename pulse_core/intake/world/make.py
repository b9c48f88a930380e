"""Making a world: files in a folder, a block of customers at a time, so that memory does not grow with its size.

The same seed, size, last day and businesses give the same rows: random numbers come from numpy's PCG64, a stream
for each block and purpose, and figures are rounded before they are written. numpy promises the same draws within one
of its versions, which is why it is pinned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow.parquet as pq

from pulse_core.errors import Invalid
from pulse_core.intake.world import effects, profiles, services, shop
from pulse_core.intake.world.arrays import Ints, generator
from pulse_core.intake.world.people import draw
from pulse_core.intake.world.process import DAYS, MEAN_ORDERS, MEAN_VISITS, expected_orders, live, season_from

CUSTOMERS = 1_000
SEED = 2026
MOST = 9_999_999  # customer numbers have seven digits
BLOCK = 40_000
ECOMMERCE = "ecommerce"
BUSINESSES = (ECOMMERCE, *services.BUSINESSES)
SHOP_FILES = ("customers", "orders", "visits")
TRUTH = "truth"
_LAST_DAYS = (date(1990, 1, 1), date(2199, 12, 31))


class Progress(Protocol):
    """How the work tells where it is; may raise to stop it."""

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done, and how far."""


@dataclass(frozen=True, slots=True)
class World:
    """The files of a world, and how many rows each has."""

    folder: Path
    customers: int
    seed: int
    first_day: date
    last_day: date
    rows: dict[str, int]

    def path(self, name: str) -> Path:
        """A file by its name: customers, orders, visits, telecom_events, banking_events or truth."""
        if name not in self.rows:
            raise Invalid(f"this world has no {name!r}", remedy=f"use one of: {', '.join(self.rows)}")
        return self.folder / f"{name}.parquet"


@dataclass(slots=True)
class _Numbering:
    """Where the numbers of the next block begin."""

    order: int = 1
    session: int = 1


def make_world(
    folder: Path,
    *,
    customers: int = CUSTOMERS,
    seed: int = SEED,
    last_day: date,
    businesses: Sequence[str] = BUSINESSES,
    progress: Progress | None = None,
) -> World:
    """Write the files of a world into `folder`; what lies there under the same names is replaced at the end.

    The shop's three years, and the year of the telecom and the bank, end with `last_day`. Customers are always written.
    When it is stopped or fails, nothing is left or changed. Invalid for a size, seed, day or business that cannot be.
    """
    _check(customers, seed, last_day, businesses)
    first = last_day - timedelta(days=DAYS - 1)
    numbering = _Numbering()
    with _files(folder) as files:
        for start in range(0, customers, BLOCK):
            if progress:
                progress.step("Making the sample world", start, customers)
            number = np.arange(start, min(start + BLOCK, customers))
            for name, table in block(number, customers, seed, first, businesses, numbering):
                files.write(name, table)
    return World(folder, customers, seed, first, last_day, files.rows)


def block(
    number: Ints,
    total: int,
    seed: int,
    first: date,
    businesses: Sequence[str] = BUSINESSES,
    numbering: _Numbering | None = None,
) -> Iterator[tuple[str, Any]]:
    """The tables of the customers of these numbers, out of `total`; the truth comes last."""
    start = int(number[0])
    numbering = numbering or _Numbering()
    people = draw(generator(seed, start, 0), number, total, DAYS, MEAN_ORDERS, MEAN_VISITS)
    season = season_from(first)
    life, orders, visits = live(people, season, generator(seed, start, 1))
    sales = shop.sell(people, orders, generator(seed, start, 2))
    rng = generator(seed, start, 3)
    pain = profiles.pains(people, sales, rng)
    yield "customers", profiles.customers_table(people, sales, pain, first, rng)
    if ECOMMERCE in businesses:
        yield "orders", shop.orders_table(people, sales, first, numbering.order)
        log = shop.visits_table(people, visits, sales, first, numbering.session, generator(seed, start, 4))
        yield "visits", log
        numbering.order += len(sales)
        numbering.session += log.num_rows
    expected = expected_orders(people, life, season)
    truth = effects.truth_table(people, life, expected, pain, first, generator(seed, start, 5))
    for key, (name, business) in enumerate(services.BUSINESSES.items(), 6):
        if name in businesses:
            events, columns = services.serve(business, number, total, first, generator(seed, start, key))
            yield f"{name}_events", events
            for header, values in columns.items():
                truth = truth.append_column(header, values)
    yield TRUTH, truth


class _Files:
    """Parquet files that grow block by block, under other names until all are whole."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._stack = stack
        self._writers: dict[str, Any] = {}

    def draft(self, name: str) -> Path:
        """Where a file grows."""
        return self._folder / f"{name}.parquet.draft"

    def write(self, name: str, table: Any) -> None:
        """Add rows to a file."""
        if name not in self._writers:
            opened = pq.ParquetWriter(self.draft(name), table.schema, compression="snappy")
            self._writers[name] = self._stack.enter_context(opened)
            self.rows[name] = 0
        self._writers[name].write_table(table)
        self.rows[name] += table.num_rows


@contextmanager
def _files(folder: Path) -> Iterator[_Files]:
    """Files that appear together when the block ends well, and not at all when it does not."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = _Files(folder, stack)
        try:
            yield files
            stack.close()
        except BaseException:
            stack.close()
            for name in files.rows:
                files.draft(name).unlink(missing_ok=True)
            raise
    for name in files.rows:
        files.draft(name).replace(folder / f"{name}.parquet")


def _check(customers: int, seed: int, last_day: date, businesses: Sequence[str]) -> None:
    if not 1 <= customers <= MOST:
        raise Invalid(f"a world cannot have {customers} customers", remedy=f"choose from 1 to {MOST}")
    if seed < 0:
        raise Invalid(f"{seed} is no seed", remedy="choose a whole number from 0")
    if not _LAST_DAYS[0] <= last_day <= _LAST_DAYS[1]:
        raise Invalid(f"a world cannot end on {last_day}", remedy="choose a day from 1990 to 2199")
    for name in businesses:
        if name not in BUSINESSES:
            raise Invalid(f"{name!r} is no business", remedy=f"use one of: {', '.join(BUSINESSES)}")
