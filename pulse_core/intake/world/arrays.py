"""What every part of the world needs: arrays of numpy, and how they become columns of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Generator = np.random.Generator

NEVER = -1  # a day that does not come
DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1)


def generator(*key: int) -> Generator:
    """The stream of random numbers for a key, such as (seed, block, purpose): PCG64, said here once.

    Streams of different keys are independent, so a part that is left out changes no other part.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def choose(rng: Generator, weights: Sequence[float], size: int) -> Ints:
    """Places in `weights`, drawn in proportion to them."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(edges[:-1], rng.random(size), side="right").astype(np.int64)


def column(values: Sequence[float], codes: Ints) -> Floats:
    """One number of a table of rows for each code."""
    return np.asarray(values, dtype=np.float64)[codes]


def texts(values: Sequence[str], codes: Ints, *, known: Bools | None = None) -> Any:
    """A column of text, of which each value is kept once; empty where it is not `known`."""
    missing = None if known is None else ~known
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), pa.array(values))


def numbered(prefix: str, numbers: Ints, width: int) -> Any:
    """Ids such as C0000042."""
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, padding="0")
    return pc.binary_join_element_wise(prefix, padded, "")


def listed(words: Sequence[str], holds: Sequence[Bools]) -> Any:
    """A column of lists as a shop writes them, `budget; quality`: the words that hold; empty without any."""
    codes = np.zeros(len(holds[0]), dtype=np.int64)
    for place, has in enumerate(holds):
        codes |= has.astype(np.int64) << place
    found, places = np.unique(codes, return_inverse=True)
    names = [
        "; ".join(word for place, word in enumerate(words) if code >> place & 1) for code in found.tolist()
    ]
    return texts(names, places, known=codes > 0)


def money(cents: Ints) -> Any:
    """Exact amounts with two decimals."""
    halves = np.ascontiguousarray(np.stack([cents, cents >> 63], axis=1))
    return pa.Array.from_buffers(pa.decimal128(12, 2), len(cents), [None, pa.py_buffer(halves)])


def dates(days: Ints, first: date, *, known: Bools | None = None) -> Any:
    """Dates of days counted from `first`; empty where not `known`."""
    shifted = (days + (first - _EPOCH).days).astype(np.int32)
    return pa.array(shifted, pa.int32(), mask=None if known is None else ~known).cast(pa.date32())


def moments(seconds: Ints, first: date) -> Any:
    """Times without a zone, of seconds counted from the midnight that begins `first`."""
    shifted = seconds + (first - _EPOCH).days * DAY_SECONDS
    return pa.array(shifted, pa.int64()).cast(pa.timestamp("s"))


def rounded(values: Floats, decimals: int) -> Any:
    """Numbers without the last bits, in which processors may differ."""
    return pa.array(np.round(values, decimals) + 0.0)
