"""Trees as plain arrays against scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from insight.learning.worlds import drawn
from pulse_core.insight.learning.trees import CHUNK, Forest, fit_trees, forest_of

EACH = np.arange(5)


@pytest.fixture(scope="module")
def forest() -> Forest:
    """Trees of 2,000 rows."""
    return fit_trees(*drawn(2000), rounds=30)


def test_arrays_predict_as_scikit_learn_does() -> None:
    """Its private parts, which we use, still mean what its public function says, missing values too."""
    rows, y = drawn(2000)
    model = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=12, min_samples_leaf=20, random_state=0
    )
    model.fit(rows, y)
    for fresh in (drawn(3000, seed=1)[0], np.full((3, 5), np.nan, np.float32), np.zeros((1, 5), np.float32)):
        assert forest_of(model).log_odds(fresh) == pytest.approx(model.decision_function(fresh), abs=1e-12)


def test_each_stage_is_a_forest_that_ended_there(forest: Forest) -> None:
    """The number of trees may be chosen after they were fitted."""
    rows, _ = drawn(200, seed=2)
    for rounds, said in enumerate(forest.stages(rows)):
        assert forest.first(rounds).log_odds(rows) == pytest.approx(said)
    assert rounds == forest.rounds == 30


def test_contributions_add_up(forest: Forest) -> None:
    """What the families are credited with is the whole distance from nobody to the row."""
    rows, _ = drawn(500, seed=3)
    nobody, contribute = forest.contributions(EACH, 5)
    assert nobody + contribute(rows).sum(axis=1) == pytest.approx(forest.log_odds(rows))
    strength = np.abs(contribute(rows)).mean(axis=0)
    assert strength[:3].min() > 2 * strength[3:].max()  # the last two decide nothing


def test_a_family_has_the_sum_of_its_features(forest: Forest) -> None:
    """Reasons are told by family; which features are one does not change the rest."""
    rows, _ = drawn(300, seed=4)
    apart = forest.contributions(EACH, 5)[1](rows)
    together = forest.contributions(np.array([0, 1, 1, 2, 2]), 3)[1](rows)
    assert together[:, 1] == pytest.approx(apart[:, 1] + apart[:, 2])


def test_chunks_are_put_together_in_order(forest: Forest) -> None:
    """More rows than are worked on at once come back in their places."""
    rows, _ = drawn(2 * CHUNK + 7, seed=5)
    said = forest.log_odds(rows)
    assert said[[0, CHUNK, -1]] == pytest.approx(forest.log_odds(rows[[0, CHUNK, -1]]))


def test_no_rows_are_no_answers(forest: Forest) -> None:
    """An organisation without customers is refreshed too."""
    assert forest.log_odds(np.empty((0, 5), np.float32)).shape == (0,)
    assert forest.first(0).log_odds(drawn(3)[0]) == pytest.approx(forest.base[0])
