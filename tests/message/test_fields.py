from __future__ import annotations

from datetime import date, datetime

import pytest

from pulse_core.audience.catalogue import FIXED
from pulse_core.message.fields import BY_KEY, MAX_VALUE_LENGTH, MERGE_FIELDS, SHOP, MergeField, clean, freeze

CUSTOMER = {
    "name": "ADA KING",
    "shop": "Harbour Street Shop",
    "top_product": "WHITE HANGING HEART T-LIGHT HOLDER",
    "top_category": "Kitchen",
    "last_order_on": date(2026, 11, 3),
    "first_order_on": datetime(2025, 1, 9, 12, 30),
    "frequency": 12,
}


def test_values_read_as_a_person_would_write_them() -> None:
    """Capitals are calmed, dates are "3 Nov 2026", numbers plain: what a customer reads is decent prose."""
    assert freeze(BY_KEY, CUSTOMER) == {
        "first_name": "Ada",
        "name": "Ada King",
        "shop": "Harbour Street Shop",
        "top_product": "White Hanging Heart T-light Holder",
        "top_category": "Kitchen",
        "last_order_on": "3 Nov 2026",
        "first_order_on": "9 Jan 2025",
        "orders": "12",
    }


@pytest.mark.parametrize("field", MERGE_FIELDS, ids=lambda field: field.key)
@pytest.mark.parametrize("missing", [None, "", "   ", "\n", "\u202e"])
def test_a_missing_value_falls_back(field: MergeField, missing: str | None) -> None:
    """No field ever leaves a hole in a sentence."""
    assert freeze([field.key], {field.source: missing}) == {field.key: field.fallback}
    assert freeze([field.key], {}) == {field.key: field.fallback}


def test_only_what_the_content_uses_is_frozen() -> None:
    """The outbox keeps no more about a person than the message needs."""
    assert freeze({"orders"}, CUSTOMER) == {"orders": "12"}


@pytest.mark.parametrize("field", MERGE_FIELDS, ids=lambda field: field.key)
def test_every_field_is_documented_and_comes_from_a_column(field: MergeField) -> None:
    """A new field cannot arrive without help, example, fallback and a source that planning can read."""
    assert field.help
    assert field.example
    assert field.fallback
    assert field.source == SHOP or field.source in FIXED


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ada King", "Ada"),
        ("King, Ada", "Ada"),
        ("Dr. Ada King", "Ada"),
        ("ada", "ada"),
        ("Ms Ada", "Ada"),
        ("王小明", "王小明"),
        ("O'NEIL BRIAN", "O'neil"),
        ("12345", "there"),
        ("ada@example.com", "there"),
        (",", "there"),
    ],
)
def test_first_names(name: str, greeting: str) -> None:
    """Nobody is greeted by a title, a surname before a comma, a number or an e-mail address."""
    assert freeze(["first_name"], {"name": name}) == {"first_name": greeting}


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("Eve\r\nBcc: all@example.com", "Eve Bcc: all@example.com"),
        ("Eve\x00\x1b[31m\x85\u2028x", "Eve [31m x"),
        ("Eve\u202egnp.exe", "Evegnp.exe"),
        ("Eve\ud800", "Eve"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
    ],
)
def test_hostile_values_become_one_harmless_line(hostile: str, harmless: str) -> None:
    """A customer's name cannot end a header, hide text or break the encoding."""
    assert clean(hostile) == harmless


def test_a_value_has_a_longest_length() -> None:
    """One absurd name cannot swell the ledger or a header."""
    assert len(clean("x" * 1_000_000)) == MAX_VALUE_LENGTH
