"""The metrics against plain counting, against scikit-learn, and on noise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from pulse_core.insight.learning.metrics import Floats, beats_constant, curves, judge

PREDICTED = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
ROWS = st.lists(st.tuples(st.sampled_from([0, 1]), PREDICTED, st.integers(1, 3)), min_size=1, max_size=30)
RANKING = ("auc", "auc_low", "auc_high", "pr_auc")


def drawn(rows: int, *, seed: int, slope: float = 1.0) -> tuple[Floats, Floats]:
    """Labels, and probabilities that are right of them when `slope` is 1."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.5, 1.5, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    return y, 1 / (1 + np.exp(-slope * odds))


def counted_auc(rows: list[tuple[int, float]]) -> float:
    """Pairs of a 1 and a 0 that stand in the right order, ties half."""
    pairs = [
        (p > q) + 0.5 * (p == q) for (y, p), (z, q) in itertools.product(rows, rows) if y == 1 and z == 0
    ]
    return sum(pairs) / len(pairs)


@given(ROWS)
def test_a_weight_is_as_many_rows(rows: list[tuple[int, float, int]]) -> None:
    """A sample in which a row stands for several is judged as the whole would be."""
    y, p, weights = zip(*rows, strict=True)
    whole = [(y, p) for y, p, weight in rows for _ in range(weight)]
    one, other = judge(y, p, weights=weights), judge(*zip(*whole, strict=True))
    for name in set(one) - {"auc_low", "auc_high"}:  # fewer rows that count more are less sure
        assert one[name] == pytest.approx(other[name]), name


@given(ROWS)
def test_auc_counts_pairs(rows: list[tuple[int, float, int]]) -> None:
    """The fast way by ranks gives what counting every pair gives, also where predictions are equal."""
    plain = [(y, p) for y, p, _ in rows]
    found = judge(*zip(*plain, strict=True))
    if len({y for y, _ in plain}) == 1:
        assert found["auc"] is found["auc_low"] is None
    else:
        assert found["auc"] == pytest.approx(counted_auc(plain))


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, float, int]], random: object) -> None:
    """A refresh that reads the same rows in another order shows the same figures."""
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (judge(*zip(*[row[:2] for row in order], strict=True)) for order in (rows, mixed))
    assert one == pytest.approx(other)


def test_the_metrics_are_those_of_scikit_learn() -> None:
    """What other tools call by these names is the same figure."""
    y, p = drawn(3000, seed=1)
    found = judge(y, np.round(p, 2))
    p = np.round(p, 2)
    assert found["auc"] == pytest.approx(theirs.roc_auc_score(y, p))
    assert found["pr_auc"] == pytest.approx(theirs.average_precision_score(y, p))
    assert found["log_loss"] == pytest.approx(theirs.log_loss(y, np.clip(p, 1e-15, 1 - 1e-15)))
    assert found["brier"] == pytest.approx(theirs.brier_score_loss(y, p))
    assert found["accuracy"] == pytest.approx(theirs.accuracy_score(y, p >= 0.5))


def test_the_interval_of_the_auc_is_that_of_delong() -> None:
    """The published variance, counted pair by pair."""
    y, p = drawn(120, seed=2)
    ones, zeros = p[y == 1], p[y == 0]
    psi = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)
    variance = psi.mean(axis=1).var(ddof=1) / len(ones) + psi.mean(axis=0).var(ddof=1) / len(zeros)
    found = judge(y, p)
    assert found["auc_low"] == pytest.approx(psi.mean() - 1.959964 * math.sqrt(variance), abs=1e-6)
    assert found["auc_high"] == pytest.approx(psi.mean() + 1.959964 * math.sqrt(variance), abs=1e-6)


def test_the_interval_of_the_auc_holds_the_truth() -> None:
    """A 95 % interval holds the true AUC in about 95 of 100 samples."""
    truth = judge(*drawn(200_000, seed=0))["auc"]
    found = [judge(*drawn(300, seed=seed)) for seed in range(1, 301)]
    held = sum(one["auc_low"] <= truth <= one["auc_high"] for one in found)  # type: ignore[operator]
    assert 0.92 <= held / 300 <= 0.98


def test_calibration_error_of_what_is_too_sure() -> None:
    """Probabilities that are right have none to speak of, those that are too sure have."""
    assert judge(*drawn(50_000, seed=3))["calibration_error"] < 0.01  # type: ignore[operator]
    assert judge(*drawn(50_000, seed=3, slope=3))["calibration_error"] > 0.1  # type: ignore[operator]


def test_one_constant_is_one_bin() -> None:
    """A constant that is the share has no calibration error, whatever rows come first."""
    y = np.repeat([0.0, 1.0], [70, 30])
    assert judge(y, np.full(100, 0.3))["calibration_error"] == pytest.approx(0)
    assert len(curves(y, np.full(100, 0.3))["calibration"]["predicted"]) == 1


@pytest.mark.parametrize(("rows", "share"), [(60, 0.5), (400, 0.1), (400, 0.7), (3000, 0.03)])
def test_noise_seldom_beats_the_constant(rows: int, share: float) -> None:
    """Fewer than 2 of 100 models of noise are called usable, for few rows and rare labels too."""
    rng = np.random.default_rng(4)
    passed = 0
    for _ in range(1500):
        y = (rng.random(rows) < share).astype(float)
        noise = share * np.exp(rng.normal(0, 0.2, rows))
        passed += beats_constant(y, np.clip(noise, 0, 1), share)
    assert passed / 1500 <= 0.02


def test_noise_that_is_nearer_to_a_share_that_moved_does_not_pass() -> None:
    """A season in which fewer leave must not make a useless model look good."""
    rng = np.random.default_rng(5)
    y = (rng.random(5000) < 0.2).astype(float)
    assert not beats_constant(y, rng.uniform(0.15, 0.25, 5000), 0.3)


def test_a_good_model_passes_and_one_that_misleads_does_not() -> None:
    """Both the ranking and the probabilities count."""
    y, p = drawn(500, seed=6)
    assert beats_constant(y, p, y.mean())
    assert beats_constant(y, p, np.full(500, y.mean()))
    assert not beats_constant(y, 1 - p, y.mean())
    assert not beats_constant(y, 0.999 * p**0.02, y.mean())
    assert not beats_constant(np.zeros(500), p, 0.3)


def test_curves_are_short_and_end_where_they_must() -> None:
    """A page draws them as they come: at most 101 points, from corner to corner."""
    y, p = drawn(20_000, seed=7)
    found = curves(y, p)
    assert max(len(column) for curve in found.values() for column in curve.values()) <= 101
    assert [found["roc"][key][0] for key in ("false_positive_rate", "true_positive_rate")] == [0, 0]
    assert [found["roc"][key][-1] for key in ("false_positive_rate", "true_positive_rate")] == [1, 1]
    assert found["pr"]["recall"][-1] == pytest.approx(1)
    assert found["lift"]["lift"][-1] == pytest.approx(1)
    assert sum(found["calibration"]["rows"]) == pytest.approx(20_000)


def test_the_area_under_the_short_curve_is_the_auc() -> None:
    """Thinning keeps the shape."""
    y, p = drawn(20_000, seed=8)
    roc = curves(y, p)["roc"]
    area = np.trapezoid(roc["true_positive_rate"], roc["false_positive_rate"])
    assert area == pytest.approx(judge(y, p)["auc"], abs=0.002)


def test_what_was_observed_has_an_interval_that_few_rows_widen() -> None:
    """None of ten and three of ten: Wilson's intervals as published tables have them."""
    found = curves([0] * 10 + [1] * 3 + [0] * 7, [0.1] * 10 + [0.3] * 10)["calibration"]
    assert found["low"] == pytest.approx([0, 0.1078], abs=1e-4)
    assert found["high"] == pytest.approx([0.2775, 0.6032], abs=1e-4)


def test_thresholds_count_who_is_at_or_above() -> None:
    """What a threshold costs follows from these shares."""
    y, p = drawn(1000, seed=9)
    p = np.round(p, 1)
    curve = curves(y, p)["thresholds"]
    at = curve["threshold"].index(0.6)
    assert curve["selected"][at] == pytest.approx((p >= 0.6).mean())
    assert curve["true_positives"][at] == pytest.approx(((p >= 0.6) & (y == 1)).mean())
    assert curve["false_positives"][at] == pytest.approx(((p >= 0.6) & (y == 0)).mean())
    assert curve["false_negatives"][at] == pytest.approx(((p < 0.6) & (y == 1)).mean())


def test_rows_of_one_kind_have_no_ranking() -> None:
    """Where nobody left there is still a figure for the probabilities, and nothing to draw for the ranks."""
    found = judge(np.zeros(5), np.full(5, 0.2))
    assert [found[name] for name in RANKING] == [None] * 4
    assert found["brier"] == pytest.approx(0.04)
    assert curves(np.zeros(5), np.full(5, 0.2))["roc"]["threshold"] == []


@pytest.mark.parametrize(
    ("y", "p", "weights"),
    [([], [], None), ([0, 1], [0.5], None), ([0, 2], [0, 0], None), ([0, 1], [0, math.nan], None),
     ([0, 1], [0, 1.5], None), ([0, 1], [0, 1], [1, -1]), ([0, 1], [0, 1], [0, 0])],
)  # fmt: skip
def test_what_cannot_be_judged_is_a_defect(y: list[int], p: list[float], weights: list[int] | None) -> None:
    """A probability that is none must not be averaged away."""
    with pytest.raises(ValueError, match="must"):
        judge(y, p, weights=weights)
