"""A row that sums up the rows above it is no purchase, also where it carries a date."""

from __future__ import annotations

import pytest
from workshop import Workshop

from pulse_core.intake import batches
from pulse_core.stores.ledger import imports

HEAD = "customer,date,product,order_id,amount\n"
ROWS = "ada,2024-01-05,mug,a1,10.10\nbob,2024-01-06,tea,a2,20.20\nada,2024-01-07,cup,a3,-5.00\n"


@pytest.mark.parametrize(
    "row",
    [
        "Total,2024-01-31,,,25.30",
        "TOTAL:,2024-01-31,,,25.30",
        "Grand Total,2024-01-31,,,25.3",
        "ada,2024-01-31,subtotal,,25.30",
        "ada,2024-01-31,,Sum,25.30",
    ],
)
def test_a_totals_row_with_a_date_is_set_aside(shop: Workshop, row: str) -> None:
    """It says so in a cell, and its amount is the sum: nobody called Total bought everything again."""
    report = shop.load(HEAD + ROWS + row + "\n")
    assert (report.rows, report.accepted, report.set_aside) == (4, 3, {"totals": 1})
    assert str(report.last_day) == "2024-01-07"
    assert shop.rows("SELECT CAST(sum(amount) AS DOUBLE) FROM order_lines") == [(25.3,)]


def test_what_is_set_aside_keeps_its_cells(shop: Workshop) -> None:
    """It can be taken away and looked at, under the row that it has in the file."""
    shop.load(HEAD + ROWS + "Total,2024-01-31,,,25.30\n")
    with shop.ledger.read() as conn:
        [batch] = imports.active(conn, "acme")
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        [row] = batches.rejects(reader, batch, shop.home)
    assert (row.row, row.reason) == (5, "set aside: sum up other rows")
    assert row.cells == ("Total", "2024-01-31", None, None, "25.30")


def test_a_customer_called_total_stays(shop: Workshop) -> None:
    """A name is no proof: the amount must be the sum of the rows above."""
    report = shop.load(HEAD + ROWS + "Total,2024-01-31,,,25.40\n")
    assert (report.accepted, report.set_aside) == (4, {})


def test_subtotals_and_the_total_of_all(shop: Workshop) -> None:
    """Each sums up what stands since the last, the last one everything."""
    text = (
        HEAD + ROWS + "Subtotal,2024-01-31,,,25.30\neve,2024-02-01,pot,a4,7.00\neve,2024-02-02,pot,a5,8.00\n"
    )
    report = shop.load(text + "Subtotal,2024-02-28,,,15.00\nTotal,2024-02-28,,,40.30\n")
    assert (report.accepted, report.set_aside) == (5, {"totals": 3})


def test_a_total_counts_rows_that_are_left_out(shop: Workshop) -> None:
    """Who made the sum did not know what Pulse would not take."""
    text = HEAD + ROWS + ",2024-01-08,mug,a6,1.00\nbob,soon,mug,a7,2.00\nTotal,2024-01-31,,,28.30\n"
    report = shop.load(text)
    assert (report.accepted, report.rejected) == (3, 1)
    assert report.set_aside == {"no_customer": 1, "totals": 1}


def test_a_total_of_whole_orders(shop: Workshop) -> None:
    """The sum is that of what counts."""
    text = (
        HEAD
        + "ada,2024-01-05,mug,a1,10\nada,2024-01-05,tea,a1,10\nbob,2024-01-06,tea,a2,20\nTotal,2024-01-31,,,30\n"
    )
    report = shop.load(text, answers={"amounts": "order"})
    assert (report.accepted, report.set_aside) == (3, {"totals": 1})


def test_a_sum_of_lines_that_repeat_the_orders_amount_is_set_aside_too(shop: Workshop) -> None:
    """The last row adds up what stands above it, also where an amount counts once an order."""
    rows = "".join(f"{who},2024-01-0{day},{what},{who}1,{amount}\n"
                   for who, day, amount in (("ada", 5, 50), ("bob", 6, 30)) for what in ("mug", "tea"))  # fmt: skip
    shop.load(HEAD + rows + "Total,2024-01-31,,,160\n", answers={"amounts": "order"})
    assert shop.rows("SELECT CAST(sum(amount) AS DOUBLE) FROM order_lines") == [(80.0,)]
