"""One world of 8,000 customers for all of these tests: making it is part of what they try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pytest

from pulse_core.intake.world.make import World, make_world

LAST_DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Look:
    """A world, and questions about it."""

    world: World
    conn: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of an answer."""
        return self.conn.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of an answer."""
        ((value,),) = self.rows(sql)
        return value

    def auc(self, score: str, outcome: str, source: str) -> float:
        """The probability that `score` is higher where `outcome` holds."""
        return float(
            self.one(
                f"""WITH scored AS (SELECT {score} AS score, {outcome} AS outcome FROM {source}),
                ranked AS (SELECT outcome, rank() OVER (ORDER BY score)
                           + (count(*) OVER (PARTITION BY score) - 1) / 2 AS place FROM scored),
                sums AS (SELECT count(*) FILTER (outcome) AS yes, count(*) FILTER (NOT outcome) AS no,
                         sum(place) FILTER (outcome) AS places FROM ranked)
                SELECT (places - yes * (yes + 1) / 2) / (yes * no) FROM sums"""
            )
        )


def look(world: World) -> Look:
    """A world's files as views."""
    conn = duckdb.connect()
    for name in world.rows:
        conn.execute(f"CREATE VIEW {name} AS FROM '{world.path(name)}'")
    conn.execute("CREATE VIEW purchases AS SELECT *, order_date::DATE AS day FROM orders WHERE quantity > 0")
    return Look(world, conn)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """The world that the tests look at; nobody may change it."""
    world = make_world(tmp_path_factory.mktemp("world"), customers=8_000, seed=7, last_day=LAST_DAY)
    opened = look(world)
    yield opened
    opened.conn.close()
