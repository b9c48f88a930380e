"""Values as a person or a program gives them, made exact: decimals, days, trimmed text, short lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from pydantic_core import PydanticCustomError

from pulse_core.audience.catalogue import Field
from pulse_core.audience.operators import Operator

Scalar = Decimal | date | str
Value = Scalar | int | tuple[Scalar, ...] | None

MAX_TEXT = 200
MAX_LIST = 500
MAX_DAYS = 36_500
LARGEST = Decimal(10) ** 15
SMALLEST_STEP = Decimal("0.000001")


def fault(message: str, remedy: str = "") -> PydanticCustomError:
    """An error for a validator to raise; `tree.parse` adds the place and makes it an `Invalid`."""
    return PydanticCustomError("audience", "{message}", {"message": message, "remedy": remedy})


def plain(value: Value) -> str | int | list[str] | None:
    """The value for JSON: numbers and days as text, so that nothing is rounded on the way."""
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)


def normalise(field: Field, operator: Operator, raw: object) -> Value:
    """The value of a condition in the shape that the operator wants, typed by the field's kind."""
    return _SHAPES[operator.shape](field, raw)


def number(field: Field, raw: object) -> Decimal:
    """A finite decimal with at most 6 decimals, without trailing zeros."""
    try:
        value = Decimal(_digits(raw))
    except InvalidOperation:
        raise _not_a_number(field, raw) from None
    if not value.is_finite():
        raise _not_a_number(field, raw)
    if value.copy_abs() > LARGEST or value != value.quantize(SMALLEST_STEP):
        raise fault(
            f"{show(raw)} is too large or too fine for '{field.key}'", "use 15 digits and 6 decimals at most"
        )
    return Decimal(format((value + 0).normalize(), "f"))


def day(field: Field, raw: object) -> date:
    """A calendar day, from a date or from text such as 2026-11-03."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        value = date.fromisoformat(str(raw).strip())
    except ValueError:
        value = None
    if value is None or value.isoformat() != str(raw).strip():
        raise fault(
            f"{show(raw)} is not a day for '{field.key}'", "write it as year-month-day, such as 2026-11-03"
        )
    return value


def text(field: Field, raw: object) -> str:
    """Trimmed text of 1 to 200 characters on one line."""
    if not isinstance(raw, str):
        raise fault(f"{show(raw)} is not text for '{field.key}'", "put it in quotation marks")
    value = raw.strip()
    if not value:
        raise fault(f"the text for '{field.key}' is empty", "write a text, or use 'is empty'")
    if len(value) > MAX_TEXT:
        raise fault(f"the text for '{field.key}' has {len(value)} characters", f"use at most {MAX_TEXT}")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
        raise fault(f"the text for '{field.key}' holds a control character or half a character", "remove it")
    return value


def choice(field: Field, raw: object) -> str:
    """One of the field's choices, as it is written there; any text where others may come."""
    if field.open:
        return text(field, raw)
    value = raw.strip() if isinstance(raw, str) else raw
    if value not in field.choices:
        raise fault(
            f"{show(raw)} is not a choice of '{field.key}'", f"choose one of {', '.join(field.choices)}"
        )
    return str(value)


def _digits(raw: object) -> str | int | Decimal:
    """What Decimal reads exactly; a float by its shortest text, so that 0.1 stays 0.1."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return ""
    return str(raw).strip() if isinstance(raw, str | float) else raw


def _not_a_number(field: Field, raw: object) -> PydanticCustomError:
    return fault(f"{show(raw)} is not a number for '{field.key}'", "write digits only, such as 1234.50")


def show(raw: object) -> str:
    """What was given, in quotation marks if it is text, cut to 60 characters for a message."""
    shown = repr(raw)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


_KINDS: dict[str, Callable[[Field, object], Scalar]] = {
    "number": number,
    "money": number,
    "date": day,
    "text": text,
    "choice": choice,
    "list": text,
}


def _one(field: Field, raw: object) -> Scalar:
    if raw is None:
        raise fault(f"no value is given for '{field.key}'", "give one, or use 'is empty'")
    return _KINDS[field.kind](field, raw)


def _none(field: Field, raw: object) -> None:
    if raw is not None:
        raise fault(f"'is empty' on '{field.key}' takes no value", "leave the value out")


def _listed(field: Field, raw: object) -> list[Scalar]:
    if not isinstance(raw, list | tuple):
        raise fault(f"{show(raw)} is not a list for '{field.key}'", "give the values as a list")
    if len(raw) > MAX_LIST:
        raise fault(f"the list for '{field.key}' has {len(raw)} values", f"use at most {MAX_LIST}")
    return [_one(field, item) for item in raw]


def _many(field: Field, raw: object) -> tuple[Scalar, ...]:
    values = tuple(dict.fromkeys(_listed(field, raw)))
    if not values:
        raise fault(f"the list for '{field.key}' is empty", "give at least one value")
    return values


def _two(field: Field, raw: object) -> tuple[Scalar, ...]:
    values = _listed(field, raw)
    if len(values) != 2:
        raise fault(f"'between' on '{field.key}' has {len(values)} values", "give the lowest and the highest")
    low, high = values
    if low > high:  # type: ignore[operator]  # both are of the field's kind, and every kind has an order
        raise fault(
            f"'between' on '{field.key}' goes from {low} down to {high}", "give the lowest value first"
        )
    return low, high


def _days(field: Field, raw: object) -> int:
    value = number(field, raw)
    if value != int(value) or not 1 <= value <= MAX_DAYS:
        raise fault(f"{show(raw)} is not a number of days", f"use a whole number from 1 to {MAX_DAYS}")
    return int(value)


_SHAPES: dict[str, Callable[[Field, object], Value]] = {
    "none": _none,
    "one": _one,
    "two": _two,
    "many": _many,
    "days": _days,
}
