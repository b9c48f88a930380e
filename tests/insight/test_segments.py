"""The 11 segments: a table of rules that leaves no gap and no doubt."""

from __future__ import annotations

from itertools import product

import pytest

from pulse_core.insight.refresh import rules_table
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


def holding(recency: int, value: float) -> list[SegmentRule]:
    """The rules that hold for a cell."""
    return [
        rule
        for rule in SEGMENT_RULES
        if rule.recency_low <= recency <= rule.recency_high and rule.value_low <= value <= rule.value_high
    ]


@pytest.mark.parametrize(("recency", "value"), list(product(RECENCY, VALUE)))
def test_each_cell_belongs_to_one_segment(recency: int, value: float) -> None:
    """All 5 × 9 cells are covered exactly once: every customer is in exactly one segment."""
    assert len(holding(recency, value)) == 1


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


def test_the_warehouse_gets_every_rule() -> None:
    """The table that SQL joins holds the rules one to one, each with its group."""
    rows = rules_table().to_pylist()
    assert [row["segment"] for row in rows] == [rule.segment for rule in SEGMENT_RULES]
    assert all(row["lifecycle_group"] == business_segment(row["segment"]).group for row in rows)


def test_an_unknown_segment_is_an_error() -> None:
    """A misspelt name is not taken for some segment."""
    with pytest.raises(KeyError):
        business_segment("Champignons")
