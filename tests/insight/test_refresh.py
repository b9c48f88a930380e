"""A refresh against a plain computation of the same figures."""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workshop import HEADER, ONLINE_RETAIL, Workshop

from insight.plain import points
from pulse_core.errors import Cancelled
from pulse_core.insight import refresh as module
from pulse_core.insight.choices import Choices
from pulse_core.insight.refresh import STEPS, is_current, recipe, refresh
from pulse_core.insight.risk import RiskBounds
from pulse_core.insight.segments import SEGMENT_NAMES, SEGMENT_RULES
from pulse_core.jobs import Silent
from pulse_core.stores.queries import load

CENT = Decimal("0.01")
MEASURES = {"recency_days": "recency_score", "frequency": "frequency_score", "monetary": "monetary_score"}


@dataclass(frozen=True)
class Order:
    """One order of one line."""

    customer: str
    day: date
    cents: int

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.customer},{self.day},{Decimal(self.cents) / 100},mug\n"


def plainly(orders: list[Order]) -> dict[str, dict[str, Any]]:
    """Each customer's figures, computed from the rules as DESIGN states them."""
    now = max(order.day for order in orders)
    totals: dict[str, dict[str, Any]] = {}
    for name in {order.customer for order in orders}:
        own = [order for order in orders if order.customer == name]
        bought = [order.day for order in own if order.cents >= 0]
        totals[name] = {
            "recency_days": (now - max(bought)).days if bought else None,
            "frequency": len({order.day for order in own if order.cents >= 0}),
            "monetary": Decimal(sum(order.cents for order in own)) / 100,
            "tenure_days": (now - min(bought)).days if bought else None,
        }
    for measure, key in MEASURES.items():
        cuts = points([Fraction(t[measure]) for t in totals.values() if t[measure] is not None])
        for total in totals.values():
            if total[measure] is None:  # who never ordered anything is as far away as can be
                total[key] = 1
                continue
            above = sum(Fraction(total[measure]) > cut for cut in cuts)
            total[key] = 5 - above if measure == "recency_days" else 1 + above
    for total in totals.values():
        total["value_score"] = Decimal(total["frequency_score"] + total["monetary_score"]) / 2
        total["rfm_segment"] = next(
            rule.segment
            for rule in SEGMENT_RULES
            if rule.recency_low <= total["recency_score"] <= rule.recency_high
            and rule.value_low <= total["value_score"] <= rule.value_high
            and rule.churn_low == 0
        )
    return totals


def found(shop: Workshop, org_id: str | None = None) -> dict[str, dict[str, Any]]:
    """Each customer's figures as the warehouse has them."""
    with shop.warehouses.use(org_id or shop.org_id) as warehouse, warehouse.snapshot() as reader:
        rows = reader.table("SELECT * FROM customers").to_pylist()
    assert len({row["customer_id"] for row in rows}) == len(rows)
    return {row["customer_id"]: row for row in rows}


def check(shop: Workshop, orders: list[Order], org_id: str) -> None:
    """Load the orders into an organisation of their own and compare with the plain computation."""
    shop.add(org_id)
    shop.load(HEADER + "".join(order.line for order in orders), org_id=org_id)
    shop.refresh(org_id)
    expected, rows = plainly(orders), found(shop, org_id)
    assert set(rows) == set(expected)
    for name, total in expected.items():
        assert {key: rows[name][key] for key in total} == total, name


ORDERS = st.lists(
    st.builds(
        Order,
        st.sampled_from([f"c{number}" for number in range(12)]),
        st.integers(0, 400).map(lambda days: date(2024, 1, 1) + timedelta(days)),
        st.integers(-5_000, 20_000),
    ),
    min_size=1,
    max_size=60,
)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One home folder for all examples; each is an organisation of its own."""
    opened = Workshop(Path(tmp_path_factory.mktemp("scores")))
    yield opened
    opened.close()


NUMBERS = iter(range(1_000_000))


@settings(deadline=None, max_examples=15)
@example(
    orders=[Order("c0", date(2024, 1, 1), 0), Order("c1", date(2024, 1, 1), -1)]
)  # a point between cents
@given(orders=ORDERS)
def test_scores_and_segments_of_any_orders(many: Workshop, orders: list[Order]) -> None:
    """Recency, frequency, net money, thresholds, scores and segment agree with the plain computation."""
    check(many, orders, f"shop-{next(NUMBERS)}")


@pytest.mark.parametrize("seed", range(3))
def test_scores_and_segments_of_a_thousand_customers(shop: Workshop, seed: int) -> None:
    """The same on a size where all segments occur, with many equal values."""
    dice = random.Random(seed)
    orders = [
        Order(
            f"c{int(dice.paretovariate(0.6)) % 1000}",
            date(2024, 1, 1) + timedelta(dice.randrange(400)),
            cents,
        )
        for cents in (dice.choice([500, 999, 1999, -500, dice.randrange(50_000)]) for _ in range(6_000))
    ]
    check(shop, orders, "thousand")


def test_equal_values_get_equal_scores(shop: Workshop) -> None:
    """Two customers who did the same are never told apart by chance, as an ntile would."""
    shop.load(HEADER + "".join(f"{n},2024-01-{1 + n % 3:02},{5 * (n % 2)},mug\n" for n in range(100)))
    shop.refresh()
    for measure, score in MEASURES.items():
        scores = defaultdict(set)
        for row in found(shop).values():
            scores[row[measure]].add(row[score])
        assert all(len(given_scores) == 1 for given_scores in scores.values())


def test_a_customer_who_only_returned(shop: Workshop) -> None:
    """Nobody falls out: a return without an order counts no order, has no day of one, and scores lowest."""
    shop.load(HEADER + "1,2024-01-01,-5,mug\n2,2024-02-01,9,mug\n")
    shop.refresh()
    row = found(shop)["1"]
    assert (row["frequency"], row["monetary"], row["returns_count"], row["returns_value"]) == (0, -5, 1, 5)
    assert (row["average_order"], row["last_order_on"], row["recency_days"]) == (None, None, None)
    assert (row["recency_score"], row["segment"]) == (1, "Lost")


def test_the_as_of_date_is_the_last_day_of_orders(shop: Workshop) -> None:
    """Insight counts from the data's own last day, whatever today is, and events beside orders do not move it."""
    shop.load(HEADER + "1,2024-01-01,5,mug\n2,2024-03-01 23:59:59,5,mug\n")
    shop.load("CustomerID,EventDate,EventType,RevenueImpact\n1,2025-01-01,call,1\n", name="events.csv")
    shop.refresh()
    assert shop.rows("SELECT day FROM as_of") == [(date(2024, 3, 1),)]
    assert {name: row["recency_days"] for name, row in found(shop).items()} == {"1": 60, "2": 0}


def test_names_products_and_months_of_a_customer(shop: Workshop) -> None:
    """The latest name counts, the product that most was spent on, and the month of the first order."""
    shop.load(
        "customer_id,date,amount,product,category,name,country\n"
        "1,2024-01-31,5,mug,kitchen,Ada Old,UK\n1,2024-02-01,9,pen,office,Ada New,\n"
        "1,2024-02-02,6,mug,kitchen,,France\n"
    )
    shop.refresh()
    row = found(shop)["1"]
    assert (row["name"], row["country"], row["top_product"], row["top_category"]) == (
        "Ada New",
        "France",
        "mug",
        "kitchen",
    )
    assert str(row["cohort_month"]) == "2024-01-01"
    assert (row["average_order"], row["quantity"], row["tenure_days"]) == (Decimal("6.67"), None, 2)


def test_cohorts(shop: Workshop) -> None:
    """Month 0 holds all new customers of the month, later months those of them who ordered again."""
    shop.load(
        HEADER + "1,2024-01-05,5,a\n2,2024-01-06,5,a\n1,2024-01-20,5,a\n1,2024-03-01,5,a\n"
        "2,2024-02-01,-5,a\n3,2024-03-31,5,a\n"
    )
    shop.refresh()
    january, march = date(2024, 1, 1), date(2024, 3, 1)
    assert shop.rows("SELECT * FROM cohorts ORDER BY cohort, month_number") == [
        (january, 0, 2, 1.0), (january, 1, 0, 0.0), (january, 2, 1, 0.5), (march, 0, 1, 1.0),
    ]  # fmt: skip


def test_two_refreshes_give_equal_rows(shop: Workshop) -> None:
    """Nothing in a refresh depends on the order in which threads finish."""
    dice = random.Random(7)
    lines = (
        f"{dice.randrange(500)},2024-{dice.randrange(1, 13):02}-11,{dice.randrange(9)},{dice.choice('abc')}\n"
        for _ in range(9_000)
    )
    shop.load(HEADER + "".join(lines))
    shop.refresh()
    first = shop.checksums()
    shop.refresh()
    assert shop.checksums() == first


def test_an_organisation_without_rows(shop: Workshop) -> None:
    """A fresh organisation has all tables, empty, and no error."""
    shop.refresh()
    assert found(shop) == {}
    assert shop.rows("SELECT * FROM as_of") == [(None,)]
    assert shop.rows("SELECT count(*) FROM cohorts") == [(0,)]


def test_an_organisation_that_has_only_events(shop: Workshop) -> None:
    """Telecom and banking: service events are the behaviour, and each counts as one."""
    shop.load(
        "CustomerID,EventDate,EventType,RevenueImpact\n1,2024-01-01,call,2\n1,2024-01-05,data_usage,\n"
        "2,2024-01-03,call,3.5\n2,2024-01-04,refund,-1\n"
    )
    shop.refresh()
    rows = found(shop)
    assert {name: (row["frequency"], row["monetary"]) for name, row in rows.items()} == {
        "1": (2, Decimal("2.00")), "2": (1, Decimal("2.50")),
    }  # fmt: skip
    assert (rows["1"]["top_category"], rows["2"]["returns_count"]) == ("call", 1)


def test_a_refresh_is_current_until_facts_or_rules_change(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import makes the figures stale, and so does a version of Pulse that computes them otherwise."""
    shop.load(HEADER + "1,2024-01-01,5,a\n")
    with shop.warehouses.use("acme") as warehouse:
        assert not is_current(warehouse)
        refresh(warehouse, Silent())
        assert is_current(warehouse)
        assert not is_current(warehouse, Choices(rules=SEGMENT_RULES[::-1]))
        assert not is_current(warehouse, Choices(risk=RiskBounds(critical=0.9)))
        monkeypatch.setattr(module, "COMPOSITE_WEIGHTS", {"recency": 1})
        assert not is_current(warehouse)


def test_the_recipe_is_that_of_every_step() -> None:
    """Each step is a query of that name, and a changed query makes the figures stale."""
    subjects = ("insight", "features", "segments", "behaviour")
    assert {name for name, _ in STEPS} <= {name for subject in subjects for name in load(subject)}
    assert len(recipe()) == 16


class StopAt:
    """Progress that is cancelled at its step number `place`."""

    def __init__(self, place: int) -> None:
        self.place = place

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """See `Progress.step`."""
        if done == self.place:
            raise Cancelled("stopped")

    @contextmanager
    def stoppable(self, stop: object) -> Iterator[None]:
        """See `Progress.stoppable`."""
        yield


@pytest.mark.parametrize("place", [0, 4, len(STEPS) - 1])
def test_a_refresh_that_is_stopped_leaves_the_old_figures(shop: Workshop, place: int) -> None:
    """Whatever step a cancel comes at, pages see the generation before, whole."""
    shop.load(HEADER + "1,2024-01-01,5,a\n")
    shop.refresh()
    before = shop.checksums()
    with shop.warehouses.use("acme") as warehouse:
        with pytest.raises(Cancelled):
            refresh(warehouse, StopAt(place))
        assert warehouse.generation == 1
    assert shop.checksums() == before


def plain_sums() -> dict[str, Decimal]:
    """Net money of each customer of Online Retail, added up line by line."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with gzip.open(ONLINE_RETAIL, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["CustomerID"]:
                sums[row["CustomerID"]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    return sums


def test_online_retail(shop: Workshop) -> None:
    """The sample that ships: 4,372 customers, 8,300,065.81 net of returns, equal to a sum line by line."""
    shop.load(ONLINE_RETAIL)
    shop.refresh()
    rows = found(shop)
    sums = {name: total.quantize(CENT, ROUND_HALF_UP) for name, total in plain_sums().items()}
    assert {name: row["monetary"] for name, row in rows.items()} == sums
    assert len(rows) == 4_372
    assert sum(row["monetary"] for row in rows.values()) == Decimal("8300065.81")
    assert {row["segment"] for row in rows.values()} == set(SEGMENT_NAMES)
    assert shop.rows("SELECT sum(revenue), count(*) FROM months") == [(Decimal("8300065.81"), 13)]
    [(new,)] = shop.rows("SELECT sum(customers) FROM cohorts WHERE month_number = 0")
    assert new == 4_372 - sum(row["frequency"] == 0 for row in rows.values())
    assert shop.rows("SELECT DISTINCT share FROM cohorts WHERE month_number = 0") == [(1.0,)]
    first = shop.checksums()
    shop.refresh()
    assert shop.checksums() == first
