"""Records that programs send: checked one by one, imported as a file is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workshop import TODAY, Workshop

from pulse_core.errors import Invalid
from pulse_core.intake import bulk
from pulse_core.intake.formats import NULLS
from pulse_core.intake.imports import OverlappingRows, Report, undo
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.loading import BUYING_BEHAVIORS, PAIN_POINTS
from pulse_core.intake.records import COLUMNS, RECORDS, Behavior, Pain

ADA = {
    "customer_id": "007", "name": 'Ada "A", Lovelace', "email": "ada@shop.example", "age": 36, "location": "London",
    "signup_on": "2020-01-02", "interests": ["maths", "poems"], "engagement_score": 62.5,
    "preferred_contact_time": "18:00", "pain_points": ["time", "quality"], "buying_behavior": "researcher",
    "response_rate": 0.25, "lifetime_value": "1234.5678", "language": "en", "zone": "Europe/London",
    "consent_email": "given", "consent_popup": "refused", "tags": ["vip"], "attributes": {"Shoe size": "42"},
}  # fmt: skip
ORDER = {
    "customer_id": "007",
    "ordered_at": "2026-01-02T03:04:05",
    "amount": "12.50",
    "order_id": "A1",
    "product": "Tea",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    """An organisation that programs send records to."""
    made = Workshop(tmp_path)
    yield made
    made.close()


def customers(shop: Workshop, *records: Any) -> Report:
    """Send records of customers."""
    with shop.importer() as importer:
        return bulk.bulk_customers(importer, records, by="ada", today=TODAY)


def orders(shop: Workshop, *records: Any, **said: Any) -> Report:
    """Send order lines."""
    with shop.importer() as importer:
        return bulk.bulk_orders(importer, records, by="ada", today=TODAY, **said)


def test_a_customer_arrives_whole(shop: Workshop) -> None:
    """All 13 fields, language, zone, consent, tags and an attribute come out as they went in."""
    report = customers(shop, ADA)
    assert (report.rows, report.accepted, report.rejected) == (1, 1, 0)
    [found] = shop.rows("SELECT COLUMNS(* EXCLUDE (batch_id, row, consent_teaser)) FROM customer_records")
    assert found == (
        "007", 'Ada "A", Lovelace', "ada@shop.example", 36, "London", *shop.rows("SELECT DATE '2020-01-02'")[0],
        ["maths", "poems"], 62.5, "18:00", ["time", "quality"], "researcher", 0.25, Decimal("1234.5678"), "en",
        "Europe/London", "given", "refused", ["vip"], {"Shoe size": "42"},
    )  # fmt: skip


def test_an_order_arrives_whole(shop: Workshop) -> None:
    """Decimals are never rounded, offsets are converted, quantity × unit price is an amount."""
    report = orders(
        shop,
        ORDER,
        {
            "customer_id": "8",
            "ordered_at": "2026-01-02T03:04:05+02:00",
            "quantity": 3,
            "unit_price": "0.3333",
        },
        {"customer_id": "8", "ordered_at": "2026-01-02", "amount": "-5"},
    )
    assert (report.accepted, report.returns, report.last_day) == (3, 1, report.first_day)
    assert shop.rows(
        "SELECT customer_id, strftime(ordered_at, '%H:%M'), amount FROM order_lines ORDER BY row"
    ) == [
        ("007", "03:04", Decimal("12.5000")),
        ("8", "01:04", Decimal("0.9999")),
        ("8", "00:00", Decimal("-5.0000")),
    ]


def test_a_record_that_is_refused_stands_in_no_others_way(shop: Workshop) -> None:
    """Each is named by its place in the call, the field and the reason; the rest is loaded."""
    report = customers(
        shop,
        {"customer_id": "1", "age": 131},
        ADA,
        {"customer_id": "1.5E+10"},  # refused by the importer, whose rows are counted otherwise
        {"name": "Nobody"},
        {"customer_id": "5", "colour": "red"},
    )
    assert (report.rows, report.accepted, report.rejected, sum(report.set_aside.values())) == (5, 1, 4, 0)
    assert [(reject.row, reject.column) for reject in report.rejects] == [
        (0, "age"), (2, "customer_id"), (3, "customer_id"), (4, "colour"),
    ]  # fmt: skip
    assert all(reject.reason for reject in report.rejects)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"lifetime_value": 1.5}, "lifetime_value"),
        ({"lifetime_value": "1.23456"}, "lifetime_value"),
        ({"lifetime_value": "NaN"}, "lifetime_value"),
        ({"signup_on": 1577836800}, "signup_on"),
        ({"signup_on": "02/01/2020"}, "signup_on"),
        ({"signup_on": "2027-01-01"}, "signup_on"),
        ({"signup_on": "1899-01-01"}, "signup_on"),
        ({"email": "ada"}, "email"),
        ({"pain_points": ["rain"]}, "pain_points.0"),
        ({"buying_behavior": "browser"}, "buying_behavior"),
        ({"response_rate": 1.01}, "response_rate"),
        ({"consent_email": "yes"}, "consent_email"),
        ({"interests": ["a;b"]}, "interests.0"),
        ({"name": "a\nb"}, "name"),
        ({"name": "\x00"}, "name"),
        ({"customer_id": "NULL"}, "customer_id"),
        ({"customer_id": " "}, "customer_id"),
        ({"attributes": {"Age": "1"}}, None),
        ({"attributes": {"x": ""}}, "attributes.x"),
    ],
)
def test_what_cannot_be_is_refused(shop: Workshop, change: dict[str, Any], column: str | None) -> None:
    """What would be read otherwise than it was meant, or not at all, never gets in."""
    report = customers(shop, ADA | {"customer_id": "1"}, ADA | change)
    assert (report.accepted, report.rejected) == (1, 1)
    assert [(reject.row, reject.column) for reject in report.rejects] == [(1, column)]


def test_the_same_records_twice_change_nothing(shop: Workshop) -> None:
    """A program that is not sure whether a call went through makes it again."""
    first, again = orders(shop, ORDER), orders(shop, ORDER)
    assert (first.unchanged, again.unchanged, again.batch_id) == (False, True, first.batch_id)
    assert shop.rows("SELECT count(*) FROM order_lines") == [(1,)]


def test_records_sent_before_among_others_are_asked_about(shop: Workshop) -> None:
    """As with files: never counted twice in silence, left out or kept as it is said."""
    orders(shop, ORDER)
    more = ORDER | {"order_id": "A2"}
    with pytest.raises(OverlappingRows, match="1 of 2 rows"):
        orders(shop, ORDER, more)
    report = orders(shop, ORDER, more, overlap="skip")
    assert (report.accepted, report.set_aside) == (1, {"overlap": 1})


def test_a_call_can_be_undone(shop: Workshop) -> None:
    """Records are an import like any other."""
    report = customers(shop, ADA)
    assert report.batch_id is not None
    undo(shop.ledger, "acme", report.batch_id, by="ada")
    with shop.importer() as importer:
        bulk.batches.reconcile(shop.ledger, importer.warehouse, shop.home)
    assert shop.rows("SELECT count(*) FROM customer_records") == [(0,)]


def test_nothing_is_left_of_a_call(shop: Workshop) -> None:
    """The file that the records pass through goes, whatever happens."""
    orders(shop, ORDER)
    with pytest.raises(OverlappingRows):
        orders(shop, ORDER, ORDER | {"order_id": "A2"})
    assert list((shop.home / "uploads" / "acme").iterdir()) == []


def test_a_call_of_nothing_but_bad_records_is_told(shop: Workshop) -> None:
    """All are refused, each with its reason; nothing is stored."""
    report = orders(shop, {}, {"customer_id": "1", "ordered_at": "2026-01-01"})
    assert (report.batch_id, report.rows, report.rejected) == (None, 2, 2)
    assert report.rejects[1].reason == "either amount is needed, or quantity and unit_price"


@pytest.mark.parametrize("number", [0, bulk.MOST + 1])
def test_the_size_of_a_call_is_bounded(shop: Workshop, number: int) -> None:
    """A call is short; what is larger is a file, or several calls."""
    with pytest.raises(Invalid, match=f"a call holds {number:,} records"):
        customers(shop, *([{"customer_id": "1"}] * number))


def test_records_have_the_columns_of_their_kind() -> None:
    """What a record can hold, the importer knows under the same name; its choices are those of files."""
    for kind in RECORDS:
        known = {column.key for column in KINDS[kind].columns}
        assert set(COLUMNS[kind]) <= known
        assert known - set(COLUMNS[kind]) == {"last_name", *({"unit_price"} if kind == "orders" else ())}
    assert Pain.__args__ == PAIN_POINTS  # type: ignore[attr-defined]
    assert Behavior.__args__ == BUYING_BEHAVIORS  # type: ignore[attr-defined]


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(TEXT, min_size=1, max_size=8))
def test_any_text_comes_out_as_it_went_in_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """No sign ends a cell, a line or a file; every record is accounted for."""
    shop = Workshop(tmp_path_factory.mktemp("bulk"))
    sent = [{"customer_id": str(n), "name": name} for n, name in enumerate(names)]
    report = customers(shop, *sent)
    refused = {reject.row for reject in report.rejects}
    assert report.accepted + report.rejected == report.rows == len(names)
    stored = dict(shop.rows("SELECT customer_id, name FROM customer_records"))
    shop.close()
    assert stored == {str(n): name.strip() for n, name in enumerate(names) if n not in refused}
    for n in refused:
        assert not names[n].isprintable() or not names[n].strip() or names[n].strip() in NULLS
