"""How figures, money and dates are said: in the locale and currency of the organisation, units always.

Short forms carry at most three figures that matter ("£8.28 M", "60.3 %"); full forms are for hover and
tables. What is not known is a dash. Spaces between a figure and its unit never break.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
    is_currency,
)

from pulse_core.errors import Invalid

DASH = "–"
NBSP = "\u00a0"
_LARGEST = Decimal(10) ** 24

Number = int | float | Decimal | None
Direction = Literal["up", "down", "flat", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against an earlier one. `share` is (now - before) / |before|; None where it is unknown."""

    share: float | None
    direction: Direction
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Words:
    """The voice of one organisation. Raises Invalid for a locale or currency that does not exist.

    `currency` None means that it is not known: money is then said as a plain figure.
    """

    locale: str = "en_GB"
    currency: str | None = "GBP"

    def __post_init__(self) -> None:
        _locale(self.locale)
        if self.currency is not None and not is_currency(self.currency):
            raise Invalid(
                f"currency {self.currency!r} is not known",
                remedy="use a three-letter ISO 4217 code such as GBP",
                currency=self.currency,
            )

    @property
    def symbol(self) -> str:
        """The currency's sign in this locale ("£"), or nothing where no currency is known."""
        return get_currency_symbol(self.currency, locale=_locale(self.locale)) if self.currency else ""

    def money(self, value: Number) -> str:
        """An amount in three figures ("£8.28 M"); below 100 with its pence, as prices are written."""
        amount = _decimal(value)
        if amount is None:
            return DASH
        if abs(amount) < 100 and amount % 1:
            return self.money_full(amount)
        short = _three_figures(amount)
        if not self.currency:
            return self._compact(short)
        text = format_compact_currency(short, self.currency, locale=_locale(self.locale), fraction_digits=2)
        return self._whole_money(short) if _is_whole(text, short) else _spaced(text)

    def money_full(self, value: Number) -> str:
        """The whole amount ("£8,278,519.12")."""
        amount = _decimal(value)
        if amount is None:
            return DASH
        if not self.currency:
            return self.number(amount)
        return format_currency(amount, self.currency, locale=_locale(self.locale))

    def number(self, value: Number) -> str:
        """A figure in full, with at most two decimals ("1,204")."""
        amount = _decimal(value)
        if amount is None:
            return DASH
        return format_decimal(_places(amount, 2), locale=_locale(self.locale))

    def compact(self, value: Number) -> str:
        """A figure in three figures ("21.4 M")."""
        amount = _decimal(value)
        return DASH if amount is None else self._compact(_three_figures(amount))

    def percent(self, share: Number) -> str:
        """A share (1 is the whole) in per cent, one decimal at most; never rounded to none or to all."""
        amount = _decimal(share)
        if amount is None:
            return DASH
        if 0 < abs(amount) < Decimal("0.0005"):
            return ("<" if amount > 0 else ">-") + self._percent(Decimal("0.001"))
        if Decimal("0.9995") <= amount < 1:
            return ">" + self._percent(Decimal("0.999"))
        return self._percent(_rounded_share(amount))

    def date(self, day: dt.date | None) -> str:
        """A day ("3 Nov 2026")."""
        return DASH if day is None else format_skeleton("yMMMd", day, locale=_locale(self.locale))

    def month(self, day: dt.date | None) -> str:
        """The month that a day lies in ("Nov 2026")."""
        return DASH if day is None else format_skeleton("yMMM", day, locale=_locale(self.locale))

    def change(self, now: Number, before: Number, against: str = "the period before") -> Change:
        """How a figure moved ("+4.2 %") and against what ("+4.2 % against the 90 days before")."""
        new, old = _decimal(now), _decimal(before)
        if new is None or not old:
            return Change(None, "unknown", DASH, f"Nothing to compare with in {against}")
        share = (new - old) / abs(old)
        shown = _rounded_share(share)
        direction: Direction = "flat" if not shown else "up" if shown > 0 else "down"
        text = ("+" if shown > 0 else "") + self._percent(shown)
        return Change(float(share), direction, text, f"{text} against {against}")

    def plural(self, noun: str, count: int, many: str | None = None) -> str:
        """A count with its noun ("1 customer", "1,204 customers"); `many` for a plural that is irregular."""
        return f"{self.number(count)}{NBSP}{noun if count == 1 else many or _plural(noun)}"

    def _whole_money(self, amount: Decimal) -> str:
        """An amount without its decimals, in the order of figure and sign that the locale has."""
        locale = _locale(self.locale)
        pattern = re.sub(r"\.0+", "", locale.currency_formats["standard"].pattern)
        return format_currency(amount, self.currency or "", pattern, locale=locale, currency_digits=False)

    def _compact(self, short: Decimal) -> str:
        text = format_compact_decimal(short, locale=_locale(self.locale), fraction_digits=2)
        return self.number(short) if _is_whole(text, short) else _spaced(text)

    def _percent(self, share: Decimal) -> str:
        text = format_percent(share, locale=_locale(self.locale), decimal_quantization=False)
        return re.sub(r"(?<=\d)%", f"{NBSP}%", text)


@lru_cache
def currencies() -> list[str]:
    """The three-letter codes of all currencies in use, those of most trade first."""
    first = ["EUR", "USD", "GBP", "INR", "JPY", "CNY", "CHF", "CAD", "AUD"]
    regions = get_global("territory_currencies").values()
    current = {code for region in regions for code, _, ended, legal in region if legal and not ended}
    return first + sorted(current - set(first))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError) as error:
        raise Invalid(
            f"locale {name!r} is not known", remedy="use one such as en_GB or de_DE", locale=name
        ) from error


def _decimal(value: Number) -> Decimal | None:
    """The value as a Decimal; None for what cannot be said: no figure, infinite, or beyond Babel's digits."""
    if value is None:
        return None
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    return amount if amount.is_finite() and abs(amount) < _LARGEST else None


def _three_figures(amount: Decimal) -> Decimal:
    return Context(prec=3, rounding=ROUND_HALF_UP).plus(amount)


def _places(amount: Decimal, places: int) -> Decimal:
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=60))
    return rounded if rounded else Decimal(0)


def _rounded_share(share: Decimal) -> Decimal:
    """A share with three figures at most, one decimal of a per cent at most."""
    return _places(share, 3 if abs(share) < 1 else 2)


def _is_whole(text: str, amount: Decimal) -> bool:
    """Whether a short form is the whole figure after all.

    Some locales have no short form for thousands, and Babel then leaves out the grouping ("12300 €").
    """
    return abs(amount) >= 1000 and re.sub(r"\D", "", text) == str(int(abs(amount)))


def _spaced(text: str) -> str:
    """A no-break space between a figure and the letter behind it ("8.28M" to "8.28 M")."""
    return re.sub(r"(?<=\d)(?=[A-Za-z])", NBSP, text)


def _plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|z|ch|sh)$", noun) else f"{noun}s"
