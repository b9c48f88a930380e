"""What would flatter a model is found, and what would not is left alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pulse_core.insight.learning.blend import divided
from pulse_core.insight.learning.columns import look
from pulse_core.insight.learning.leaks import Caution, alone, of_columns
from pulse_core.insight.learning.metrics import judge
from pulse_core.insight.learning.trees import Floats

ROWS = 1000


@pytest.fixture
def y() -> Floats:
    """Whether somebody left: three of ten."""
    return (np.random.default_rng(0).random(ROWS) < 0.3).astype(float)


def said(name: str, cells: list[object], y: Floats, *keep: str) -> list[Caution]:
    """What is said of a column of these cells."""
    words = [None if cell is None else str(cell) for cell in cells]
    parts = list(divided(y, None, folds=5, seed=0))
    return of_columns([look(name, pa.array(words, pa.string()))], y, parts, frozenset(keep))


def mixed(y: Floats, share: float) -> Floats:
    """The label, with a share of its rows at random."""
    rng = np.random.default_rng(1)
    return np.where(rng.random(ROWS) < share, rng.integers(0, 2, ROWS), y)


def test_a_column_that_alone_nearly_gives_the_label_is_left_out(y: Floats) -> None:
    """As a word, as a number, and as one that goes up and down."""
    rng = np.random.default_rng(2)
    for cells in (
        np.where(mixed(y, 0.02) == 1, "gone", "here"),
        mixed(y, 0.02) * 50 + rng.random(ROWS),
        np.abs(mixed(y, 0.02) * 50 + rng.random(ROWS) - 0.5) * rng.choice([-1, 1], ROWS),
    ):
        (caution,) = said("status", cells.tolist(), y)
        assert (caution.code, caution.column, caution.left_out) == ("leak", "status", True)
        assert "alone nearly gives the label (AUC 0.9" in caution.text


def test_a_good_column_is_no_leak(y: Floats) -> None:
    """What is right of eight in ten is what models are made of."""
    assert said("contract", np.where(mixed(y, 0.4) == 1, "month", "year").tolist(), y) == []


@pytest.mark.parametrize("reason", ["price", None])
def test_what_only_those_who_left_have_gives_it_away(y: Floats, reason: str | None) -> None:
    """A survey that a third of those who left answered says nothing of the others, and yet too much."""
    answered = (y == 1) & (np.random.default_rng(3).random(ROWS) < 0.33)
    cells = np.where(answered, "price", "none" if reason else None).tolist()  # type: ignore[call-overload]
    (caution,) = said("survey", cells, y)
    assert caution.code == "leak"
    assert "only" in caution.text


@pytest.mark.parametrize("make", [lambda row: f"ticket {row}", lambda row: f"2024-01-{row % 28 + 1:02}"])
def test_ids_and_days_that_only_those_who_left_have_give_it_away(y: Floats, make: object) -> None:
    """The number of a cancellation is an id, and a leak besides."""
    cells = [make(row) if y[row] and row % 2 else None for row in range(ROWS)]  # type: ignore[operator]
    leaks = [caution for caution in said("x", cells, y) if caution.code == "leak"]
    assert "filled only for those who left" in leaks[0].text


def test_what_is_empty_for_those_who_left_gives_it_away(y: Floats) -> None:
    """The next bill of whoever left is empty."""
    cells = [None if y[row] and row % 2 else row % 17 for row in range(ROWS)]
    assert "empty only for those who left" in said("bill", cells, y)[0].text


@pytest.mark.parametrize(
    "name",
    ["churn_reason", "Churn Score", "ChurnDate", "last_day", "LastDay", "end_date", "exit_survey", "date_of_leaving",
     "cancellation_date", "cancelled_on", "reason_for_leaving", "termination_reason", "closing_date", "left",
     "Attrition_Flag_Model", "date_left", "left_on", "account_closed_date", "deactivated",
     "last_working_day", "exited"],
)  # fmt: skip
def test_names_of_what_is_known_only_afterwards(y: Floats, name: str) -> None:
    """Such columns are filled when somebody has left, whatever their values show today."""
    cells = np.random.default_rng(4).integers(0, 9, ROWS).tolist()
    (caution,) = said(name, cells, y)
    assert (caution.code, caution.left_out) == ("afterwards", True)
    assert said(name, cells, y, name)[0].left_out is False


@pytest.mark.parametrize(
    "name",
    ["tenure", "last_order_date", "last_login_days", "last_month_spend", "gender", "days_since_last_purchase", "trend",
     "weekend_calls", "total_day_charge", "contract_length", "LastPaymentDate", "friend_referrals", "stopover",
     "last_day_minutes", "calendar", "leftover_credit", "last_time_online"],
)  # fmt: skip
def test_names_that_only_sound_alike(y: Floats, name: str) -> None:
    """Features that every shop has must not be thrown away for their names."""
    assert said(name, np.random.default_rng(5).integers(0, 9, ROWS).tolist(), y) == []


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [("customer_id", range(ROWS), "id"), ("store", ["x"] * ROWS, "constant"),
     ("born", ["03/04/2024", "05/06/2024"] * 500, "ambiguous")],
)  # fmt: skip
def test_columns_that_cannot_help_are_told(y: Floats, name: str, cells: object, kind: str) -> None:
    """Somebody may have meant them to count."""
    assert [(caution.code, caution.left_out) for caution in said(name, list(cells), y)] == [(kind, True)]  # type: ignore[call-overload]


def test_few_rows_are_no_proof_of_a_leak(y: Floats) -> None:
    """With a dozen leavers chance looks like knowledge."""
    y[:] = 0
    y[:12] = 1
    assert said("plan", y.tolist(), y) == []


def test_a_column_is_judged_on_rows_that_it_was_not_measured_on(y: Floats) -> None:
    """Of many values each has few rows, and would repeat their labels."""
    codes = np.random.default_rng(6).integers(0, 400, ROWS)
    parts = list(divided(y, None, folds=5, seed=0))
    assert abs(judge(y, alone(codes, y, parts))["auc"] - 0.5) < 0.06  # type: ignore[operator]
