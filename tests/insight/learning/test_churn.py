"""Churn: judged on what was not seen, published only where there is a signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from insight.learning.shops import HORIZON, sample
from pulse_core.insight.features import KEYS
from pulse_core.insight.learning import churn
from pulse_core.insight.learning.churn import NO_SIGNAL, TOO_LITTLE, USABLE, Judged
from pulse_core.insight.learning.contenders import CONTENDERS, Contender, Predict, varying
from pulse_core.insight.learning.samples import Sample
from pulse_core.insight.learning.trees import Rows

METRICS = {
    "auc", "auc_low", "auc_high", "pr_auc", "log_loss", "brier", "accuracy", "calibration_error",
}  # fmt: skip


def silent(step: str, done: int, total: int) -> None:
    """Nobody follows."""


@pytest.fixture(scope="module")
def judged() -> Judged:
    """What was learnt from two earlier cut-offs, on 1,500 customers."""
    earlier = [sample(800, before=1), sample(800, before=2)]
    return churn.over_time(earlier, sample(1500), HORIZON)


def test_every_model_is_judged_by_every_metric(judged: Judged) -> None:
    """Programs read each metric of each model by its name."""
    told = judged.as_dict()
    assert list(told["models"]) == ["constant", "recency", "rfm_logistic", "bgnbd", "pulse"]
    assert all(set(row) == METRICS for row in told["models"].values())
    assert (told["split"], told["learnt_from"]) == ("time", ["2026-05-01", "2026-03-02"])


def test_a_signal_is_found_by_those_who_can_see_it(judged: Judged) -> None:
    """Orders beside recency tell more than recency alone, and both more than the constant."""
    models = judged.models()
    assert judged.verdict == USABLE
    assert models["constant"]["auc"] == 0.5
    assert 0.6 < models["recency"]["auc"] < models["pulse"]["auc"]  # type: ignore[operator]
    assert models["pulse"]["log_loss"] < models["recency"]["log_loss"]  # type: ignore[operator]


def noise(seed: int) -> str:
    """The verdict where leaving depends on nothing; shuffled labels are the same."""
    samples = [sample(300, seed=seed, signal=0, level=0.5, before=before) for before in (0, 1)]
    return churn.over_time(samples[1:], samples[0], HORIZON).verdict


@pytest.fixture
def only_what_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models that the verdict is about: the others would take most of the time."""
    monkeypatch.setattr(churn, "CONTENDERS", [c for c in CONTENDERS if c.name in ("constant", "pulse")])


@pytest.mark.usefixtures("only_what_decides")
def test_noise_has_no_usable_signal() -> None:
    """A few runs of the test below; one of fifty may be taken in."""
    assert [noise(seed) for seed in range(6)].count(NO_SIGNAL) >= 5


@pytest.mark.slow
@pytest.mark.usefixtures("only_what_decides")
def test_noise_has_no_usable_signal_in_95_of_100_runs() -> None:
    """Nothing is published where there is nothing to know."""
    assert [noise(seed) for seed in range(100)].count(NO_SIGNAL) >= 95


@pytest.mark.slow
@pytest.mark.usefixtures("only_what_decides")
def test_shuffled_labels_over_customers_have_no_usable_signal() -> None:
    """The folds of one cut-off do not flatter noise either."""
    verdicts = []
    for seed in range(40):
        one = sample(300, seed=seed)
        shuffled = replace(one, churned=np.random.default_rng(seed).permutation(one.churned))
        verdicts.append(churn.over_customers(shuffled, HORIZON).verdict)
    assert verdicts.count(NO_SIGNAL) >= 38


def test_nobody_is_judged_by_a_model_that_saw_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows everybody by heart has no advantage over customers."""

    def by_heart(samples: Sequence[Sample], horizon_days: int) -> Predict:
        seen = {row.tobytes() for one in samples for row in one.rows}

        def predict(rows: Rows) -> np.ndarray:
            assert not seen & {row.tobytes() for row in rows}
            return np.full(len(rows), 0.5)

        return predict

    monkeypatch.setattr(churn, "CONTENDERS", [Contender("constant", "", by_heart)])
    one = sample(203)
    found = churn.over_customers(one, HORIZON)
    assert set(found.predicted["constant"]) == {0.5}  # everybody was judged
    shares = [one.churned[churn.folds(one.churned) == fold].mean() for fold in range(churn.FOLDS)]
    assert max(shares) - min(shares) < 0.05


def test_training_is_judged_over_time_and_learns_from_all() -> None:
    """The newest cut-off is held out for the judgement, and learnt from for the scores."""
    samples = [sample(400, before=before) for before in (0, 1, 2)]
    trained = churn.train(samples, HORIZON, report=silent)
    assert trained.verdict == USABLE
    assert trained.judged is not None
    assert trained.judged.split == "time"
    assert trained.judged.sample is samples[0]
    assert trained.model is not None
    assert "returns_count" not in trained.model.blend.names  # nobody returned anything


def test_without_earlier_history_it_is_judged_over_customers() -> None:
    """And the result says so."""
    trained = churn.train([sample(500)], HORIZON, report=silent)
    assert trained.judged is not None
    assert trained.judged.as_dict()["split"] == "customers"


def test_nothing_is_published_without_a_signal() -> None:
    """No model, so no probability and no risk level."""
    samples = [sample(400, signal=0, before=before) for before in (0, 1)]
    trained = churn.train(samples, HORIZON, report=silent)
    assert (trained.verdict, trained.model) == (NO_SIGNAL, None)


@pytest.mark.parametrize("samples", [[], [sample(40)], [sample(300, level=-20)]])
def test_too_little_data(samples: list[Sample]) -> None:
    """Few customers, or none who left: said, with nothing made of it."""
    trained = churn.train(samples, HORIZON, report=silent)
    assert (trained.verdict, trained.model, trained.judged) == (TOO_LITTLE, None, None)


def test_an_evaluation_tells_both_ways() -> None:
    """Over customers for comparing models, over time for the verdict."""
    told = churn.evaluate(sample(400), [sample(400, before=1)], HORIZON, report=silent)
    assert (told["split"], told["held_out_time"]["split"], told["verdict"]) == ("customers", "time", USABLE)
    alone = churn.evaluate(sample(400), [], HORIZON, report=silent)
    assert alone["held_out_time"] is None
    little = churn.evaluate(sample(30), [], HORIZON, report=silent)
    assert (little["verdict"], little["models"]) == (TOO_LITTLE, {})


def test_cautions() -> None:
    """A share that moves, a history shorter than a year, and a horizon within which most leave are told."""
    stays, leaves = sample(400, level=-2), sample(400, level=4, before=1)
    told = churn.evaluate(stays, [leaves], HORIZON, report=silent)["warnings"]
    assert [warning["code"] for warning in told] == ["base_rate"]
    young = sample(400, level=4)
    for key in ("tenure_days", "recency_days"):
        young.rows[:, KEYS.index(key)] = np.minimum(young.rows[:, KEYS.index(key)], 100)
    told = churn.evaluate(young, [], HORIZON, report=silent)["warnings"]
    assert [warning["code"] for warning in told] == ["season", "most_leave"]


def test_what_does_not_vary_is_left_out() -> None:
    """A feature that is the same for all, or never known, cannot tell customers apart."""
    nan = np.nan
    rows = np.array([[1, 5, nan, nan, 0], [2, 5, nan, 1, nan], [3, 5, nan, 2, 0]], np.float32)
    assert varying(rows).tolist() == [True, False, False, True, False]
