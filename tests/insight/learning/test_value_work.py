"""Values of customers from files to files, as the child process of a refresh makes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workshop import Workshop

from pulse_core.insight import past
from pulse_core.insight.evaluating import evaluate
from pulse_core.insight.learning import files, value_work
from pulse_core.insight.learning.value_packing import KIND, unpacked
from pulse_core.insight.training import TABLES
from pulse_core.intake.world.make import make_world
from pulse_core.jobs import Silent

LAST = date(2026, 10, 31)
HORIZON = 91


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The sample world's shop."""
    folder = tmp_path_factory.mktemp("world")
    make_world(folder, customers=1500, seed=11, last_day=LAST, businesses=("ecommerce",))
    made = Workshop(tmp_path_factory.mktemp("home"))
    made.load(folder / "orders.parquet")
    made.refresh()
    yield made
    made.close()


@pytest.fixture(scope="module")
def work(shop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that a refresh hands over."""
    folder = tmp_path_factory.mktemp("work")
    with shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
        past.write_present(writer, folder, LAST)
        past.write_past(writer, folder, [LAST - timedelta(HORIZON * back) for back in (1, 2, 3)], HORIZON)
    return folder


def days(count: int) -> list[str]:
    """The newest cut-offs."""
    return [(LAST - timedelta(HORIZON * back)).isoformat() for back in range(1, count + 1)]


def test_everybody_gets_a_value(work: Path) -> None:
    """A row for each customer in the order of the snapshot, as the warehouse takes it, and the model that made it."""
    verdict, told = value_work.learn(work, days(3), HORIZON, work / "value.model")
    made = pq.read_table(work / "clv.parquet")
    assert verdict == "usable"
    assert made.schema == TABLES["clv", "clv.parquet"]
    assert made["customer_id"].equals(pq.read_table(work / "present.parquet")["customer_id"])
    values = {name: made[name].to_numpy() for name in made.column_names[1:]}
    assert (values["clv_low"] <= values["clv"]).all()
    assert (values["clv"] <= values["clv_high"]).all()
    assert unpacked(files.read(work / "value.model", KIND)).chosen == told["chosen"]
    assert (told["split"], told["learnt_from"]) == ("time", days(3))
    assert sum(row["customers"] for row in told["deciles"]) == told["customers"]


def test_the_size_of_a_chunk_does_not_matter(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers that are read in pieces get the values that they get together."""
    value_work.learn(work, days(2), HORIZON, work / "value.model")
    whole = pq.read_table(work / "clv.parquet")
    monkeypatch.setattr(value_work, "CHUNK", 100)
    value_work.learn(work, days(2), HORIZON, work / "value.model")
    for name in whole.column_names[1:]:
        assert pq.read_table(work / "clv.parquet")[name].to_numpy() == pytest.approx(whole[name].to_numpy())


def test_shuffled_outcomes_are_not_published(work: Path, tmp_path: Path) -> None:
    """Where what came after has nothing to do with the customer, there is no file of values and no model."""
    for day in days(2):
        table = pq.read_table(work / f"{day}.parquet")
        order = pa.array(np.random.default_rng(3).permutation(table.num_rows))
        for name in ("orders_after", "spend_after"):
            table = table.set_column(table.column_names.index(name), name, table[name].take(order))
        pq.write_table(table, tmp_path / f"{day}.parquet")
    verdict, told = value_work.learn(tmp_path, days(2), HORIZON, tmp_path / "value.model")
    assert (verdict, set(told["models"])) == ("no usable signal", {"mean", "bgnbd", "pulse"})
    assert not list(tmp_path.glob("*.model")) + list(tmp_path.glob("clv*"))


def test_a_short_history_is_too_little(work: Path, tmp_path: Path) -> None:
    """No cut-off whose horizon is over, or a handful of customers: a verdict, no error."""
    assert value_work.learn(work, [], HORIZON, work / "none.model") == ("too little data", {})
    pq.write_table(
        pq.read_table(work / f"{days(1)[0]}.parquet").slice(0, 49), tmp_path / f"{days(1)[0]}.parquet"
    )
    assert value_work.evaluate(tmp_path, days(1)[0], [], HORIZON) is None


def test_evaluate_tells_of_value(shop: Workshop) -> None:
    """An evaluation holds the metrics of the model that was chosen then, and of all by name."""
    with shop.warehouses.use("acme") as warehouse:
        clv = evaluate(warehouse, Silent(), horizon_days=HORIZON)["clv"]
    assert {"mae", "rmse", "spearman", "total_ratio", "top_decile"} < set(clv)
    assert clv["models"][clv["chosen"]]["mae"] == clv["mae"]
