"""What is in the files: whole, joined, in bounds, with names that intake knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pulse_core.intake.world.catalogue import CATEGORIES, MONTHS, PRODUCTS
from pulse_core.intake.world.people import BEHAVIOURS
from pulse_core.intake.world.places import NAMES, PLACES
from pulse_core.intake.world.profiles import PAINS
from tests.intake.world.conftest import LAST_DAY, Look

FIELDS = [
    *("customer_id", "name", "email", "age", "location", "signup_date", "interests", "engagement_score"),
    *("preferred_contact_time", "pain_points", "buying_behavior", "response_rate", "lifetime_value"),
    *("language", "time_zone", "consent_email", "consent_popup", "consent_teaser", "tags"),
]
DOCS = (Path(__file__).parents[3] / "docs" / "sample-world.md").read_text()
EVENT_FILES = ("telecom_events", "banking_events")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("orders", "customer_id"),
        ("visits", "user_id"),
        ("truth", "customer_id"),
        *((n, "CustomerID") for n in EVENT_FILES),
    ],
)
def test_every_row_is_of_a_customer(sample: Look, name: str, header: str) -> None:
    """Files join without loss."""
    assert (
        sample.one(f"SELECT count(*) FROM {name} WHERE {header} NOT IN (SELECT customer_id FROM customers)")
        == 0
    )


@pytest.mark.parametrize(
    ("name", "column"),
    [("customers", "customer_id"), ("customers", "email"), ("orders", "order_id"), ("truth", "customer_id")],
)
def test_keys_are_unique(sample: Look, name: str, column: str) -> None:
    """An id names one thing; an address one person."""
    assert sample.one(f"SELECT count(*) - count(DISTINCT {column}) FROM {name}") == 0


def test_addresses_can_reach_nobody(sample: Look) -> None:
    """Every e-mail is at a domain that RFC 2606 reserves, whatever somebody sends to this world."""
    addresses = [row[0] for row in sample.rows("SELECT email FROM customers")]
    form = re.compile(r"[a-z]+(\.[a-z]+)+\.\d+@example\.(com|org|net)")
    assert [address for address in addresses if not form.fullmatch(address)] == []


def test_customers_have_the_fields_of_the_record(sample: Look) -> None:
    """The 13 fields, what goes with them, and three of the shop's own."""
    columns = [row[0] for row in sample.rows("DESCRIBE customers")]
    assert columns == [*FIELDS, "loyalty_tier", "store", "birthday_month"]


@pytest.mark.parametrize(
    "holds",
    [
        "age IS NULL OR age BETWEEN 18 AND 88",
        "engagement_score BETWEEN 0 AND 100",
        "response_rate BETWEEN 0 AND 1",
        "lifetime_value >= 0",
        "birthday_month IS NULL OR birthday_month BETWEEN 1 AND 12",
        "consent_email IS NULL OR consent_email IN ('yes', 'no')",
        f"signup_date BETWEEN DATE '{LAST_DAY}' - 1091 AND DATE '{LAST_DAY}'",
        f"list_has_all({[row.name for row in BEHAVIOURS]}, [buying_behavior])",
        f"pain_points IS NULL OR list_has_all({list(PAINS)}, string_split(pain_points, '; '))",
    ],
)
def test_customers_are_within_bounds(sample: Look, holds: str) -> None:
    """A value outside of its range would be a rejected row."""
    assert sample.one(f"SELECT count(*) FROM customers WHERE NOT ({holds})") == 0


def test_language_and_zone_are_those_of_the_place(sample: Look) -> None:
    """Letters go out in the right language at the right hour."""
    found = set(sample.rows("SELECT DISTINCT location, language, time_zone FROM customers"))
    assert found == {(place.city, place.language, place.zone) for place in PLACES}
    assert {place.language for place in PLACES} == set(NAMES)
    assert sample.one("SELECT count(DISTINCT country) FROM orders") == len(
        {place.country for place in PLACES}
    )


def test_unknown_is_empty(sample: Look) -> None:
    """A shop never knows everything: what may be missing is missing for some."""
    for column in (
        "age",
        "interests",
        "pain_points",
        "preferred_contact_time",
        "consent_email",
        "tags",
        "loyalty_tier",
    ):
        assert 0 < sample.one(f"SELECT avg(({column} IS NULL)::INT) FROM customers") < 0.7, column


def test_lifetime_value_is_what_was_paid(sample: Look) -> None:
    """The column agrees with the orders, to the cent, returns taken off."""
    assert (
        sample.one(
            """SELECT count(*) FROM customers LEFT JOIN
        (SELECT customer_id, sum(amount) AS paid FROM orders GROUP BY customer_id) USING (customer_id)
        WHERE lifetime_value <> coalesce(paid, 0)"""
        )
        == 0
    )


def test_amount_is_pieces_times_price_less_the_discount(sample: Look) -> None:
    """Every order adds up, to the cent."""
    wrong = "abs(amount - quantity * unit_price * (100 - discount_percent) / 100.0) > 0.0050001"
    assert sample.one(f"SELECT count(*) FROM orders WHERE {wrong} OR amount = 0") == 0


def test_returns_are_of_an_order_before(sample: Look) -> None:
    """A return takes back a whole order, later, of the same customer."""
    assert (
        sample.one(
            """SELECT count(*) FROM orders AS back LEFT JOIN purchases AS bought
        ON bought.order_id = 'S' || substr(back.order_id, 2) AND bought.customer_id = back.customer_id
        AND bought.amount = -back.amount AND bought.product = back.product AND bought.order_date < back.order_date
        WHERE back.quantity < 0 AND bought.order_id IS NULL"""
        )
        == 0
    )
    assert 0.05 <= sample.one("SELECT avg((quantity < 0)::INT) FROM orders") <= 0.10


def test_orders_follow_the_season_and_the_range(sample: Look) -> None:
    """Every product sells, fashion goes back more often than books, and November and December are busiest."""
    assert sample.one("SELECT count(DISTINCT product) FROM orders") == len(PRODUCTS) == len(set(PRODUCTS))
    shares = dict(sample.rows("SELECT category, avg((quantity < 0)::INT) FROM orders GROUP BY category"))
    assert set(shares) == {category.name for category in CATEGORIES}
    assert shares["Fashion"] > 2 * shares["Books"]
    year = "day BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'"
    months = sample.rows(
        f"SELECT month(day), count(*) FROM purchases WHERE {year} GROUP BY 1 ORDER BY 2 DESC LIMIT 2"
    )
    assert {month for month, _ in months} == {11, 12}
    assert abs(sum(MONTHS) / 12 - 1) < 0.01


def test_most_order_what_they_say_they_like(sample: Look) -> None:
    """Interests are told by what people do, so that a recommendation can be right."""
    liked = "contains(interests, lower(category))"
    joined = "purchases JOIN customers USING (customer_id)"
    assert sample.one(f"SELECT avg(({liked})::INT) FROM {joined} WHERE interests IS NOT NULL") > 0.75


def test_bargain_hunters_hunt_bargains(sample: Look) -> None:
    """Buying behaviour is a name for what the orders show."""
    shares = dict(
        sample.rows(
            """SELECT buying_behavior, avg((discount_percent > 0)::INT) FROM purchases
            JOIN customers USING (customer_id) GROUP BY 1"""
        )
    )
    assert max(shares, key=lambda name: shares[name]) == "bargain_hunter"
    assert shares["bargain_hunter"] > 0.5 > 2 * shares["loyal"]


def test_pain_points_have_reasons(sample: Look) -> None:
    """Who got parcels late complains of delivery more often than others."""
    late = sample.rows(
        """SELECT late, avg((coalesce(contains(pain_points, 'delivery'), false))::INT) FROM customers JOIN
        (SELECT customer_id, bool_or(delivered_date > promised_date) AS late FROM purchases GROUP BY 1)
        USING (customer_id) WHERE late IS NOT NULL GROUP BY late ORDER BY late"""
    )
    assert late[1][1] > 3 * late[0][1]


def test_sessions_are_of_one_customer_and_hold_each_purchase(sample: Look) -> None:
    """A session is one person's; each order of the last year that was logged ends one."""
    sessions = "SELECT count(DISTINCT user_id) AS people FROM visits GROUP BY session_id"
    assert sample.one(f"SELECT max(people) FROM ({sessions})") == 1
    orders = sample.one(f"SELECT count(*) FROM purchases WHERE day > DATE '{LAST_DAY}' - 364")
    assert sample.one("SELECT count(*) FROM visits WHERE event = 'purchase'") == orders
    assert sample.one("SELECT count(*) FROM visits WHERE event = 'add_to_cart'") > orders
    assert sample.one("SELECT count(DISTINCT event) FROM visits") == 6


@pytest.mark.parametrize(
    ("name", "amount"), [("telecom_events", "RevenueImpact"), ("banking_events", "Amount")]
)
def test_service_files_have_the_shape_that_intake_knows(sample: Look, name: str, amount: str) -> None:
    """They load without a question."""
    columns = [row[0] for row in sample.rows(f"DESCRIBE {name}")]
    assert columns == ["CustomerID", "EventDate", "EventType", amount]
    assert sample.one(f"SELECT count(*) FROM {name} WHERE COLUMNS(*) IS NULL") == 0


def test_service_events_are_those_that_behaviour_needs(sample: Look) -> None:
    """Each signal of the telecom and banking profiles has its event."""
    telecom, banking = (
        {row[0] for row in sample.rows(f"SELECT DISTINCT EventType FROM {n}")} for n in EVENT_FILES
    )
    assert {
        "data_usage",
        "call",
        "message",
        "billing_complaint",
        "payment",
        "late_payment",
        "support_contact",
    } <= telecom
    assert {
        "login",
        "transaction",
        "feature_use",
        "product_opened",
        "product_closed",
        "support_contact",
    } <= banking


@pytest.mark.parametrize("name", ["customers", "orders", "visits", *EVENT_FILES])
def test_docs_list_the_columns(sample: Look, name: str) -> None:
    """docs/sample-world.md says what each file has, in its order, and nothing else."""
    columns = next(line for line in DOCS.splitlines() if line.startswith(f"| `{name}` |")).split("|")[3]
    assert re.findall(r"`(\w+)`", columns) == [row[0] for row in sample.rows(f"DESCRIBE {name}")]


def test_docs_list_the_columns_of_the_truth(sample: Look) -> None:
    """Each column of the truth is explained."""
    section = DOCS.partition("## The truth")[2].partition("| group |")[0]
    first = " ".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    assert re.findall(r"`(\w+)`", first) == [row[0] for row in sample.rows("DESCRIBE truth")]
