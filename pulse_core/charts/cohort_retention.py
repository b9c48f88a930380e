"""Do they come back? A row for the customers of each first month, a column for each month after it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pulse_core.charts import style
from pulse_core.charts.chart import Drawing, Row, chart
from pulse_core.charts.heat import Cell, heat_map
from pulse_core.charts.palette import Palette
from pulse_core.words import Words

MOST_COHORTS = 13
MOST_MONTHS = 12  # columns whose figures can still be read on a phone


@chart(
    title="Customers who come back, by first month",
    empty="No second month yet: cohorts appear when orders cover two months.",
    columns={
        "cohort": pa.date32(),
        "month_number": pa.int32(),
        "customers": pa.int64(),
        "share": pa.float64(),
    },
)
def cohort_retention(rows: list[Row], words: Words, colours: Palette) -> Drawing | None:
    """Heat map of the share that ordered again; month 0 is everybody, so it stands in the row's label."""
    rows = [row for row in rows if row["cohort"] is not None and row["month_number"] is not None]
    sizes = {row["cohort"]: row["customers"] or 0 for row in rows if row["month_number"] == 0}
    seen = {row["cohort"] for row in rows if row["month_number"] > 0}
    cohorts = sorted(seen & sizes.keys())[-MOST_COHORTS:]
    cells = _cells(rows, cohorts, sizes, words)
    if not cells:
        return None
    months = max(cell.x for cell in cells) + 1
    names = [style.label(f"{words.month(cohort)} · {words.compact(sizes[cohort])}") for cohort in cohorts]
    figure = {
        "data": heat_map(cells, months, len(cohorts), colours),
        "layout": style.layout(
            height=30 * len(cohorts) + 96,
            margin=(0, 0, 44, 52),
            hoverdistance=60,
            xaxis=_month_axis(months),
            yaxis=style.bare_axis(
                tickmode="array",
                tickvals=list(range(len(cohorts))),
                ticktext=names,
                range=[len(cohorts) - 0.5, -0.5],
            ),
            annotations=[style.unit("% of the cohort that ordered")],
        ),
    }
    return Drawing(
        _reading(len(seen & sizes.keys()) > len(cohorts), words), _alt(cells, cohorts, words), figure
    )


def _cells(rows: list[Row], cohorts: list[Any], sizes: dict[Any, int], words: Words) -> list[Cell]:
    place = {cohort: index for index, cohort in enumerate(cohorts)}
    return [
        Cell(
            row["month_number"] - 1,
            place[row["cohort"]],
            style.plain(row["share"]),
            _whole_percent(row["share"]),
            _sentence(row, sizes[row["cohort"]], words),
            (row["cohort"].isoformat(), row["month_number"]),
        )
        for row in rows
        if row["cohort"] in place and 1 <= row["month_number"] <= MOST_MONTHS and row["share"] is not None
    ]


def _month_axis(months: int) -> dict[str, Any]:
    return style.bare_axis(
        tickmode="array",
        tickvals=list(range(months)),
        ticktext=[str(month + 1) for month in range(months)],
        range=[-0.5, months - 0.5],
        tickfont={"family": style.FONT, "size": 11},  # twelve numbers side by side on a phone
        title=style.axis_title("Months after the first order"),
    )


def _whole_percent(share: float) -> str:
    """Whole per cents without the sign, which the heading carries: twelve columns fit on a phone."""
    return "<1" if 0 < share < 0.005 else f"{share * 100:.0f}"


def _sentence(row: Row, size: int, words: Words) -> str:
    month = words.plural("month", row["month_number"])
    return (
        f"Of {words.plural('customer', size)} whose first order was in {words.month(row['cohort'])}, "
        f"{words.number(row['customers'])} ({words.percent(row['share'])}) ordered again {month} later."
    )


def _reading(cut: bool, words: Words) -> str:
    newest = f" The newest {words.number(MOST_COHORTS)} are shown." if cut else ""
    return (
        "A row is everybody whose first order fell in that month, with their number. "
        f"Its last figure is from the newest month, which may not be complete.{newest}"
    )


def _alt(cells: list[Cell], cohorts: list[Any], words: Words) -> str:
    span = f"cohorts from {words.month(cohorts[0])} to {words.month(cohorts[-1])}"
    best = max(cells, key=lambda cell: cell.value)
    least = min(cells, key=lambda cell: cell.value)
    return f"Heat map of customers who come back, {span}. Highest: {best.sentence} Lowest: {least.sentence}"
