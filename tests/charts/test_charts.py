"""What each chart in particular shows and says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from pulse_core.charts.chart import all_charts
from pulse_core.charts.cohort_retention import cohort_retention
from pulse_core.charts.customers_by_segment import customers_by_segment
from pulse_core.charts.palette import DARK, LIGHT, SEGMENTS, along, contrast
from pulse_core.charts.revenue_by_month import revenue_by_month
from pulse_core.charts.rfm_grid import rfm_grid
from pulse_core.charts.segment_flow import segment_flow
from pulse_core.charts.segment_sizes import segment_sizes
from pulse_core.charts.top_products import top_products
from pulse_core.words import Words
from tests.charts.tables import months, products, table

WORDS = Words("en_GB", "GBP")
NBSP = "\u00a0"


def _notes(figure: dict[str, Any]) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"]]


def test_an_incomplete_month_is_pale_and_said() -> None:
    """The running month looks like a fall unless bar, axis, hover, reading and alternative say so."""
    chart = revenue_by_month(months(500, 900, 100, complete=False), WORDS)
    (bars,) = chart.figure["data"]
    assert bars["marker"]["color"] == [LIGHT.accent, LIGHT.accent, LIGHT.accent_soft]
    assert bars["marker"]["line"]["width"] == [0, 0, 1.5]
    assert chart.figure["layout"]["xaxis"]["ticktext"][-1] == "Mar<br>2026<br>so far"
    assert "not complete" in bars["hovertext"][-1].replace("<br>", " ")
    assert "not complete" in chart.reading
    assert "Mar 2026 is not complete" in chart.alt


def test_a_complete_last_month_is_like_the_others() -> None:
    """Nothing is said about completeness where there is nothing to say."""
    chart = revenue_by_month(months(500, 900), WORDS)
    assert chart.figure["data"][0]["marker"]["color"] == [LIGHT.accent, LIGHT.accent]
    assert "complete" not in chart.reading + chart.alt


def test_revenue_names_the_best_month_and_its_unit() -> None:
    """The highest bar carries its figure, and the axis its currency."""
    chart = revenue_by_month(months(500_000, 1_161_817, 100), WORDS)
    assert _notes(chart.figure) == ["Revenue, £", f"£1.16{NBSP}M"]
    assert chart.alt.startswith("Bar chart of revenue by month from Jan 2026 to Mar 2026.")
    assert f"Highest: Feb 2026 with £1.16{NBSP}M" in chart.alt


@pytest.mark.parametrize("count", [1, 7, 13, 40, 240])
def test_month_labels_fit_on_a_phone(count: int) -> None:
    """Seven labels at most, the last month always among them."""
    axis = revenue_by_month(months(*range(1, count + 1)), WORDS).figure["layout"]["xaxis"]
    assert 1 <= len(axis["ticktext"]) <= 7
    assert axis["tickvals"][-1] == 2026 * 12 + count - 1


def test_a_gap_in_the_months_stays_a_gap() -> None:
    """A month without orders takes its room, so that time is true to scale."""
    rows = [(date(2026, 1, 1), Decimal(5), 1, True), (date(2026, 4, 1), Decimal(5), 1, True)]
    first, last = revenue_by_month(table("revenue_by_month", rows), WORDS).figure["data"][0]["x"]
    assert last - first == 3


def test_all_segments_in_their_order_and_colours() -> None:
    """A segment is found at the same place in the same colour on every chart, with customers or without."""
    rows = [("Lost", 30, Decimal(100)), ("Champions", 10, Decimal(300))]
    bars, lines = customers_by_segment(table("customers_by_segment", rows), WORDS).figure["data"]
    assert [key for (key,) in bars["customdata"]] == list(SEGMENTS)
    assert bars["marker"]["color"] == list(LIGHT.segments.values())
    assert bars["x"] == pytest.approx([0.25, *[0.0] * 9, 0.75])
    assert lines["x"] == pytest.approx([0.75, *[0.0] * 9, 0.25])


def test_segments_carry_number_and_share() -> None:
    """Direct labels: the number of customers and their share, and both shares for who cannot see."""
    rows = [("Lost", 3000, Decimal(100)), ("Champions", 1000, Decimal(300))]
    chart = customers_by_segment(table("customers_by_segment", rows), WORDS)
    assert _notes(chart.figure)[:3] == ["Champions", f"1{NBSP}K", f"25{NBSP}%"]
    assert f"Champions 25{NBSP}% and 75{NBSP}%" in chart.alt


def test_segments_on_dark_ground_take_the_dark_variants() -> None:
    """Three of the brand's colours cannot be seen on the dark ground."""
    rows = [("Champions", 10, Decimal(300))]
    bars, _ = customers_by_segment(table("customers_by_segment", rows), WORDS, dark=True).figure["data"]
    assert bars["marker"]["color"][0] == DARK.segments["Champions"] != LIGHT.segments["Champions"]


def test_revenue_below_zero_has_no_shares() -> None:
    """Where returns outweigh sales, shares of revenue mean nothing and are not made up."""
    rows = [("Lost", 30, Decimal(-100)), ("Champions", 10, Decimal(50))]
    _, lines = customers_by_segment(table("customers_by_segment", rows), WORDS).figure["data"]
    assert set(lines["x"]) == {0.0}


FIRST, SECOND = date(2026, 1, 1), date(2026, 3, 1)


def flows(*rows: tuple[str | None, str | None, int]) -> pa.Table:
    """Movements between two days."""
    return table("segment_flow", [(FIRST, a, SECOND, b, customers) for a, b, customers in rows])


def test_a_flow_goes_from_a_segment_on_the_left_to_one_on_the_right() -> None:
    """A segment stands on both sides, in the fixed order, and who is new comes from a place of their own."""
    chart = segment_flow(
        flows(("Lost", "Champions", 30), (None, "Lost", 10), ("Champions", "Champions", 60)), WORDS
    )
    (trace,) = chart.figure["data"]
    node, link = trace["node"], trace["link"]
    assert node["label"] == ["Not a customer yet", "Champions", "Lost", "Champions", "Lost"]
    named = {
        (node["label"][a], node["label"][b], n)
        for a, b, n in zip(link["source"], link["target"], link["value"], strict=True)
    }
    assert named == {
        ("Lost", "Champions", 30), ("Not a customer yet", "Lost", 10), ("Champions", "Champions", 60),
    }  # fmt: skip
    assert {x < 0.5 for x in node["x"][:3]} == {True}
    assert {x > 0.5 for x in node["x"][3:]} == {True}
    assert node["y"] == sorted(node["y"][:3]) + sorted(node["y"][3:])
    assert node["color"][1] == LIGHT.segments["Champions"]


def test_flows_too_thin_to_see_are_left_out_and_told() -> None:
    """What is not drawn is said, and stays in the figures of its segments and in the table."""
    chart = segment_flow(
        flows(("Lost", "Lost", 990), ("Lost", "At Risk", 4), ("Champions", "Lost", 6)), WORDS
    )
    (trace,) = chart.figure["data"]
    assert trace["link"]["value"] == [990, 6]
    assert f"left out (0.4{NBSP}% together)" in chart.reading
    lost = trace["node"]["customdata"][trace["node"]["label"].index("Lost")]
    assert f"994{NBSP}customers" in lost.replace("<br>", " ")
    assert chart.data.num_rows == 3


def test_a_flow_is_told_in_words() -> None:
    """How many stayed, and the largest movements first."""
    alt = segment_flow(flows(("Lost", "Lost", 50), ("Lost", "At Risk", 10), (None, "Lost", 40)), WORDS).alt
    assert f"50{NBSP}% stayed" in alt
    assert alt.index("Not a customer yet to Lost 40") < alt.index("Lost to At Risk 10")


def sizes(days: int) -> pa.Table:
    """Eleven segments over so many days; the later a segment stands in the order, the more it grows."""
    rows = [
        (FIRST + timedelta(day), name, 100 + place * day)
        for day in range(days)
        for place, name in enumerate(LIGHT.segments)
    ]
    return table("segment_sizes", rows)


def test_the_segments_that_changed_most_have_lines_and_the_others_one() -> None:
    """Seven lines can be told apart; none of the others' customers is missing from theirs."""
    traces = segment_sizes(sizes(31), WORDS).figure["data"]
    names = list(LIGHT.segments)
    assert [trace["name"] for trace in traces] == [*names[:4:-1], "Other segments"]
    assert traces[-1]["y"][-1] == sum(100 + place * 30 for place in range(5))
    assert traces[0]["line"]["color"] == LIGHT.segments["Lost"]


def test_a_year_of_days_is_thinned_and_keeps_its_end() -> None:
    """A line of 366 points looks as one of 122; the last day is always among them, and the table has all."""
    chart = segment_sizes(sizes(366), WORDS)
    days = chart.figure["data"][0]["x"]
    assert len(days) == 122
    assert days[-1] == (FIRST + timedelta(365)).isoformat()
    assert chart.data.num_rows == 366 * 11


def test_labels_at_the_ends_of_lines_never_overlap() -> None:
    """Lines that end together have their names above each other, all of them within the figure."""
    rows = [(FIRST + timedelta(day), name, 50 * day) for day in range(2) for name in list(LIGHT.segments)[:7]]
    figure = segment_sizes(table("segment_sizes", rows), WORDS).figure
    room = figure["layout"]["height"] - figure["layout"]["margin"]["t"] - figure["layout"]["margin"]["b"]
    heights = sorted(note["y"] * room for note in figure["layout"]["annotations"][1:])
    assert len(heights) == 7
    assert all(above - below >= 18 - 1e-6 for below, above in pairwise(heights))
    assert heights[-1] <= room + 1e-6


def test_ten_products_and_the_rest_in_one_line() -> None:
    """The rest is said with its sum; its bar would leave the ten no length."""
    chart = top_products(products([f"Product {number}" for number in range(1, 15)]), WORDS)
    (bars,) = chart.figure["data"]
    assert len(bars["x"]) == 10
    assert _notes(chart.figure)[-2:] == [f"Other (4{NBSP}products)", f"£3.54{NBSP}K · 27{NBSP}%"]
    assert "4 other products" in chart.alt.replace(NBSP, " ")


def test_ten_products_or_fewer_have_no_rest() -> None:
    """No "Other (0 products)"."""
    chart = top_products(products(["A", "B"]), WORDS)
    assert not [text for text in _notes(chart.figure) if text.startswith("Other")]
    assert "Other" not in chart.reading


def test_long_product_names_are_short_beside_the_bar_and_whole_on_hover() -> None:
    """Names that begin alike stay apart: by their place, and by their whole name on hover."""
    names = ["WHITE HANGING HEART T-LIGHT HOLDER 1", "WHITE HANGING HEART T-LIGHT HOLDER 2"]
    chart = top_products(products(names), WORDS)
    (bars,) = chart.figure["data"]
    assert _notes(chart.figure)[0] == "WHITE HANGING HEART T-LIGHT…"
    assert len(set(bars["y"])) == 2
    assert [key for (key,) in bars["customdata"]] == names
    assert bars["hovertext"][1].replace("<br>", " ").startswith(names[1])


def test_a_product_without_a_name_is_a_dash() -> None:
    """Unknown is a dash with its reason, not an empty line."""
    chart = top_products(products(["  "]), WORDS)
    assert _notes(chart.figure)[0] == "– (no product name)"


def test_cohorts_leave_out_the_first_month_and_name_their_size() -> None:
    """Month 0 is everybody and would wash out the rest; its number stands in the row's label."""
    rows = [(date(2026, 1, 1), 0, 200, 1.0), (date(2026, 1, 1), 1, 76, 0.38), (date(2026, 1, 1), 2, 1, 0.004)]
    chart = cohort_retention(table("cohort_retention", rows), WORDS)
    fills, figures = chart.figure["data"]
    assert fills["z"] == [[0.38, 0.004]]
    assert figures["text"] == ["38", "&lt;1"]
    assert chart.figure["layout"]["yaxis"]["ticktext"] == ["Jan 2026 · 200"]
    assert _notes(chart.figure) == ["% of the cohort that ordered"]
    assert f"76 (38{NBSP}%) ordered again 1{NBSP}month later" in figures["hovertext"][0].replace("<br>", " ")


def test_only_the_newest_cohorts_are_drawn_and_it_is_said() -> None:
    """Thirteen rows and twelve columns can be read on a phone; what is left out is told."""
    firsts = [date(2020 + place // 12, place % 12 + 1, 1) for place in range(20)]
    rows = [(first, number, 10, 0.5) for first in firsts for number in range(15)]
    chart = cohort_retention(table("cohort_retention", rows), WORDS)
    assert len(chart.figure["data"][0]["z"]) == 13
    assert len(chart.figure["data"][0]["z"][0]) == 12
    assert chart.figure["layout"]["yaxis"]["ticktext"][-1].startswith("Aug 2021")
    assert "newest 13" in chart.reading


@pytest.mark.parametrize("dark", [False, True])
def test_figures_in_cells_are_readable_where_they_stand(dark: bool) -> None:
    """Each cell's text is coloured for its own cell, on both grounds."""
    rows = [
        (date(2026, 1, 1), month, 100, share / 100) for month, share in enumerate([100, 1, 20, 40, 60, 80])
    ]
    fills, figures = cohort_retention(table("cohort_retention", rows), WORDS, dark=dark).figure["data"]
    steps = (DARK if dark else LIGHT).sequential
    assert [colour for _, colour in fills["colorscale"]] == list(steps)
    cells = [along(steps, value / fills["zmax"]) for value in fills["z"][0]]
    assert all(contrast(*pair) >= 4.5 for pair in zip(cells, figures["textfont"]["color"], strict=True))


def test_the_grid_has_all_cells_and_its_best_corner_at_the_top_right() -> None:
    """A combination without customers is a cell with none, and 5/5 is where the eye expects it."""
    rows = [(5, 5, 348, Decimal(5000)), (1, 1, 421, Decimal(10))]
    chart = rfm_grid(table("rfm_grid", rows), WORDS)
    fills, figures = chart.figure["data"]
    assert (len(fills["z"]), {len(row) for row in fills["z"]}) == (5, {5})
    assert (fills["z"][4][4], fills["z"][0][0], fills["z"][2][2]) == (348, 421, 0)
    assert chart.figure["layout"]["yaxis"]["range"] == [-0.5, 4.5]
    assert [5, 5] in figures["customdata"]
    assert f"Most: 421{NBSP}customers" in chart.alt


def test_data_is_the_whole_table() -> None:
    """The CSV that a person downloads holds every row, not only those that are drawn."""
    rows = products([f"Product {number}" for number in range(50)])
    assert all_charts()["top_products"](rows, WORDS).data.num_rows == 50


def test_scores_stand_at_their_place_with_the_best_in_the_last_bar() -> None:
    """Ten points without customers keep their room, and 100 is of the last ten."""
    rows = [(0, 9, 30), (90, 100, 10)]
    chart = all_charts()["behaviour_scores"](table("behaviour_scores", rows), WORDS)
    (bars,) = chart.figure["data"]
    assert bars["y"] == [30, 0, 0, 0, 0, 0, 0, 0, 0, 10]
    assert bars["hovertext"][-1].replace("<br>", " ").startswith("Scores of 90 to 100: 10")
    assert chart.alt.endswith("0 to 9 30; 90 to 100 10.")


def test_signals_come_most_frequent_first_with_their_share() -> None:
    """The number says how many, the share of how many it is known at all; severe ones stand as a line."""
    rows = [("Pays bills late", 200, 20, 5), ("Uses less data than before", 100, 50, 25)]
    chart = all_charts()["behaviour_signals"](table("behaviour_signals", rows), WORDS)
    bars, lines = chart.figure["data"]
    assert (bars["x"], lines["x"]) == ([50, 20], [25, 5])
    assert _notes(chart.figure) == [
        "Uses less data than before",
        "50",
        f"50{NBSP}%",
        "Pays bills late",
        "20",
        f"10{NBSP}%",
    ]
