"""Labels that are safe and fit, and marks that are round."""

from __future__ import annotations

import html
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from pulse_core.charts import style
from tests.charts.tables import HOSTILE

sizes = some.floats(-1e12, 1e12, allow_subnormal=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    """Plotly renders tags in labels: none gets through, also when the label is cut in the middle of one."""
    for limit in (None, *range(2, 30)):
        assert "<" not in style.label(name, limit)
        assert ">" not in style.label(name, limit)


def test_a_long_name_is_cut_before_it_is_escaped() -> None:
    """The limit counts what is seen, and no entity is cut in two."""
    assert style.label("a&b&c&d&e", 5) == "a&amp;b&amp;…"


def test_a_sentence_breaks_only_where_we_break_it() -> None:
    """Hover lines fit on a phone, and a name cannot bring its own line break."""
    said = style.sentence("<br>" + "word " * 20)
    assert said.startswith("&lt;br&gt;word")
    assert all(len(html.unescape(line)) <= style.HOVER_WIDTH for line in said.split("<br>"))


@given(sizes, sizes)
def test_ticks_hold_the_values_and_are_few(one: float, other: float) -> None:
    """Whatever the amounts: every value lies between the marks, and the marks are not a fence."""
    low, high = min(one, other, 0.0), max(one, other, 0.0)
    assume(high - low > 1e-6)
    marks = style.ticks(low, high, 4)
    unseen = (high - low) * 1e-5
    assert marks[0] <= low + unseen
    assert marks[-1] >= high - unseen
    assert 2 <= len(marks) <= 7


@given(some.floats(1e-3, 1e12))
def test_ticks_are_round(high: float) -> None:
    """Steps of 1, 2, 2.5 or 5: figures that a reader can count in."""
    step = style.ticks(0.0, high, 4)[1]
    assert round(step / 10 ** math.floor(math.log10(step) + 1e-9), 6) in (1, 2, 2.5, 5)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_not_a_figure_draws_as_none(value: float | None) -> None:
    """NaN is no JSON, and would blank the whole chart."""
    assert style.plain(value) == 0.0
