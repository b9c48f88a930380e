"""Gamma-Gamma: the published parameters, and bounded means."""

from __future__ import annotations

import json
from math import lgamma, log

import numpy as np
import pytest

from pulse_core.errors import Invalid
from pulse_core.insight.learning.spending import LEAST_Q, GammaGamma, fit_gammagamma

from .cdnow import published


def test_the_published_parameters_come_out() -> None:
    """Fader and Hardie 2013: p 6.25, q 3.74, gamma 15.44 of the 946 customers who came back."""
    x, _, _, m = published()
    found = fit_gammagamma(x, m)
    assert [found.p, found.q, found.gamma] == pytest.approx([6.25, 3.74, 15.44], abs=0.005)
    assert (found.customers, found.unsettled, found.converged) == (946, (), True)


def test_no_neighbour_is_likelier() -> None:
    """The parameters are the top of the likelihood as it stands in the source, customer by customer."""
    x, _, _, m = (column[:400] for column in published())
    chosen = [(count, mean) for count, mean in zip(x, m, strict=True) if count]
    found = fit_gammagamma(x, m, penalty=0)

    def plain(p: float, q: float, gamma: float) -> float:
        return sum(
            lgamma(p * k + q) - lgamma(p * k) - lgamma(q) + q * log(gamma) + (p * k - 1) * log(z)
            + p * k * log(k) - (p * k + q) * log(gamma + z * k)
            for k, z in chosen
        )  # fmt: skip

    top = plain(found.p, found.q, found.gamma)
    for step in (0.99, 1.01):
        assert plain(found.p * step, found.q, found.gamma) < top
        assert plain(found.p, found.q * step, found.gamma) < top
        assert plain(found.p, found.q, found.gamma * step) < top


def test_an_order_is_between_the_own_and_the_common_mean() -> None:
    """With more orders the own mean counts for more; who has none, or returned all, gets the common one."""
    model = GammaGamma(6.25, 3.74, 15.44)
    found = model.expected([0, 1, 100, 3, 2], [0, 100, 100, -5, np.nan])
    assert found[[0, 3, 4]] == pytest.approx(model.mean)
    assert model.mean < found[1] < found[2] < 100


def test_a_few_enormous_orders_do_not_set_everybodys_mean() -> None:
    """With tails so heavy that the mean over customers is infinite, it is held, and that is said."""
    means = np.exp(np.random.default_rng(1).standard_cauchy(60).clip(-9, 9) * 3)
    found = fit_gammagamma(np.full(60, 2), means)
    assert found.q >= LEAST_Q
    assert "q" in found.unsettled
    assert found.mean < means.max()


def test_all_equal_orders_are_no_trouble() -> None:
    """Without any difference between orders the expected one is that sum."""
    found = fit_gammagamma(np.full(30, 2), np.full(30, 10.0))
    assert found.expected([0, 2], [0, 10]) == pytest.approx([10, 10], rel=0.01)


def test_too_few_are_said() -> None:
    """Nine customers, or returns alone, are nothing to learn three parameters from."""
    with pytest.raises(Invalid, match="9 customers ordered again"):
        fit_gammagamma([1] * 9 + [0, 2], [20.0] * 9 + [0, -3])


def test_the_model_survives_json() -> None:
    """Stored parameters give the very same predictions."""
    x, _, _, m = published()
    found = fit_gammagamma(x, m)
    assert (
        GammaGamma(**json.loads(json.dumps(found.as_dict()))).expected(x, m) == found.expected(x, m)
    ).all()
