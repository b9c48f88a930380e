"""Boosted trees as plain arrays: fitted by scikit-learn, kept, predicted with and explained without its classes.

The one module that uses scikit-learn's private parts: the compiled loop that walks rows down a tree, and the record of
a node. Its contract test compares with scikit-learn's public `decision_function`, so that a version that changed
either is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Rows = NDArray[np.float32]  # n rows × k features, NaN where a value is missing

LEAVES = 12  # the most that a tree has
LEAF_ROWS = 40  # the fewest that a leaf has
ROUNDS = 120  # the most trees
RATE = 0.08  # by how much each tree counts
RIDGE = 1.0  # draws the values of leaves with few rows towards 0
MOST = float(np.finfo(np.float64).max)
CHUNK = 32_768  # rows that are worked on at once: their sums stay in the processor's cache

_NO_CATEGORIES = np.zeros((0, 8), np.uint32)
_NO_MAP = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees, one after another; an entry of the arrays is a node, its parent stands before it.

    `start` says where each tree begins, and where the last one ends. `left` and `right` count from there, and are 0 at
    a leaf. A row goes left where its value is at most `threshold`, or missing and `missing_left`. `rows` is how many
    rows of the training came through, `value` what a leaf adds to the log-odds; `base` is where these begin.
    """

    base: Floats  # one value
    start: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    rows: NDArray[np.int64]
    value: Floats

    @property
    def rounds(self) -> int:
        """How many trees there are."""
        return len(self.start) - 1

    def first(self, rounds: int) -> Forest:
        """The same with its first trees alone, as it was after as many rounds."""
        end = self.start[rounds]
        cut = {f.name: getattr(self, f.name)[:end] for f in fields(self) if f.name not in ("base", "start")}
        return replace(self, start=self.start[: rounds + 1], **cut)

    def log_odds(self, rows: Rows) -> Floats:
        """What the trees say of each row (n values)."""
        added = in_chunks(rows, partial(_added, self._walkers(), self._leaf_values()), 1)
        said: Floats = self.base[0] + added[:, 0]
        return said

    def stages(self, rows: Rows) -> Iterator[Floats]:
        """The log-odds (n values) after each round, the first before any tree; copy what is to be kept."""
        wide = rows.astype(np.float64)
        said = np.full(len(rows), self.base[0])
        yield said
        for walker, values in zip(self._walkers(), self._leaf_values(), strict=True):
            said += values[_leaf(walker, wide), 0]
            yield said

    def contributions(self, families: Places, count: int) -> tuple[float, Callable[[Rows], Floats]]:
        """The log-odds of nobody in particular, and a function: rows → what each family adds (n × `count`).

        `families` gives the family (0 … count − 1) of each feature. On its way down a row moves from the mean of a
        node to that of its child, and the family of the feature that decided is credited with the step (Saabas 2014):
        a row's credits and the first value add up to its log-odds.
        """
        means = [_means(self, tree) for tree in range(self.rounds)]
        tables = [_credits(self, tree, mean, families, count) for tree, mean in enumerate(means)]
        walkers = self._walkers()
        nobody = float(self.base[0] + sum(mean[0] for mean in means))
        return nobody, lambda rows: in_chunks(rows, partial(_added, walkers, tables), count)

    def _leaf_values(self) -> list[Floats]:
        return [self.value[self._nodes(tree), None] for tree in range(self.rounds)]

    def _nodes(self, tree: int) -> slice:
        return slice(self.start[tree], self.start[tree + 1])

    def _walkers(self) -> list[TreePredictor]:
        """For each tree what walks rows down it; the leaf is told by its place in the tree."""
        return [_walker(self, self._nodes(tree)) for tree in range(self.rounds)]


def fit_trees(
    rows: Rows, y: Floats, *, weights: Floats | None = None, rounds: int = ROUNDS, seed: int = 0
) -> Forest:
    """Small boosted trees for labels `y` (0 or 1, both among them)."""
    model = HistGradientBoostingClassifier(
        learning_rate=RATE, max_iter=rounds, max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS,
        l2_regularization=RIDGE, early_stopping=False, random_state=seed,
    )  # fmt: skip
    return forest_of(model.fit(rows, y, sample_weight=weights))


def forest_of(model: HistGradientBoostingClassifier) -> Forest:
    """The trees of a fitted model of two classes without categories."""
    trees = [predictors[0].nodes for predictors in model._predictors]
    nodes = np.concatenate(trees)
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        base=np.asarray(model._baseline_prediction, np.float64).reshape(1),
        start=np.cumsum([0, *map(len, trees)], dtype=np.int64),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(
            leaf, 0.0, np.minimum(nodes["num_threshold"], MOST)
        ),  # infinite: only missing ones go right
        missing_left=nodes["missing_go_to_left"].astype(bool) & ~leaf,
        left=np.where(leaf, 0, nodes["left"]).astype(np.int64),
        right=np.where(leaf, 0, nodes["right"]).astype(np.int64),
        rows=nodes["count"].astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0),
    )


def in_chunks(rows: Rows, work: Callable[[Floats], Floats], width: int) -> Floats:
    """What `work` makes (m × width) of each chunk of m rows, put together; on as many threads as OpenMP may use."""
    out = np.empty((len(rows), width))

    def one(begin: int) -> None:
        out[begin : begin + CHUNK] = work(rows[begin : begin + CHUNK].astype(np.float64))

    with ThreadPoolExecutor(_openmp_effective_n_threads()) as pool:
        list(pool.map(one, range(0, len(rows), CHUNK)))
    return out


def _added(walkers: list[TreePredictor], tables: list[Floats], rows: Floats) -> Floats:
    """The sum over all trees of the line of its table that belongs to a row's leaf."""
    total = np.zeros((len(rows), tables[0].shape[1] if tables else 1))
    line = np.empty_like(total)
    for walker, table in zip(walkers, tables, strict=True):
        total += np.take(table, _leaf(walker, rows), axis=0, out=line, mode="clip")
    return total


def _leaf(walker: TreePredictor, rows: Floats) -> Places:
    leaf: Places = walker.predict(rows, _NO_CATEGORIES, _NO_MAP, 1).astype(np.intp)
    return leaf


def _walker(forest: Forest, tree: slice) -> TreePredictor:
    nodes = np.zeros(tree.stop - tree.start, PREDICTOR_RECORD_DTYPE)
    nodes["value"] = np.arange(len(nodes))
    nodes["is_leaf"] = forest.left[tree] == 0
    pairs = ("feature_idx", "feature"), ("num_threshold", "threshold"), ("missing_go_to_left", "missing_left")
    for theirs, ours in (*pairs, ("left", "left"), ("right", "right")):
        nodes[theirs] = getattr(forest, ours)[tree]
    return TreePredictor(nodes, _NO_CATEGORIES, _NO_CATEGORIES)


def _means(forest: Forest, tree: int) -> Floats:
    """The mean of the leaves below each node, weighted by the rows of the training."""
    own = forest._nodes(tree)
    mean, left, right, rows = forest.value[own].copy(), forest.left[own], forest.right[own], forest.rows[own]
    for node in range(len(mean) - 1, -1, -1):
        if left[node]:
            pair = [left[node], right[node]]
            mean[node] = np.average(mean[pair], weights=np.maximum(rows[pair], 1))
    return mean


def _credits(forest: Forest, tree: int, mean: Floats, families: Places, count: int) -> Floats:
    """For each node (a line) what the families are credited with on the way to it."""
    own = forest._nodes(tree)
    left, right, feature = forest.left[own], forest.right[own], forest.feature[own]
    table = np.zeros((len(mean), count))
    for node in range(len(mean)):
        if left[node]:
            for child in (left[node], right[node]):
                table[child] = table[node]
                table[child, families[feature[node]]] += mean[child] - mean[node]
    return table
