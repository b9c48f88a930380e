"""Numbers: marks, groups, signs and currencies, ambiguous ones, and what is no number."""

from __future__ import annotations

from .build import GOOD, GOOD_LOADS, HEADER, dated_values, priced, prices_load, text
from .case import Case
from .verdicts import Asks, Loads, Refused

AMBIGUOUS = Asks("ambiguous_numbers")
POINT = {"numbers": "point"}
COMMA = {"numbers": "comma"}

# Name, amounts as written, amounts as they are read (None is rejected), why.
READ: tuple[tuple[str, tuple[str, ...], tuple[str | None, ...], str], ...] = (
    ("point", ("1234.56", "10", "0.5", ".5", "5."), ("1234.56", "10", "0.5", "0.5", "5"), "a point"),
    ("comma", ("1234,56", "10", "0,5"), ("1234.56", "10", "0.5"), "a comma"),
    ("english", ("1,234.56", "1,234", "1,234,567.5"), ("1234.56", "1234", "1234567.5"), "comma groups"),
    ("german", ("1.234,56", "1.234", "1.234.567,5"), ("1234.56", "1234", "1234567.5"), "point groups"),
    ("french", ("1 234,56", "1 234", "12 345 678,9"), ("1234.56", "1234", "12345678.9"), "groups by blanks"),
    ("no_break", ("1\u00a0234,56", "12\u00a0345"), ("1234.56", "12345"), "groups by no-break spaces"),
    ("thin", ("1\u2009234,56", "12\u202f345,5"), ("1234.56", "12345.5"), "groups by thin spaces"),
    ("swiss", ("1'234.56", "12'345"), ("1234.56", "12345"), "groups by apostrophes"),
    (
        "blank_groups_only",
        ("1 234", "12 345"),
        ("1234", "12345"),
        "a blank is no decimal mark, so that nothing is ambiguous",
    ),
    ("no_marks", ("1234", "5", "1000000"), ("1234", "5", "1000000"), "no mark at all"),
    ("one_place_decides", ("1,234", "12,5"), ("1.234", "12.5"), "12,5 shows that the comma is decimal"),
    ("two_places_decide", ("1.234", "12.50"), ("1.234", "12.5"), "12.50 shows that the point is decimal"),
    ("four_places_decide", ("1,234", "1,2345"), ("1.234", "1.2345"), "more than three digits after the mark"),
    ("both_marks_decide", ("1.234", "1.234,5"), ("1234", "1234.5"), "both marks in one value"),
    (
        "mark_twice_decides",
        ("1,234", "1,234,567"),
        ("1234", "1234567"),
        "open: a mark that stands twice in a value is no decimal one",
    ),
    ("zero_first_decides", ("1,234", "0,500"), ("1.234", "0.5"), "open: no group begins with a zero"),
    (
        "long_first_decides",
        ("1.234", "1234.567"),
        ("1.234", "1234.567"),
        "open: the first group has three digits at most",
    ),
    ("three_places", ("1.5", "2.125", "0.001"), ("1.5", "2.125", "0.001"), "three places beside one place"),
    (
        "many_places",
        ("0.30000000000000004", "1.23456", "2.99999"),
        ("0.3", "1.2346", "3"),
        "open: rounded to four places, as stored",
    ),
    ("scientific", ("1e3", "1E+3", "1.5e2", "25e-2"), ("1000", "1000", "150", "0.25"), "powers of ten"),
    ("zero", ("0", "0.00", "-0", "10"), ("0", "0", "0", "10"), "nothing is an amount"),
    ("padded", (" 10 ", "\t12.5"), ("10", "12.5"), "trimmed"),
    ("leading_zeros", ("0010", "007.50"), ("10", "7.5"), "zeros before a number say nothing"),
    (
        "bounds",
        ("999999999999.99", "1000000000000", "1e12", "1e30", "9" * 400),
        ("999999999999.99", *(None,) * 4),
        "below 1e12",
    ),
    (
        "words",
        ("10", "infinity", "-inf", "Inf", "free", "ten", "true", "1O"),
        ("10", *(None,) * 7),
        "no numbers",
    ),
    (
        "missing",
        ("10", "", "NaN", "nan", "NULL", "N/A", "$null$"),
        ("10", *(None,) * 6),
        "R1, R6: empty, and no other way",
    ),
    (
        "forms",
        ("10", "0x1F", "0b11", "1_000", "1e", "e3", "1e400", "1/2", "½"),
        ("10", *(None,) * 8),
        "no numbers here",
    ),
    ("percent", ("10", "12%", "% 12"), ("10", None, None), "a share is no amount"),
    ("letters_behind", ("10", "12abc", "12 pieces", "A12"), ("10", None, None, None), "no numbers"),
    (
        "signs",
        ("10", "--5", "5-5", "+-5", "-", "+", "()", "(5", "5)"),
        ("10", *(None,) * 8),
        "signs that are none",
    ),
    (
        "marks_alone",
        ("10.5", ".", ",", "1.2.3", "12..5", "1,,2", "$"),
        ("10.5", *(None,) * 6),
        "marks that are none",
    ),
    (
        "bad_groups",
        ("1,234.56", "12,34.5", "1,2345,678.5"),
        ("1234.56", None, None),
        "groups have three digits",
    ),
    (
        "blanks_within",
        ("10.5", "1 2", "12 .5", "1 23"),
        ("10.5", None, None, None),
        "blanks that make no groups",
    ),
    ("other_digits", ("10", "١٢", "１２", "²"), ("10", None, None, None), "open: digits are 0 to 9"),
    (
        "hostile",
        ("10", "=1+1", "10;DROP TABLE x", "@SUM(A1)", "<b>5</b>", "10--", "10 OR 1=1"),
        ("10", *(None,) * 6),
        "no numbers",
    ),
    ("pounds", ("£12.50", "£1,234.56", "£ 5"), ("12.5", "1234.56", "5"), "R8: the sign before"),
    ("dollars", ("$12.50", "$1,234.56", "5 $"), ("12.5", "1234.56", "5"), "R8: before or after"),
    ("euros", ("12,50 €", "1.234,56 €", "€ 5"), ("12.5", "1234.56", "5"), "R8: the sign after, a comma"),
    ("yen", ("¥1200", "¥ 15000", "300¥"), ("1200", "15000", "300"), "R8: no marks at all"),
    ("rupees", ("₹500.00", "₹1,250.50"), ("500", "1250.5"), "R8"),
    (
        "rupees_by_letters",
        ("Rs. 500", "Rs.1,250.50", "Rs 20"),
        ("500", "1250.5", "20"),
        "R8: the point after Rs is no mark",
    ),
    ("zloty", ("12,50 zł", "1 234,56 zł"), ("12.5", "1234.56"), "R8"),
    ("crowns", ("12,50 kr", "kr 1.234,56", "5 kr"), ("12.5", "1234.56", "5"), "R8"),
    ("francs", ("CHF 1'234.50", "CHF 12.00", "5.50 CHF"), ("1234.5", "12", "5.5"), "R8"),
    ("codes", ("USD 12.50", "1,234.56 USD", "USD5"), ("12.5", "1234.56", "5"), "R8: a code before or after"),
    ("codes_euro", ("EUR 12,50", "1.234,56 EUR"), ("12.5", "1234.56"), "R8"),
    ("sign_in_some", ("£12.50", "7.25"), ("12.5", "7.25"), "R8: no sign is no other currency"),
    ("sign_and_code", ("£12.50", "GBP 7.25"), ("12.5", "7.25"), "R8: one currency in two spellings"),
    (
        "currencies",
        ("£1", "£2", "$3", "£4", "€5"),
        ("1", "2", None, "4", None),
        "R8: the most frequent stays",
    ),
)


def late_decision() -> bytes:
    """Twenty-five thousand amounts that could be thousands, and a last one that shows that they are not."""
    return (HEADER + "\n" + 'c1,2020-01-01,"1,234"\n' * 25_000 + 'c1,2020-01-01,"12,5"\n').encode()


CASES = (
    *(
        Case(f"amounts_{name}", priced(*written), prices_load(*read), f"R4: {why}")
        for name, written, read, why in READ
    ),
    Case("amounts_ambiguous_comma", priced("1,234", "5,678"), AMBIGUOUS, "R4: every comma could be a group"),
    Case("amounts_ambiguous_point", priced("1.234", "5.678"), AMBIGUOUS, "R4: every point could be a group"),
    Case(
        "amounts_ambiguous_one",
        priced("10", "20", "1,234"),
        AMBIGUOUS,
        "R4: one is enough, the rest is no evidence",
    ),
    Case("amounts_ambiguous_signs", priced("£1,234", "-£5,678"), AMBIGUOUS, "R4: signs are no evidence"),
    Case(
        "amounts_ambiguous_and_bad",
        priced("1,234", "free", "12%"),
        AMBIGUOUS,
        "R4: what is no number is no evidence",
    ),
    Case(
        "amounts_answered_point",
        priced("1,234", "5,678"),
        prices_load("1234", "5678"),
        "R4: as answered",
        answers=POINT,
    ),
    Case(
        "amounts_answered_comma",
        priced("1,234", "5,678"),
        prices_load("1.234", "5.678"),
        "R4: as answered",
        answers=COMMA,
    ),
    Case(
        "amounts_answered_groups",
        priced("1.234", "5.678"),
        prices_load("1234", "5678"),
        "R4: as answered",
        answers=COMMA,
    ),
    Case(
        "amounts_contradiction",
        priced("12,5", "12.5"),
        AMBIGUOUS,
        "R4 leaves it open: two decimal marks in one file are asked about, as mixed dates are",
    ),
    Case(
        "amounts_contradiction_both", priced("1,234.56", "1.234,56"), AMBIGUOUS, "R4 leaves it open: as above"
    ),
    Case(
        "amounts_contradiction_answered",
        priced("12,5", "12.5"),
        prices_load(None, "12.5"),
        "R4: one mark a file",
        answers=POINT,
    ),
    Case(
        "amounts_late_decision",
        late_decision,
        Loads(
            25_001,
            25_001,
            values=(
                *(("c1", "2020-01-01T00:00:00", "1.234"),) * 25_000,
                ("c1", "2020-01-01T00:00:00", "12.5"),
            ),
        ),
        "R4: every row counts, not a sample",
    ),
    Case(
        "amounts_semicolons", priced("1.234,56", "12,5", mark=";"), prices_load("1234.56", "12.5"), "R4, W7"
    ),
    Case("amounts_none_readable", priced("free", "gift", "-"), Refused("none of the"), "R9"),
    Case(
        "amounts_same_rows",
        text(*(GOOD[0],) * 3),
        Loads(3, 3, values=(dated_values("2020-01-01")[0],) * 3),
        "R7: equal rows are no mistake",
    ),
    Case(
        "amounts_answered_needlessly",
        text(*GOOD),
        GOOD_LOADS,
        "R4: an answer that agrees changes nothing",
        answers=POINT,
    ),
)
