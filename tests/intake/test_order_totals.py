"""Money that a file says once an order is counted once an order: asked where it may be, never taken for each line's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from workshop import Workshop

from pulse_core.errors import PulseError
from pulse_core.intake import batches, fixing
from pulse_core.intake.order_totals import AmbiguousAmounts
from pulse_core.stores.ledger import imports

REPEATED = (
    "order_id,customer_id,date,product,Order Total\n"
    "A1,ada,2024-01-05,mug,59.90\nA1,ada,2024-01-05,tea,59.90\n"
    "A2,bob,2024-01-06,mug,12.00\n"
    "A3,ada,2024-02-01,pot,80.00\nA3,ada,2024-02-01,tea,80.00\nA3,ada,2024-02-01,cup,80.00\n"
)
FIRST_ONLY = (
    "Name,Email,Created at,Lineitem name,Lineitem quantity,Total\n"
    "#1001,ada@shop.example,2024-01-05,mug,1,59.90\n#1001,ada@shop.example,2024-01-05,tea,2,\n"
    "#1002,bob@shop.example,2024-01-06,mug,1,12.00\n"
    "#1003,ada@shop.example,2024-02-01,pot,1,80.00\n#1003,ada@shop.example,2024-02-01,cup,3,\n"
)
SHOPIFY: dict[str, str | None] = {
    "order_id": "Name", "customer_id": "Email", "ordered_at": "Created at", "product": "Lineitem name",
    "quantity": "Lineitem quantity", "amount": "Total", "name": None, "email": None,
}  # fmt: skip
PRICED = "order_id,customer_id,date,product,quantity,unit_price,total\n"


def asked(shop: Workshop, text: str, **said: Any) -> AmbiguousAmounts | None:
    """The question that a file raises, if it does."""
    try:
        shop.load(text, dry_run=True, answers={"kind": "orders", **said})
    except AmbiguousAmounts as question:
        return question
    return None


def lines(shop: Workshop, what: str = "amount") -> list[Any]:
    """A column of the facts, in the file's order."""
    return [value for (value,) in shop.rows(f"SELECT {what} FROM order_lines ORDER BY file, row")]


def test_a_total_on_each_line_is_asked_about(shop: Workshop) -> None:
    """With how many orders, the first of them with its rows, and what the file comes to either way."""
    question = asked(shop, REPEATED)
    assert question is not None
    assert question.code == "ambiguous_amounts"
    assert "all lines of 2 of 2 orders" in question.message
    assert "(first: order 'A1', rows 2 and 3, 59.90)" in question.message
    told = {key: question.details[key] for key in ("column", "count", "orders", "rows", "example", "sums")}
    assert told == {
        "column": "Order Total", "count": 2, "orders": 2, "rows": [2, 3], "example": "A1",
        "sums": {"order": "151.90", "line": "371.80"},
    }  # fmt: skip


def test_rows_of_the_example_are_those_of_the_file(shop: Workshop) -> None:
    """Blank lines above and between count."""
    head, _, rest = REPEATED.partition("\n")
    question = asked(shop, f"Orders of January\n\n{head}\n\n{rest}")
    assert question is not None
    assert question.details["rows"] == [5, 6]


def test_an_order_that_is_said_counts_once(shop: Workshop) -> None:
    """On its first line, so that all sums are right; its other lines stay, because they name products."""
    report = shop.load(REPEATED, answers={"amounts": "order"})
    assert (report.accepted, report.rejected) == (6, 0)
    assert lines(shop) == [Decimal("59.90"), 0, 12, 80, 0, 0]


def test_lines_that_are_said_count_each(shop: Workshop) -> None:
    """A shop of flat prices."""
    shop.load(REPEATED, answers={"amounts": "line"})
    assert sum(lines(shop)) == Decimal("371.80")


@pytest.mark.parametrize("amounts", ["order", "line"])
def test_the_answer_is_remembered(shop: Workshop, amounts: str) -> None:
    """The next file of the same header asks nothing."""
    shop.load(REPEATED, answers={"amounts": amounts})
    shop.load(REPEATED.replace("2024", "2025"), name="next.csv")
    assert sum(lines(shop)) == 2 * Decimal("151.90" if amounts == "order" else "371.80")


def test_a_total_on_the_first_line_alone_is_asked_about(shop: Workshop) -> None:
    """The other lines are no rejects once it is known that the amount is the order's."""
    question = asked(shop, FIRST_ONLY, columns=SHOPIFY)
    assert question is not None
    assert "one line only of 2 of 2 orders" in question.message
    assert question.details["suggested"] == "order"
    report = shop.load(FIRST_ONLY, answers={"kind": "orders", "columns": SHOPIFY, "amounts": "order"})
    assert (report.accepted, report.rejected) == (5, 0)
    assert lines(shop) == [Decimal("59.90"), 0, 12, 80, 0]


def test_each_line_means_that_a_line_without_amount_is_rejected(shop: Workshop) -> None:
    """What is said is done: the rows are told."""
    report = shop.load(FIRST_ONLY, answers={"kind": "orders", "columns": SHOPIFY, "amounts": "line"})
    assert [(reject.row, reject.reason) for reject in report.rejects] == [(3, "is empty"), (6, "is empty")]


def test_an_order_without_any_amount_is_rejected(shop: Workshop) -> None:
    """Nothing is taken for nought that no line of the order says; an unreadable quantity stays one."""
    text = FIRST_ONLY + (
        "#1004,eve@shop.example,2024-03-01,pot,1,\n#1004,eve@shop.example,2024-03-01,cup,1,\n"
        "#1005,eve@shop.example,2024-03-02,pot,1,9.00\n#1005,eve@shop.example,2024-03-02,cup,few,\n"
        "#1005,eve@shop.example,2024-03-02,mug,1,x\n"
    )
    report = shop.load(text, answers={"kind": "orders", "columns": SHOPIFY, "amounts": "order"})
    assert [(reject.row, reject.column, reject.value, reject.reason) for reject in report.rejects] == [
        (7, "Total", None, "is empty"), (8, "Total", None, "is empty"),
        (10, "Lineitem quantity", "few", "is not a number that fits"), (11, "Total", "x", "is not a number that fits"),
    ]  # fmt: skip
    assert report.rejects[2].cells[3] == "cup"


def test_prices_that_explain_each_line_are_proof(shop: Workshop) -> None:
    """Two mugs and two cups at the same price: the amounts are equal, and they are the lines'."""
    text = (
        PRICED + "A1,ada,2024-01-05,mug,2,5,10\nA1,ada,2024-01-05,cup,2,5,10\nA2,bob,2024-01-05,tea,1,7,7\n"
    )
    assert asked(shop, text) is None


def test_prices_that_explain_the_order_are_evidence(shop: Workshop) -> None:
    """Still asked, because shipping and tax are in it; the lines' sum speaks for the whole order."""
    text = PRICED + (
        "A1,ada,2024-01-05,mug,1,40,63.50\nA1,ada,2024-01-05,cup,2,10,63.50\nA2,bob,2024-01-05,tea,1,7,7\n"
    )
    question = asked(shop, text)
    assert question is not None
    assert question.details["suggested"] == "order"
    assert "quantity × unit price" in question.remedy


def test_an_order_with_prices_is_shared_out_among_its_lines(shop: Workshop) -> None:
    """So that products get their part and the sum is what was paid, to the cent; also where the total stands once."""
    repeated = (
        "A1,ada,2024-01-05,mug,1,40,63.50\nA1,ada,2024-01-05,cup,2,10,63.50\nA2,bob,2024-01-05,tea,1,7,7\n"
    )
    once = "B1,ada,2025-01-05,mug,1,10,10\nB1,ada,2025-01-05,cup,1,10,\nB1,ada,2025-01-05,tea,1,10,\n"
    shop.load(PRICED + repeated + once, answers={"amounts": "order"})
    assert lines(shop) == [Decimal(x) for x in ("42.33", "21.17", "7", "3.34", "3.33", "3.33")]


def test_lines_of_other_days_or_customers_are_other_orders(shop: Workshop) -> None:
    """A contract's number comes back each month with the same amount: twelve payments are no order of twelve lines."""
    months = "".join(f"A1,ada,2024-{month:02}-05,plan,9.90\n" for month in range(1, 13))
    people = "A7,eve,2024-01-05,mug,5.50\nA7,bob,2024-01-05,cup,5.50\n"
    head = "order_id,customer_id,date,product,amount\n"
    assert asked(shop, head + months + people) is None
    shop.load(head + months + people, answers={"amounts": "order"})
    assert sum(lines(shop)) == 12 * Decimal("9.90") + 11


@pytest.mark.parametrize(
    "rows",
    [
        "A1,ada,2024-01-05,mug,5.5\nA1,ada,2024-01-05,cup,7.5\nA2,bob,2024-01-05,mug,5.5\n",
        "A1,ada,2024-01-05,mug,5.5\nA1,ada,2024-01-05,mug,5.5\nA2,bob,2024-01-05,cup,7.5\n",  # the same thing twice
        "A1,ada,2024-01-05,mug,5.5\nA1,ada,2024-01-05,cup,5.5\nA2,bob,2024-01-05,cup,5.5\n",  # all prices are equal
        "A1,ada,2024-01-05,mug,0\nA1,ada,2024-01-05,cup,0\nA2,bob,2024-01-05,cup,5.5\n",  # free of charge
        "A1,ada,2024-01-05,mug,5.5\nA2,ada,2024-01-05,mug,5.5\nA3,bob,2024-01-05,cup,7.5\n",  # whole orders
    ],
)
def test_amounts_of_lines_are_not_asked_about(shop: Workshop, rows: str) -> None:
    """Where lines of an order differ, or agree for another reason."""
    assert asked(shop, "order_id,customer_id,date,product,amount\n" + rows) is None


def test_a_refund_within_an_order_is_not_lost(shop: Workshop) -> None:
    """Each different amount of an order counts once: what is not repeated is not the repeated total."""
    text = REPEATED + "A1,ada,2024-01-05,refund,-20.00\n"
    shop.load(text, answers={"amounts": "order"})
    assert sum(lines(shop)) == Decimal("131.90")
    assert lines(shop, "is_return")[-1] is True


def test_a_rejected_line_does_not_take_the_money_with_it(shop: Workshop) -> None:
    """The first line that is accepted carries the order; the corrected line brings nothing a second time."""
    text = REPEATED.replace("A3,ada,2024-02-01,pot", "A3,ada,2024-13-01,pot")
    report = shop.load(text, answers={"amounts": "order"})
    assert (report.rejected, sum(lines(shop))) == (1, Decimal("151.90"))
    with shop.ledger.read() as conn:
        [batch] = imports.active(conn, "acme")
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        taken = fixing.rejected_csv(reader, batch, shop.home).decode("utf-8-sig")
    again = shop.load(taken.replace("2024-13-01", "2024-02-01"), name="corrected.csv")
    assert (again.accepted, sum(lines(shop))) == (1, Decimal("151.90"))


def test_an_export_that_overlaps_is_recognised(shop: Workshop) -> None:
    """What counts once is compared as it counts."""
    shop.load(REPEATED, answers={"amounts": "order"})
    with pytest.raises(PulseError) as told:
        shop.load(REPEATED + "A4,eve,2024-03-01,mug,5.00\n", name="next.csv")
    assert (told.value.code, told.value.details["count"]) == ("overlapping_rows", 6)


def test_a_late_repetition_is_seen(shop: Workshop) -> None:
    """A file sorted by product has the lines of an order far apart."""
    head = REPEATED.partition("\n")[0] + "\n"
    rows = [f"A{n},c{n},2024-01-05,{thing},{n}.50\n" for thing in ("mug", "tea") for n in range(1, 1500)]
    question = asked(shop, head + "".join(rows))
    assert question is not None
    assert question.details["count"] == 1499


def test_what_is_counted_once_is_the_same_when_made_anew(shop: Workshop) -> None:
    """The batch holds what counts, not how to count it."""
    shop.load(REPEATED, answers={"amounts": "order"})
    before = shop.checksums()
    with shop.warehouses.use("acme") as warehouse:
        batches.rebuild(shop.ledger, warehouse, shop.home)
    assert shop.checksums() == before


def test_the_figures_are_those_of_the_whole_file(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first records only raise the suspicion, also where some of them name no customer."""
    monkeypatch.setattr("pulse_core.intake.order_totals._LOOK", 5)
    question = asked(shop, REPEATED.replace("A2,bob", "A2,"))
    assert question is not None
    assert question.details["sums"] == {"order": "139.90", "line": "359.80"}


def test_one_refunded_order_among_few_does_not_silence_the_question(shop: Workshop) -> None:
    """Four orders repeat their total, the fifth has a refund of its own: the totals would count twice."""
    rows = "".join(f"a{number},{number},2024-01-0{number},{what},{40 + number}\n"
                   for number in range(1, 5) for what in ("mug", "tea"))  # fmt: skip
    rows += "a5,5,2024-01-05,mug,90\na5,5,2024-01-05,refund,-5\n"
    found = asked(shop, "customer,order_id,date,product,amount\n" + rows)
    assert found is not None
    assert found.details["orders"] == 5
