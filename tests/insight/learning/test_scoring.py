"""Scores and reasons of many customers, and what passes between the processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insight.learning.shops import HORIZON, sample
from insight.learning.test_churn import silent
from pulse_core.insight.features import BY_KEY, FAMILIES, KEYS
from pulse_core.insight.learning import churn_work, scoring
from pulse_core.insight.learning.contenders import Churn, fit_churn
from pulse_core.insight.learning.samples import Sample


def scores(folder: Path) -> pa.Table:
    """What a training left of its customers."""
    return pq.read_table(folder / "churn.parquet")


def table(one: Sample, *, outcomes: bool = True) -> pa.Table:
    """A sample as the warehouse gives it."""
    made = pa.table({"customer_id": pa.array(one.owners, pa.string())})
    for place, key in enumerate(KEYS):
        made = made.append_column(key, pa.array(one.rows[:, place], from_pandas=True))
    if outcomes:
        made = made.append_column("churned", pa.array(one.churned == 1))
        made = made.append_column("orders_after", pa.array(one.orders_after))
        made = made.append_column("spend_after", pa.array(one.spend_after))
    return made


@pytest.fixture(scope="module")
def model() -> Churn:
    """Learnt from 1,000 customers."""
    return fit_churn([sample(1000)])


def test_reasons_are_the_strongest_towards_the_side_of_the_customer(model: Churn) -> None:
    """At most three families; all raise the risk of who is above the average, all lower that of the others."""
    one = sample(500, seed=5)
    told = scoring.scored(model, table(one, outcomes=False))
    np.testing.assert_allclose(told["churn_probability"].to_numpy(), model.predict(one.rows), atol=1e-12)
    families = [BY_KEY[key].family for key in model.blend.names]
    names = list(dict.fromkeys(families))
    parts = model.blend.contributions(model.chosen(one.rows), families)
    for reasons, part in zip(told["reasons"].to_pylist(), parts, strict=True):
        side = 1 if part.sum() >= 0 else -1
        strong = sorted((-part[n] * side, n) for n in range(len(names)) if part[n] * side >= scoring.LEAST)
        assert reasons == [f"{names[n]}{'+' if side > 0 else '-'}" for _, n in strong[:3]]
    assert {r[:-1] for row in told["reasons"].to_pylist() for r in row} <= set(FAMILIES)


def test_recency_is_the_reason_where_it_decides(model: Churn) -> None:
    """Who has not come for long is told so."""
    one = sample(500, seed=5)
    told = scoring.scored(model, table(one)).to_pylist()
    long_gone = [row for row, r in zip(told, one.rows[:, KEYS.index("recency_days")], strict=True) if r > 300]
    assert np.mean([row["reasons"][0] == "recency+" for row in long_gone]) > 0.8


def test_chunks_change_nothing(model: Churn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million customers are scored piece by piece, each as if alone."""
    monkeypatch.setattr(scoring, "CHUNK", 64)
    whole = table(sample(300, seed=6), outcomes=False)
    pq.write_table(whole, tmp_path / "present.parquet")
    assert scoring.score(model, tmp_path / "present.parquet", tmp_path / "churn.parquet") == 300
    expected = scoring.scored(model, whole)
    found = scores(tmp_path)
    assert found["customer_id"].equals(expected["customer_id"])
    assert found["reasons"].to_pylist() == expected["reasons"].to_pylist()
    assert np.array_equal(found["churn_probability"], expected["churn_probability"])


def test_a_training_from_files_and_a_scoring_with_its_model(tmp_path: Path) -> None:
    """The kept model gives the very same scores again; a training without a signal writes nothing."""
    days = []
    for before in (0, 1):
        one = sample(400, before=before)
        days.append(one.cutoff.isoformat())
        pq.write_table(table(one), tmp_path / f"{days[-1]}.parquet")
    pq.write_table(table(sample(200, seed=9), outcomes=False), tmp_path / "present.parquet")
    where = {"folder": str(tmp_path), "model_file": str(tmp_path / "churn.json"), "report": silent}
    told = churn_work.train(cutoffs=days, horizon_days=HORIZON, **where)
    assert (told["verdict"], told["evaluation"]["split"]) == ("usable", "time")
    assert told["importance"][0]["feature"] in KEYS
    assert set(told["curves"]) == {"roc", "pr", "calibration", "lift", "thresholds"}
    first = scores(tmp_path)
    assert churn_work.rescore(**where) == {"customers": 200}
    assert scores(tmp_path).equals(first)


def test_no_signal_leaves_no_files(tmp_path: Path) -> None:
    """No probability is published, and no model kept."""
    one = sample(400, signal=0)
    pq.write_table(table(one), tmp_path / "2026-06-30.parquet")
    told = churn_work.train(
        folder=str(tmp_path), cutoffs=["2026-06-30"], horizon_days=HORIZON,
        model_file=str(tmp_path / "m.json"), report=silent,
    )  # fmt: skip
    assert told["verdict"] == "no usable signal"
    assert [path.name for path in tmp_path.iterdir()] == ["2026-06-30.parquet"]
