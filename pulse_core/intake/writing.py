"""How dates, decimal marks and currencies are written, as far as examples tell, each guess with its reason.

A guess only proposes. Of dates and decimal marks the values of the whole file have the last word: `settling` asks them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from babel.numbers import is_currency

from pulse_core.intake.formats import (
    AMBIGUOUS_DATES,
    DATE_FORMATS,
    NUMBER_FORMATS,
    DateFormat,
    beside_amount,
    currency_of,
)

SURE, LIKELY = 0.9, 0.6
_DIGITS = re.compile(r"(?:(?<![A-Za-z])[.,])?\d(?:.*\d)?[.,]?")  # without the point of Rs. or kr.
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}")


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess with its confidence from 0 to 1 and its reason in words; `value` is None when nothing fits."""

    value: str | None
    confidence: float
    reason: str

    @property
    def word(self) -> str:
        """The confidence as a person says it."""
        return "sure" if self.confidence >= SURE else "likely" if self.confidence >= LIKELY else "unsure"


def dates(values: Sequence[str]) -> Guess:
    """How dates are written, as far as examples tell; day-first or month-first only where some make sense one way."""
    reads = {key: sum(map(_reader(form), values)) for key, form in DATE_FORMATS.items()}
    best = max(reads, key=lambda key: reads[key])
    if not values or not reads[best]:
        return Guess(None, 0.0, "no example looks like a date")
    told = f"{reads[best]:,} of {len(values):,} examples"
    if best in AMBIGUOUS_DATES and len({reads[key] for key in AMBIGUOUS_DATES}) == 1:
        return Guess(None, 0.0, f"{told} read both day-first and month-first")
    return Guess(best, reads[best] / len(values), f"{told} are written so")


def years_first(values: Sequence[str], this_year: int) -> str | None:
    """A date of two-digit parts whose first looks like the year (24-01-15, 24-02-16): it stays while the last moves.

    One or two dates hardly move. With dashes, as in ISO dates, and no month in front, the first is the year there if it
    is a later one than the last would be.
    """
    found = {tuple(map(int, match.groups())) for value in values if (match := _TWO_DIGITS.match(value))}
    if not found or not all(map(_TWO_DIGITS.match, values)):
        return None
    if not all(
        _year(first) <= this_year and 1 <= month <= 12 and 1 <= day <= 31 for first, month, day in found
    ):
        return None
    if len(found) < 3:
        like_iso = all("-" in value for value in values)
        later = all(first > 12 and _year(first) > _year(last) for first, _, last in found)
        return values[0] if like_iso and later else None
    firsts, lasts = ({date[at] for date in found} for at in (0, 2))
    return values[0] if 3 * len(firsts) <= len(lasts) else None


def _year(two_digits: int) -> int:
    return two_digits + (1900 if two_digits >= 69 else 2000)


def reads_dates(key: str, values: Sequence[str]) -> bool:
    """Whether a format reads at least half of the examples, and no twin of it reads one that it does not."""
    reads = _reader(DATE_FORMATS[key])
    twins = [_reader(DATE_FORMATS[twin]) for twin in AMBIGUOUS_DATES if key in AMBIGUOUS_DATES]
    if any(twin(value) and not reads(value) for twin in twins for value in values):
        return False
    return 2 * sum(map(reads, values)) >= len(values)


_TWO_DIGITS = re.compile(r"(\d\d)[/.-](\d\d)[/.-](\d\d)(?!\d)")


def _reader(form: DateFormat) -> Callable[[str], bool]:
    def reads(value: str) -> bool:
        return form.shape.fullmatch(value) is not None and _possible(form.key, value)

    return reads


def _possible(key: str, value: str) -> bool:
    """Whether the day and the month of a date like 9/12/2011 can be what the format takes them for."""
    if key not in AMBIGUOUS_DATES:
        return True
    first, second = (int(part) for part in re.split(r"[/.-]", value)[:2])
    day, month = (first, second) if key == "day_first" else (second, first)
    return 1 <= day <= 31 and 1 <= month <= 12


def numbers(values: Iterable[str], *, typed: bool = False) -> Guess:
    """Which decimal mark the examples have; none where each mark could stand between thousands.

    Where cells were `typed` numbers, a point was put before their decimals by us.
    """
    marks = (("point" if typed and "." in v else mark) for v in values if (mark := decimal_mark(v)))
    counts: Counter[str] = Counter(marks)
    told = {key: counts[key] for key in NUMBER_FORMATS}
    if not counts:
        return Guess(None, 0.0, "no example has a decimal mark")
    if not any(told.values()):
        return Guess(None, 0.0, f"{counts['either']:,} examples such as 1,234 can be read in two ways")
    best = max(told, key=lambda key: told[key])
    return Guess(
        best, told[best] / sum(told.values()), f"{told[best]:,} of {counts.total():,} examples say so"
    )


def decimal_mark(value: str) -> str | None:
    """What a number tells of the decimal mark: "point", "comma", "either" (1,234), or None (no mark in it)."""
    bare = re.sub(r"[^\d.,]", "", found.group()) if (found := _DIGITS.search(value)) else ""
    marks = re.findall(r"[.,]", bare)
    if not marks:
        return None
    if len(set(marks)) == 2:  # the last one is the decimal mark
        return "comma" if marks[-1] == "," else "point"
    if len(marks) > 1:  # between thousands, so it is the other one
        return "point" if marks[0] == "," else "comma"
    if _GROUPED.fullmatch(bare) and not bare.startswith("0"):
        return "either"
    return "comma" if marks[0] == "," else "point"


def currency(header: str, values: Sequence[str]) -> Guess:
    """The currency whose sign or code stands in the header or beside most amounts."""
    if code := currency_of(" ".join(re.split(r"[\W_]+", header))) or currency_of(header):
        return Guess(code, SURE, f"the header {header!r} says so")
    return _most(beside_amount, values, "no amount says its currency")


def currency_column(values: Sequence[str]) -> Guess:
    """The currency that most cells of a column of currencies name, by its sign or by any code of three letters."""
    return _most(
        lambda cell: currency_of(cell.upper()) or _code(cell), values, "no cell is a currency's code"
    )


def _code(cell: str) -> str | None:
    return cell.upper() if is_currency(cell.upper()) else None


def _most(read: Callable[[str], str | None], values: Sequence[str], none: str) -> Guess:
    counts = Counter(code for value in values if (code := read(value)))
    if not counts:
        return Guess(None, 0.0, none)
    code, count = counts.most_common(1)[0]
    return Guess(code, count / len(values), f"{count:,} of {len(values):,} examples say so")
