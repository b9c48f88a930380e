"""Amounts from features: totals kept, tails held, the same after keeping."""

from __future__ import annotations

import json

import numpy as np
import pytest

from insight.learning.worlds import drawn
from pulse_core.errors import Invalid
from pulse_core.insight.learning.amounts import Amounts, fit_amounts, unpacked
from pulse_core.insight.learning.trees import Floats, Rows


@pytest.fixture(scope="module")
def world() -> tuple[Rows, Floats, Floats]:
    """Features, the amount to expect of each row, and the amount that came: mostly nothing."""
    rows, _ = drawn(6000, missing=0.0)
    expected = 5 * np.sqrt(rows[:, 0]) * np.where(rows[:, 1] > 1, rows[:, 2] ** 0.4, 1)
    came = np.random.default_rng(1).gamma(0.4, 2.5 * expected)
    return rows, expected, np.where(came < 1, 0, came)


@pytest.fixture(scope="module")
def model(world: tuple[Rows, Floats, Floats]) -> Amounts:
    """Learnt from the first half."""
    rows, _, came = world
    return fit_amounts(rows[:3000], came[:3000])


def test_what_is_to_be_expected_is_found(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """On rows that it has not seen, predictions follow the true expectation, and add up to it."""
    rows, expected, came = world
    found = model.predict(rows[3000:])
    assert np.corrcoef(np.log(found), np.log(expected[3000:]))[0, 1] > 0.9
    assert found.sum() == pytest.approx(came[3000:].sum(), rel=0.06)


def test_totals_of_the_training_are_kept(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """Predictions add up to what came in."""
    rows, _, came = world
    assert model.predict(rows[:3000]).sum() == pytest.approx(came[:3000].sum(), rel=0.01)


def test_one_enormous_amount_changes_little(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """An order of ten times everything is in the total, and raises all alike, not those like its buyer."""
    rows, _, came = world
    odd = came[:3000].copy()
    odd[7] = 10 * odd.sum()
    hurt = fit_amounts(rows[:3000], odd)
    raised = hurt.predict(rows[3000:]) / model.predict(rows[3000:])
    assert hurt.predict(rows[:3000]).sum() == pytest.approx(odd.sum(), rel=0.02)
    assert np.quantile(raised, 0.99) < 1.5 * np.median(raised)


def test_far_away_rows_get_no_fortune(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """Features a million times beyond the training give no more than its largest prediction."""
    rows = world[0]
    far = (rows[:100] * 1e6).astype(np.float32)
    assert model.predict(far).max() <= model.unit * np.exp(model.most).mean() * (1 + 1e-9)


def test_missing_features_are_no_trouble(world: tuple[Rows, Floats, Floats]) -> None:
    """Visits are missing for every customer of a shop without a website log."""
    rows, _, came = world
    without = rows.copy()
    without[:, 4] = np.nan
    without[::3, 2] = np.nan
    found = fit_amounts(without[:3000], came[:3000]).predict(without[3000:])
    assert np.isfinite(found).all()


def test_the_model_survives_json(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """A kept model predicts the very same."""
    again = unpacked(json.loads(json.dumps(model.packed())), 5)
    assert (again.predict(world[0]) == model.predict(world[0])).all()


def test_the_same_rows_give_the_same_model(model: Amounts, world: tuple[Rows, Floats, Floats]) -> None:
    """Nothing depends on chance."""
    rows, _, came = world
    assert fit_amounts(rows[:3000], came[:3000]).packed() == model.packed()


def test_too_few_buyers_are_said(world: tuple[Rows, Floats, Floats]) -> None:
    """Forty-nine amounts above zero are too few to learn from; returns are none."""
    came = np.zeros(6000)
    came[:49] = 20
    came[100:200] = -5
    with pytest.raises(Invalid, match="only 49 customers bought"):
        fit_amounts(world[0], came)
