"""Figures as of a day of the past, and with a horizon that a person chose."""

from __future__ import annotations

from datetime import date

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import Invalid
from pulse_core.insight.choices import Choices, choose, chosen, of_words
from pulse_core.insight.refresh import STEPS, is_current, refresh
from pulse_core.jobs import Silent

BEFORE = [
    "1,2024-01-01,5,a",
    "1,2024-02-11,7,b",
    "2,2024-02-29,-3,a",
    "3,2024-03-01,9,c",
]
AFTER = ["1,2024-03-02,100,z", "4,2024-05-01,8,a"]
DAY = date(2024, 3, 1)


def lines(rows: list[str]) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def figures(shop: Workshop, org_id: str, choices: Choices) -> dict[str, str]:
    """A checksum of each derived table."""
    with shop.warehouses.use(org_id) as warehouse:
        refresh(warehouse, Silent(), choices)
        assert is_current(warehouse, choices)
        assert is_current(warehouse) is (choices == Choices())
    sums = shop.checksums(org_id)
    return {name: sums[name] for name, _ in STEPS if name in sums}


def test_as_of_a_day_nothing_after_it_is_known(shop: Workshop) -> None:
    """The figures as of a day are those that a file that ends with that day gives, table by table."""
    shop.load(lines([*BEFORE, *AFTER]))
    shop.add("cut")
    shop.load(lines(BEFORE), org_id="cut")
    assert figures(shop, shop.org_id, Choices(as_of=DAY)) == figures(shop, "cut", Choices())
    assert shop.rows("SELECT max(last_order_on) FROM customers") == [(DAY,)]
    assert figures(shop, shop.org_id, Choices()) != figures(shop, "cut", Choices())


def test_a_day_without_orders_is_counted_from_all_the_same(shop: Workshop) -> None:
    """Somebody who asks for the end of a month gets that day, and not the last order before it."""
    shop.load(lines(BEFORE))
    figures(shop, shop.org_id, Choices(as_of=date(2024, 3, 31)))
    assert shop.rows("SELECT recency_days FROM customers WHERE customer_id = '3'") == [(30,)]


def test_a_chosen_horizon_takes_the_place_of_the_measured_one(shop: Workshop) -> None:
    """An analyst knows the rhythm of the business better than the gaps between orders tell."""
    shop.load(lines(BEFORE))
    figures(shop, shop.org_id, Choices(horizon_days=91))
    assert shop.rows("SELECT days FROM horizon") == [(91,)]


def test_the_choice_of_an_organisation_is_kept(shop: Workshop) -> None:
    """An import refreshes by what was chosen last; a neighbour chose nothing."""
    made = Choices(DAY, 45)
    shop.ledger.write(lambda conn: choose(conn, shop.org_id, made))
    shop.add("other")
    with shop.ledger.read() as conn:
        assert chosen(conn, shop.org_id) == made
        assert chosen(conn, "other") == Choices()


def test_words_that_say_nothing_usable_are_refused() -> None:
    """A slip of the pen is told with the way to write it."""
    assert of_words(None, None) == Choices()
    assert of_words("2024-03-01", 45) == Choices(DAY, 45)
    with pytest.raises(Invalid, match="'March' is no day: write it as 2011-09-10"):
        of_words("March", None)
    with pytest.raises(Invalid, match="a horizon of 0 days cannot be used: choose one from 1 to 730 days"):
        of_words(None, 0)
