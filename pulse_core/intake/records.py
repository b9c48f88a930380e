"""Records that programs send: a customer, an order line; each is checked when it is made.

Field names are the columns of their kind. A column is added here where programs are to send it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from pulse_core.intake.formats import NULLS

MAX_TEXT = 10_000
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def _printable(text: str) -> str:
    """What is kept as one cell of one line."""
    if not text.isprintable():
        raise ValueError("holds signs that cannot be printed")
    return text


def _says_something(text: str) -> str:
    if text in NULLS:
        raise ValueError("stands for nothing in files, so it can be no value")
    return text


def _whole(item: str) -> str:
    if any(mark in item for mark in ",;|[]") or item != item.strip(" \"'"):
        raise ValueError("holds a mark that separates the items of a list")
    return item


def _text_of_number(value: Any) -> Any:
    """Decimals come as text, so that none is rounded on its way; whole numbers may come as such."""
    if isinstance(value, float | bool):
        raise ValueError("is to be sent as text, such as '12.50'")
    return value


def _iso(value: Any) -> Any:
    """A number could be seconds, milliseconds or a year; a text says which day."""
    if isinstance(value, int | float):
        raise ValueError("is to be sent as an ISO date, such as '2026-11-20'")
    return value


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT),
    AfterValidator(_printable),
    AfterValidator(_says_something),
]
Item = Annotated[Text, AfterValidator(_whole)]
Id = Annotated[Text, Field(max_length=200)]
Email = Annotated[Text, Field(pattern=_EMAIL)]
Amount = Annotated[
    Decimal,
    BeforeValidator(_text_of_number),
    Field(allow_inf_nan=False, decimal_places=4, gt=-(10**12), lt=10**12),
]
Consent = Literal["given", "refused"]
Pain = Literal[
    "budget", "time", "quality", "variety", "delivery", "support", "trust", "complexity", "returns"
]
Behavior = Literal["impulse_buyer", "researcher", "bargain_hunter", "loyal", "seasonal"]
Moment = Annotated[datetime, BeforeValidator(_iso)]
Day = Annotated[date, BeforeValidator(_iso), Field(ge=date(1900, 1, 1))]


class Record(BaseModel):
    """What both have in common: nothing is accepted that no field expects."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: Id


class CustomerRecord(Record):
    """A customer: 13 fields, language, zone, consent for each channel, tags, and attributes of one's own."""

    name: Text | None = None
    email: Email | None = None
    age: Annotated[int, Field(ge=0, le=130)] | None = None
    location: Text | None = None
    signup_on: Day | None = None
    interests: tuple[Item, ...] = ()
    engagement_score: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    preferred_contact_time: Text | None = None
    pain_points: tuple[Pain, ...] = ()
    buying_behavior: Behavior | None = None
    response_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    lifetime_value: Amount | None = None
    language: Text | None = None
    zone: Text | None = None
    consent_email: Consent | None = None
    consent_popup: Consent | None = None
    consent_teaser: Consent | None = None
    tags: tuple[Item, ...] = ()
    attributes: dict[Annotated[Text, Field(max_length=100)], Text] = {}

    @model_validator(mode="after")
    def _attributes_are_no_fields(self) -> Self:
        if twice := sorted(
            {name.lower() for name in self.attributes} & (set(COLUMNS["customers"]) | {"last_name"})
        ):
            raise ValueError(f"attributes holds {', '.join(twice)}, which a field of the record is for")
        return self


class OrderRecord(Record):
    """An order line: who, when, and the amount or quantity and unit price; negative ones are returns."""

    ordered_at: Moment
    amount: Amount | None = None
    quantity: Amount | None = None
    unit_price: Amount | None = None
    order_id: Id | None = None
    product: Text | None = None
    category: Text | None = None
    country: Text | None = None
    name: Text | None = None
    email: Email | None = None
    discount: Amount | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.amount is None and (self.quantity is None or self.unit_price is None):
            raise ValueError("either amount is needed, or quantity and unit_price")
        return self

    @property
    def money(self) -> Decimal:
        """What the line cost in all."""
        if self.amount is not None or self.quantity is None or self.unit_price is None:
            return self.amount or Decimal(0)
        return (self.quantity * self.unit_price).quantize(Decimal("0.0001"))


RECORDS: dict[str, type[Record]] = {"customers": CustomerRecord, "orders": OrderRecord}
_NO_CELL = {"attributes", "unit_price"}  # the former have cells of their own, the latter is in the amount
COLUMNS = {
    kind: tuple(name for name in record.model_fields if name not in _NO_CELL)
    for kind, record in RECORDS.items()
}
