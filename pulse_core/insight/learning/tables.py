"""A plain table with a label, learnt and judged within the child process: five parts, each predicted by the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pulse_core.insight.learning import columns, labels, leaks, reading
from pulse_core.insight.learning.blend import divided, fit, kinds, probability
from pulse_core.insight.learning.columns import Column
from pulse_core.insight.learning.metrics import NO_SIGNAL, TOO_LITTLE, USABLE, beats_constant, curves, judge
from pulse_core.insight.learning.reading import Table
from pulse_core.insight.learning.trees import Floats, Places

FOLDS = 5
FEWEST = 25  # rows of either label, below which no model is made
MOST_ROWS = 100_000  # of larger tables a sample is learnt from
FINE = 0.1  # of the rows, as many different values a column needs for twins to be told
REASONS = 3  # of each row, at most
SEED = 0
MODELS = ("constant", "logistic", "trees", "pulse")

Report = Callable[[str, int, int], None]
Parts = Sequence[tuple[Places, Places]]


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What models that had not seen a row said of it (by model), and what moved the blend (rows × `families`).

    The constant alone has seen all: with that it is as good as it can be.
    """

    said: dict[str, Floats]
    families: list[str]
    contributions: Floats


def train(
    *,
    source: dict[str, str | None],
    label: str,
    leaves: str | None,
    keep: list[str],
    rows_file: str | None,
    report: Report,
) -> dict[str, Any]:
    """Judge the models on the table of `source` (see `reading.read`) and tell the result as plain values.

    Keys: `rows`, `label` (`column`, `leaves`: the value of who left, `rows` of it, `share`), `columns` (`name`, `use`),
    `models` (by name, as `metrics.judge` has it), `verdict`, `warnings` (`code`, `text`, `column`, `left_out`),
    `importance` (column → mean change of the log-odds) and `curves` of the blend. With `rows_file` each row's
    probability and reasons are written there. `keep` names columns to use although they seem to give the label away.
    """
    report("Reading the table", 0, FOLDS + 1)
    table = reading.read(source)
    name = labels.find(table.cells.column_names, label, file=table.name)
    left, spelled = labels.read(table, name, leaves)
    table, y = _sampled(table, left)
    found = [columns.look(n, cells) for n, cells in table.columns() if n != name]
    alike = _alike(found, len(y))
    parts = list(divided(y, alike, folds=FOLDS, seed=SEED))
    cautions = [
        *leaks.of_columns(found, y, parts, frozenset(_kept(found, keep, table.name))),
        *leaks.of_rows(y, twins=len(y) - len(np.unique(alike)), broken=table.broken, drawn_of=len(left)),
    ]
    out = {caution.column for caution in cautions if caution.left_out}
    used = [column for column in found if column.used and column.name not in out]
    learnt = _learn(used, y, parts, report) if used and min(y.sum(), len(y) - y.sum()) >= FEWEST else None
    if rows_file and learnt:
        pq.write_table(_row_table(table, y, learnt), rows_file)
    return {
        "file": table.name,
        "rows": len(left),
        "label": {"column": name, "leaves": spelled, "rows": int(left.sum()), "share": float(left.mean())},
        "columns": [
            {"name": c.name, "use": "left out" if c.name in out and c.used else c.use} for c in found
        ],
        "warnings": [asdict(caution) for caution in cautions],
        **_judged(y, learnt),
    }


def _sampled(table: Table, left: NDArray[np.bool_]) -> tuple[Table, Floats]:
    """The rows to learn from: all, or as many as are learnt from in a minute, drawn by a fixed seed."""
    y = left.astype(np.float64)
    if len(y) <= MOST_ROWS:
        return table, y
    chosen = np.sort(np.random.default_rng(SEED).choice(len(y), MOST_ROWS, replace=False))
    return table.take(pa.array(chosen)), y[chosen]


def _kept(found: list[Column], keep: list[str], file: str) -> Iterator[str]:
    for name in keep:
        yield labels.find([column.name for column in found], name, file=file)


def _alike(found: list[Column], rows: int) -> NDArray[np.intp]:
    """A number for each row, the same for rows that are alike in every column: twins must not be judged by twins.

    Without a column of many values it is no wonder that rows are alike; they are different people then.
    """
    used = [column for column in found if column.used]
    if not any(len(np.unique(column.values[0])) >= FINE * rows for column in used):
        return np.arange(rows)
    values = np.ascontiguousarray(columns.matrix(used)[0])
    lines = values.view(np.dtype((np.void, values.dtype.itemsize * values.shape[1])))
    return np.unique(lines[:, 0], return_inverse=True)[1]


def _learn(used: list[Column], y: Floats, parts: Parts, report: Report) -> Learnt:
    rows, families = columns.matrix(used)
    names = [f"{family} {place}" for place, family in enumerate(families)]
    said = {model: np.full(len(y), y.mean()) for model in MODELS}
    contributions = np.empty((len(y), len(kinds(families))))
    for done, (own, rest) in enumerate(parts, 1):
        report(f"Training part {done} of {len(parts)}", done, len(parts) + 1)
        model = fit(rows[rest], y[rest], names=names, seed=SEED)
        said["logistic"][own] = probability(model.logistic.log_odds(rows[own]))
        said["trees"][own] = probability(model.forest.log_odds(rows[own]))
        said["pulse"][own], contributions[own] = model.explain(rows[own], families)
    return Learnt(said, kinds(families), contributions)


def _judged(y: Floats, learnt: Learnt | None) -> dict[str, Any]:
    if learnt is None:
        return {"models": {}, "verdict": TOO_LITTLE, "importance": {}, "curves": {}}
    said = learnt.said
    usable = beats_constant(y, said["pulse"], said["constant"])
    strength = np.abs(learnt.contributions).mean(axis=0)
    order = np.argsort(-strength, kind="stable")
    return {
        "models": {model: judge(y, said[model]) for model in MODELS},
        "verdict": USABLE if usable else NO_SIGNAL,
        "importance": {learnt.families[place]: float(strength[place]) for place in order},
        "curves": curves(y, said["pulse"]),
    }


def _row_table(table: Table, y: Floats, learnt: Learnt) -> pa.Table:
    """A row of the table: where it stands, whose it is, whether they left, the probability that was said, and why."""
    strongest = np.argsort(-np.abs(learnt.contributions), axis=1, kind="stable")[:, :REASONS]
    cells = {name: column.to_pylist() for name, column in table.columns()}
    reasons = [
        [
            {"column": (name := learnt.families[place]), "value": cells[name][row], "effect": effect}
            for place, effect in zip(places, learnt.contributions[row, places].tolist(), strict=True)
            if effect
        ]
        for row, places in enumerate(strongest.tolist())
    ]
    kind = pa.list_(pa.struct({"column": pa.string(), "value": pa.string(), "effect": pa.float64()}))
    return pa.table(
        {
            "row": table.row,
            "customer_id": table.customer_id or pa.nulls(len(y), pa.string()),
            "churned": pa.array(y == 1),
            "probability": pa.array(learnt.said["pulse"]),
            "reasons": pa.array(reasons, kind),
        }
    )
