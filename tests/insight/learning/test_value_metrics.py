"""Metrics of customer value by hand, and a choice that silence cannot win."""

from __future__ import annotations

import numpy as np
import pytest

from pulse_core.insight.learning.value_metrics import choose, cost, deciles, judge_value, ranks

SPENT = np.array([0.0, 0, 0, 0, 0, 0, 0, 10, 20, 70])


def test_metrics_are_those_of_the_formulas() -> None:
    """Ten customers, by hand: the best tenth is the one customer of whom most was predicted."""
    found = judge_value(SPENT, [0, 0, 0, 0, 0, 0, 0, 20, 10, 40])
    assert found["mae"] == pytest.approx((10 + 10 + 30) / 10)
    assert found["rmse"] == pytest.approx(((100 + 100 + 900) / 10) ** 0.5)
    assert found["total_ratio"] == pytest.approx(0.7)
    assert found["top_decile"] == pytest.approx(0.7)
    ranks = [4, 4, 4, 4, 4, 4, 4, 8, 9, 10], [4, 4, 4, 4, 4, 4, 4, 9, 8, 10]
    assert found["spearman"] == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_equal_predictions_share_the_top() -> None:
    """A constant captures a tenth with a tenth of the customers, in whatever order they stand."""
    found = judge_value(SPENT, np.full(10, 3.0))
    assert (found["top_decile"], found["spearman"]) == (pytest.approx(0.1), 0.0)


def test_nothing_spent_gives_no_ratio() -> None:
    """Where nobody spent anything there is no share to tell."""
    found = judge_value(np.zeros(5), np.arange(5.0))
    assert (found["total_ratio"], found["top_decile"], found["spearman"]) == (None, None, None)


def test_silence_wins_mae_and_still_loses() -> None:
    """All zeros has the least MAE where most spend nothing; the choice is the model that tells who spends."""
    spent = np.zeros(1000)
    spent[:100] = np.linspace(1, 400, 100)
    told = np.where(np.arange(1000) < 150, 100.0, 10.0)
    judged = {
        name: judge_value(spent, predicted)
        for name, predicted in {
            "mean": np.full(1000, spent.mean()),
            "zeros": np.zeros(1000),
            "told": told,
        }.items()
    }
    assert min(judged, key=lambda name: judged[name]["mae"] or 0) == "zeros"
    assert choose(judged, "mean") == "told"


def test_the_choice_weighs_all_three() -> None:
    """Of two that rank alike and are off by as much, the one with the better total is taken; currency is no matter."""
    spent = np.arange(1.0, 101)
    judged = {"mean": judge_value(spent, np.full(100, 50.5)), "low": judge_value(spent, spent * 0.5)}
    judged["mixed"] = judge_value(spent, spent * np.where(np.arange(100) % 2, 0.5, 1.5))
    assert cost(judged["mixed"], judged["mean"]) < cost(judged["low"], judged["mean"])
    cents = judge_value(spent * 100, spent * 50), judge_value(spent * 100, np.full(100, 5050.0))
    assert cost(*cents) == pytest.approx(cost(judged["low"], judged["mean"]))


def test_the_baseline_stays_where_nothing_can_be_told() -> None:
    """Nobody spent anything: no model is better than another."""
    judged = {
        name: judge_value(np.zeros(9), np.full(9, level)) for name, level in (("mean", 0), ("other", 1))
    }
    assert choose(judged, "mean") == "mean"


@pytest.mark.parametrize("predicted", [[1.0, np.nan], [1.0], [[1.0, 2.0]]])
def test_what_cannot_be_judged_is_refused(predicted: list[float]) -> None:
    """A defect of the caller is not told as a bad model."""
    with pytest.raises(ValueError, match="finite"):
        judge_value([1.0, 2.0], predicted)


def test_chance_does_not_rank() -> None:
    """Of 200 shuffles of what was spent, the rank test lets at most 10 pass; a weak true order passes."""
    rng = np.random.default_rng(2)
    predicted = rng.gamma(1, 20, 500)
    spent = np.where(rng.random(500) < 0.3, rng.gamma(1, predicted), 0)
    passed = [ranks(judge_value(rng.permutation(spent), predicted), 500) for _ in range(200)]
    assert sum(passed) <= 10
    assert ranks(judge_value(spent, predicted), 500)


def test_tenths_are_in_the_order_of_the_predictions() -> None:
    """The chart of predicted against spent: each tenth with its means."""
    found = deciles(SPENT, np.arange(10.0))
    assert [row["spent"] for row in found] == SPENT.tolist()
    assert [row["predicted"] for row in found] == list(range(10))
    assert len(deciles([1.0, 2.0], [3.0, 4.0])) == 2
