"""What the columns of a plain table hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pulse_core.insight.learning.columns import Column, look, matrix


def looked(*cells: str | None, times: int = 1, name: str = "column") -> Column:
    """The column of these cells."""
    return look(name, pa.array([*cells] * times, pa.string()))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1", "2.5", None), [1, 2.5, np.nan]),
        (("1,5", "1.234,5", "-2"), [1.5, 1234.5, -2]),
        (("1,234", "1,234.5", "(7)"), [1234, 1234.5, -7]),
        (("£5", "7 EUR", "$1,000.00"), [5, 7, 1000]),
        (("12%", "3.5 %", "0%"), [12, 3.5, 0]),
        (("1e3", "inf", "2"), [1000, np.nan, 2]),
        (("1 234", "12", "-5"), [1234, 12, -5]),
    ],
)
def test_numbers_as_people_write_them(cells: tuple[str | None, ...], values: list[float]) -> None:
    """An export of another country, with a currency or a percent sign, is a column of numbers all the same."""
    found = looked(*cells)
    assert found.use == "number"
    assert found.values[0] == pytest.approx(values, nan_ok=True)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("2024-01-31", "2024-02-01", None), [1, 0, np.nan]),
        (("2024-01-31 10:00:00", "2024-02-01T08:00", "2024-02-03"), [3, 2, 0]),
        (("31/01/2024", "01/02/2024"), [1, 0]),
        (("01/31/2024", "02/01/2024"), [1, 0]),
        (("31 Jan 2024", "1 Feb 2024"), [1, 0]),
    ],
)
def test_days_count_back_from_the_latest(cells: tuple[str | None, ...], days: list[float]) -> None:
    """A date is how long ago it was, as the others of the table see it."""
    found = looked(*cells)
    assert found.use == "date"
    assert found.values[0] == pytest.approx(days, nan_ok=True)


def test_days_that_read_both_ways_are_not_guessed() -> None:
    """The third of April and the fourth of March are a month apart; where both ways give the same there is no doubt."""
    assert looked("03/04/2024", "05/06/2024").use == "ambiguous"
    assert looked("03/03/2024", "05/05/2024").use == "date"


def test_words_become_a_column_each() -> None:
    """Rare values are one together, and so are the empty cells."""
    found = looked(*"aaabbc", None, times=10)
    assert found.use == "choice"
    assert [values.sum() for values in found.values] == [30, 20, 10, 10]
    rare = looked(*["a"] * 40, *["b"] * 40, *"cdefg")
    assert [values.sum() for values in rare.values] == [40, 40, 5]


def test_of_two_words_one_is_enough() -> None:
    """The second column would say the same once more."""
    assert len(looked("yes", "no", times=30).values) == 1


def test_many_words_that_come_back_keep_the_usual_ones() -> None:
    """A column of cities is no id."""
    found = look("city", pa.array([f"city {number % 100}" for number in range(3000)]))
    assert (found.use, len(found.values)) == ("choice", 61)


@pytest.mark.parametrize(
    ("name", "cells", "use"),
    [
        ("customer", [f"{number:04}-ABC" for number in range(200)], "id"),
        ("customer_id", [str(15_000_000 + 7919 * number % 1_000_003) for number in range(200)], "id"),
        ("CustomerId", [str(15_000_000 + 7919 * number % 1_000_003) for number in range(200)], "id"),
        ("anything", [str(number + 5) for number in range(200)], "id"),  # runs on
        ("salary", [str(1_000_000 + 7919 * number % 1_000_003) for number in range(200)], "number"),
        ("charge", [f"{number}.25" for number in range(200)], "number"),
        ("paid", ["a", "b"] * 100, "choice"),
        ("note", [*"abcdefghx"], "text"),
        ("same", ["x"] * 200, "constant"),
        ("one", ["1", "1.0"] * 100, "constant"),
        ("empty", [None] * 200, "constant"),
        ("infinite", ["inf"] * 200, "constant"),
    ],
)
def test_what_a_column_is_used_as(name: str, cells: list[str | None], use: str) -> None:
    """Ids, texts and constants are found by their values, and by their name only where the values allow it."""
    found = look(name, pa.array(cells, pa.string()))
    assert found.use == use
    assert found.used == (use in ("number", "choice"))


def test_the_matrix_names_where_its_columns_come_from() -> None:
    """Reasons are told by the table's columns, not by ours."""
    rows, families = matrix([looked("1", "1e300", None, times=10), looked(*"abc", times=10, name="plan")])
    assert rows.dtype == np.float32
    assert families == ["column", "plan", "plan", "plan"]
    assert np.isfinite(rows[1]).all()
