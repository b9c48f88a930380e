"""How figures, money and dates are said."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pulse_core.errors import Invalid
from pulse_core.words import DASH, Words

NBSP = "\u00a0"
ENGLISH = Words("en_GB", "GBP")
SCALE = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}

voices = some.builds(
    Words,
    some.sampled_from(["en_GB", "en_US", "en_IN", "de_DE", "fr_FR", "sv_SE", "ja_JP", "tr_TR", "ar_EG"]),
    some.sampled_from(["GBP", "INR", "EUR", "JPY", None]),
)
amounts = some.decimals(-(10**13), 10**13, places=2)


def _read(text: str) -> Decimal:
    """The value of an English short form, read back."""
    found = re.fullmatch(r"(-?)£?([\d,.]+)\u00a0?([KMBT]?)", text)
    assert found, text
    sign, figures, unit = found.groups()
    return Decimal(figures.replace(",", "")) * SCALE[unit] * (-1 if sign else 1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("8278519.12"), "£8.28_M"),
        (Decimal("8300000"), "£8.3_M"),
        (12345, "£12.3_K"),
        (999_999, "£1_M"),
        (480.76, "£481"),
        (Decimal("17.85"), "£17.85"),
        (2, "£2"),
        (0, "£0"),
        (-12345, "-£12.3_K"),
    ],
)
def test_money_is_said_in_three_figures(value: float | Decimal, said: str) -> None:
    """The short form of LOOK.md: three figures that matter, the unit apart, pence below a hundred."""
    assert ENGLISH.money(value) == said.replace("_", NBSP)


@pytest.mark.parametrize(
    ("locale", "currency", "said"),
    [
        ("en_GB", "INR", "₹21.4_M"),
        ("de_DE", "EUR", "21,4_Mio._€"),
        ("en_GB", None, "21.4_M"),
    ],
)
def test_money_follows_locale_and_currency(locale: str, currency: str | None, said: str) -> None:
    """Each organisation reads its own way of writing money; without a currency the figure stands alone."""
    assert Words(locale, currency).money(21_412_345) == said.replace("_", NBSP)


@pytest.mark.parametrize(
    ("locale", "currency", "said"),
    [("de_DE", "EUR", "12.300_€"), ("ja_JP", "JPY", "￥1.23万"), ("de_DE", None, "12.300")],
)
def test_thousands_keep_their_grouping(locale: str, currency: str | None, said: str) -> None:
    """A locale without a short form for thousands still groups the figure."""
    assert Words(locale, currency).money(12_345) == said.replace("_", NBSP)


def test_full_forms_keep_every_figure() -> None:
    """Hover and tables show the whole amount, also one that a float could not hold."""
    assert ENGLISH.money_full(Decimal("1234567890123456.78")) == "£1,234,567,890,123,456.78"
    assert ENGLISH.number(1204) == "1,204"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.603, "60.3_%"),
        (0.6, "60_%"),
        (0, "0_%"),
        (1, "100_%"),
        (12.04, "1,204_%"),
        (0.00003, "<0.1_%"),
        (-0.00003, ">-0.1_%"),
        (0.9999, ">99.9_%"),
    ],
)
def test_percent_never_rounds_to_none_or_all(share: float, said: str) -> None:
    """A few customers are not 0 %, and all but a few are not 100 %."""
    assert ENGLISH.percent(share) == said.replace("_", NBSP)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), Decimal("NaN")])
def test_unknown_is_a_dash(value: float | Decimal | None) -> None:
    """What is not known never shows as a figure."""
    said = (ENGLISH.money, ENGLISH.money_full, ENGLISH.number, ENGLISH.compact, ENGLISH.percent)
    assert {say(value) for say in said} == {DASH}
    assert ENGLISH.date(None) == ENGLISH.month(None) == DASH


def test_dates_are_said_as_people_write_them() -> None:
    """Dates as "3 Nov 2026", in the order of the locale."""
    day = date(2026, 11, 3)
    assert ENGLISH.date(day) == "3 Nov 2026"
    assert ENGLISH.month(day) == "Nov 2026"
    assert Words("en_US").date(day) == "Nov 3, 2026"


@pytest.mark.parametrize(
    ("now", "before", "text", "direction"),
    [
        (104.2, 100, "+4.2_%", "up"),
        (90, 100, "-10_%", "down"),
        (99.99, 100, "0_%", "flat"),
        (199.99, 100, "+100_%", "up"),
        (5, -10, "+150_%", "up"),
        (5, 0, DASH, "unknown"),
        (None, 100, DASH, "unknown"),
    ],
)
def test_change_says_how_much_and_which_way(
    now: float | None, before: float, text: str, direction: str
) -> None:
    """A metric card's change: signed, and unknown where there is nothing to compare with."""
    change = ENGLISH.change(now, before)
    assert (change.text, change.direction) == (text.replace("_", NBSP), direction)


def test_change_says_against_what() -> None:
    """A change is never shown without its other side."""
    against = "the 90 days before"
    assert ENGLISH.change(104.2, 100, against).sentence == f"+4.2{NBSP}% against the 90 days before"
    assert ENGLISH.change(1, None, against).sentence == "Nothing to compare with in the 90 days before"


@pytest.mark.parametrize(
    ("noun", "count", "said"),
    [
        ("customer", 1, "1_customer"),
        ("customer", 1204, "1,204_customers"),
        ("company", 0, "0_companies"),
        ("day", 2, "2_days"),
        ("batch", 3, "3_batches"),
    ],
)
def test_plural_follows_the_count(noun: str, count: int, said: str) -> None:
    """No "1 customers" and no "customer(s)"."""
    assert ENGLISH.plural(noun, count) == said.replace("_", NBSP)


@pytest.mark.parametrize(("locale", "currency"), [("xx_YY", "GBP"), ("nonsense!", "GBP"), ("en_GB", "POUND")])
def test_unknown_locale_or_currency_is_named(locale: str, currency: str) -> None:
    """A typing error in the settings is told at once, with what to write instead."""
    with pytest.raises(Invalid, match=r"is not known: use"):
        Words(locale, currency)


@given(amounts)
def test_short_money_is_within_half_a_unit_of_the_third_figure(amount: Decimal) -> None:
    """Whatever the amount, the short form read back is off by 0.5 % at most."""
    assert abs(_read(ENGLISH.money(amount)) - amount) <= abs(amount) * Decimal("0.005")


@given(amounts)
def test_short_money_has_three_figures(amount: Decimal) -> None:
    """No false precision from a hundred up."""
    figures = re.sub(r"\D", "", ENGLISH.money(amount)).lstrip("0")
    assert abs(amount) < 100 or len(figures) <= 3


@given(voices, amounts | some.floats() | some.integers() | some.none())
def test_every_voice_says_every_value(words: Words, value: Decimal | float | None) -> None:
    """No value breaks a page in any locale, and no line can break between a figure and its unit."""
    for say in (words.money, words.money_full, words.number, words.compact, words.percent):
        said = say(value)
        assert said
        assert "\n" not in said
        assert not re.search(r"\d [^\W\d]", said)


def test_percent_keeps_the_order() -> None:
    """A bigger share is never said as a smaller one, from none to all."""
    said = [_share(ENGLISH.percent(Decimal(count) / 10_000)) for count in range(10_001)]
    assert said == sorted(said)


def _share(said: str) -> float:
    return float(said.strip(f"<>%{NBSP}")) + (-0.05 if said[0] == "<" else 0.05 if said[0] == ">" else 0)
