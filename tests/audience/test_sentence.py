from __future__ import annotations

from typing import Any

import pytest

from pulse_core.audience.catalogue import FIELDS, FIXED, Catalogue, Field
from pulse_core.audience.operators import operators_for
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import parse

RICH = {"field": "monetary", "op": "ge", "value": "1234.50"}
LOST = {"field": "segment", "op": "eq", "value": "Lost"}
FRENCH = {"field": "country", "op": "contains", "value": "fr"}


def _and(*children: Any) -> dict[str, Any]:
    return {"op": "and", "children": list(children)}


def _or(*children: Any) -> dict[str, Any]:
    return {"op": "or", "children": list(children)}


def _not(*children: Any) -> dict[str, Any]:
    return {"op": "not", "children": list(children)}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            _and({"field": "segment", "op": "in", "value": ["Champions", "At Risk"]}, RICH),
            "Customers whose segment is Champions or At Risk and whose revenue is at least 1,234.5.",
        ),
        (
            {"field": "last_order_on", "op": "between", "value": ["2026-11-03", "2026-12-31"]},
            "Customers whose last order is between 3 Nov 2026 and 31 Dec 2026.",
        ),
        (
            {"field": "last_order_on", "op": "not_in_last_days", "value": 1},
            "Customers whose last order is not in the last 1 day.",
        ),
        (
            {"field": "recency_days", "op": "gt", "value": 1000},
            "Customers whose time since last order is more than 1,000 days.",
        ),
        (
            {"field": "recency_days", "op": "eq", "value": 1},
            "Customers whose time since last order is 1 day.",
        ),
        (
            {"field": "interests", "op": "has_any", "value": ["tea", "books"]},
            "Customers whose interests include “tea” or “books”.",
        ),
        (
            {"field": "tags", "op": "has_none", "value": ["vip"]},
            "Customers whose tags do not include “vip”.",
        ),
        ({"field": "tags", "op": "is_empty"}, "Customers whose tags are empty."),
        ({"field": "email", "op": "is_empty"}, "Customers whose e-mail is empty."),
        (FRENCH, "Customers whose country contains “fr”."),
        (
            {"field": "frequency", "op": "in", "value": list(range(1, 12))},
            "Customers whose number of orders is 1, 2, 3, 4, 5, 6, 7, 8 or one of 3 more.",
        ),
    ],
)
def test_a_condition_reads_as_english(raw: dict[str, Any], said: str) -> None:
    """Numbers, days, units, lists and texts are written as people write them."""
    assert sentence(parse(raw)) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            _and(RICH, _or(LOST, FRENCH)),
            "Customers whose revenue is at least 1,234.5 and"
            " (whose segment is Lost or whose country contains “fr”).",
        ),
        (
            _or(_and(RICH, LOST), FRENCH),
            "Customers (whose revenue is at least 1,234.5 and whose segment is Lost)"
            " or whose country contains “fr”.",
        ),
        (_not(LOST), "Customers who are not among those whose segment is Lost."),
        (
            _and(_not(LOST, FRENCH), RICH),
            "Customers (who are not among those whose segment is Lost or whose country contains “fr”)"
            " and whose revenue is at least 1,234.5.",
        ),
        (
            _not(_and(LOST, FRENCH)),
            "Customers who are not among those whose segment is Lost and whose country contains “fr”.",
        ),
        (_and(_or(_and(LOST))), "Customers whose segment is Lost."),
        (_or(FRENCH, _and(LOST)), "Customers whose country contains “fr” or whose segment is Lost."),
        (
            _and(RICH, _or(_not(LOST))),
            "Customers whose revenue is at least 1,234.5"
            " and (who are not among those whose segment is Lost).",
        ),
        (_and(), "All customers."),
        (_not(), "All customers."),
        (_or(), "No customers."),
        (_and(LOST, _or()), "Customers whose segment is Lost and who are no one."),
    ],
)
def test_nesting_cannot_be_misread(raw: dict[str, Any], said: str) -> None:
    """Brackets show what "or" and "not" reach over, and stand only where they are needed."""
    assert sentence(parse(raw)) == said


def test_money_is_written_by_the_callers_formatter() -> None:
    """The organisation's currency comes from outside; other numbers are left alone."""
    tree = parse(_and(RICH, {"field": "frequency", "op": "lt", "value": 3}))
    said = sentence(tree, money=lambda amount: f"£{amount:.2f}")
    assert said == "Customers whose revenue is at least £1234.50 and whose number of orders is less than 3."


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.key)
def test_every_operator_has_its_words_in_the_sentence(field: Field) -> None:
    """A new field or operator can be said without touching the sentence."""
    ones: dict[str, Any] = {
        "number": 7,
        "money": 7,
        "date": "2011-12-09",
        "text": "x",
        "choice": "".join(field.choices[:1]),
        "list": "x",
    }
    one = ones[field.kind]
    values = {"none": None, "one": one, "two": [one, one], "many": [one], "days": 7}
    for row in operators_for(field.kind):
        said = sentence(parse({"field": field.key, "op": row.key, "value": values[row.shape]}))
        assert said.lower().startswith(f"customers whose {field.label.lower()} {row.words}")
        assert said.endswith(f"{row.words}.") == (row.shape == "none")


def test_two_meanings_never_share_their_words() -> None:
    """A field's operators read differently, except "is" and "is one of", which mean the same of one value."""
    for field in FIELDS:
        words = [row.words for row in operators_for(field.kind) if row.key != "in"]
        assert len(set(words)) == len(words)


def test_the_formatter_gets_the_exact_amount() -> None:
    """An amount never passes through a float on its way into the sentence."""
    assert sentence(parse({**RICH, "value": "0.10"}), money=repr) == (
        "Customers whose revenue is at least Decimal('0.1')."
    )


def test_an_attribute_is_called_by_its_label() -> None:
    """An abbreviation keeps its capitals; nothing else of the column's name is shown."""
    fields = [
        Field(f"attribute:{name}", label, "number", "attributes", "", attribute=name)
        for name, label in (("shoe_size", "Shoe size"), ("nps", "NPS"))
    ]
    children = [{"field": field.key, "op": "ge", "value": 9} for field in fields]
    said = sentence(parse(_and(*children), Catalogue((*FIXED, *fields))))
    assert said == "Customers whose shoe size is at least 9 and whose NPS is at least 9."
