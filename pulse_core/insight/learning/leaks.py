"""What in a plain table would flatter a model: columns that give the label away, and what else a person should know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pulse_core.insight.learning.columns import Column
from pulse_core.insight.learning.metrics import judge
from pulse_core.insight.learning.trees import Floats, Places

LEAK_AUC = 0.95  # of a column alone, judged on rows that it was not measured on
PURE = 0.99  # the share of leavers among rows with one value, from which on the value is as good as the label
PURE_ROWS, PURE_REACH = 20, 0.1  # of so many rows, and so large a share of all leavers
USUAL = 0.9  # where more than this share left, pure values are no wonder
ENOUGH = 20  # rows of each label, below which chance may look like a leak
FEW = 100  # rows of a label, below which figures are rough

_Parts = Sequence[tuple[Places, Places]]
# How columns are called that are filled when somebody has left, in words apart by underscores.
_ENDS = (
    "exit|exited|leave|leaving|left|last|end|ended|final|close|closed|closing|quit|departure|stop|stopped|expiry"
    "|termination"
)
_AFTERWARDS = re.compile(
    r"^churn|^attrition|(^|_)(cancel|terminat|deactivat|resign|offboard|winback)"  # churn_reason, date_cancelled
    rf"|(^|_)({_ENDS})_([a-z]+_)?((day|date|on|at|time)$|reason|cause|survey)"  # last_day, exit_survey
    rf"|(^|_)(day|date|time|reason|cause)_(of_|for_|when_)?({_ENDS})($|_)"  # reason_for_leaving, date_left
    r"|^(left|exited|closed|quit|lost)(_|$)"
)
_HARMLESS = re.compile(  # last_order_date is the last of many, and known before
    r"(^|_)(last|final)_(order|purchase|login|visit|payment|contact|interaction|transaction|activity|bill|call|review|update)"
)


@dataclass(frozen=True, slots=True)
class Caution:
    """What to know of the table; `left_out` where the column is not used because of it."""

    code: str
    text: str
    column: str | None = None
    left_out: bool = False


def of_columns(columns: Sequence[Column], y: Floats, parts: _Parts, keep: frozenset[str]) -> list[Caution]:
    """What to say of each column, the leaks first. Those in `keep` are used all the same."""
    found = [caution for column in columns for caution in _of(column, y, parts, keep)]
    return sorted(found, key=lambda caution: caution.code not in ("leak", "afterwards"))


def of_rows(y: Floats, *, twins: int, broken: int, drawn_of: int) -> Iterator[Caution]:
    """What to say of the rows: rare labels, those that are alike, could not be split, or were not drawn."""
    fewest = int(min(y.sum(), len(y) - y.sum()))
    if fewest < FEW:
        yield Caution(
            "few", f"only {fewest} rows of {len(y):,} are of the rarer label: the figures are rough"
        )
    if twins > 0.05 * len(y):
        yield Caution(
            "twins", f"{twins:,} rows are like another in everything; such rows are judged together"
        )
    if len(y) < drawn_of:
        yield Caution("sample", f"{len(y):,} of {drawn_of:,} rows were drawn to learn from")
    if broken:
        yield Caution(
            "broken", f"{broken:,} lines have another number of cells than the header, and were left out"
        )


def _of(column: Column, y: Floats, parts: _Parts, keep: frozenset[str]) -> Iterator[Caution]:
    name = column.name
    if reason := _NOT_USED.get(column.use):
        yield Caution(column.use, f"{name!r} {reason}", name, left_out=True)
    if column.use == "constant":
        return
    out = name not in keep and column.used
    ending = (
        "it is left out" if out else "it is used because you said so" if column.used else "it is not used"
    )
    if told := _told(column, y, parts):
        yield Caution("leak", f"{name!r} {told}: {ending}", name, left_out=out)
    elif _AFTERWARDS.search(_HARMLESS.sub("", _snake(name))):
        said = "sounds like something that is known only after somebody has left"
        yield Caution("afterwards", f"{name!r} {said}: {ending}", name, left_out=out)


_NOT_USED = {
    "id": "tells rows apart, as ids do: it is not used",
    "text": "is free text: it is not used",
    "constant": "is the same in all rows: it is not used",
    "ambiguous": "holds dates that can be read day first or month first: it is not used",
}


def _told(column: Column, y: Floats, parts: _Parts) -> str | None:
    """How a column alone gives the label away, or None."""
    if min(y.sum(), len(y) - y.sum()) < ENOUGH:
        return None
    if _gives_away(column.filled, y):
        return "is filled only for those who left"
    if _gives_away(~column.filled, y):
        return "is empty only for those who left"
    if column.use not in ("number", "date", "choice"):
        return None
    auc = judge(y, alone(column.codes, y, parts))["auc"]
    if auc is not None and auc >= LEAK_AUC:
        return f"alone nearly gives the label (AUC {auc:.3f})"
    values = np.unique(column.codes) if column.use == "choice" else ()
    sure = any(_gives_away(column.codes == value, y) for value in values)
    return "has a value that only those who left have" if sure else None


def _gives_away(rows: NDArray[np.bool_], y: Floats) -> bool:
    """Whether nearly all of these rows left, they are not few, and it is no wonder that they did."""
    count, hits = int(rows.sum()), float(y[rows].sum())
    return count >= PURE_ROWS and hits >= PURE * count and hits >= PURE_REACH * y.sum() and y.mean() < USUAL


def alone(codes: Places, y: Floats, parts: _Parts) -> Floats:
    """For each row the share of leavers among rows of the other parts that have its value; of all, where none has."""
    said = np.empty(len(y))
    for own, rest in parts:
        size = int(codes.max()) + 1
        rows = np.bincount(codes[rest], minlength=size)
        hits = np.bincount(codes[rest], weights=y[rest], minlength=size)
        mean = y[rest].mean()
        said[own] = ((hits + mean) / (rows + 1))[codes[own]]
    return said


def _snake(name: str) -> str:
    """In small letters, words apart by an underscore: ExitDate is exit_date."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\W_]+", "_", apart).lower()
