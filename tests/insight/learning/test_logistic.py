"""The regression as plain arrays against scikit-learn's own steps."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from insight.learning.worlds import drawn
from pulse_core.insight.learning.logistic import fit_logistic
from pulse_core.insight.learning.trees import Floats, Rows


def standardised(rows: Rows) -> Floats:
    """By the rule of the docstring, column by column, for rows of positive values; the missing ones last."""
    made = []
    for column in rows.T.astype(float):
        bent = np.log(1 + column)
        known = bent[~np.isnan(bent)]
        made.append(np.where(np.isnan(bent), 0, (bent - known.mean()) / known.std()))
    gone = np.isnan(rows).astype(float)
    return np.column_stack([*made, *((gone - gone.mean(axis=0)) / gone.std(axis=0)).T])


def test_it_is_the_ridge_regression_on_standardised_logarithms() -> None:
    """What is kept as plain arrays is what scikit-learn fits, missing values as features of their own."""
    rows, y = drawn(800)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(standardised(rows), y)
    said = theirs.decision_function(standardised(rows))
    assert fit_logistic(rows, y).log_odds(rows) == pytest.approx(said, abs=1e-4)


def test_contributions_add_up_and_missing_ones_count_for_their_feature() -> None:
    """A row's parts are its distance from the mean row; that a value is missing is told under its name."""
    rows, y = drawn(800)
    rows[y == 1, 4] = np.nan
    model = fit_logistic(rows, y)
    level, contribute = model.contributions(np.arange(5), 5)
    parts = contribute(rows)
    assert level + parts.sum(axis=1) == pytest.approx(model.log_odds(rows))
    assert np.abs(parts).mean(axis=0).argmax() == 4


def test_values_beyond_the_training_count_as_its_ends() -> None:
    """A customer who spends a hundred times the most that was seen is no reason for a certain answer."""
    rows, y = drawn(800, missing=0)
    model = fit_logistic(rows, y)
    assert model.log_odds(rows.max(axis=0, keepdims=True) * 100) == pytest.approx(
        model.log_odds(rows.max(axis=0, keepdims=True))
    )


def test_columns_that_tell_nothing_add_nothing() -> None:
    """Constant and empty columns are common, and no reason to fail."""
    rows, y = drawn(800, missing=0)
    plain = fit_logistic(rows, y).log_odds(rows)
    wider = np.column_stack([rows, np.full(800, 7.5), np.full(800, np.nan)]).astype(np.float32)
    assert fit_logistic(wider, y).log_odds(wider) == pytest.approx(plain, abs=1e-6)


def test_negative_values_are_bent_as_positive_ones() -> None:
    """Money taken back stands below zero."""
    rows, y = drawn(800, missing=0)
    one, other = fit_logistic(rows, y).log_odds(rows), fit_logistic(-rows, y).log_odds(-rows)
    assert one == pytest.approx(other, abs=1e-6)


def test_a_weight_is_as_many_rows() -> None:
    """A sample in which a row stands for several is learnt from as the whole would be."""
    rows, y = drawn(300)
    weights = np.random.default_rng(1).integers(1, 4, 300)
    whole = np.repeat(rows, weights, axis=0), np.repeat(y, weights)
    said = fit_logistic(rows, y, weights=weights.astype(float)).log_odds(rows)
    assert said == pytest.approx(fit_logistic(*whole).log_odds(rows), abs=1e-4)
