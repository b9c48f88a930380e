"""What pages show of risk and value, over tables as a refresh leaves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal

import pyarrow as pa
import pytest
from workshop import HEADER, Workshop

from pulse_core.charts.chart import all_charts
from pulse_core.insight import outlook
from pulse_core.stores.warehouse.access import Reader, Writer
from pulse_core.words import Words

ORDERS = """\
a,2024-06-01,1,mug
b,2023-01-01,9000,mug
b,2024-06-02,520.25,mug
b,2024-06-02,-20,mug
c,2024-06-03,70,mug
d,2024-06-04,10,mug
"""
RISKS = {"churn_probability": [0.9, 0.61, 0.3, None], "risk_level": ["Critical", "High", "Medium", None]}
REASONS = {
    "customer_id": ["a", "b", "c"],
    "reasons": [["recency+"], ["spend+", "trend+"], None],
    "source": ["model", "model", "file"],
}
CLV = {
    "customer_id": ["a", "b", "c", "d"],
    "expected_orders": [1.0, 2.0, 3.0, 4.0],
    "expected_spend": [1.0, 2.0, 3.0, 4.0],
    "clv": [10.0, 20.0, 30.0, 940.0],
    "clv_low": [5.0, 10.0, 15.0, 500.0],
    "clv_high": [20.0, 40.0, 60.0, 2000.0],
}


@pytest.fixture
def seen(shop: Workshop) -> Workshop:
    """Four customers with risks and values that can be told by heart; nothing is known of what `d` will do."""
    shop.load(HEADER + ORDERS)
    shop.refresh()
    _replace(shop, "churn", pa.table(REASONS))
    _replace(shop, "clv", pa.table(CLV))
    _replace(shop, "customers", _with(shop, "customers", RISKS))
    return shop


def _with(shop: Workshop, name: str, columns: Mapping[str, Sequence[object]]) -> pa.Table:
    """A table that the refresh made, with other values in some columns."""
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        made = reader.table(f"SELECT * FROM {name} ORDER BY customer_id")
    for column, values in columns.items():
        field = made.schema.field(column)
        made = made.set_column(made.schema.get_field_index(column), field, pa.array(values, field.type))
    return made


def _replace(shop: Workshop, name: str, table: pa.Table) -> None:
    def work(writer: Writer) -> None:
        writer.create(f"made_{name}", table)
        writer.execute(f"CREATE OR REPLACE VIEW main.{name} AS SELECT * FROM made_{name}")

    with shop.warehouses.use("acme") as warehouse:
        warehouse.write(work)


@contextmanager
def _reading(shop: Workshop) -> Iterator[Reader]:
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        yield reader


def test_at_risk_are_high_and_critical(seen: Workshop) -> None:
    """Who has no probability is neither counted nor at risk; the money is that of the last 365 days."""
    with _reading(seen) as reader:
        found = outlook.together(outlook.leaving(reader))
    assert (found.customers, found.at_risk, found.from_file) == (3, 2, 1)
    assert found.spend_at_risk == Decimal("501.25")
    assert found.share == pytest.approx(2 / 3)
    assert found.spend_each == Decimal(251)


def test_levels_and_groups_fit_their_charts(seen: Workshop) -> None:
    """Pages hand these tables to the charts as they are."""
    with _reading(seen) as reader:
        levels = outlook.leaving(reader)
        assert {row["risk_level"]: row["customers"] for row in levels.to_pylist()} == {
            "Critical": 1,
            "High": 1,
            "Medium": 1,
        }
        assert all_charts()["risk_levels"](levels, Words()).figure["data"][0]["x"]
        for grouping in ("lifecycle_group", "segment"):
            spread = outlook.worth_by(reader, grouping)  # type: ignore[arg-type]
            assert sum(row["total"] for row in spread.to_pylist()) == 1000
            assert all_charts()["clv_distribution"](spread, Words()).figure["data"]


@pytest.mark.parametrize(("at", "customers"), [(0.0, 3), (0.3, 3), (0.61, 2), (0.62, 1), (0.91, 0)])
def test_the_threshold_itself_counts(seen: Workshop, at: float, customers: int) -> None:
    """'At or above' as the segment that is written to asks for it, so that both count the same."""
    with _reading(seen) as reader:
        assert outlook.at_or_above(reader, at) == customers


def test_the_most_at_risk_come_first_by_chance_or_by_money(seen: Workshop) -> None:
    """By risk everybody; by money only those at risk, or customers who spend much and stay would lead the list."""
    with _reading(seen) as reader:
        by_risk = outlook.most_at_risk(reader, limit=10)
        by_money = outlook.most_at_risk(reader, limit=10, by_money=True)
        assert len(outlook.most_at_risk(reader, limit=1)) == 1
    assert [row["customer_id"] for row in by_risk] == ["a", "b", "c"]
    assert [row["customer_id"] for row in by_money] == ["b", "a"]
    assert by_money[0]["reasons"] == ["spend+", "trend+"]
    assert by_money[0]["recency_days"] == 2  # what its reasons tell of stands beside them


def test_expected_values_add_up(seen: Workshop) -> None:
    """The whole, the average, and how much hangs on the tenth with the highest values."""
    with _reading(seen) as reader:
        found = outlook.worth(reader)
        highest = outlook.most_worth(reader, limit=2).to_pylist()
    assert (found.customers, found.clv, found.expected_spend) == (4, 1000, 10)
    assert (found.each, found.top_share) == (250, 0.94)
    assert [(row["customer_id"], row["clv_low"], row["clv_high"]) for row in highest] == [
        ("d", 500, 2000),
        ("c", 15, 60),
    ]


def test_without_a_usable_model_there_is_nothing(shop: Workshop) -> None:
    """Empty tables give zeros and no rows, never a made-up share."""
    shop.load(HEADER + ORDERS)
    shop.refresh()
    with _reading(shop) as reader:
        levels, worth = outlook.leaving(reader), outlook.worth(reader)
        who = outlook.together(levels)
        assert levels.num_rows == outlook.most_worth(reader, limit=5).num_rows == 0
        assert outlook.most_at_risk(reader, limit=5) == []
    assert (who.customers, who.at_risk, who.share, who.spend_each) == (0, 0, None, 1)
    assert (worth.customers, worth.each, worth.top_share) == (0, None, None)
