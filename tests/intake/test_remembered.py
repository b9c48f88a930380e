"""What was said of a file holds for the next of its kind while its import counts, and is never passed over."""

from __future__ import annotations

from typing import Any

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import PulseError, Refused
from pulse_core.intake.imports import undo
from pulse_core.intake.mapping import MissingColumn

EITHER_WAY = HEADER + "a,03/04/2024,5.5,x\n"
PEOPLE = "customer_id,name,email\nc1,Ann,a@shop.example\nc2,Bob,b@shop.example\n"


def test_an_import_that_was_undone_teaches_nothing(shop: Workshop) -> None:
    """Who took it out may have done so because the answer was wrong."""
    first = shop.load(EITHER_WAY, answers={"dates": "month_first"})
    undo(shop.ledger, "acme", first.batch_id or 0, by="ada")
    with pytest.raises(PulseError) as asked:
        shop.load(EITHER_WAY.replace("5.5", "6.5"), name="next.csv")
    assert asked.value.code == "ambiguous_dates"


def test_an_earlier_import_still_teaches(shop: Workshop) -> None:
    """Of several files with this header, the newest that counts."""
    shop.load(EITHER_WAY, answers={"dates": "day_first"})
    wrong = shop.load(
        EITHER_WAY.replace("5.5", "6.5"),
        name="wrong.csv",
        answers={"dates": "month_first", "overlap": "keep"},
    )
    undo(shop.ledger, "acme", wrong.batch_id or 0, by="ada")
    shop.load(EITHER_WAY.replace("5.5", "7.5"), name="next.csv")
    assert shop.rows("SELECT DISTINCT month(ordered_at) FROM order_lines") == [(4,)]


@pytest.mark.parametrize(
    ("text", "said", "word"),
    [
        (HEADER + "a,2024-01-01,5.5,x\n", {"currency": "GBP"}, "currency GBP"),
        (PEOPLE, {"kind": "customers", "consent": "given"}, "consent given"),
        (HEADER + "a,2024-01-01,5.5,x\n", {"numbers": "comma"}, "other columns or formats"),
    ],
)
def test_what_is_said_of_a_file_that_is_there_is_not_passed_over(
    shop: Workshop, text: str, said: dict[str, Any], word: str
) -> None:
    """The file counts as it was read then; how to change that is told."""
    first = shop.load(text, answers={key: value for key, value in said.items() if key == "kind"})
    with pytest.raises(Refused, match=word) as told:
        shop.load(text, answers=said)
    assert told.value.details["batch_id"] == first.batch_id
    assert f"pulse undo {first.batch_id}" in told.value.remedy


def test_the_same_said_twice_changes_nothing(shop: Workshop) -> None:
    """A command that is given again ends well."""
    people = {"kind": "customers", "consent": "given"}
    shop.load(PEOPLE, answers=people)
    assert shop.load(PEOPLE, answers=people).unchanged
    shop.load(HEADER + "a,2024-01-01,5.5,x\n", answers={"currency": "GBP"})
    assert shop.load(HEADER + "a,2024-01-01,5.5,x\n", answers={"currency": "GBP"}).unchanged


@pytest.mark.parametrize(
    ("text", "kind", "missing", "one_of"),
    [
        ("x,y\n1,2\n", "orders", ["customer_id", "ordered_at"], [["amount"], ["quantity", "unit_price"]]),
        (
            "customer_id,date,quantity\n1,2024-01-01,2\n",
            "orders",
            [],
            [["amount"], ["quantity", "unit_price"]],
        ),
        ("customer_id,x\n1,2\n", "scores", ["churn_score"], []),
    ],
)
def test_what_is_missing_is_told_to_programs_too(
    shop: Workshop, text: str, kind: str, missing: list[str], one_of: list[list[str]]
) -> None:
    """Our names of the columns, beside the message for people."""
    with pytest.raises(MissingColumn) as told:
        shop.load(text, answers={"kind": kind})
    assert (told.value.details["missing"], told.value.details["one_of"]) == (missing, one_of)
