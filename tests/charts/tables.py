"""Tables for the charts: real ones by hand, and any table that fits a chart's columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as some

from pulse_core.charts.chart import Kind, all_charts
from pulse_core.charts.palette import SEGMENTS

HOSTILE = (
    '<b>x</b><a href="javascript:alert(1)">y</a>',
    "%{x} %{customdata[0]} <extra>z</extra>",
    "line<br>break &lt;i&gt; &amp; $x^2$",
    "\u202egnp.exe",
    "nul\x00 and bell\x07",
    "W" * 500,
    "   ",
    "",
)

_names = some.sampled_from([*SEGMENTS, *HOSTILE, "REGENCY CAKESTAND 3 TIER"])
_values: dict[str, some.SearchStrategy[Any]] = {
    "string": _names | some.text(max_size=60),
    "int32": some.integers(0, 14),
    "int64": some.integers(0, 10**9),
    "double": some.floats(0, 1),
    "bool": some.booleans(),
    "date32[day]": some.dates(date(1996, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1)),
    "decimal128(18, 2)": some.decimals(-(10**9), 10**12, places=2),
}


@some.composite
def tables(draw: some.DrawFn, kind: Kind) -> pa.Table:
    """Any table with the chart's columns, nulls everywhere, up to 16 rows."""
    size = draw(some.integers(0, 16))
    columns = {
        field.name: draw(some.lists(some.none() | _values[str(field.type)], min_size=size, max_size=size))
        for field in kind.columns
    }
    return pa.table(columns, schema=kind.columns)


def table(key: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """A table of one chart from plain rows."""
    columns = all_charts()[key].columns
    return pa.Table.from_pylist([dict(zip(columns.names, row, strict=True)) for row in rows], schema=columns)


def months(*revenues: int, complete: bool = True) -> pa.Table:
    """Revenue by month from January 2026; `complete` is about the last month."""
    last = len(revenues) - 1
    rows = [
        (date(2026 + place // 12, place % 12 + 1, 1), Decimal(revenue), 10, complete or place < last)
        for place, revenue in enumerate(revenues)
    ]
    return table("revenue_by_month", rows)


def products(names: list[str]) -> pa.Table:
    """Products with falling revenue from 1,000 down."""
    return table(
        "top_products", [(name, Decimal(1000 - 10 * place), 5, 3) for place, name in enumerate(names)]
    )
