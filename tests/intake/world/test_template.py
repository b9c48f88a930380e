"""The templates: small, readable, whole, and fit for each other."""

from __future__ import annotations

import csv
import io

from pulse_core.intake.world.template import LAST_DAY, orders_template_csv, template_csv
from tests.intake.world.test_files import FIELDS


def rows(content: bytes) -> list[dict[str, str]]:
    """A template as a spreadsheet reads it."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_template_has_fifty_customers_with_every_field() -> None:
    """Whoever fills it in sees each field filled by somebody."""
    customers = rows(template_csv())
    assert len({row["customer_id"] for row in customers}) == len(customers) == 50
    assert list(customers[0])[: len(FIELDS)] == FIELDS
    assert all(any(row[field] for row in customers) for field in customers[0])


def test_orders_template_is_of_the_same_customers() -> None:
    """The two files can be tried together."""
    known = {row["customer_id"] for row in rows(template_csv())}
    orders = rows(orders_template_csv())
    assert 100 <= len(orders) <= 400
    assert {row["customer_id"] for row in orders} <= known
    assert max(row["order_date"] for row in orders) <= f"{LAST_DAY} 23:59:59"


def test_template_is_the_same_every_time() -> None:
    """A download that changes would be imported twice."""
    template_csv.__globals__["_csv"].cache_clear()
    before = template_csv()
    template_csv.__globals__["_csv"].cache_clear()
    assert template_csv() == before
