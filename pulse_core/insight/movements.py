"""How customers move between the segments: day by day, by recency, frequency and money alone.

What a customer's churn probability was on a day of the past is not known, so movements follow the rules as if it were
unknown throughout (`rfm_segment` of the customers), with today's thresholds: a movement then tells of what customers
did, never of a limit that moved. The table `segment_spells` holds the stretches (the query says how they are made).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import pyarrow as pa

from pulse_core.errors import Invalid
from pulse_core.insight.segments import SEGMENT_NAMES
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

DAYS = 365  # how far back the segments are known, from the as-of date
FADING = frozenset(
    {"About to Sleep", "At Risk", "Cannot Lose Them", "Hibernating", "Lost"}
)  # who was not seen lately

_SQL = load("segments")
_ORDER = {name: place for place, name in enumerate((None, *SEGMENT_NAMES))}
_FLOW = pa.schema(
    {
        "from_day": pa.date32(),
        "from_segment": pa.string(),
        "to_day": pa.date32(),
        "to_segment": pa.string(),
        "customers": pa.int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Movement:
    """So many customers were in the one segment on the first day and in the other on the second.

    `from_segment` is None for those who became customers in between.
    """

    from_segment: str | None
    to_segment: str
    customers: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Customers on the first day; of these, who changed segment, who slipped away and who came back; and who is new.

    To slip away is to come into one of `FADING` from another segment, to come back is the other way round.
    """

    customers: int
    moved: int
    slipped: int
    back: int
    new: int


def days(reader: Reader) -> tuple[date, date] | None:
    """The first and the last day on which segments are known, 366 days or fewer; None while there are no customers."""
    first, last = reader.one(_SQL["read_movement_days"])
    return None if first is None else (first, last)


def movements(reader: Reader, from_day: date, to_day: date) -> list[Movement]:
    """Everybody by where they were at the end of two days, in the order of the segments; stays are among them.

    Invalid for days that are not known, or the wrong way round.
    """
    _check(days(reader), from_day, to_day)
    found = reader.rows(_SQL["read_movements"], {"from_day": from_day, "to_day": to_day})
    rows = [Movement(*row) for row in found]
    return sorted(rows, key=lambda row: (_ORDER[row.from_segment], _ORDER[row.to_segment]))


def flow(rows: list[Movement], from_day: date, to_day: date) -> pa.Table:
    """The movements between these days as the chart `segment_flow` takes them."""
    values = [asdict(row) | {"from_day": from_day, "to_day": to_day} for row in rows]
    return pa.Table.from_pylist(values, _FLOW)


def summary(rows: list[Movement]) -> Summary:
    """What the movements come to."""
    held = [row for row in rows if row.from_segment is not None]
    moved = [row for row in held if row.from_segment != row.to_segment]
    return Summary(
        sum(row.customers for row in held),
        sum(row.customers for row in moved),
        sum(row.customers for row in moved if row.from_segment not in FADING and row.to_segment in FADING),
        sum(row.customers for row in moved if row.from_segment in FADING and row.to_segment not in FADING),
        sum(row.customers for row in rows if row.from_segment is None),
    )


def _check(known: tuple[date, date] | None, from_day: date, to_day: date) -> None:
    if known is None:
        raise Invalid("nobody moved yet", remedy="import a file of orders first")
    first, last = known
    if not first <= from_day < to_day <= last:
        raise Invalid(
            f"movements from {from_day} to {to_day} cannot be shown",
            remedy=f"choose two days from {first} to {last}, the earlier one first",
        )
