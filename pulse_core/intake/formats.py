"""How people write dates, numbers and nothing at all: one row each. What a row means in SQL stands beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

# What spreadsheets, databases and statistics programs write for "nothing".
NULLS = ("", "NULL", "null", "N/A", "n/a", "#N/A", "NaN", "nan", "\\N", "$null$", "(null)", "<NA>")

_TIME = r"([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?)?"
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"


@dataclass(frozen=True, slots=True)
class DateFormat:
    """One way of writing dates. `shape` tells its look, `patterns` are strptime patterns (none: read by a rule)."""

    key: str
    label: str
    shape: re.Pattern[str]
    patterns: tuple[str, ...] = ()


def _with_times(*days: str) -> tuple[str, ...]:
    return tuple(
        f"{day}{time}" for day in days for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    )


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Two-digit years are tried first: %Y would take "11" for the year 11.
_DAY_FIRST = ("%d/%m/%y", "%d/%m/%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y")
_MONTH_FIRST = ("%m/%d/%y", "%m/%d/%Y", "%m.%d.%y", "%m.%d.%Y", "%m-%d-%y", "%m-%d-%Y")
_NAMED = (
    "%d %b %y", "%d %b %Y", "%d-%b-%y", "%d-%b-%Y", "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y",
    "%B %d %Y", "%d/%b/%Y", "%d. %b %Y", "%d. %B %Y",
)  # fmt: skip
_MARKED = rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-](\d{{2}}|\d{{4}}){_TIME}"

DATE_FORMATS = MappingProxyType(
    {
        f.key: f
        for f in (
            DateFormat(
                "iso",
                "Year-month-day (2011-12-09)",
                _shape(
                    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?"
                ),
            ),
            DateFormat(
                "compact",
                "Year, month, day without marks (20111209)",
                _shape(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])"),
                ("%Y%m%d",),
            ),
            DateFormat("day_first", "Day first (09/12/2011)", _shape(_MARKED), _with_times(*_DAY_FIRST)),
            DateFormat(
                "month_first", "Month first (12/09/2011)", _shape(_MARKED), _with_times(*_MONTH_FIRST)
            ),
            DateFormat(
                "month_name",
                "Month as a word (9 Dec 2011)",
                _shape(
                    rf"(\d{{1,2}}\.?[ /-]{_MONTH}[ /-](\d{{2}}|\d{{4}})|{_MONTH} \d{{1,2}},? \d{{4}}){_TIME}"
                ),
                _with_times(*_NAMED),
            ),
            DateFormat(
                "excel", "Days since 1900, as spreadsheets count (40886)", _shape(r"[2-5]\d{4}(\.\d+)?")
            ),
            DateFormat("unix", "Seconds since 1970 (1323388800)", _shape(r"\d{9,10}(\.\d+)?")),
            DateFormat("unix_ms", "Milliseconds since 1970 (1323388800000)", _shape(r"\d{12,13}")),
        )
    }
)
AMBIGUOUS_DATES = ("day_first", "month_first")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One decimal mark. `body` is what an unsigned number looks like; `groups` are the marks between its thousands.

    Signs are taken out before a number is read, so that a power of ten (1e3) may not have a minus.
    """

    key: str
    label: str
    mark: str
    body: str
    groups: str

    @property
    def whole(self) -> str:
        """A number with its sign: -5, +5, 5-, (5)."""
        return rf"[-+\x{{2212}}]?{self.body}|{self.body}-|\({self.body}\)"


_BLANKS = r" \x{A0}\x{202F}\x{2009}"
NUMBER_FORMATS = MappingProxyType(
    {
        f.key: f
        for f in (
            NumberFormat(
                "point",
                "Decimal point (1,234.56)",
                ".",
                rf"(?:[1-9]\d{{0,2}}(?:[{_BLANKS},'’]\d{{2,3}})*[{_BLANKS},'’]\d{{3}}(?:\.\d*)?|\d+(?:\.\d*)?(?:[eE]\+?\d{{1,2}})?|\.\d+)",
                rf"[{_BLANKS},'’]",
            ),
            NumberFormat(
                "comma",
                "Decimal comma (1.234,56)",
                ",",
                rf"(?:[1-9]\d{{0,2}}(?:[{_BLANKS}.'’]\d{{3}})+(?:,\d*)?|\d+(?:,\d*)?(?:[eE]\+?\d{{1,2}})?|,\d+)",
                rf"[{_BLANKS}.'’]",
            ),
        )
    }
)

# A sign beside an amount, and the currencies that write it so: the most usual one first, which it is taken for where
# nothing else is known.
CURRENCY_MARKS = MappingProxyType(
    {
        "£": ("GBP",), "€": ("EUR",), "¥": ("JPY", "CNY"), "₹": ("INR",), "₩": ("KRW",), "₽": ("RUB",), "₺": ("TRY",),
        "₫": ("VND",), "₪": ("ILS",), "US$": ("USD",), "R$": ("BRL",), "A$": ("AUD",), "C$": ("CAD",), "zł": ("PLN",),
        "Kč": ("CZK",), "Rs.": ("INR",), "Rs": ("INR",), "kr.": ("SEK", "NOK", "DKK"), "kr": ("SEK", "NOK", "DKK"),
        "Fr.": ("CHF",), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    }
)  # fmt: skip
CURRENCY_CODES = (
    "EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "INR", "CAD",
    "AUD", "NZD", "BRL", "MXN", "TRY", "CNY", "HKD", "SGD", "ZAR", "AED", "ILS", "KRW",
)  # fmt: skip
_SIGNS = "|".join(re.escape(mark) for mark in sorted(CURRENCY_MARKS, key=len, reverse=True))
_MONEY = re.compile(rf"(?<![A-Za-z])({_SIGNS})(?![A-Za-z])|\b({'|'.join(CURRENCY_CODES)})\b", re.IGNORECASE)
_AMOUNT = re.compile(r"[-+(\u2212\s]*\d[\d.,'’\s]*[-)\s]*")  # what is left of a cell without its currency
_SIGN_OF = {mark.casefold(): codes[0] for mark, codes in CURRENCY_MARKS.items()}


def currency_of(text: str) -> str | None:
    """The currency whose sign or code stands in a cell or a header, or None."""
    found = _MONEY.search(text)
    if found is None:
        return None
    sign, code = found.groups()
    return _SIGN_OF[sign.casefold()] if sign else code.upper()


def beside_amount(cell: str) -> str | None:
    """The currency whose sign or code stands in a cell beside nothing but an amount, or None."""
    return currency_of(cell) if _AMOUNT.fullmatch(_MONEY.sub("", cell)) else None


def spellings(currency: str | None) -> list[str]:
    """How a cell of its own may name a currency, in capitals: EUR, €."""
    return [mark.upper() for mark, codes in CURRENCY_MARKS.items() if currency in codes] + [currency or ""]


def share_a_sign(one: str, other: str) -> bool:
    """Whether some sign may stand for both currencies, as $ does for dollars of many countries."""
    return any(one in codes and other in codes for codes in CURRENCY_MARKS.values())


def money_marks(currency: str | None) -> str:
    """A pattern of every way to write `currency` before or behind an amount (any currency, when none is known).

    What stands between the amount and its end, such as a minus, is in its two groups.
    """
    known = [m for m, its in CURRENCY_MARKS.items() if currency is None or currency in its]
    codes = CURRENCY_CODES if currency is None else (currency,)
    longest_first = sorted([*known, *codes], key=len, reverse=True)
    mark, gap = "(?:" + "|".join(map(re.escape, longest_first)) + ")", rf"[\s{_BLANKS}]*"
    return rf"(?i)^([-+(\x{{2212}}{_BLANKS}]*){mark}{gap}|{gap}{mark}([-){_BLANKS}]*)$"


ANY_MONEY = money_marks(None)
