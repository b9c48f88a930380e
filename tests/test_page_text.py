"""How pages say what stands in files: as text, and with every reading that it can have."""

from __future__ import annotations

from datetime import date

import pytest

from pages.parts.intake.readings import two_dates, two_numbers
from pages.parts.text import literal, short


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/04/2017", (date(2017, 4, 3), date(2017, 3, 4))),
        (" 3.4.17 10:20", (date(2017, 4, 3), date(2017, 3, 4))),
        ("3-4-69", (date(1969, 4, 3), date(1969, 3, 4))),
        ("03/25/2017", None),
        ("04/04/2017", None),
        ("31/02/2017", None),
        ("2017-03-04", None),
        ("1/2/20171", None),
    ],
)
def test_dates_have_two_readings_where_they_do(text: str, readings: tuple[date, date] | None) -> None:
    """Both are shown only where day and month can change places and that changes the day."""
    assert two_dates(text) == readings


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.234", (1234, "1.234")),
        ("€ 12,345 ", (12345, "12.345")),
        ("1.23", None),
        ("1.2345", None),
        ("12", None),
    ],
)
def test_numbers_have_two_readings_where_they_do(text: str, readings: tuple[int, str] | None) -> None:
    """A mark before exactly three digits can be either."""
    assert two_numbers(text) == readings


@pytest.mark.parametrize(
    "text", [":material/home:", ":tada:", ":100:", ":+1:", "a -- b", "a -> b", "a >= b", "<-"]
)
def test_literal_breaks_what_streamlit_replaces(text: str) -> None:
    """Streamlit puts icons, emoji and dashes into finished text, so an invisible sign stands within."""
    assert text not in literal(text).replace("\\", "")
    assert literal(text).replace("\\", "").replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text", ["12:30:45", "2025-04-03", "ada@shop.example", "http://shop.example", "Label: a"]
)
def test_literal_leaves_plain_text_to_be_copied(text: str) -> None:
    """Times, dates and addresses hold nothing invisible: they can be copied from the page."""
    assert literal(text).replace("\\", "") == text


def test_short_keeps_to_one_line() -> None:
    """Line breaks of a cell would tear a row of examples apart."""
    assert short("two\n\n lines") == "two lines"
    assert short("x" * 50) == "x" * 39 + "…"
