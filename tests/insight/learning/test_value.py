"""Customer value on the sample world, whose truth is known, and on CDNOW, whose figures are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import spearmanr
from workshop import CDNOW, Workshop

from pulse_core.errors import Invalid
from pulse_core.insight import features
from pulse_core.insight.learning import files
from pulse_core.insight.learning.histories import Known, Past
from pulse_core.insight.learning.value import MODELS, Compared, ValueModel, compare, learn
from pulse_core.insight.learning.value_packing import KIND, packed, unpacked
from pulse_core.intake.world.make import make_world

LAST = date(2026, 10, 31)
HORIZON = 91
CUSTOMERS = 4000


class Bench:
    """A shop in the warehouse, from which snapshots are taken."""

    def __init__(self, home: Path, orders: Path) -> None:
        self.shop = Workshop(home)
        assert not self.shop.load(orders).rejected
        self.shop.refresh()

    def past(self, cutoff: date, horizon: int) -> Past:
        """Customers at that day, with what they did after it."""
        with self.shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
            known = features.snapshot(writer, cutoff)
            return Past.of(known, features.outcomes(writer, cutoff, horizon))

    def ids(self, cutoff: date) -> list[str]:
        """The customers of a snapshot, in its order."""
        with self.shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
            found: list[str] = features.snapshot(writer, cutoff)["customer_id"].to_pylist()
            return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample world as files."""
    folder = tmp_path_factory.mktemp("world")
    make_world(folder, customers=CUSTOMERS, seed=11, last_day=LAST, businesses=("ecommerce",))
    return folder


@pytest.fixture(scope="module")
def bench(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The shop of the sample world."""
    made = Bench(tmp_path_factory.mktemp("home"), world / "orders.parquet")
    yield made
    made.shop.close()


@pytest.fixture(scope="module")
def pasts(bench: Bench) -> list[Past]:
    """Snapshots a horizon apart, the newest first: its horizon ends with the last day."""
    return [bench.past(LAST - timedelta(HORIZON * back), HORIZON) for back in range(1, 4)]


@pytest.fixture(scope="module")
def earlier(pasts: list[Past]) -> ValueModel:
    """A model for the newest snapshot, as it could have been learnt on that day."""
    return learn(pasts[1:], pasts[0].known, horizon_days=HORIZON)


def test_predictions_hold_for_what_came(earlier: ValueModel, pasts: list[Past]) -> None:
    """In the quarter that nobody had seen the order of customers, the total and the best tenth are about right."""
    found = earlier.predict(pasts[0].known)
    assert earlier.split == "time"
    assert spearmanr(found.expected_spend, pasts[0].spend).statistic > 0.45
    assert found.expected_spend.sum() / pasts[0].spend.sum() == pytest.approx(1, abs=0.2)
    assert found.expected_orders.sum() / pasts[0].orders.sum() == pytest.approx(1, abs=0.2)


def test_features_rank_better_than_counts(pasts: list[Past]) -> None:
    """On the newest quarter, learnt from earlier ones: what counts do not know is used, and the mean is beaten."""
    metrics = compare(pasts, horizon_days=HORIZON).metrics
    mean, counts, pulse = (metrics[name] for name in ("mean", "bgnbd", "pulse"))
    assert (pulse["spearman"] or 0) > (counts["spearman"] or 1)
    assert (pulse["rmse"] or 99) < (counts["rmse"] or 0) < (mean["rmse"] or 0)


def test_four_of_five_are_within_their_interval(earlier: ValueModel, pasts: list[Past]) -> None:
    """The interval keeps its promise in a time that it was not made from."""
    found = earlier.predict(pasts[0].known)
    spent = np.maximum(pasts[0].spend, 0)
    within = (found.low <= spent) & (spent <= found.high)
    assert 0.77 < within.mean() < 0.9
    best = found.expected_spend > np.quantile(found.expected_spend, 0.9)
    assert 0.7 < within[best].mean() < 0.9


def test_expected_orders_follow_the_truth(bench: Bench, world: Path, pasts: list[Past]) -> None:
    """Against the orders that the world itself expects, who left counting as none, not those that chance gave."""
    now = bench.past(LAST, HORIZON)
    found = learn(pasts, now.known, horizon_days=HORIZON).predict(now.known)
    truth = pq.read_table(world / "truth.parquet").to_pydict()
    expected = dict(zip(truth["customer_id"], truth["expected_orders_91d"], strict=True))
    true = np.array([expected[who] for who in bench.ids(LAST)])
    assert spearmanr(found.expected_orders, true).statistic > 0.6
    assert found.expected_orders.sum() == pytest.approx(
        true.sum(), rel=0.35
    )  # the fourth quarter has its season


@pytest.mark.parametrize("name", MODELS)
def test_twelve_months_are_more_than_the_horizon(name: str, earlier: ValueModel, pasts: list[Past]) -> None:
    """A customer's year is worth more than their quarter, and at most as many quarters, by whichever model."""
    found = replace(earlier, chosen=name).predict(pasts[0].known)
    growth = found.clv / found.expected_spend
    assert growth.min() >= 1
    assert growth.max() <= 365 / HORIZON + 1e-9


def test_a_quarter_can_be_judged_without_an_earlier_one(pasts: list[Past]) -> None:
    """With one past alone, customers are judged by models of other customers, and that is said."""
    found = compare(pasts[:1], horizon_days=HORIZON)
    assert found.split == "customers"
    assert found.chosen != "mean"
    assert set(found.metrics) == {"mean", "bgnbd", "pulse"}


def test_nobody_is_judged_by_their_own_outcome(pasts: list[Past]) -> None:
    """Where outcomes are shuffled over customers, no model ranks them: a leak would."""
    one = pasts[0]
    order = np.random.default_rng(4).permutation(len(one.spend))
    shuffled = Past(one.known, one.orders[order], one.spend[order])
    metrics = compare([shuffled], horizon_days=HORIZON).metrics
    assert all(abs(found["spearman"] or 0) < 0.05 for found in metrics.values())


def test_without_a_past_the_counts_predict(pasts: list[Past]) -> None:
    """A shop of a few weeks gets values from BG/NBD, without interval and without a judgement."""
    model = learn([], pasts[0].known, horizon_days=HORIZON)
    found = model.predict(pasts[0].known)
    assert (model.chosen, model.split, model.metrics) == ("bgnbd", "none", {})
    assert np.isnan(found.low).all()
    assert (found.expected_spend > 0).all()


def test_too_few_buyers_leave_two_models(pasts: list[Past]) -> None:
    """Where amounts cannot be learnt, the mean and the counts remain."""
    few = [past.some(slice(0, 120)) for past in pasts[:2]]
    assert set(compare(few, horizon_days=HORIZON).metrics) == {"mean", "bgnbd"}


@pytest.mark.parametrize("name", MODELS)
def test_in_blocks_and_at_once_are_the_same(name: str, earlier: ValueModel, pasts: list[Past]) -> None:
    """A customer's value does not depend on who is predicted with them."""
    known, model = pasts[0].known, replace(earlier, chosen=name)
    whole, some = model.predict(known), model.predict(known.some(slice(100, 200)))
    assert some.expected_spend == pytest.approx(whole.expected_spend[100:200], rel=1e-12)
    assert some.clv == pytest.approx(whole.clv[100:200], rel=1e-12)
    assert model.predict(known.some(slice(0, 0))).clv.shape == (0,)


@pytest.mark.parametrize("name", MODELS)
def test_a_kept_model_predicts_the_same(
    name: str, earlier: ValueModel, pasts: list[Past], tmp_path: Path
) -> None:
    """A model file gives the very same values."""
    model = replace(earlier, chosen=name)
    files.write(tmp_path / "value.json", KIND, packed(model))
    again = unpacked(files.read(tmp_path / "value.json", KIND))
    assert (again.chosen, again.split, again.metrics) == (name, model.split, model.metrics)
    found, expected = (one.predict(pasts[0].known) for one in (again, model))
    for field in fields(found):
        assert np.array_equal(getattr(found, field.name), getattr(expected, field.name))


@pytest.mark.parametrize(
    "hurt",
    [
        {"names": ["recency_days"]},
        {"chosen": ["oracle"]},
        {"horizon_days": [0]},
        {"buying": [1.0]},
        {"bgnbd": {"r": -1}},
        {"gammagamma": {"p": 1, "q": 0.5, "gamma": 1, "customers": 5, "unsettled": []}},
        {"metrics": {"pulse": {"mae": "none"}}},
        {"spend": {"linear": {}}},
        {"bands": []},
        {"spend": None, "chosen": ["pulse"]},
    ],
    ids=lambda hurt: next(iter(hurt)),
)
def test_a_hurt_model_is_refused(earlier: ValueModel, hurt: dict[str, object]) -> None:
    """What is read from a file is checked, never trusted."""
    body = json.loads(json.dumps(packed(earlier)))
    with pytest.raises(Invalid):
        unpacked(body | hurt)


def test_the_same_data_give_the_same_model(pasts: list[Past]) -> None:
    """Nothing depends on chance."""
    few = [pasts[1].some(slice(0, 1000))]
    one, other = (learn(few, few[0].known, horizon_days=HORIZON) for _ in range(2))
    assert packed(one) == packed(other)


def test_customers_of_the_cutoff_itself_alone_are_said() -> None:
    """Where all began today, there is no time to learn from."""
    nobody = np.zeros(5)
    known = Known(np.zeros((5, len(features.KEYS)), np.float32), nobody, nobody, nobody, nobody, 1.0)
    with pytest.raises(Invalid, match="no customer has any time"):
        learn([], known, horizon_days=HORIZON)


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    """The models on CDNOW after 30 September 1997, over 273 days."""
    bench = Bench(tmp_path_factory.mktemp("cdnow"), CDNOW)
    yield compare([bench.past(date(1997, 9, 30), 273)], horizon_days=273)
    bench.shop.close()


@pytest.mark.slow
def test_cdnow_is_predicted_as_others_do(cdnow: Compared) -> None:
    """BG/NBD with Gamma-Gamma on all 23,570: MAE 32.8, Spearman .41, where the mean has 48.7."""
    mean, counts, pulse = (cdnow.metrics[name] for name in ("mean", "bgnbd", "pulse"))
    assert mean["mae"] == pytest.approx(48.7, abs=0.05)
    assert (counts["mae"] or 99) < 32.85
    assert (counts["spearman"] or 0) > 0.41
    assert (pulse["spearman"] or 0) > (counts["spearman"] or 0)
    assert pulse["total_ratio"] == pytest.approx(1, abs=0.12)
