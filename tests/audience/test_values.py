from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pulse_core.audience.tree import Condition, parse
from pulse_core.audience.values import Value
from pulse_core.errors import Invalid


def _value(field: str, op: str, raw: Any) -> Value:
    tree = parse({"field": field, "op": op, "value": raw})
    assert isinstance(tree, Condition)
    return tree.value


@pytest.mark.parametrize(
    ("field", "op", "raw", "exact"),
    [
        ("monetary", "ge", 500, Decimal(500)),
        ("monetary", "ge", 0.1, Decimal("0.1")),
        ("monetary", "ge", " 12.50 ", Decimal("12.5")),
        ("monetary", "ge", "1e3", Decimal(1000)),
        ("monetary", "ge", Decimal("-0"), Decimal(0)),
        ("frequency", "between", [1, "3"], (Decimal(1), Decimal(3))),
        ("last_order_on", "eq", "2011-12-09", date(2011, 12, 9)),
        ("last_order_on", "eq", date(2011, 12, 9), date(2011, 12, 9)),
        ("last_order_on", "in_last_days", "30", 30),
        ("country", "eq", "  United Kingdom ", "United Kingdom"),
        ("country", "in", ["France", " France", "Spain"], ("France", "Spain")),
        ("segment", "eq", " At Risk", "At Risk"),
        ("buying_behavior", "eq", "window shopper", "window shopper"),
        ("tags", "has_any", ["vip", " vip", "new"], ("vip", "new")),
        ("email", "is_empty", None, None),
    ],
)
def test_a_value_is_made_exact(field: str, op: str, raw: Any, exact: Value) -> None:
    """Numbers become decimals without a float's noise, days days, text is trimmed, lists lose repeats."""
    value = _value(field, op, raw)
    assert value == exact
    assert type(value) is type(exact)
    assert str(value) == str(exact)


@pytest.mark.parametrize(
    ("field", "op", "raw", "said"),
    [
        ("monetary", "ge", None, "no value is given"),
        ("monetary", "ge", float("nan"), "nan is not a number"),
        ("monetary", "ge", "-Infinity", "'-Infinity' is not a number"),
        ("monetary", "ge", "sNaN", "'sNaN' is not a number"),
        ("monetary", "ge", True, "True is not a number"),
        ("monetary", "ge", "1,000", "'1,000' is not a number"),
        ("monetary", "ge", [1], "[1] is not a number"),
        ("monetary", "ge", "1e999999999", "too large or too fine"),
        ("monetary", "ge", "1e-999999999", "too large or too fine"),
        ("monetary", "ge", "0.0000001", "too large or too fine"),
        ("monetary", "between", [3], "has 1 values"),
        ("monetary", "between", [3, 2], "goes from 3 down to 2"),
        ("monetary", "between", "1-3", "is not a list"),
        ("last_order_on", "eq", "09/12/2011", "is not a day"),
        ("last_order_on", "eq", "20111209", "is not a day"),
        ("last_order_on", "eq", "2011-02-30", "is not a day"),
        ("last_order_on", "eq", datetime(2011, 12, 9, 12, 0), "is not a day"),
        ("last_order_on", "between", ["2011-12-09", "2011-12-01"], "goes from 2011-12-09 down"),
        ("last_order_on", "in_last_days", 0, "not a number of days"),
        ("last_order_on", "in_last_days", 1.5, "not a number of days"),
        ("last_order_on", "in_last_days", 36_501, "not a number of days"),
        ("last_order_on", "in_last_days", None, "None is not a number"),
        ("country", "eq", "  ", "is empty"),
        ("country", "eq", 7, "7 is not text"),
        ("country", "contains", "x" * 201, "has 201 characters"),
        ("country", "eq", "a\x00b", "control character"),
        ("country", "eq", "a\nb", "control character"),
        ("country", "eq", "\ud800", "control character"),
        ("country", "in", [], "the list for 'country' is empty"),
        ("country", "in", "France", "'France' is not a list"),
        ("country", "in", ["x"] * 501, "has 501 values"),
        ("country", "in", ["France", None], "no value is given"),
        ("segment", "eq", "VIP", "'VIP' is not a choice"),
        ("segment", "eq", ["At Risk"], "is not a choice"),
        ("buying_behavior", "eq", 7, "7 is not text"),
        ("tags", "has_any", [7], "7 is not text"),
        ("tags", "has_any", "vip", "'vip' is not a list"),
        ("email", "is_empty", "x", "takes no value"),
    ],
)
def test_a_bad_value_is_refused_with_a_remedy(field: str, op: str, raw: Any, said: str) -> None:
    """Nothing that the database would choke on, or read otherwise than the analyst, gets into a tree."""
    with pytest.raises(Invalid) as caught:
        _value(field, op, raw)
    assert said in caught.value.message
    assert caught.value.message.startswith("the condition: ")
    assert caught.value.remedy


def test_a_message_shows_only_the_beginning_of_what_was_given() -> None:
    """A pasted page of text does not fill the screen."""
    with pytest.raises(Invalid) as caught:
        _value("monetary", "ge", "9x" * 5000)
    assert len(caught.value.message) < 200
