"""What pages make of the registry: tables that charts take, whatever a version lacks."""

from __future__ import annotations

import pytest

from pulse_core.charts.chart import all_charts
from pulse_core.insight import judged
from pulse_core.words import Words
from tests.insight.registered import CHURN, VALUE, model

WORDS = Words()
USABLE = model("churn", "usable", CHURN)
NOTHING = model("churn", "too little data", {"customers": 12})


@pytest.mark.parametrize("chart", judged.CURVES)
def test_curves_fit_their_charts(chart: str) -> None:
    """A curve that lacks a column of its chart would stop the page."""
    table = judged.curve(USABLE, chart)
    assert table is not None
    assert all_charts()[chart](table, WORDS).reading
    assert judged.curve(NOTHING, chart) is None


def test_tables_fit_their_charts() -> None:
    """Those of drivers, tenths and versions too, also where the registry says nothing."""
    value = model("value", "usable", VALUE)
    for chart, table in (
        ("risk_drivers", judged.drivers(USABLE)),
        ("risk_drivers", judged.drivers(NOTHING)),
        ("clv_deciles", judged.deciles(value)),
        ("clv_deciles", judged.deciles(NOTHING)),
        ("model_versions", judged.versions([USABLE, NOTHING])),
        ("value_versions", judged.value_versions([value, model("value", "too little data", {})])),
    ):
        assert all_charts()[chart](table, WORDS).data is table


def test_models_are_compared_in_their_order_under_their_names() -> None:
    """The simplest comes first; one that this version of Pulse does not know is left out."""
    rows = judged.compared(USABLE)
    assert [row["model"].key for row in rows] == ["constant", "pulse"]
    assert rows[1]["auc"] == 0.742
    assert judged.compared(NOTHING) == []


def test_figures_are_those_of_the_model_that_is_used() -> None:
    """Pulse's own for churn, of customer value the one that was chosen, and none where nothing was judged."""
    assert judged.figures(USABLE)["auc"] == 0.742
    assert judged.figures(model("value", "usable", VALUE))["mae"] == 32.8
    assert judged.figures(NOTHING) == {}


def test_only_usable_is_usable() -> None:
    """No other verdict lets a probability through."""
    assert judged.is_usable(USABLE)
    assert not judged.is_usable(NOTHING)
    assert not judged.is_usable(model("churn", "no usable signal", CHURN))


def test_what_a_version_lacks_is_nothing() -> None:
    """No warnings, no thresholds: said as such, not as an error."""
    assert judged.warnings(USABLE) == ["less than a year is known"]
    assert judged.warnings(NOTHING) == []
    assert judged.thresholds(NOTHING) is None


def test_every_model_and_metric_is_explained() -> None:
    """What stands in a table of the Models page has a plain sentence on hover."""
    for kind, named in {**judged.MODELS, **judged.METRICS}.items():
        assert all(row.label and row.help for row in named), kind
