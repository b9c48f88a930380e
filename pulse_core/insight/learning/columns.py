"""The columns of a plain table: what each holds, and the numbers that are made of it.

Numbers stay numbers, days count back from the latest, words become one column of 0 and 1 for each usual value. What
cannot help is left out: ids, free text, one value for all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pulse_core.insight.learning import spelled
from pulse_core.insight.learning.trees import Floats, Places, Rows

MOST_VALUES = 60  # of a column of words that get a column of their own
FEWEST_ROWS = 10  # of a value that gets a column of its own
ID_SHARE = 0.95  # a column with so many different values tells rows apart, not kinds of them
ENOUGH = 50  # rows, below which all values may differ by chance
MOST = 1e30  # numbers beyond are taken for it
BINS = 20  # of a number, where it is looked at alone
_ID_CAMEL = re.compile(r"[a-z](Id|ID|Nr|No|Number)$")
_ID_WORD = re.compile(
    r"(^|[\W_])(id|ids|nr|no|number|index|row|rownumber|uuid|guid|key|phone)$|^unnamed|^column 1$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column as it is used. `use` is number, date, choice, or why it is not: id, text, constant, ambiguous.

    `filled` says which rows have a value. `codes` puts each row into one of a few bins or values, for looking at the
    column alone; `values` are its columns of the matrix.
    """

    name: str
    use: str
    filled: NDArray[np.bool_]
    codes: Places
    values: tuple[Floats, ...] = ()

    @property
    def used(self) -> bool:
        """Whether it is a feature."""
        return bool(self.values)


def look(name: str, cells: pa.Array) -> Column:
    """What a column of text cells (NULL where empty) holds."""
    coded = cells.dictionary_encode()
    different = len(coded.dictionary)
    codes = coded.indices.fill_null(different).to_numpy(zero_copy_only=False).astype(np.intp)
    as_it_is = partial(Column, name, filled=codes < different, codes=codes)
    if different + (cells.null_count > 0) < 2:
        return as_it_is("constant")
    numbers = spelled.numbers(coded)
    if numbers is not None:
        return _number(name, numbers, different)
    since, ambiguous = spelled.days(coded)
    if since is not None:
        return Column(name, "date", as_it_is("").filled, _binned(since), (np.nanmax(since) - since,))
    if ambiguous:
        return as_it_is("ambiguous")
    if _tells_apart(different, len(cells) - cells.null_count):
        return as_it_is("id")
    return _choice(as_it_is("choice"), coded.dictionary.to_pylist())


def matrix(columns: list[Column]) -> tuple[Rows, list[str]]:
    """The features of all rows (n × k), and the column that each comes from."""
    parts = [(column.name, values) for column in columns for values in column.values]
    rows = np.clip(np.column_stack([values for _, values in parts]), -MOST, MOST).astype(np.float32)
    return rows, [name for name, _ in parts]


def _tells_apart(different: int, filled: int) -> bool:
    return filled >= ENOUGH and different >= ID_SHARE * filled


def _number(name: str, values: Floats, different: int) -> Column:
    filled = ~np.isnan(values)
    made = Column(name, "number", filled, _binned(values), (values,))
    if len(np.unique(values)) < 2:  # 1 and 1.0
        return replace(made, use="constant", values=())
    whole = bool(np.all(np.mod(values[filled], 1) == 0))
    if whole and _tells_apart(different, int(filled.sum())) and _is_id(name, values):
        return replace(made, use="id", values=())
    return made


def _is_id(name: str, values: Floats) -> bool:
    """Whether whole numbers that all differ are ids: their name says so, or they run on."""
    known = np.sort(values[~np.isnan(values)])
    runs_on = known[-1] - known[0] <= 1.1 * len(known)
    return runs_on or bool(_ID_WORD.search(name) or _ID_CAMEL.search(name))


def _binned(values: Floats) -> Places:
    """Which of 20 bins of about equally many rows; the last is for what is missing."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)
    bins: Places = np.where(np.isnan(values), BINS, np.searchsorted(edges, values)).astype(np.intp)
    return bins


def _choice(column: Column, words: list[str]) -> Column:
    """One column for each usual value (of two values, one is enough); all others together are one more value."""
    codes, words = column.codes, [*words, "(empty)"]
    usual = _usual(words, np.bincount(codes, minlength=len(words)))
    if not usual:
        return replace(column, use="text")
    others = ~np.isin(codes, usual)
    kept = usual[1:] if len(usual) == 2 and not others.any() else usual
    flags = [codes == place for place in kept] + ([others] if others.any() else [])
    values = tuple(flag.astype(np.float64) for flag in flags)
    return replace(column, codes=np.where(others, len(words), codes), values=values)


def _usual(words: list[str], counts: NDArray[np.intp]) -> list[int]:
    """The places of the values that many rows have, the most usual first."""
    order = sorted(range(len(words)), key=lambda place: (-counts[place], words[place]))
    return [place for place in order[:MOST_VALUES] if counts[place] >= FEWEST_ROWS]
