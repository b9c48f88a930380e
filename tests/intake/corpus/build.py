"""Small files of orders, and the verdicts that go with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from .verdicts import Loads, Shown

HEADER = "customer_id,date,amount"
GOOD = ("c1,2020-01-01,10", "c2,2020-02-29,12.5", "c3,2020-12-31,7.25")
GOOD_VALUES: tuple[Shown, ...] = (
    ("c1", "2020-01-01T00:00:00", "10"),
    ("c2", "2020-02-29T00:00:00", "12.5"),
    ("c3", "2020-12-31T00:00:00", "7.25"),
)
GOOD_LOADS = Loads(3, 3, values=GOOD_VALUES)


def text(*lines: str, header: str | None = HEADER, end: str = "\n") -> str:
    """Lines below a header, each with its end."""
    return "".join(line + end for line in ((header, *lines) if header is not None else lines))


GOOD_TEXT = text(*GOOD)


def table(rows: Iterable[Sequence[str]], *, mark: str = ",", end: str = "\n") -> str:
    """Rows as delimited text, quoted where that is needed."""
    written = io.StringIO()
    csv.writer(written, delimiter=mark, lineterminator=end).writerows(rows)
    return written.getvalue()


def moment(iso: str) -> str:
    """A day or a moment in the form that the verdicts use."""
    return datetime.fromisoformat(iso).isoformat()


def dated(*dates: str, mark: str = ",") -> str:
    """Orders of c1, c2, … on these dates as written, each of 10."""
    rows = [(f"c{number}", date, "10") for number, date in enumerate(dates, 1)]
    return table([HEADER.split(","), *rows], mark=mark)


def dated_values(*moments: str | None) -> tuple[Shown, ...]:
    """What `dated` holds: the moments by customer; None where that customer's row is not accepted."""
    return tuple(
        (f"c{number}", moment(iso), "10") for number, iso in enumerate(moments, 1) if iso is not None
    )


def dates_load(*moments: str | None) -> Loads:
    """`dated` loads with these moments; None is a rejected row."""
    values = dated_values(*moments)
    return Loads(len(moments), len(values), len(moments) - len(values), values=values)


def priced(*amounts: str, mark: str = ",") -> str:
    """Orders of c1, c2, … on the same day with these amounts as written."""
    rows = [(f"c{number}", "2020-01-01", amount) for number, amount in enumerate(amounts, 1)]
    return table([HEADER.split(","), *rows], mark=mark)


def prices_load(*amounts: str | None, returns: int | None = None) -> Loads:
    """`priced` loads with these amounts; None is a rejected row."""
    values = tuple(
        (f"c{number}", "2020-01-01T00:00:00", amount)
        for number, amount in enumerate(amounts, 1)
        if amount is not None
    )
    return Loads(len(amounts), len(values), len(amounts) - len(values), values=values, returns=returns)


def named(*ids: str) -> str:
    """Orders of these customers as written, on the same day, each of 10."""
    return table([HEADER.split(","), *((customer, "2020-01-01", "10") for customer in ids)])


def names_load(*ids: str) -> Loads:
    """`named` loads with exactly these customers."""
    return Loads(len(ids), len(ids), values=tuple((name, "2020-01-01T00:00:00", "10") for name in ids))
