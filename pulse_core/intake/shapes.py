"""Files that are known by heart: their header gives the whole mapping, nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Shape:
    """A file known by heart: its header (or, without one, its number of columns) gives the whole mapping."""

    key: str
    label: str
    kind: str
    columns: MappingProxyType[str, str]  # our column -> header name in the file
    date_format: str | None = None  # None: found out from the values, as copies of a file differ in it
    currency: str | None = None
    return_prefix: str | None = None  # order numbers that begin so are returns
    headerless: tuple[str, ...] = field(default=())  # header names to use for a file that has none


def _columns(**columns: str) -> MappingProxyType[str, str]:
    return MappingProxyType(columns)


SHAPES: tuple[Shape, ...] = (
    Shape(
        "online_retail", "UCI Online Retail", "orders",
        _columns(
            order_id="InvoiceNo", product="Description", quantity="Quantity", ordered_at="InvoiceDate",
            unit_price="UnitPrice", customer_id="CustomerID", country="Country",
        ),
        currency="GBP", return_prefix="C",
    ),
    Shape(
        "online_retail_2", "UCI Online Retail II", "orders",
        _columns(
            order_id="Invoice", product="Description", quantity="Quantity", ordered_at="InvoiceDate",
            unit_price="Price", customer_id="Customer ID", country="Country",
        ),
        currency="GBP", return_prefix="C",
    ),
    Shape(
        "cdnow", "CDNOW", "orders",
        _columns(customer_id="customer_id", ordered_at="date", quantity="number_of_cds", amount="dollar_value"),
        date_format="compact", currency="USD",
    ),
    Shape(
        "cdnow_sample", "CDNOW (one-tenth sample)", "orders",
        _columns(customer_id="customer_id", ordered_at="date", quantity="number_of_cds", amount="dollar_value"),
        date_format="compact", currency="USD",
        headerless=("customer_id", "sample_id", "date", "number_of_cds", "dollar_value"),
    ),
    Shape(
        "ecommerce", "E-commerce transactions", "orders",
        _columns(
            customer_id="CustomerID", ordered_at="TransactionDate", amount="TransactionAmount",
            category="ProductCategory", quantity="Quantity",
        ),
    ),
    Shape(
        "telecom", "Telecom events", "events",
        _columns(customer_id="CustomerID", happened_at="EventDate", event_type="EventType", value="RevenueImpact"),
    ),
    Shape(
        "banking", "Banking events", "events",
        _columns(customer_id="CustomerID", happened_at="EventDate", event_type="EventType", value="Amount"),
    ),
    Shape(
        "scores", "Churn scores", "scores", _columns(customer_id="customer_id", churn_score="churn_score"),
    ),
)  # fmt: skip
