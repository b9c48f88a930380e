"""The 11 segments: a table of rules that leaves no gap and no doubt."""

from __future__ import annotations

from itertools import product

import pytest

from pulse_core.insight.segments import (
    BUSINESS_SEGMENTS,
    LIFECYCLE_GROUPS,
    SEGMENT_NAMES,
    SEGMENT_RULES,
    SegmentRule,
    business_segment,
)

RECENCY = range(1, 6)
VALUE = [half / 2 for half in range(2, 11)]  # means of two scores: 1, 1.5, … 5


PROBABILITIES = (0.0, 0.3, 0.5999, 0.6, 0.9, 1.0)


def holding(recency: int, value: float, churn: float = 0.0) -> list[SegmentRule]:
    """The rules that hold for a cell and a churn probability."""
    return [
        rule
        for rule in SEGMENT_RULES
        if rule.recency_low <= recency <= rule.recency_high
        and rule.value_low <= value <= rule.value_high
        and (rule.churn_low <= churn < rule.churn_high or churn == rule.churn_high == 1)
    ]


@pytest.mark.parametrize(("recency", "value"), list(product(RECENCY, VALUE)))
def test_each_cell_belongs_to_one_segment(recency: int, value: float) -> None:
    """All 5 × 9 cells are covered exactly once at any probability: every customer is in exactly one segment."""
    assert [len(holding(recency, value, churn)) for churn in PROBABILITIES] == [1] * len(PROBABILITIES)


def test_every_segment_can_be_reached() -> None:
    """A segment that no cell leads to would stand on the page, empty for ever."""
    reached = {holding(recency, value)[0].segment for recency, value in product(RECENCY, VALUE)}
    assert reached == set(SEGMENT_NAMES)


def test_there_are_eleven_segments_in_four_groups() -> None:
    """Each segment has a name of its own and belongs to a lifecycle group that has a pitch."""
    assert len(set(SEGMENT_NAMES)) == len(BUSINESS_SEGMENTS) == 11
    assert {segment.group for segment in BUSINESS_SEGMENTS} == set(LIFECYCLE_GROUPS)
    assert {rule.segment for rule in SEGMENT_RULES} == set(SEGMENT_NAMES)


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("VIP", {"Champions", "Loyal Customers", "Cannot Lose Them"}),
        ("Returning", {"Potential Loyalists", "Need Attention"}),
        ("New", {"New Customers", "Promising"}),
        ("At-Risk", {"About to Sleep", "At Risk", "Hibernating", "Lost"}),
    ],
)
def test_the_groups_are_those_of_the_fixed_terms(group: str, names: set[str]) -> None:
    """Pitches and charts rely on which segment belongs to which lifecycle group."""
    assert {segment.name for segment in BUSINESS_SEGMENTS if segment.group == group} == names


def test_the_extremes_are_what_their_names_say() -> None:
    """The best are Champions, the worst are Lost, those of the best who stopped are Cannot Lose Them."""
    assert holding(5, 5.0)[0].segment == "Champions"
    assert holding(1, 1.0)[0].segment == "Lost"
    assert holding(1, 5.0)[0].segment == "Cannot Lose Them"
    assert holding(5, 1.0)[0].segment == "New Customers"


def test_who_is_about_to_leave_is_spoken_to_before() -> None:
    """The best who are likely to leave get VIP treatment, the good ones urgent retention, whatever their last order."""
    assert holding(5, 5.0, 0.6)[0].segment == holding(3, 4.0, 0.9)[0].segment == "Cannot Lose Them"
    assert holding(4, 3.5, 0.6)[0].segment == holding(3, 3.5, 1.0)[0].segment == "At Risk"
    assert holding(5, 1.0, 1.0)[0].segment == "New Customers"


def test_an_unknown_segment_is_an_error() -> None:
    """A misspelt name is not taken for some segment."""
    with pytest.raises(KeyError):
        business_segment("Champignons")
