"""Customers from files of customers: what is known of them, and that it moves nobody else's figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import put_records
from workshop import HEADER, Workshop

from pulse_core.insight import figures
from pulse_core.insight.segments import SEGMENT_NAMES

ORDERS = HEADER + "1,2024-01-01,10,mug\n1,2024-06-30,20,mug\n2,2024-03-01,8,pen\n3,2024-05-01,-2,pen\n"
FULL: dict[str, Any] = {
    "customer_id": "1",
    "name": "Ada King",
    "email": "ada@shop.example",
    "age": 36,
    "location": "Pune",
    "signup_on": date(2023, 12, 24),
    "interests": ["tea", "books"],
    "engagement_score": 72.5,
    "preferred_contact_time": "evening",
    "pain_points": ["delivery"],
    "buying_behavior": "loyal",
    "response_rate": 0.25,
    "lifetime_value": Decimal("1234.5000"),
    "language": "en",
    "zone": "Asia/Kolkata",
    "consent_email": "given",
    "consent_popup": "refused",
    "tags": ["vip"],
    "attributes": [("shoe size", "41")],
}


def customers(shop: Workshop, org_id: str | None = None) -> dict[str, dict[str, Any]]:
    """Every row of `customers` by id."""
    with shop.warehouses.use(org_id or shop.org_id) as warehouse, warehouse.snapshot() as reader:
        rows = reader.table("SELECT * FROM customers").to_pylist()
    assert len({row["customer_id"] for row in rows}) == len(rows)
    return {row["customer_id"]: row for row in rows}


def attributes(shop: Workshop) -> dict[str, dict[str, Any]]:
    """Every row of `attributes` by key."""
    with shop.warehouses.use(shop.org_id) as warehouse, warehouse.snapshot() as reader:
        return {row["key"]: row for row in reader.table("SELECT * FROM attributes").to_pylist()}


def with_values(shop: Workshop, **values: list[str]) -> dict[str, dict[str, Any]]:
    """The attributes of customers who have these values of these attributes."""
    put_records(
        shop,
        [
            {"customer_id": f"{key}-{place}", "attributes": [(key, value)]}
            for key, listed in values.items()
            for place, value in enumerate(listed)
        ],
    )
    shop.refresh()
    return attributes(shop)


def test_a_record_says_all_its_fields(shop: Workshop) -> None:
    """Each of the fields of a record stands in the row of its customer, beside the figures of the orders."""
    shop.load(ORDERS)
    put_records(shop, [FULL])
    shop.refresh()
    row = customers(shop)["1"]
    assert {key: row[key] for key in FULL} == FULL
    assert (row["consent_teaser"], row["frequency"], row["monetary"]) == ("unknown", 2, 30)


def test_who_has_no_record_is_known_by_the_orders(shop: Workshop) -> None:
    """Country stands in for the location and revenue for the lifetime value; consent nobody gave is unknown."""
    shop.load("customer_id,date,amount,name,email,country\n1,2024-01-01,10,Ada,ada@shop.example,India\n")
    shop.refresh()
    row = customers(shop)["1"]
    assert (row["name"], row["email"], row["location"]) == ("Ada", "ada@shop.example", "India")
    assert row["lifetime_value"] == row["monetary"] == 10
    assert {row["consent_email"], row["consent_popup"], row["consent_teaser"]} == {"unknown"}
    assert {row[key] for key in ("age", "signup_on", "interests", "tags", "attributes", "zone")} == {None}


def test_the_record_comes_before_the_orders(shop: Workshop) -> None:
    """What a file of customers says of name, address and place counts more than what an order carried."""
    shop.load("customer_id,date,amount,name,email,country\n1,2024-01-01,10,A.,old@shop.example,India\n")
    put_records(shop, [FULL | {"email": None}])
    shop.refresh()
    row = customers(shop)["1"]
    assert (row["name"], row["email"], row["location"]) == ("Ada King", "old@shop.example", "Pune")


def test_the_newest_known_value_of_each_field_counts(shop: Workshop) -> None:
    """A later file corrects what it says, and empties nothing that it does not say; attributes one by one."""
    put_records(
        shop,
        [
            {"customer_id": "1", "batch_id": 9, "row": 2, "name": "New", "tags": [], "attributes": [("b", "2")]},
            {"customer_id": "1", "batch_id": 9, "row": 1, "name": "Middle", "age": 40, "tags": ["x"]},
            {"customer_id": "1", "batch_id": 3, "row": 99, "name": "Old", "age": 39, "zone": "UTC",
             "tags": ["y", "z"], "attributes": [("a", "1"), ("b", "1")]},
            {"customer_id": "1", "batch_id": 10, "row": 1, "attributes": [("a", " "), ("c", " 3 ")]},
        ],
    )  # fmt: skip
    shop.refresh()
    row = customers(shop)["1"]
    assert (row["name"], row["age"], row["zone"], row["tags"]) == ("New", 40, "UTC", ["x"])
    assert row["attributes"] == [("a", "1"), ("b", "2"), ("c", "3")]


def test_who_never_ordered_is_a_customer_too(shop: Workshop) -> None:
    """No order and no revenue; recency counts from the sign-up, never below 0, and scores 1 where it is not known."""
    shop.load(ORDERS)
    put_records(
        shop,
        [
            {"customer_id": "8", "signup_on": date(2024, 6, 20)},
            {"customer_id": "9"},
            {"customer_id": "10", "signup_on": date(2025, 1, 1)},
        ],
    )
    shop.refresh()
    rows = customers(shop)
    assert [rows[name]["recency_days"] for name in ("8", "9", "10")] == [10, None, 0]
    assert (rows["9"]["recency_score"], rows["9"]["segment"]) == (1, "Lost")
    assert rows["10"]["recency_score"] == rows["1"]["recency_score"] == 5
    for name in ("8", "9", "10"):
        assert (rows[name]["frequency"], rows[name]["monetary"], rows[name]["lifetime_value"]) == (0, 0, 0)
        assert rows[name]["last_order_on"] is rows[name]["average_order"] is None
    assert shop.rows("SELECT day FROM as_of") == [(date(2024, 6, 30),)]


@pytest.mark.parametrize("signed_up", [date(2024, 5, 1), None])
def test_an_organisation_without_orders(shop: Workshop, signed_up: date | None) -> None:
    """A file of customers alone gives customers in segments, counted from the last sign-up; no figure fails."""
    put_records(shop, [FULL | {"signup_on": signed_up}, {"customer_id": "2"}])
    shop.refresh()
    assert {row["segment"] for row in customers(shop).values()} == {"Lost"}
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        seen = figures.overview(reader)
        assert (seen.as_of, seen.customers, seen.orders, seen.revenue) == (signed_up, 2, 0, 0)
        assert sum(row.customers for row in figures.segments(reader)) == 2
        for name in figures.TABLES:
            figures.table(reader, name)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One home folder for all examples."""
    opened = Workshop(Path(tmp_path_factory.mktemp("records")))
    opened.load(
        HEADER + "".join(f"c{n % 9},2024-0{1 + n % 6}-{1 + n % 28:02},{n * 7 % 50},mug\n" for n in range(40))
    )
    opened.refresh()
    yield opened
    opened.close()


_records = st.lists(
    st.fixed_dictionaries(
        {"customer_id": st.sampled_from([f"c{n}" for n in range(15)])},
        optional={
            "signup_on": st.integers(0, 400).map(lambda days: date(2023, 8, 1) + timedelta(days)),
            "lifetime_value": st.integers(0, 900).map(Decimal),
            "tags": st.lists(st.sampled_from("abc"), max_size=2),
        },
    ),
    max_size=25,
)
_FIGURES = ("recency_days", "frequency", "monetary", "recency_score", "frequency_score", "monetary_score",
            "value_score", "segment", "lifecycle_group", "average_order", "tenure_days", "cohort_month")  # fmt: skip


@settings(deadline=None, max_examples=15, database=None)
@given(records=_records)
def test_records_change_no_figure_of_who_bought(many: Workshop, records: list[dict[str, Any]]) -> None:
    """Whatever records say, buyers keep their scores and thresholds theirs, and everybody is in one segment."""
    put_records(many, [])
    many.refresh()
    before, thresholds = customers(many), many.rows("SELECT * FROM thresholds ORDER BY measure")
    put_records(many, records)
    many.refresh()
    after = customers(many)
    assert set(after) == set(before) | {record["customer_id"] for record in records}
    for name, row in before.items():
        assert {key: after[name][key] for key in _FIGURES} == {key: row[key] for key in _FIGURES}
    assert many.rows("SELECT * FROM thresholds ORDER BY measure") == thresholds
    assert {row["segment"] for row in after.values()} <= set(SEGMENT_NAMES)


def test_two_refreshes_of_records_give_equal_rows(shop: Workshop) -> None:
    """Merging many records of a customer does not depend on the order in which threads finish."""
    put_records(
        shop,
        [
            {"customer_id": str(n % 50), "name": f"n{n}", "tags": [f"t{n}"],
             "attributes": [(f"k{n % 7}", f"v{n}"), (f"k{n % 3}x", f"w{n}")]}
            for n in range(2_000)
        ],
    )  # fmt: skip
    shop.refresh()
    first = shop.checksums()
    shop.refresh()
    assert shop.checksums() == first


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["41", "42.5", "-3", "0", ".5"], "number"),
        (["41", "n/a"], "choice"),
        (["01234", "56789"], "choice"),
        (["1,234", "5"], "choice"),
        (["1_000", "5"], "choice"),
        (["+", "5"], "choice"),
        (["2024-01-31", "1999-12-01 10:30:00"], "date"),
        (["2024-01-31", "2024-02-30"], "choice"),
        (["20240131", "20240201"], "number"),
        (["31/01/2024"], "choice"),
        (["infinity"], "choice"),
        (["Gold", "Silver"], "choice"),
        ([f"note {n}" for n in range(50)], "choice"),
        ([f"note {n}" for n in range(51)], "text"),
        (["x" * 201], "text"),
    ],
)
def test_an_attribute_is_what_all_its_values_are(shop: Workshop, values: list[str], kind: str) -> None:
    """A number or a date only if every value reads as one; a code with leading noughts is no number."""
    assert with_values(shop, size=values)["size"]["kind"] == kind


def test_the_values_of_a_choice_are_listed(shop: Workshop) -> None:
    """The form offers what there is, in order, and knows how many customers have the attribute."""
    found = with_values(shop, vip_level=["Silver", "Gold", "Gold", ""], price=["5", "6"])
    assert found["vip_level"] == {
        "key": "vip_level", "label": "Vip level", "kind": "choice", "is_boolean": False, "customers": 3,
        "choices": ["Gold", "Silver"],
    }  # fmt: skip
    assert (found["price"]["choices"], found["price"]["customers"]) == (None, 2)


@pytest.mark.parametrize("values", [["yes", "no"], ["TRUE", "False", "y"], ["No"]])
def test_yes_and_no_are_one_choice_however_written(shop: Workshop, values: list[str]) -> None:
    """A person chooses between yes and no, whatever words the file has for them."""
    row = with_values(shop, member=values)["member"]
    assert (row["kind"], row["is_boolean"], row["choices"]) == ("choice", True, ["yes", "no"])


def test_without_records_there_are_no_attributes(shop: Workshop) -> None:
    """The table is there, empty, for an organisation of orders only."""
    shop.load(ORDERS)
    shop.refresh()
    assert attributes(shop) == {}
