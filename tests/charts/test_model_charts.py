"""What the charts of risk, value and models in particular show and say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pulse_core.charts.calibration import calibration
from pulse_core.charts.clv_deciles import clv_deciles
from pulse_core.charts.clv_distribution import clv_distribution
from pulse_core.charts.lift import lift
from pulse_core.charts.model_versions import model_versions
from pulse_core.charts.net_value import net_value
from pulse_core.charts.palette import LIGHT
from pulse_core.charts.precision_recall import precision_recall
from pulse_core.charts.risk_drivers import risk_drivers
from pulse_core.charts.risk_levels import risk_levels
from pulse_core.charts.roc import roc
from pulse_core.charts.value_versions import value_versions
from pulse_core.charts.version_axis import MOST
from pulse_core.words import Words
from tests.charts.tables import table

WORDS = Words("en_GB", "GBP")


def _notes(figure: dict[str, Any]) -> list[str]:
    return [note["text"].replace("\u00a0", " ") for note in figure["layout"]["annotations"]]


def _said(trace: dict[str, Any], place: int) -> str:
    return str(trace["hovertext"][place]).replace("<br>", " ").replace("\u00a0", " ")


def test_roc_runs_from_corner_to_corner_beside_the_guess() -> None:
    """However the rows lie, the line rises; the diagonal to compare with is there and named."""
    chart = roc(table("roc", [(0.0, 1.0, 1.0), (1.0, 0.0, 0.0), (0.5, 0.2, 0.7)]), WORDS)
    guess, line = chart.figure["data"]
    assert (line["x"], line["y"]) == ([0, 0.2, 1], [0, 0.7, 1])
    assert (guess["x"], guess["y"]) == ([0, 1], [0, 1])
    assert "Dashed: a guess" in _notes(chart.figure)
    assert _said(line, 1).startswith("At a risk of 50 % or above stand 70 % of those who leave, and 20 %")
    assert "70 % of the leavers with 25 % false alarms" in chart.alt.replace("\u00a0", " ")


def test_precision_is_held_against_everybody() -> None:
    """The base rate is what choosing everybody gives, at the lowest threshold; without it no precision says much."""
    rows = [(0.9, 0.1, 0.95), (0.5, 0.6, 0.8), (0.1, 1.0, 0.43)]
    everybody, _ = precision_recall(table("precision_recall", rows), WORDS).figure["data"]
    assert everybody["y"] == [0.43, 0.43]
    assert "Everybody: 43 % leave" in _notes(precision_recall(table("precision_recall", rows), WORDS).figure)


def test_calibration_shows_the_interval_of_each_group() -> None:
    """Without its interval a group of ten customers would look as sure as one of thousands; empty ones are left out."""
    rows = [(0.3, 0.25, 0.2, 0.31, 300.0), (0.8, 0.85, 0.8, 0.88, 300.0), (0.5, 0.5, 0.5, 0.5, 0.0)]
    _, dots = calibration(table("calibration", rows), WORDS).figure["data"]
    assert dots["x"] == [0.3, 0.8]
    assert dots["error_y"]["array"] == pytest.approx([0.06, 0.03])
    assert dots["error_y"]["arrayminus"] == pytest.approx([0.05, 0.05])
    assert _said(dots, 0) == (
        "Of 300 customers with a risk of about 30 %, 25 % left (95 % interval 20 % to 31 %)."
    )


def test_lift_begins_with_nobody() -> None:
    """The line starts at the corner, and says how many times better than chance it is."""
    _, line = lift(table("lift", [(0.1, 0.3, 3.0), (1.0, 1.0, 1.0)]), WORDS).figure["data"]
    assert (line["x"][0], line["y"][0]) == (0, 0)
    assert _said(line, 1).endswith("hold 30 % of all leavers, 3 times as many as by chance.")


def test_net_value_marks_the_best_threshold_with_its_money() -> None:
    """The figure that decides stands in the chart; of equal ones the threshold that asks fewest customers."""
    rows = [(0.0, 1.0, -50.0), (0.4, 0.5, 300.0), (0.6, 0.3, 300.0), (1.0, 0.0, 0.0)]
    chart = net_value(table("net_value", rows), WORDS)
    _, best = chart.figure["data"]
    assert (best["x"], best["y"]) == ([0.6], [300])
    assert "£300 at 60 %" in _notes(chart.figure)
    low, high = chart.figure["layout"]["yaxis"]["range"]
    assert low <= -50 < 300 <= high


def test_drivers_are_few_and_the_rest_is_told() -> None:
    """Seven bars at most, the rest in one line, so that the shares add up to the whole."""
    rows = [(f"Feature {n}", 0.1) for n in range(10)]
    chart = risk_drivers(table("risk_drivers", rows), WORDS)
    assert len(chart.figure["data"][0]["x"]) == 7
    assert _notes(chart.figure)[-2:] == ["Other (3 features)", "30 %"]
    assert "not what causes it" in chart.reading


def test_risk_levels_stand_in_their_order_and_colours() -> None:
    """Critical first, whatever the table's order; a level without customers keeps its row."""
    rows = [("Low", 60, Decimal(100)), ("Critical", 20, Decimal(5000)), ("Medium", 20, None)]
    chart = risk_levels(table("risk_levels", rows), WORDS)
    (bars,) = chart.figure["data"]
    assert bars["x"] == [0.2, 0, 0.2, 0.6]
    assert bars["marker"]["color"] == list(LIGHT.risk.values())
    assert _said(bars, 0) == (
        "Critical: 20 customers (20 % of all), who spent £5,000.00 in the last 12 months."
    )


def test_a_version_without_signal_is_an_open_ring() -> None:
    """Its AUC is shown, but never so that it looks like one that is used; one that was not judged is left out."""
    day = date(2026, 11, 1)
    rows = [
        (2, day, 0.74, 0.72, 0.76, "usable"),
        (1, day, 0.51, 0.48, 0.54, "no usable signal"),
        (3, day, None, None, None, "too little data"),
    ]
    guess, dots = model_versions(table("model_versions", rows), WORDS).figure["data"]
    assert dots["marker"]["symbol"] == ["circle-open", "circle"]
    assert [key for (key,) in dots["customdata"]] == [1, 2]
    assert guess["y"] == [0.5, 0.5]
    assert _said(dots, 0).endswith("48 % to 54 %. Verdict: no usable signal.")


def test_the_newest_versions_are_shown() -> None:
    """Years of versions stay readable on a phone, and the newest has its label."""
    rows = [(n, date(2026, 1, 1), 0.7, 0.6, 0.8, "usable") for n in range(1, 100)]
    figure = model_versions(table("model_versions", rows), WORDS).figure
    assert len(figure["data"][1]["x"]) == MOST
    assert figure["layout"]["xaxis"]["ticktext"][-1] == "99"
    assert len(figure["layout"]["xaxis"]["ticktext"]) <= 8


def test_errors_of_value_stand_beside_the_average() -> None:
    """An error alone says nothing: spend itself grows and falls."""
    rows = [(1, date(2026, 11, 1), 26.88, 43.08, "Pulse")]
    bars, dashes = value_versions(table("value_versions", rows), WORDS).figure["data"]
    assert (bars["y"], dashes["y"]) == ([26.88], [43.08])
    assert (
        _said(bars, 0)
        == "Version 1 of 1 Nov 2026 (Pulse) misses by £26.88 a customer, the average by £43.08."
    )


def test_deciles_hold_prediction_against_what_was_spent() -> None:
    """Bars are what happened, dashes what was foretold, in the order of the prediction."""
    rows = [(2, 50, 20.0, 30.0), (1, 50, 5.0, 4.0)]
    bars, dashes = clv_deciles(table("clv_deciles", rows), WORDS).figure["data"]
    assert (bars["y"], dashes["y"]) == ([4, 30], [5, 20])
    assert _said(bars, 0) == "Tenth 1 (50 customers): £5 predicted, £4 spent."


def test_expected_values_are_spread_by_group() -> None:
    """Median, middle half and eight of ten, so that nobody takes the average of a few large ones for the rule."""
    rows = [("VIP", 10, 10.0, 50.0, 120.0, 300.0, 900.0, Decimal(3000))]
    thin, thick, medians = clv_distribution(table("clv_distribution", rows), WORDS).figure["data"]
    assert (thin["x"], thick["x"], medians["x"]) == ([10, 900, None], [50, 300, None], [120])
    assert "eight of ten between £10 and £900" in _said(medians, 0)


def test_money_of_a_shop_without_currency_is_a_plain_figure() -> None:
    """No sign is made up."""
    rows = pa.table({"threshold": [0.0, 1.0], "selected": [1.0, 0.0], "net_value": [5.0, 0.0]})
    assert "Net value" in _notes(net_value(rows, Words("en_GB", None)).figure)
