"""The published tenth of the CDNOW customers, from the orders that ship with Pulse.

Fader and Hardie draw 2,357 of the 23,570 customers; `cdnow_2357.txt` holds their ids. Times are in weeks, the cut-off
is 30 September 1997.
"""

from __future__ import annotations

import functools
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulse_core.intake.samples import sample_file

CUT_OFF = date(1997, 9, 30)


class Summary(NamedTuple):
    """One value for each customer: repeat buying days, weeks, weeks, mean spend of a repeat buying day (0: none)."""

    x: NDArray[np.float64]
    t_x: NDArray[np.float64]
    age: NDArray[np.float64]
    m: NDArray[np.float64]


@functools.cache
def published() -> Summary:
    """The calibration summary of the 2,357 customers, in the order of their ids."""
    wanted = set(Path(__file__).with_name("cdnow_2357.txt").read_text().split())
    days: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in gzip.decompress(sample_file("cdnow").read_bytes()).decode().splitlines()[1:]:
        who, day, _, dollars = line.split()
        bought_on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        if who in wanted and bought_on <= CUT_OFF:
            days[who][bought_on] += float(dollars)
    return Summary(*np.array([_numbers(days[who]) for who in sorted(days)]).T)


def _numbers(spent: dict[date, float]) -> tuple[float, float, float, float]:
    first, *again = sorted(spent)
    mean = sum(spent[day] for day in again) / len(again) if again else 0.0
    last = again[-1] if again else first
    return len(again), (last - first).days / 7, (CUT_OFF - first).days / 7, mean
