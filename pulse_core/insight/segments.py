"""The 11 business segments as a table of rules over RFM scores, and the four lifecycle groups.

The rules cut the plane of recency score (1–5) by value score (mean of frequency and monetary score, 1–5 in halves)
into 11 areas that neither overlap nor leave a gap, so every customer is in exactly one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """One rectangle of the plane: bounds are scores, both ends included."""

    segment: str
    recency_low: int
    recency_high: int
    value_low: float
    value_high: float


@dataclass(frozen=True, slots=True)
class BusinessSegment:
    """A segment with what to do about it and the group whose pitch it gets."""

    name: str
    group: str
    action: str
    meaning: str


BUSINESS_SEGMENTS: tuple[BusinessSegment, ...] = (
    BusinessSegment("Champions", "VIP", "Reward and upsell", "Bought lately, often and for much"),
    BusinessSegment("Loyal Customers", "VIP", "Nurture", "Buy regularly and still come"),
    BusinessSegment("Potential Loyalists", "Returning", "Offers", "Recent, with a second or third order"),
    BusinessSegment("New Customers", "New", "Onboarding", "Bought for the first time just now"),
    BusinessSegment("Promising", "New", "Awareness", "Recent, small and few orders"),
    BusinessSegment("Need Attention", "Returning", "Re-engagement", "Average in all, and slowing down"),
    BusinessSegment("About to Sleep", "At-Risk", "Win-back offers", "Below average and not seen for a while"),
    BusinessSegment("At Risk", "At-Risk", "Urgent retention", "Used to buy well, not seen for long"),
    BusinessSegment("Cannot Lose Them", "VIP", "VIP treatment", "Were among the best, and have stopped"),
    BusinessSegment("Hibernating", "At-Risk", "Last chance", "Few orders, long ago"),
    BusinessSegment("Lost", "At-Risk", "Aggressive win-back", "Fewest orders, longest ago"),
)

SEGMENT_NAMES: tuple[str, ...] = tuple(s.name for s in BUSINESS_SEGMENTS)
LIFECYCLE_GROUPS: tuple[str, ...] = ("VIP", "Returning", "New", "At-Risk")

SEGMENT_RULES: tuple[SegmentRule, ...] = (
    SegmentRule("Champions", 4, 5, 4.0, 5.0),
    SegmentRule("Loyal Customers", 4, 5, 3.5, 3.5),
    SegmentRule("Loyal Customers", 3, 3, 3.5, 5.0),
    SegmentRule("Potential Loyalists", 4, 5, 2.0, 3.0),
    SegmentRule("New Customers", 5, 5, 1.0, 1.5),
    SegmentRule("Promising", 4, 4, 1.0, 1.5),
    SegmentRule("Need Attention", 3, 3, 2.0, 3.0),
    SegmentRule("About to Sleep", 3, 3, 1.0, 1.5),
    SegmentRule("Cannot Lose Them", 1, 2, 4.0, 5.0),
    SegmentRule("At Risk", 1, 2, 2.5, 3.5),
    SegmentRule("Hibernating", 2, 2, 1.0, 2.0),
    SegmentRule("Lost", 1, 1, 1.0, 2.0),
)


def business_segment(name: str) -> BusinessSegment:
    """The segment called `name`; KeyError when there is none."""
    return _BY_NAME[name]


_BY_NAME = {s.name: s for s in BUSINESS_SEGMENTS}
