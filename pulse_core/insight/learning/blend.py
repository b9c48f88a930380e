"""The model that Pulse uses: logistic regression and small boosted trees, blended and calibrated.

On the tables of real shops the two err in different ways, and together they are better than either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from pulse_core.errors import Invalid
from pulse_core.insight.learning.logistic import Logistic, fit_logistic
from pulse_core.insight.learning.trees import Floats, Forest, Places, Rows, fit_trees

FOLDS = (
    3  # parts of the training rows, each predicted by models of the others, from which the blend is learnt
)
FEWEST = 2 * FOLDS  # rows of each label, below which there is nothing to divide
PRIOR = 4.0  # how strongly the blend is held at halves: 1 / variance of its two weights
SHOWN = 20_000  # rows of the training from which the importance is taken


class Explained(NamedTuple):
    """Probabilities (n), and what each family adds to the log-odds (n × families)."""

    probability: Floats
    contributions: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """log-odds = `mix[0]` + `mix[1]` · those of the regression + `mix[2]` · those of the trees.

    `names` are the k features in the order of the columns; `strength` is how far each moves the log-odds, up or down,
    on average over rows of the training.
    """

    names: tuple[str, ...]
    logistic: Logistic
    forest: Forest
    mix: Floats
    strength: Floats

    def predict(self, rows: Rows) -> Floats:
        """The probability of each row (n × k in, n out)."""
        said = self.mix[1] * self.logistic.log_odds(rows) + self.mix[2] * self.forest.log_odds(rows)
        return probability(self.mix[0] + said)

    def explain(self, rows: Rows, families: Sequence[str]) -> Explained:
        """Probabilities and reasons at once. `families` names the family of each column.

        The columns of the contributions are the families in the order in which they first come (`kinds`). They add
        up, with the log-odds of nobody in particular (`nobody`), to the log-odds of the row.
        """
        nobody, parts = self._parts(rows, families)
        return Explained(probability(nobody + parts.sum(axis=1)), parts)

    def contributions(self, rows: Rows, families: Sequence[str]) -> Floats:
        """What each family adds to the log-odds of each row (n × families), as `explain` gives it."""
        return self.explain(rows, families).contributions

    def nobody(self) -> float:
        """The log-odds from which the contributions count."""
        return self._parts(np.empty((0, len(self.names)), np.float32), self.names)[0]

    def importance(self) -> dict[str, float]:
        """How far each feature moves the log-odds on average, up or down; the strongest first."""
        order = np.argsort(-self.strength, kind="stable")
        return {self.names[place]: float(self.strength[place]) for place in order}

    def _parts(self, rows: Rows, families: Sequence[str]) -> tuple[float, Floats]:
        names = kinds(families)
        places = np.array([names.index(family) for family in families], np.intp)
        nobody, parts = float(self.mix[0]), np.zeros((len(rows), len(names)))
        for share, model in ((self.mix[1], self.logistic), (self.mix[2], self.forest)):
            level, contribute = model.contributions(places, len(names))
            nobody += share * level
            parts += share * contribute(rows)
        return nobody, parts


def kinds(families: Sequence[str]) -> list[str]:
    """The families in the order in which they first come: the columns of the contributions."""
    return list(dict.fromkeys(families))


def probability(log_odds: Floats) -> Floats:
    """1 / (1 + exp(−log-odds)), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * log_odds))


def fit(
    rows: Rows,
    y: ArrayLike,
    *,
    names: Sequence[str],
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> Blend:
    """Learn from `rows` (n × k, NaN where a value is missing) and what happened (`y`: n values, 0 or 1).

    `weights`: how many rows each stands for. `groups`: whose row it is, where somebody has several; those stay in one
    part when the blend is learnt, or it would trust what knows a person by heart. The same rows, in the same order,
    and `seed` give the same model. Invalid where there are fewer than 6 rows of either label.
    """
    labels = np.asarray(y, np.float64)
    w = None if weights is None else np.asarray(weights, np.float64)
    _check(rows, labels, names)
    parts = list(divided(labels, groups, folds=FOLDS, seed=seed))
    forests = [fit_trees(rows[rest], labels[rest], weights=_of(w, rest), seed=seed) for _, rest in parts]
    rounds = _rounds(forests, parts, rows, labels, w)
    said = np.empty((len(labels), 2))
    for (own, rest), forest in zip(parts, forests, strict=True):
        said[own, 0] = fit_logistic(rows[rest], labels[rest], weights=_of(w, rest)).log_odds(rows[own])
        said[own, 1] = forest.first(rounds).log_odds(rows[own])
    logistic = fit_logistic(rows, labels, weights=w)
    forest = fit_trees(rows, labels, weights=w, rounds=max(rounds, 1), seed=seed).first(rounds)
    made = Blend(tuple(names), logistic, forest, mixed(said, labels, w), np.zeros(len(names)))
    step = -(-len(rows) // SHOWN)
    strength = np.abs(made._parts(rows[::step], made.names)[1]).mean(axis=0)
    return Blend(made.names, logistic, forest, made.mix, strength)


def _check(rows: Rows, labels: Floats, names: Sequence[str]) -> None:
    if rows.ndim != 2 or rows.shape != (len(labels), len(names)) or len(set(names)) != len(names):
        raise ValueError("rows must have a line for each label, and a column for each name")
    if np.isinf(rows).any() or not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("rows must be finite or missing, labels 0 or 1")
    fewest = int(min(labels.sum(), len(labels) - labels.sum()))
    if fewest < FEWEST:
        raise Invalid(
            f"there are only {fewest} rows of one of the two labels",
            remedy=f"at least {FEWEST} are needed to learn anything; bring more rows",
        )


def divided(
    labels: Floats, groups: ArrayLike | None, *, folds: int, seed: int
) -> Iterator[tuple[Places, Places]]:
    """Each part of the rows, and the rest, with about the same share of 1s in all; a group is in one part."""
    owners = (
        np.arange(len(labels)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    )
    count = int(owners.max()) + 1
    hits = np.bincount(owners, weights=labels, minlength=count)
    shuffled = np.random.default_rng(seed).permutation(count)
    order = shuffled[np.argsort(-hits[shuffled], kind="stable")]
    part = np.empty(count, np.intp)
    part[order] = np.arange(count) % folds
    for fold in range(folds):
        inside = part[owners] == fold
        yield np.flatnonzero(inside), np.flatnonzero(~inside)


def _of(values: Floats | None, places: NDArray[np.intp]) -> Floats | None:
    return None if values is None else values[places]


def _rounds(
    forests: list[Forest], parts: list[tuple[Places, Places]], rows: Rows, labels: Floats, w: Floats | None
) -> int:
    """The number of trees that had the least log-loss on rows that they were not fitted to."""
    losses = np.zeros(forests[0].rounds + 1)
    for (own, _), forest in zip(parts, forests, strict=True):
        for done, said in enumerate(forest.stages(rows[own])):
            losses[done] += _loss(said, labels[own], _of(w, own))
    return int(np.argmin(losses))


def _loss(log_odds: Floats, labels: Floats, w: Floats | None) -> float:
    each = np.logaddexp(0.0, log_odds) - labels * log_odds
    return float(each.sum() if w is None else each @ w)


def mixed(said: Floats, labels: Floats, w: Floats | None) -> Floats:
    """Constant and weights (neither below 0) with which the two say best what happened: blend and calibration in one.

    Halves are the start, and what few rows are drawn to: the log-loss plus `PRIOR` / 2 · (weight − ½)² for each.
    """

    def cost(mix: Floats) -> tuple[float, Floats]:
        log_odds = mix[0] + said @ mix[1:]
        off = probability(log_odds) - labels
        off = off if w is None else off * w
        apart = mix[1:] - 0.5
        slope = np.concatenate(([off.sum()], off @ said + PRIOR * apart))
        return _loss(log_odds, labels, w) + PRIOR / 2 * float(apart @ apart), slope

    bounds = [(None, None), (0.0, None), (0.0, None)]
    found: Floats = minimize(cost, np.array([0.0, 0.5, 0.5]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found
