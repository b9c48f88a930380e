"""The blend: better than its parts, calibrated, explained, the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from insight.learning.worlds import NAMES, drawn
from pulse_core.errors import Invalid
from pulse_core.insight.learning.blend import Blend, fit, kinds, mixed, probability
from pulse_core.insight.learning.logistic import fit_logistic
from pulse_core.insight.learning.metrics import judge
from pulse_core.insight.learning.trees import fit_trees

FAMILIES = ("timing", "habit", "money", "timing", "noise")


@pytest.fixture(scope="module")
def blend() -> Blend:
    """A model of 3,000 rows."""
    return fit(*drawn(3000), names=NAMES, seed=1)


def test_it_is_better_than_its_parts(blend: Blend) -> None:
    """What neither the regression nor untuned trees reach alone."""
    rows, y = drawn(20_000, seed=2)
    train = drawn(3000)
    parts = [probability(model(*train).log_odds(rows)) for model in (fit_logistic, fit_trees)]
    losses = [judge(y, p)["log_loss"] for p in (blend.predict(rows), *parts)]
    assert losses[0] == min(losses)  # type: ignore[type-var]


def test_its_probabilities_are_calibrated(blend: Blend) -> None:
    """Of those with 70 % about 70 of 100 leave."""
    rows, y = drawn(50_000, seed=3)
    assert judge(y, blend.predict(rows))["calibration_error"] < 0.02  # type: ignore[operator]


@pytest.mark.parametrize("signal", [0, 1])
def test_noise_gives_nearly_the_base_rate(signal: int) -> None:
    """Without a signal nobody gets a striking probability; with one, many do."""
    rows, y = drawn(1000, seed=4, signal=signal)
    spread = fit(rows, y, names=NAMES).predict(drawn(1000, seed=5)[0]).std()
    assert (spread < 0.06) == (signal == 0)


def test_contributions_add_up_to_the_log_odds(blend: Blend) -> None:
    """The reasons of a customer are the whole of their probability, in the order of the families."""
    rows, _ = drawn(500, seed=6)
    explained = blend.explain(rows, FAMILIES)
    assert explained.probability == pytest.approx(blend.predict(rows))
    whole = blend.nobody() + explained.contributions.sum(axis=1)
    assert probability(whole) == pytest.approx(explained.probability)
    assert explained.contributions.shape == (500, 4)
    assert kinds(FAMILIES) == ["timing", "habit", "money", "noise"]
    assert blend.contributions(rows, FAMILIES) == pytest.approx(explained.contributions)


def test_importance_names_what_decides(blend: Blend) -> None:
    """The features that the rule is made of come before those that it is not."""
    assert next(iter(blend.importance())) == "recency"
    assert set(list(blend.importance())[3:]) == {"gap", "noise"}


def test_the_same_rows_give_the_same_model() -> None:
    """A rebuild gives the same figures to the last digit."""
    one, other = (fit(*drawn(600), names=NAMES, seed=7) for _ in range(2))
    assert (one.predict(drawn(50)[0]) == other.predict(drawn(50)[0])).all()


def test_somebody_who_comes_twice_is_in_one_part() -> None:
    """Trees that know a person by heart must not count as good: with whose row it is told, they count for less."""
    rng = np.random.default_rng(8)
    people, y = rng.normal(size=(150, 5)).astype(np.float32), rng.integers(0, 2, 150).astype(float)
    rows, labels, who = np.repeat(people, 8, axis=0), np.repeat(y, 8), np.repeat(np.arange(150), 8)
    fooled = fit(rows, labels, names=NAMES).predict(rows).std()
    honest = fit(rows, labels, names=NAMES, groups=who).predict(rows).std()
    assert honest < 0.1 < fooled


def test_weights_move_the_base_rate() -> None:
    """A sample in which leavers stand for five has the share of the whole."""
    rows, y = drawn(2000, seed=9)
    model = fit(rows, y, names=NAMES, weights=np.where(y == 1, 5.0, 1.0))
    fresh, happened = drawn(20_000, seed=10)
    weights = np.where(happened == 1, 5.0, 1.0)
    share = weights @ happened / weights.sum()
    assert weights @ model.predict(fresh) / weights.sum() == pytest.approx(share, abs=0.02)


def test_the_two_are_mixed_by_what_they_are_worth() -> None:
    """One that says nothing gets nothing, one that is too sure is calmed; a weight is as many rows."""
    rng = np.random.default_rng(11)
    odds = rng.normal(0, 1.5, 4000)
    y = (rng.random(4000) < probability(odds - 1)).astype(float)
    said = np.column_stack([3 * odds, rng.normal(size=4000)])
    assert mixed(said, y, None) == pytest.approx([-1, 1 / 3, 0], abs=0.1)
    weights = rng.integers(1, 4, 4000)
    whole = mixed(np.repeat(said, weights, axis=0), np.repeat(y, weights), None)
    assert mixed(said, y, weights.astype(float)) == pytest.approx(whole, abs=1e-4)


def test_noise_is_not_learnt_by_heart() -> None:
    """Trees that only repeat the training are left out again."""
    rows, y = drawn(1000, signal=0)
    assert fit(rows, y, names=NAMES).forest.rounds < 20 < fit(*drawn(1000), names=NAMES).forest.rounds


def test_too_few_rows_of_a_label_are_told() -> None:
    """Nothing can be learnt of what hardly ever happens."""
    rows, y = drawn(100, seed=10)
    y[:] = 0
    y[:5] = 1
    with pytest.raises(Invalid, match="only 5 rows"):
        fit(rows, y, names=NAMES)


@pytest.mark.parametrize("names", [NAMES[:4], (*NAMES[:4], NAMES[0])])
def test_every_column_has_a_name_of_its_own(names: tuple[str, ...]) -> None:
    """Reasons must not be told of another feature."""
    with pytest.raises(ValueError, match="a column for each name"):
        fit(*drawn(100), names=names)


def test_infinite_values_are_refused() -> None:
    """A division by nothing in a feature is a defect, not an extreme customer."""
    rows, y = drawn(100)
    rows[3, 2] = np.inf
    with pytest.raises(ValueError, match="finite"):
        fit(rows, y, names=NAMES)
