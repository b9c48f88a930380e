"""Amounts that are computed, negative ones, and files of one or several currencies."""

from __future__ import annotations

from .build import priced, prices_load, table
from .case import Case
from .verdicts import Loads, Refused

# Name, amounts as written, as read, how many are returns, why.
NEGATIVE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], int, str], ...] = (
    ("minus", ("-5", "-5.50", "+5", "10"), ("-5", "-5.5", "5", "10"), 2, "a sign before"),
    ("parentheses", ("(5.00)", "(1,234.56)", "10"), ("-5", "-1234.56", "10"), 2, "as accountants write it"),
    ("minus_behind", ("5.00-", "1,234.56-", "10"), ("-5", "-1234.56", "10"), 2, "as SAP writes it"),
    (
        "minus_and_currency",
        ("-£5.00", "£-5.00", "(£5.00)", "£10"),
        ("-5", "-5", "-5", "10"),
        3,
        "wherever the sign stands",
    ),
    (
        "minus_and_comma",
        ("-1.234,56", "-5,00 €", "10 €"),
        ("-1234.56", "-5", "10"),
        2,
        "with a decimal comma",
    ),
    ("all_negative", ("-5", "-7.5"), ("-5", "-7.5"), 2, "R6: a file of returns loads"),
)


def bought(*rows: tuple[str, ...], header: str = "customer_id,date,quantity,unit_price") -> str:
    """Orders of c1, c2, … on the same day, of these cells."""
    return table([header.split(","), *((f"c{n}", "2020-01-01", *row) for n, row in enumerate(rows, 1))])


ALL = "customer_id,date,quantity,unit_price,amount"
HALF = "customer_id,date,quantity,amount"
MONEY = "customer_id,date,amount,currency"

PRODUCTS = (
    Case(
        "quantity_price",
        bought(("3", "2.55"), ("1", "10")),
        prices_load("7.65", "10"),
        "R6: quantity × unit price",
    ),
    Case("quantity_price_comma", bought(("3", "2,55"), ("1,5", "10")), prices_load("7.65", "15"), "R4, R6"),
    Case(
        "quantity_return",
        bought(("-3", "2.55"), ("1", "10")),
        prices_load("-7.65", "10", returns=1),
        "R6: a negative quantity",
    ),
    Case("quantity_unreadable", bought(("three", "2.55"), ("1", "10")), prices_load(None, "10"), "R6"),
    Case(
        "quantity_missing",
        bought(("", "2.55"), ("1", "")),
        Refused("none of the"),
        "R6, R9: neither way gives an amount",
    ),
    Case(
        "amount_wins", bought(("3", "2.55", "7"), header=ALL), prices_load("7"), "R6: an amount is the amount"
    ),
    Case(
        "amount_missing",
        bought(("3", "2.55", ""), ("1", "1", "2"), header=ALL),
        prices_load("7.65", "2"),
        "R6 leaves it open: given or not is asked of each row",
    ),
    Case(
        "amount_with_bad_quantity",
        bought(("three", "7"), ("", "8"), ("2", "9"), header=HALF),
        prices_load(None, "8", "9"),
        "R6: unreadable and not empty is rejected, empty is not",
    ),
    Case(
        "amount_positive_quantity_negative",
        bought(("-2", "7"), ("2", "9"), header=HALF),
        prices_load("7", "9", returns=1),
        "R6: a negative amount or quantity is a return",
    ),
    Case(
        "product_too_large",
        bought(("1000000", "1000000"), ("1", "1")),
        prices_load(None, "1"),
        "R4: 1e12 is too large",
    ),
)

CURRENCY = (
    Case(
        "currency_column",
        bought(("5", "EUR"), ("6", "EUR"), header=MONEY),
        prices_load("5", "6"),
        "R8: one currency",
    ),
    Case(
        "currency_column_mixed",
        bought(("5", "EUR"), ("6", "USD"), ("7", "EUR"), header=MONEY),
        Loads(
            3,
            2,
            1,
            values=(("c1", "2020-01-01T00:00:00", "5"), ("c3", "2020-01-01T00:00:00", "7")),
            reasons=("currency",),
        ),
        "R8: the most frequent stays",
    ),
    Case(
        "currency_signs_mixed",
        priced("£1", "£2", "$3"),
        Loads(3, 2, 1, reasons=("currency",)),
        "R8: the reason says so",
    ),
    Case(
        "currency_rare_first",
        priced("$3", *("£1",) * 20),
        Loads(21, 20, 1, reasons=("currency",)),
        "R8: the most frequent of the file, not the first",
    ),
)


CASES = (
    *(
        Case(f"amounts_{name}", priced(*written), prices_load(*read, returns=returns), f"R4, R6: {why}")
        for name, written, read, returns, why in NEGATIVE
    ),
    *PRODUCTS,
    *CURRENCY,
)
