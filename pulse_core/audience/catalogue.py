"""What can be asked about a customer: one row a field, over the columns of the `customers` table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pulse_core.insight.segments import LIFECYCLE_GROUPS, SEGMENT_NAMES

Kind = Literal["number", "money", "date", "text", "choice"]


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a customer. `unit` is a plural ("days"); `choices` are all values of a choice field."""

    key: str
    label: str
    kind: Kind
    column: str
    help: str
    unit: str = ""
    choices: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field(
        "segment", "Segment", "choice", "segment", "One of the 11 business segments", choices=SEGMENT_NAMES
    ),
    Field(
        "lifecycle_group",
        "Lifecycle group",
        "choice",
        "lifecycle_group",
        "The group of segments that shares a pitch",
        choices=LIFECYCLE_GROUPS,
    ),
    Field(
        "recency_days",
        "Time since last order",
        "number",
        "recency_days",
        "Recency: days from the last order to the as-of date",
        "days",
    ),
    Field("frequency", "Number of orders", "number", "frequency", "Frequency: orders up to the as-of date"),
    Field("monetary", "Revenue", "money", "monetary", "Monetary: the sum of net amounts, returns taken off"),
    Field("average_order", "Average order value", "money", "average_order", "Revenue for each order"),
    Field("quantity", "Quantity bought", "number", "quantity", "The units bought in all orders"),
    Field("last_order_on", "Last order", "date", "last_order_on", "The day of the latest order"),
    Field("first_order_on", "First order", "date", "first_order_on", "The day of the earliest order"),
    Field("returns_count", "Number of returns", "number", "returns_count", "Orders returned or cancelled"),
    Field("returns_value", "Value of returns", "money", "returns_value", "What the returns were worth"),
    Field(
        "tenure_days",
        "Time as a customer",
        "number",
        "tenure_days",
        "Tenure: days from the first order to the as-of date",
        "days",
    ),
    Field("country", "Country", "text", "country", "The country of the orders"),
    Field("top_product", "Top product", "text", "top_product", "The product that most was spent on"),
    Field("top_category", "Top category", "text", "top_category", "The category that most was spent on"),
    Field("recency_score", "Recency score", "number", "recency_score", "1 (long ago) to 5 (just now)"),
    Field("frequency_score", "Frequency score", "number", "frequency_score", "1 (seldom) to 5 (often)"),
    Field("monetary_score", "Monetary score", "number", "monetary_score", "1 (little) to 5 (much)"),
    Field("value_score", "Value score", "number", "value_score", "The mean of frequency and monetary score"),
    Field("email", "E-mail", "text", "email", "The e-mail address; compared as it is written"),
    Field("name", "Name", "text", "name", "The customer's name"),
    Field("customer_id", "Customer id", "text", "customer_id", "The id that the orders carry"),
)

FIELDS_BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}
