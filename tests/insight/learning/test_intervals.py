"""Intervals hold as many as they promise, wherever the prediction lies."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pulse_core.errors import Invalid
from pulse_core.insight.learning.intervals import SHARE, fit_bands, unpacked
from pulse_core.insight.learning.trees import Floats


def drawn(rows: int, seed: int) -> tuple[Floats, Floats]:
    """Predictions from cents to hundreds, and amounts: nothing for most of the small ones, more spread for large."""
    rng = np.random.default_rng(seed)
    predicted = np.exp(rng.normal(2, 1.5, rows))
    buys = rng.random(rows) < predicted / (predicted + 10)
    return predicted, np.where(buys, rng.gamma(1.5, (predicted + 10) / 1.5), 0.0)


def test_every_band_holds_its_share() -> None:
    """Four of five customers are within, also among those of whom little, or much, is expected."""
    bands = fit_bands(*drawn(20_000, 1))
    assert bands is not None
    predicted, actual = drawn(50_000, 2)
    low, high = bands.interval(predicted)
    within = (low <= actual) & (actual <= high)
    for part in np.array_split(np.argsort(predicted), 5):
        assert SHARE - 0.02 < within[part].mean() < 0.97
    assert within[predicted > 20].mean() == pytest.approx(SHARE, abs=0.03)


def test_the_prediction_is_within() -> None:
    """No interval excludes what is expected, or begins below zero."""
    bands = fit_bands(*drawn(2_000, 1))
    assert bands is not None
    predicted = np.concatenate([drawn(500, 3)[0], [0.0, 1e-12, 1e9]])
    low, high = bands.interval(predicted)
    assert (low >= 0).all()
    assert ((low <= predicted) & (predicted <= high)).all()
    assert (high > low)[predicted > 10].all()


def test_one_prediction_for_all_is_one_band() -> None:
    """The mean for everybody gives the quantile of what all spent."""
    spent = np.arange(1000.0)
    bands = fit_bands(np.full(1000, 500.0), spent)
    assert bands is not None
    low, high = bands.interval(np.array([500.0]))
    assert (low[0], high[0]) == (pytest.approx(99), pytest.approx(900))


def test_few_customers_give_none() -> None:
    """From fewer than fifty no share of four fifths can be told."""
    assert fit_bands(*drawn(49, 1)) is None


def test_bands_survive_json() -> None:
    """Kept bands give the very same ends; damaged ones are refused."""
    bands = fit_bands(*drawn(1000, 1))
    assert bands is not None
    body = json.loads(json.dumps(bands.packed()))
    predicted = drawn(100, 2)[0]
    assert np.array_equal(unpacked(body).interval(predicted), bands.interval(predicted))
    for hurt in ({"edges": body["edges"][::-1]}, {"low": body["low"][1:]}, {"high": [None] * 10}):
        with pytest.raises(Invalid):
            unpacked(body | hurt)
