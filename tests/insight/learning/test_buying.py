"""BG/NBD: the published parameters, and numbers that stay numbers wherever the data lead."""

from __future__ import annotations

import json
from math import exp, lgamma, log
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_law

from pulse_core.errors import Invalid
from pulse_core.insight.learning.buying import BgNbd, fit_bgnbd

from .cdnow import published

PUBLISHED = BgNbd(0.2426, 4.4135, 0.7929, 2.4258)


def test_the_published_parameters_come_out() -> None:
    """Fader, Hardie and Lee 2005, table 2: r .243, alpha 4.414, a .793, b 2.426, log-likelihood −9582.4."""
    x, t_x, age, _ = published()
    found = fit_bgnbd(x, t_x, age)
    assert [found.r, found.alpha, found.a, found.b] == pytest.approx(
        [0.2426, 4.4135, 0.7929, 2.4258], rel=1e-4
    )
    assert (found.log_likelihood, found.customers) == (pytest.approx(-9582.429, abs=1e-3), 2357)
    assert found.converged
    assert found.unsettled == ()


def test_the_published_expectation_comes_out() -> None:
    """The customer of the source's spreadsheet (x 2, t_x 30.43, T 38.86) is expected to buy 1.226 times in 39 weeks."""
    assert PUBLISHED.expected(39, [2], [30.43], [38.86]) == pytest.approx([1.226], abs=5e-4)


def plain_log_likelihood(model: BgNbd, x: float, t_x: float, age: float) -> float:
    """Equation 6 of the source for one customer, as it stands there."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    counting = lgamma(r + x) - lgamma(r) + r * log(alpha)
    stays = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x) - (r + x) * log(alpha + age)
    if not x:
        return counting + stays
    leaves = lgamma(a + 1) + lgamma(b + x - 1) - lgamma(a + b + x) + lgamma(a + b) - lgamma(a) - lgamma(b)
    return counting + log(exp(stays) + exp(leaves - (r + x) * log(alpha + t_x)))


def test_the_sum_over_counts_is_that_over_customers() -> None:
    """Counting equal customers once, and the unit of time, change nothing of what is maximised."""
    x, t_x, age, _ = published()
    found = fit_bgnbd(x, t_x, age)
    plain = sum(plain_log_likelihood(found, *row) for row in zip(x, t_x, age, strict=True))
    assert found.log_likelihood == pytest.approx(plain, abs=1e-6)


def test_weights_count_customers() -> None:
    """A customer of weight 3 is the same as three."""
    x, t_x, age, _ = (column[:200] for column in published())
    times = np.arange(200) % 3 + 1
    once = fit_bgnbd(*(np.repeat(column, times) for column in (x, t_x, age)))
    found = fit_bgnbd(x, t_x, age, weights=times)
    assert found.customers == once.customers == times.sum()
    assert [found.r, found.alpha, found.a, found.b] == pytest.approx([once.r, once.alpha, once.a, once.b])


def test_the_unit_of_time_does_not_matter() -> None:
    """Days give seven times the alpha of weeks, and the same predictions."""
    x, t_x, age, _ = published()
    weeks, days = fit_bgnbd(x, t_x, age), fit_bgnbd(x, t_x * 7, age * 7)
    assert [days.r, days.alpha, days.a, days.b] == pytest.approx([weeks.r, weeks.alpha * 7, weeks.a, weeks.b])
    assert days.none_within(273, x, t_x * 7, age * 7) == pytest.approx(weeks.none_within(39, x, t_x, age))


@pytest.mark.parametrize("x", [0, 1, 3, 40, 500])
@pytest.mark.parametrize("model", [PUBLISHED, BgNbd(2.0, 30.0, 0.05, 8.0), BgNbd(0.5, 1.0, 1.0, 1.0)])
def test_expectation_is_the_integral(model: BgNbd, x: int) -> None:
    """The sum over 32 points is the expectation over the law of p, also at a = 1 and for hundreds of orders."""
    age, horizon = 60.0, 52.0

    def orders(p: float) -> float:
        return float(-np.expm1(-(model.r + x) * np.log1p(p * horizon / (model.alpha + age))) / p)

    law = beta_law(model.a, model.b + x)
    # By quantiles of p the integral has no end at which the density is infinite.
    integral = quad(lambda share: orders(float(max(law.ppf(share), 1e-300))), 0, 1, limit=500)[0]
    t_x = age if x else 0.0
    assert model.expected(horizon, [x], [t_x], [age]) == pytest.approx(
        integral * model.alive([x], [t_x], [age]), rel=1e-5
    )


def test_none_within_is_no_p_alive() -> None:
    """Who bought once counts as alive for ever; the churn probability grows with the time that they stayed away."""
    ages = np.array([1.0, 20.0, 200.0])
    nobody = np.zeros(3)
    assert PUBLISHED.alive(nobody, nobody, ages).tolist() == [1, 1, 1]
    assert (np.diff(PUBLISHED.none_within(39, nobody, nobody, ages)) > 0).all()


def test_none_within_agrees_with_a_simulation() -> None:
    """Customers drawn from the model stay away as often as it says, among those with the same history."""
    model, n, age, horizon = BgNbd(1.0, 4.0, 1.0, 3.0), 200_000, 6.0, 6.0
    rng = np.random.default_rng(5)
    rate, p = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    times = np.cumsum(rng.exponential(1, (n, 40)) / rate[:, None], axis=1)
    stays = np.cumsum(rng.random((n, 40)) < p[:, None], axis=1)
    happened = np.column_stack([np.ones(n, bool), stays[:, :-1] == 0])
    x = ((times <= age) & happened).sum(axis=1)
    t_x = np.where((times <= age) & happened, times, 0).max(axis=1)
    later = ((times > age) & (times <= age + horizon) & happened).sum(axis=1)
    for count in range(4):
        chosen = x == count
        history = x[chosen], t_x[chosen], np.full(chosen.sum(), age)
        assert model.none_within(horizon, *history).mean() == pytest.approx(
            (later[chosen] == 0).mean(), abs=0.01
        )
        assert model.expected(horizon, *history).mean() == pytest.approx(later[chosen].mean(), abs=0.02)


ODD: dict[str, Any] = {
    "nobody came back": ([0] * 50, [0] * 50, [30] * 50, {"r"}),
    "one customer": ([3], [10], [12], {"r", "b"}),
    "one who bought once": ([0], [0], [12], set()),
    "all like a clock": ([30] * 50, [30] * 50, [30] * 50, {"r", "a", "b"}),
    "every day for centuries": ([100_000, 0, 5, 20_000], [1000, 0, 50, 900], [1000] * 4, {"alpha"}),
    "some on the cut-off itself": ([0, 0, 1], [0, 0, 1], [0, 0, 3], set()),
    "in seconds": ([0, 0, 1, 5, 0, 2], [0, 0, 1e7, 3e7, 0, 2e7], [4e7, 3e7, 3e7, 5e7, 1e7, 3e7], {"b"}),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_customers_are_no_trouble(case: str) -> None:
    """Where a fit without penalty runs to infinity, the result is finite and says which parameters are not settled."""
    x, t_x, age, unsettled = ODD[case]
    found = fit_bgnbd(x, t_x, age)
    orders, none = found.expected(13, x, t_x, age), found.none_within(13, x, t_x, age)
    assert np.isfinite([found.r, found.alpha, found.a, found.b, *orders, *none]).all()
    assert (orders >= 0).all()
    assert ((none >= 0) & (none <= 1)).all()
    assert found.converged
    assert set(found.unsettled) <= unsettled


def test_who_never_leaves_is_said_to_be_unsettled() -> None:
    """Without drop-out a/b tends to zero: the model says so, and expects the plain rate of orders."""
    rng = np.random.default_rng(3)
    x = rng.poisson(rng.gamma(2.0, 0.5, 2000) * 20).astype(float)
    found = fit_bgnbd(x, np.where(x > 0, 19.9, 0), np.full(2000, 20.0))
    assert {"a", "b"} <= set(found.unsettled)
    assert found.expected(20, [20], [19.9], [20]) == pytest.approx([20], rel=0.06)


def test_ends_of_overflow_are_safe() -> None:
    """A million orders, an age of a million days: no warning, no NaN."""
    x, t_x, age = [1e6, 1e6, 0, 1], [1e6, 1, 0, 0], [1e6, 1e6, 1e6, 1e6]
    for model in (PUBLISHED, BgNbd(1e-4, 1e-3, 1e-4, 8000.0), BgNbd(8000.0, 1e5, 8000.0, 1e-4)):
        assert np.isfinite(model.expected(365, x, t_x, age)).all()
        assert np.isfinite(model.none_within(365, x, t_x, age)).all()


def test_the_model_survives_json() -> None:
    """Stored parameters give the very same predictions."""
    x, t_x, age, _ = published()
    found = fit_bgnbd(x, t_x, age)
    again = BgNbd(**json.loads(json.dumps(found.as_dict())))
    assert (again.expected(39, x, t_x, age) == found.expected(39, x, t_x, age)).all()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (([], [], []), "no customer"),
        (([0], [0], [0]), "no customer has any time"),
        (([1], [3], [2]), "customer 0 has x = 1, t_x = 3, T = 2"),
        (([1, 1], [1, np.nan], [2, 2]), "customer 1"),
        (([1, 2], [1], [2]), "shapes"),
    ],
)
def test_wrong_numbers_are_named(rows: Any, says: str) -> None:
    """Whoever hands over nonsense learns which customer it is."""
    with pytest.raises(Invalid, match=says):
        fit_bgnbd(*rows)


def test_nobody_gets_no_predictions() -> None:
    """An empty part of a table is no error when predicting."""
    assert PUBLISHED.expected(39, [], [], []).shape == PUBLISHED.none_within(39, [], [], []).shape == (0,)
