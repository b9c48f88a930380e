"""Movements between segments against a plain walk through every day of every customer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from workshop import HEADER, Workshop

from insight.plain import points
from pulse_core.errors import Invalid
from pulse_core.insight import movements
from pulse_core.insight.choices import Choices
from pulse_core.insight.movements import Movement, Summary
from pulse_core.insight.refresh import refresh
from pulse_core.insight.segments import SEGMENT_NAMES, SEGMENT_RULES, SegmentRule
from pulse_core.jobs import Silent

LAST = date(2024, 12, 31)
CUSTOMERS = 1000
ORDERS = "customer_id,order_id,date,amount,product\n"


@dataclass(frozen=True)
class Line:
    """One line of an order; a return has a negative amount."""

    customer: str
    order: str
    day: date
    amount: Decimal

    @property
    def text(self) -> str:
        """As it stands in the file."""
        return f"{self.customer},{self.order},{self.day},{self.amount},mug\n"


@dataclass(frozen=True)
class State:
    """What is known of a customer at the end of a day."""

    recency: int | None
    frequency: int
    monetary: Decimal


def some_lines(dice: random.Random) -> list[Line]:
    """Orders of many lines, some of them over several days, returns, and customers who only returned things."""
    made = [Line("c0", "last", LAST, Decimal(5))]
    for number in range(3_000):
        customer = f"c{dice.choice([number, int(dice.paretovariate(0.7))]) % CUSTOMERS}"
        first = LAST - timedelta(dice.randrange(800))
        for _ in range(dice.choice([1, 1, 2, 3])):
            day = min(LAST, first + timedelta(dice.choice([0, 0, 0, 1, 40, 400])))
            made.append(Line(customer, f"o{number}", day, Decimal(dice.randrange(0, 9_000_000)) / 10_000))
    for number in range(300):
        day = LAST - timedelta(dice.randrange(800))
        made.append(
            Line(f"c{dice.randrange(CUSTOMERS)}", f"r{number}", day, -Decimal(dice.randrange(1, 5_000)) / 100)
        )
    return made


def some_signups(dice: random.Random) -> dict[str, date | None]:
    """Sign-ups before, between, after and without orders, ahead of the last day, and on no day at all."""
    names = [f"c{number}" for number in range(0, CUSTOMERS + 60, 3)]
    days = {name: LAST - timedelta(dice.randrange(-20, 900)) for name in names}
    return {name: None if dice.random() < 0.1 else day for name, day in days.items()}


def state(lines: list[Line], signup: date | None, day: date) -> State:
    """Recency, frequency and money of one customer at the end of `day`, from their lines up to it."""
    known = [line for line in lines if line.day <= day]
    bought = [line for line in known if line.amount >= 0]
    seen = max((line.day for line in bought), default=None)
    if seen is None and signup is not None and min(signup, LAST) <= day:
        seen = min(signup, LAST)
    money = sum((line.amount for line in known), Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return State(None if seen is None else (day - seen).days, len({line.order for line in bought}), money)


def begins(lines: list[Line], signup: date | None) -> date:
    """The first day on which somebody is a customer; who has no day at all is one throughout."""
    dates = [line.day for line in lines] + ([min(signup, LAST)] if signup else [])
    return min(dates) if dates else LAST - timedelta(movements.DAYS)


class Plain:
    """The same world, walked through day by day."""

    def __init__(
        self, lines: list[Line], signups: dict[str, date | None], rules: tuple[SegmentRule, ...]
    ) -> None:
        self.rules = rules
        self.signups = signups
        self.lines: dict[str, list[Line]] = {name: [] for name in signups}
        for line in lines:
            self.lines.setdefault(line.customer, []).append(line)
        bought = [state(own, None, LAST) for own in self.lines.values() if own]
        self.recency = points([Fraction(s.recency) for s in bought if s.recency is not None])
        self.frequency = points([Fraction(s.frequency) for s in bought])
        self.monetary = points([Fraction(s.monetary) for s in bought])

    def segment(self, now: State) -> str:
        """The segment that a state leads to, by scores alone."""
        recency = 1 if now.recency is None else 5 - sum(now.recency > cut for cut in self.recency)
        frequency = 1 + sum(now.frequency > cut for cut in self.frequency)
        value = (frequency + 1 + sum(now.monetary > cut for cut in self.monetary)) / 2
        return next(
            rule.segment
            for rule in self.rules
            if rule.recency_low <= recency <= rule.recency_high
            and rule.value_low <= value <= rule.value_high
            and rule.churn_low == 0
        )

    def on(self, name: str, day: date) -> str | None:
        """The segment of one customer at the end of a day; None before they are one."""
        own, signup = self.lines[name], self.signups.get(name)
        return self.segment(state(own, signup, day)) if day >= begins(own, signup) else None

    def days(self, name: str) -> dict[date, str]:
        """The segment of one customer at the end of each day."""
        window = (LAST - timedelta(back) for back in range(movements.DAYS, -1, -1))
        return {day: segment for day in window if (segment := self.on(name, day))}

    def spells(self) -> Iterator[tuple[str, str, date, date]]:
        """Each stretch of days in one segment."""
        for name in self.lines:
            stretch: list[tuple[date, str]] = []
            for day, segment in self.days(name).items():
                if stretch and stretch[-1][1] != segment:
                    yield name, stretch[0][1], stretch[0][0], stretch[-1][0]
                    stretch = []
                stretch.append((day, segment))
            if stretch:
                yield name, stretch[0][1], stretch[0][0], stretch[-1][0]


# Recency the other way round: other cells join to one stretch of days, and none of the default ones.
MIRRORED = tuple(
    SegmentRule(rule.segment, 6 - rule.recency_high, 6 - rule.recency_low, rule.value_low, rule.value_high,
                rule.churn_low, rule.churn_high)
    for rule in SEGMENT_RULES
)  # fmt: skip


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """The orders of the world that all tests here look at."""
    return some_lines(random.Random(11))


@pytest.fixture(scope="module")
def signups() -> dict[str, date | None]:
    """Its records of customers."""
    return some_signups(random.Random(12))


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Line], signups: dict[str, date | None]
) -> Iterator[Workshop]:
    """A thousand customers, loaded and refreshed."""
    opened = Workshop(Path(tmp_path_factory.mktemp("movements")))
    opened.load(ORDERS + "".join(line.text for line in lines))
    rows = "".join(f"{name},{day or ''},London\n" for name, day in signups.items())
    opened.load("customer_id,signup_date,location\n" + rows, name="customers.csv")
    opened.refresh()
    yield opened
    opened.close()


@pytest.mark.parametrize("rules", [SEGMENT_RULES, MIRRORED], ids=["default", "mirrored"])
def test_every_stretch_of_a_thousand_customers(
    world: Workshop, lines: list[Line], signups: dict[str, date | None], rules: tuple[SegmentRule, ...]
) -> None:
    """The stretches are those of a walk through 366 days, by whichever rules, and so are the sizes of each day."""
    with world.warehouses.use("acme") as warehouse:
        refresh(warehouse, Silent(), Choices(rules=rules))
    expected = list(Plain(lines, signups, rules).spells())
    assert len({name for name, *_ in expected}) >= 0.95 * CUSTOMERS
    assert sorted(world.rows("SELECT * FROM segment_spells")) == sorted(expected)
    sizes = Counter({(day, segment): n for day, segment, n in world.rows("SELECT * FROM segment_sizes")})
    days = Counter(
        (first + timedelta(n), segment)
        for _, segment, first, last in expected
        for n in range((last - first).days + 1)
    )
    assert +sizes == days
    assert len(sizes) == (movements.DAYS + 1) * 11


def test_on_the_last_day_each_is_where_the_scores_say(world: Workshop) -> None:
    """The movements end where the customers stand: nobody is missing, in two segments, or in another one."""
    world.refresh()
    ended = world.rows(
        "SELECT customer_id, segment FROM segment_spells WHERE to_day = (SELECT day FROM as_of)"
    )
    assert sorted(ended) == sorted(world.rows("SELECT customer_id, rfm_segment FROM customers"))


def test_movements_between_two_days(
    world: Workshop, lines: list[Line], signups: dict[str, date | None]
) -> None:
    """Who stayed, who moved, and who was no customer yet, each counted once."""
    world.refresh()
    first, second = LAST - timedelta(200), LAST - timedelta(60)
    plain = Plain(lines, signups, SEGMENT_RULES)
    expected = Counter((plain.on(name, first), plain.on(name, second)) for name in plain.lines)
    nobody = expected.pop((None, None))
    with world.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        found = movements.movements(reader, first, second)
        assert movements.days(reader) == (LAST - timedelta(365), LAST)
        assert movements.flow(found, first, second).num_rows == len(found)
    assert {(row.from_segment, row.to_segment): row.customers for row in found} == dict(expected)
    assert found[0].from_segment is None
    assert nobody + sum(row.customers for row in found) == len(plain.lines)


def test_days_that_are_not_known_are_refused(shop: Workshop) -> None:
    """The remedy names the days that there are."""
    with shop.warehouses.use("acme") as warehouse:
        refresh(warehouse, Silent())
        with warehouse.snapshot() as reader, pytest.raises(Invalid, match="nobody moved yet"):
            movements.movements(reader, date(2024, 1, 1), date(2024, 1, 2))
    shop.load(HEADER + "1,2024-01-01,5,mug\n1,2024-03-01,5,mug\n")
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        for days in ((1, 1), (2, 1), (0, 2)):
            first, second = (date(2023, 12, 31) + timedelta(n) for n in days)
            with pytest.raises(Invalid, match="from 2024-01-01 to 2024-03-01, the earlier one first"):
                movements.movements(reader, first, second)
        # Two orders a year ago and today are as many as the middle of all customers have.
        assert movements.movements(reader, date(2024, 1, 1), date(2024, 3, 1)) == [
            Movement("New Customers", "New Customers", 1)
        ]


def test_a_summary_counts_each_movement_once() -> None:
    """Who slipped away, came back or only changed segment, told apart from who stayed and who is new."""
    rows = [
        Movement(None, "New Customers", 7),
        Movement("Champions", "Champions", 5),
        Movement("Champions", "At Risk", 3),
        Movement("Lost", "Champions", 2),
        Movement("At Risk", "Lost", 1),
        Movement("Promising", "Loyal Customers", 4),
    ]
    assert movements.summary(rows) == Summary(customers=15, moved=10, slipped=3, back=2, new=7)
    assert set(SEGMENT_NAMES) > movements.FADING


def test_the_sizes_add_up_to_the_customers_of_each_day(world: Workshop) -> None:
    """No customer is in two segments, or in none, on any day."""
    world.refresh()
    known = "SELECT day, sum(customers) FROM segment_sizes GROUP BY day"
    begun = "SELECT d.day, count(*) FROM (SELECT DISTINCT day FROM segment_sizes) AS d JOIN "
    firsts = "(SELECT min(from_day) AS day FROM segment_spells GROUP BY customer_id) AS f ON f.day <= d.day"
    assert sorted(world.rows(known)) == sorted(world.rows(f"{begun}{firsts} GROUP BY d.day"))
