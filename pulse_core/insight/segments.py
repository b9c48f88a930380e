"""The 11 business segments as a table of rules over RFM scores and churn probability, and the four lifecycle groups.

The rules cut the space of recency score (1–5) by value score (mean of frequency and monetary score, 1–5 in halves) by
churn probability (0–1) into 11 areas that neither overlap nor leave a gap, so every customer is in exactly one. The
names and their order along recency and value are those that marketing uses; the bounds are Pulse's own, and an
organisation may set others (`rules.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """One box of scores and churn probability, which leads to a segment.

    Scores include both ends. Churn is from `churn_low` up to, but without, `churn_high`; 1 includes certainty. A
    customer whose probability is not known is where one of 0 would be: nobody is taken for leaving unknown.
    """

    segment: str
    recency_low: int
    recency_high: int
    value_low: float
    value_high: float
    churn_low: float = 0.0
    churn_high: float = 1.0


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
    BusinessSegment(
        "At Risk", "At-Risk", "Urgent retention", "Used to buy well, not seen for long or about to leave"
    ),
    BusinessSegment(
        "Cannot Lose Them", "VIP", "VIP treatment", "Among the best, but stopped or about to leave"
    ),
    BusinessSegment("Hibernating", "At-Risk", "Last chance", "Few orders, long ago"),
    BusinessSegment("Lost", "At-Risk", "Aggressive win-back", "Fewest orders, longest ago"),
)

SEGMENT_NAMES: tuple[str, ...] = tuple(s.name for s in BUSINESS_SEGMENTS)
LIFECYCLE_GROUPS: tuple[str, ...] = ("VIP", "Returning", "New", "At-Risk")

# The churn bound is that of the risk level High: somebody good who still comes is spoken to before they go. Where
# recency tells the same already, and where little is lost, the probability changes nothing.
SEGMENT_RULES: tuple[SegmentRule, ...] = (
    SegmentRule("Champions", 4, 5, 4.0, 5.0, 0.0, 0.6),
    SegmentRule("Cannot Lose Them", 4, 5, 4.0, 5.0, 0.6, 1.0),
    SegmentRule("Loyal Customers", 4, 5, 3.5, 3.5, 0.0, 0.6),
    SegmentRule("At Risk", 4, 5, 3.5, 3.5, 0.6, 1.0),
    SegmentRule("Loyal Customers", 3, 3, 3.5, 5.0, 0.0, 0.6),
    SegmentRule("At Risk", 3, 3, 3.5, 3.5, 0.6, 1.0),
    SegmentRule("Cannot Lose Them", 3, 3, 4.0, 5.0, 0.6, 1.0),
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

# Weights of the composite score (0–100; the query `customers` says the formula). Money counts most among the scores,
# and staying as much as money; the weights are Pulse's own choice, in hundredths.
COMPOSITE_WEIGHTS: dict[str, int] = {"recency": 20, "frequency": 20, "monetary": 30, "staying": 30}


def business_segment(name: str) -> BusinessSegment:
    """The segment called `name`; KeyError when there is none."""
    return _BY_NAME[name]


_BY_NAME = {s.name: s for s in BUSINESS_SEGMENTS}
