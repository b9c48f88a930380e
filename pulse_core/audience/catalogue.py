"""What can be asked about a customer: one row a field, over the columns of the `customers` table.

The fixed fields are the same everywhere; an organisation's own are its custom attributes, found by the refresh.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pulse_core.insight.behaviour.profile import signal_keys
from pulse_core.insight.behaviour.reading import TRENDS
from pulse_core.insight.risk import RISK_LEVELS
from pulse_core.insight.segments import LIFECYCLE_GROUPS, SEGMENT_NAMES
from pulse_core.stores.queries import load

Kind = Literal["number", "money", "date", "text", "choice", "list"]

ATTRIBUTE = "attribute:"  # begins the key of a field that is a custom attribute
MAX_LABEL = 60
PAIN_POINTS = (
    "budget",
    "time",
    "quality",
    "variety",
    "delivery",
    "support",
    "trust",
    "complexity",
    "returns",
)
BEHAVIORS = ("impulse_buyer", "researcher", "bargain_hunter", "loyal", "seasonal")
CONSENTS = ("given", "refused", "unknown")
YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a customer. `unit` is a plural ("days"); `choices` are all values of a choice field.

    Where a field is `open`, its choices are what is usual, and a condition may ask for others. `attribute` is the
    name of a custom attribute in the map that `column` holds.
    """

    key: str
    label: str
    kind: Kind
    column: str
    help: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    open: bool = False
    attribute: str | None = None


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
        "Recency: days from the last order (from the sign-up, where there is none) to the as-of date",
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
    Field(
        "composite_score",
        "Composite score",
        "number",
        "composite_score",
        "0 to 100 (best): the three scores and, where it is known, how likely the customer is to stay",
    ),
    Field(
        "churn_probability",
        "Churn probability",
        "number",
        "churn_probability",
        "0 to 1: how likely no order comes within the horizon; empty while no model is published",
    ),
    Field(
        "risk_level",
        "Risk level",
        "choice",
        "risk_level",
        "Critical, High, Medium or Low by churn probability; empty while no model is published",
        choices=RISK_LEVELS,
    ),
    Field(
        "expected_orders",
        "Expected orders",
        "number",
        "expected_orders",
        "Orders to expect within the horizon; empty while there is too little data",
        "orders",
    ),
    Field(
        "expected_spend",
        "Expected spend",
        "money",
        "expected_spend",
        "What they are expected to spend within the horizon, returns taken off",
    ),
    Field(
        "clv",
        "Customer value",
        "money",
        "clv",
        "What they are expected to spend within 12 months, returns taken off",
    ),
    Field(
        "behaviour_score",
        "Behaviour score",
        "number",
        "behaviour_score",
        "0 to 100 (healthy), by the signals of the industry; empty where too little is known",
    ),
    Field(
        "behaviour_trend",
        "Trend of behaviour",
        "choice",
        "behaviour_trend",
        "Whether they do more, the same or less than before",
        choices=TRENDS,
    ),
    Field(
        "behaviour_signals",
        "Behaviour signals",
        "list",
        "behaviour_signals",
        "The signals of risk that are raised",
        choices=signal_keys(),
        open=True,
    ),
    Field("age", "Age", "number", "age", "The age that the customer's record says", "years"),
    Field(
        "location", "Location", "text", "location", "Where the customer lives; else the country of the orders"
    ),
    Field("signup_on", "Sign-up", "date", "signup_on", "The day on which the customer signed up"),
    Field("interests", "Interests", "list", "interests", "What the customer is interested in"),
    Field("engagement_score", "Engagement score", "number", "engagement_score", "0 (none) to 100 (highest)"),
    Field(
        "preferred_contact_time",
        "Preferred contact time",
        "text",
        "preferred_contact_time",
        "When the customer would like to be written to",
    ),
    Field(
        "pain_points",
        "Pain points",
        "list",
        "pain_points",
        "What the customer finds hard",
        choices=PAIN_POINTS,
        open=True,
    ),
    Field(
        "buying_behavior",
        "Buying behaviour",
        "choice",
        "buying_behavior",
        "How the customer comes to buy",
        choices=BEHAVIORS,
        open=True,
    ),
    Field(
        "response_rate", "Response rate", "number", "response_rate", "0 (answers nothing) to 1 (everything)"
    ),
    Field(
        "lifetime_value",
        "Lifetime value",
        "money",
        "lifetime_value",
        "What the customer's record says; else the revenue so far",
    ),
    Field("language", "Language", "text", "language", "The language that the customer reads"),
    Field("zone", "Time zone", "text", "zone", "Such as Asia/Kolkata"),
    Field(
        "consent_email",
        "E-mail consent",
        "choice",
        "consent_email",
        "Whether mail is allowed",
        choices=CONSENTS,
    ),
    Field(
        "consent_popup",
        "Popup consent",
        "choice",
        "consent_popup",
        "Whether popups are allowed",
        choices=CONSENTS,
    ),
    Field(
        "consent_teaser",
        "Teaser consent",
        "choice",
        "consent_teaser",
        "Whether teasers are allowed",
        choices=CONSENTS,
    ),
    Field("tags", "Tags", "list", "tags", "Labels that your files give to customers"),
    Field("email", "E-mail", "text", "email", "The e-mail address; compared as it is written"),
    Field("name", "Name", "text", "name", "The customer's name"),
    Field("customer_id", "Customer id", "text", "customer_id", "The id that the files carry"),
)


@dataclass(frozen=True)
class Catalogue:
    """The fields that an organisation can ask for, in the order of its forms."""

    fields: tuple[Field, ...]
    _by_key: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {row.key: row for row in self.fields})

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Field:
        return self._by_key[key]

    def find(self, key: str) -> Field | None:
        """The field of that key; None when there is none."""
        return self._by_key.get(key)


FIXED = Catalogue(FIELDS)


class Reader(Protocol):
    """One point in time of an organisation's warehouse."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...


def catalogue(reader: Reader) -> Catalogue:
    """The organisation's fields: the fixed ones, and one for each of its custom attributes."""
    labels = {row.label.casefold() for row in FIELDS}
    return Catalogue((*FIELDS, *_attributes(reader.rows(load("insight")["read_attributes"]), labels)))


def _attributes(rows: Iterable[tuple[Any, ...]], labels: set[str]) -> Iterator[Field]:
    """One field a row (key, label, kind, is it yes or no, choices, customers); `labels` are those that are taken."""
    for key, label, kind, is_boolean, choices, customers in rows:
        shown = _unique(_tidy(label), labels)
        labels.add(shown.casefold())
        help = f"A column of your files; {customers:,} {'has' if customers == 1 else 'have'} it"
        offered = YES_NO if is_boolean else tuple(choices or ())
        is_open = kind == "choice" and not is_boolean
        yield Field(
            ATTRIBUTE + key, shown, kind, "attributes", help, choices=offered, open=is_open, attribute=key
        )


def _tidy(label: str) -> str:
    """One line of printable text, not too long for a form."""
    text = " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in label).split())
    return (text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…") or "Without a name"


def _unique(label: str, taken: set[str]) -> str:
    """The label, told apart from those that read the same."""
    made, number = label, 1
    while made.casefold() in taken:
        number += 1
        made = f"{label} (custom)" if number == 2 else f"{label} (custom {number - 1})"
    return made
