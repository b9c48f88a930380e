"""Values that can be read in two ways, with both readings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_NUMBER = re.compile(r"(\d{1,3})[.,](\d{3})(?!\d)")
_CENTURY = 69  # two-digit years from here on are of the century before, as intake reads them


def two_dates(text: str) -> tuple[date, date] | None:
    """A date read day-first and month-first; None where only one of them makes sense, or both are the same."""
    found = _DATE.match(text)
    if found is None:
        return None
    first, second, year = (int(part) for part in found.groups())
    if len(found[3]) == 2:
        year += 1900 if year >= _CENTURY else 2000
    try:
        readings = date(year, second, first), date(year, first, second)
    except ValueError:
        return None
    return readings if readings[0] != readings[1] else None


def two_numbers(text: str) -> tuple[int, str] | None:
    """A number such as 1.234, its mark read as one between thousands and as a decimal mark."""
    found = _NUMBER.search(text)
    return (int(found[1] + found[2]), f"{found[1]}.{found[2]}") if found else None


def ambiguous_dates(values: Iterable[str]) -> list[str]:
    """The dates among these that read in two ways."""
    return [value for value in values if two_dates(value)]


def ambiguous_number(values: Iterable[str]) -> str | None:
    """The first number among these that reads in two ways."""
    return next((value for value in values if two_numbers(value)), None)
