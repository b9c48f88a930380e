"""What pages and commands show of an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import NotFound
from pulse_core.insight import figures
from pulse_core.insight.segments import SEGMENT_NAMES
from pulse_core.stores.warehouse.access import Reader

ORDERS = HEADER + (
    "1,2024-01-01,10,mug\n1,2024-06-30,20.50,mug\n1,2024-06-29,-5,pen\n"
    "2,2024-06-01,7,pen\n2,2024-02-01,8,pen\n3,2024-03-15,100,\n"
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The figures of three customers as of 30 June 2024."""
    shop = Workshop(tmp_path_factory.mktemp("figures"))
    shop.load(ORDERS)
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as opened:
        yield opened
    shop.close()


def test_the_overview_adds_up(reader: Reader) -> None:
    """Totals over all customers, and the last 90 days against the 90 before."""
    seen = figures.overview(reader)
    assert seen.as_of == date(2024, 6, 30)
    assert (seen.customers, seen.repeat_customers, seen.orders) == (3, 2, 5)
    assert seen.revenue == Decimal("140.50")
    assert (seen.now.revenue, seen.now.orders, seen.now.customers) == (Decimal("22.50"), 2, 2)
    assert (seen.now.gross, seen.now.average_order) == (Decimal("27.50"), Decimal("13.75"))
    assert seen.before is not None  # 1 January is no day of these 180
    assert (seen.before.revenue, seen.before.orders) == (Decimal("108.00"), 2)


def test_a_change_needs_a_whole_period_before(shop: Workshop) -> None:
    """Ninety days against a part of ninety would flatter: with 179 days of history there is nothing to compare."""
    shop.load(HEADER + "1,2024-01-03,5,a\n1,2024-06-30,5,a\n")
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        assert figures.overview(reader).before is not None
    shop.add("young")
    shop.load(HEADER + "1,2024-01-04,5,a\n1,2024-06-30,5,a\n", org_id="young")
    shop.refresh("young")
    with shop.warehouses.use("young") as warehouse, warehouse.snapshot() as reader:
        assert figures.overview(reader).before is None


def test_the_overview_of_nothing() -> None:
    """Ninety days without orders have no average order, and no division fails."""
    assert figures.Period().average_order is None


def test_segments_come_in_their_order_with_the_empty_ones(reader: Reader) -> None:
    """Eleven rows always; their customers, shares and revenue add up to those of the organisation."""
    rows = figures.segments(reader)
    assert tuple(row.segment for row in rows) == SEGMENT_NAMES
    assert sum(row.customers for row in rows) == 3
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert sum(row.revenue for row in rows) == Decimal("140.50")
    assert all((row.recency_days is None) == (row.customers == 0) for row in rows)
    assert all(row.action and row.meaning for row in rows)


def test_segments_of_an_empty_organisation(shop: Workshop) -> None:
    """The page of a fresh organisation shows eleven rows of nothing."""
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        assert {(row.customers, row.share) for row in figures.segments(reader)} == {(0, 0.0)}
        seen = figures.overview(reader)
    assert (seen.as_of, seen.customers, seen.revenue, seen.orders) == (None, 0, 0, 0)


@pytest.mark.parametrize("name", figures.TABLES)
def test_every_table_for_a_chart_can_be_read(reader: Reader, name: str) -> None:
    """Each name in TABLES is a query that has rows."""
    assert figures.table(reader, name).num_rows > 0


def test_months_add_up_to_the_revenue(reader: Reader) -> None:
    """The chart and the card tell the same sum; months without orders stand there as 0, not as a gap."""
    months = figures.table(reader, "months").to_pylist()
    assert [str(row["month"])[:7] for row in months] == [f"2024-0{n}" for n in range(1, 7)]
    assert sum(row["revenue"] for row in months) == figures.overview(reader).revenue
    assert all(row["complete"] for row in months)


def test_the_rfm_grid_holds_every_customer(reader: Reader) -> None:
    """Cells of 1 to 5 by 1 to 5, whose customers and revenue add up."""
    cells = figures.table(reader, "rfm_grid").to_pylist()
    assert {row["recency_score"] for row in cells} | {row["value_score"] for row in cells} <= set(range(1, 6))
    assert sum(row["customers"] for row in cells) == 3
    assert sum(row["revenue"] for row in cells) == Decimal("140.50")


def test_products_by_revenue(reader: Reader) -> None:
    """The best seller stands first; returns are taken off."""
    rows = figures.table(reader, "products").to_pylist()
    assert [(row["product"], row["revenue"]) for row in rows] == [
        ("mug", Decimal("30.50")),
        ("pen", Decimal("10.00")),
    ]


def test_a_customer_with_the_latest_orders_first(reader: Reader) -> None:
    """Everything known of one person, returns marked."""
    known = figures.customer(reader, "1")
    assert (known["customer_id"], known["monetary"], known["frequency"]) == ("1", Decimal("25.50"), 2)
    assert [(str(o["ordered_at"])[:10], o["amount"], o["is_return"]) for o in known["orders"]] == [
        ("2024-06-30", Decimal("20.50"), False), ("2024-06-29", Decimal(-5), True), ("2024-01-01", Decimal(10), False),
    ]  # fmt: skip
    assert len(figures.customer(reader, "1", orders=2)["orders"]) == 2


@pytest.mark.parametrize("customer_id", ["4", "", "1' OR '1'='1"])
def test_a_customer_that_does_not_exist(reader: Reader, customer_id: str) -> None:
    """The error names the id; no id is SQL."""
    with pytest.raises(NotFound) as caught:
        figures.customer(reader, customer_id)
    assert repr(customer_id) in caught.value.message
