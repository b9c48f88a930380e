"""What the cells of a column mean, as a person reads them: numbers, days, or words.

A column is of one kind when all its filled cells read so. Each different cell is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pulse_core.insight.learning.trees import Floats
from pulse_core.intake.formats import ANY_MONEY, DATE_FORMATS, NUMBER_FORMATS, NumberFormat

T = TypeVar("T")
EPOCH = date(1970, 1, 1)


def numbers(cells: pa.DictionaryArray) -> Floats | None:
    """The numbers of a column of text, NaN where a cell is empty or infinite; None when one is no number.

    With a decimal point or a comma, marks between thousands, a sign or code of a currency, or a percent sign.
    """
    words = cells.dictionary
    try:
        found = pc.cast(words, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        spelled = _spelled_numbers(words.to_pylist())
        if spelled is None:
            return None
        found = spelled
    return _spread(cells, np.where(np.isfinite(found), found, np.nan))


def days(cells: pa.DictionaryArray) -> tuple[Floats | None, bool]:
    """The days of a column as days since 1970, NaN where a cell is empty; None when one is no date.

    The second value says whether they are dates that could be read in two ways, which is never guessed.
    """
    words = cells.dictionary.to_pylist()
    read = [found for key in _WRITTEN if (found := _all(words, partial(_day, key)))]
    if not read or any(other != read[0] for other in read[1:]):
        return None, bool(read)
    return _spread(cells, np.array([(day - EPOCH).days for day in read[0]], np.float64)), False


def _spread(cells: pa.DictionaryArray, values: Floats) -> Floats:
    """The value of each row from those of the different cells."""
    places = cells.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    whole: Floats = np.append(values, np.nan)[places]
    return whole


def _spelled_numbers(words: Sequence[str]) -> Floats | None:
    for form in NUMBER_FORMATS.values():
        if found := _all(words, partial(_number, form)):
            return np.array(found, np.float64)
    return None


def _all(words: Sequence[str], read: Callable[[str], T | None]) -> list[T] | None:
    """What every word reads as; None as soon as one does not."""
    found: list[T] = []
    for word in words:
        if (value := read(word)) is None:
            return None
        found.append(value)
    return found


def _number(form: NumberFormat, word: str) -> float | None:
    bare = re.sub(_python(ANY_MONEY), r"\1\2", word.strip().removesuffix("%").strip()).strip()
    if not re.fullmatch(_python(form.whole), bare):
        return None
    below = re.search("^[-(\N{MINUS SIGN}]|-$", bare)
    digits = re.sub(_python(form.groups), "", re.sub("[-+()\N{MINUS SIGN}]", "", bare))
    return (-1 if below else 1) * float(digits.replace(form.mark, "."))


@cache
def _python(pattern: str) -> str:
    """A pattern of the database as Python writes it: \\x{A0} is the character itself."""
    return re.sub(r"\\x\{([0-9A-F]+)\}", lambda found: chr(int(found[1], 16)), pattern)


def _day(key: str, word: str) -> date | None:
    form = DATE_FORMATS[key]
    if not form.shape.fullmatch(word):
        return None
    if key == "iso":
        year, month, day = map(int, re.findall(r"\d+", word)[:3])
        return _valid(partial(date, year, month, day))
    made = (_valid(partial(_by_pattern, word, pattern)) for pattern in form.patterns)
    return next(filter(None, made), None)


def _by_pattern(word: str, pattern: str) -> date:
    return datetime.strptime(word, pattern).date()


def _valid(make: Callable[[], date]) -> date | None:
    try:
        return make()
    except ValueError:  # the 30th of February
        return None


_WRITTEN = ("iso", "day_first", "month_first", "month_name")
