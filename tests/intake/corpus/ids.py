"""Customers: their ids as text, and every spelling of nobody."""

from __future__ import annotations

from .build import GOOD, GOOD_VALUES, named, names_load, text
from .case import Case
from .lines import products, products_load
from .rows import aside, with_rows
from .verdicts import Loads, Refused

NOTHINGS = ("", "NULL", "null", "N/A", "n/a", "#N/A", "NaN", "nan", "\\N", "$null$", "(null)", "<NA>")


IDS = (
    Case(
        "ids_leading_zeros",
        named("00123", "0123", "123", "0"),
        names_load("00123", "0123", "123", "0"),
        "R5: zeros are kept",
    ),
    Case("ids_floats", named("17850.0", "13047.0"), names_load("17850", "13047"), "R5: digits and .0"),
    Case(
        "ids_other_fractions",
        named("17850.5", "17850.00", "A1.0", "1.0.0"),
        names_load("17850.5", "17850.00", "A1.0", "1.0.0"),
        "R5: only digits followed by .0, to the letter",
    ),
    Case(
        "ids_shortened",
        named("1.23E+11", "1.2E+05", "c3"),
        Loads(3, 1, 2, reasons=("shortened by a spreadsheet",)),
        "R5: digits were lost for ever",
    ),
    Case(
        "ids_like_powers",
        named("12E5", "1E5", "1e+x"),
        names_load("12E5", "1E5", "1e+x"),
        "R5 leaves it open: a spreadsheet writes E+; these are ids",
    ),
    Case(
        "ids_long_numbers",
        named("12345678901234567890123", "9007199254740993"),
        names_load("12345678901234567890123", "9007199254740993"),
        "R5: no number, no rounding",
    ),
    Case(
        "ids_trimmed",
        named("  c1 ", "c2\t", " a  b "),
        names_load("c1", "c2", "a  b"),
        "R5: trimmed, but not within",
    ),
    Case("ids_case", named("c1", "C1"), names_load("c1", "C1"), "R5: text as it stands"),
    Case(
        "ids_of_every_sort",
        named("ann@example.com", "b7a1-4e", "-1", "+49 30", "#12", "a/b", "True", "2020-01-01", "1,5"),
        names_load("ann@example.com", "b7a1-4e", "-1", "+49 30", "#12", "a/b", "True", "2020-01-01", "1,5"),
        "R5: text as it stands",
    ),
    Case(
        "ids_like_nothing",
        named("None", "nil", "-", "NA", "unknown", "?"),
        names_load("None", "nil", "-", "NA", "unknown", "?"),
        "R1: not among the spellings of nothing",
    ),
    Case(
        "ids_like_totals",
        named("Total", "Sum", "totals"),
        names_load("Total", "Sum", "totals"),
        "R2: with a date they are customers",
    ),
    Case(
        "ids_signed_floats",
        named("-5.0", "1e3.0"),
        names_load("-5.0", "1e3.0"),
        "R5: only digits followed by .0",
    ),
)

MISSING = (
    Case(
        "nothing_of_every_spelling",
        text(GOOD[0], *(f"{spelling},2020-01-01,10" for spelling in NOTHINGS)),
        Loads(13, 1, set_aside={"no_customer": 12}, values=GOOD_VALUES[:1]),
        "R1",
    ),
    Case(
        "nothing_padded",
        with_rows('" NULL ",2020-01-01,10', "   ,2020-01-01,10"),
        aside(no_customer=2),
        "R1, R5: trimmed",
    ),
    Case(
        "nothing_as_a_product",
        products("NULL", "\\N", "Null Island", "n/a"),
        products_load(None, None, "Null Island", None),
        "R1: everywhere, but only as the whole cell",
    ),
    Case(
        "nothing_and_bad_date",
        with_rows(",soon,10", ",2020-01-01,free"),
        aside(no_customer=2),
        "R1: without a customer the rest does not matter",
    ),
    Case("nothing_at_all", text(",2020-01-01,10", "NULL,2020-01-02,10"), Refused("none of the"), "R9"),
)

CASES = (*IDS, *MISSING)
