"""What pages and programs show of behaviour: the organisation's insights, and one customer's signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pulse_core.errors import NotFound
from pulse_core.insight.behaviour.profile import Profile, Signal, profiles
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = load("behaviour")
TRENDS = ("increasing", "stable", "declining")


@dataclass(frozen=True, slots=True)
class Window:
    """The as-of day, the first days of the window now and of the one before it, and their lengths in days."""

    as_of: date
    now_from: date
    before_from: date
    now_days: int
    before_days: int


@dataclass(frozen=True, slots=True)
class Raised:
    """How far a signal is spread: of how many customers it is known, of how many it is raised, and severely."""

    signal: Signal
    known: int
    raised: int
    severe: int

    @property
    def share(self) -> float:
        """Of those of whom it is known, the share of whom it is raised."""
        return self.raised / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """A business segment: how many of its customers have a score, and their mean score."""

    segment: str
    customers: int
    score: float


@dataclass(frozen=True, slots=True)
class Insights:
    """The organisation's behaviour. `profile` and `window` are None where no industry fits the data.

    `score` is the mean of all `customers` with a score (None without any), `at_risk` counts those with a signal raised.
    `trends` counts customers by trend (`TRENDS`); those whose trend is not known are in none of them.
    """

    profile: Profile | None
    window: Window | None
    customers: int
    score: float | None
    at_risk: int
    trends: dict[str, int]
    signals: Sequence[Raised]
    segments: Sequence[SegmentScore]

    def share_of(self, trend: str) -> float | None:
        """The share of a trend among the customers whose trend is known; None where it is of nobody."""
        known = sum(self.trends.values())
        return self.trends[trend] / known if known else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A signal of one customer: the figure now, the one of the window before (None where unknown), what is judged, and
    the points that it takes off the score."""

    signal: Signal
    value: float
    value_before: float | None
    judged: float
    points: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One customer's behaviour. Score and trend are None where too little is known."""

    customer_id: str
    score: int | None
    trend: str | None
    signals: Sequence[Judged]
    recommendations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Lowest:
    """A customer with a low score; name, segment and revenue are None for who only visited the website."""

    customer_id: str
    name: str | None
    segment: str | None
    revenue: Decimal | None
    score: int
    trend: str | None
    signals: Sequence[Signal]
    recommendations: Sequence[str]


def insights(reader: Reader) -> Insights:
    """Counts for each signal, trends, and mean scores by segment (highest first)."""
    made, window = _judged_by(reader)
    customers, score, at_risk, *trends = reader.one(_SQL["read_summary"])
    scores = [SegmentScore(*row) for row in reader.rows(_SQL["read_behaviour_segments"])]
    return Insights(
        made, window, customers, score, at_risk, dict(zip(TRENDS, trends, strict=True)),
        _spread(reader, made), sorted(scores, key=lambda row: (-row.score, row.segment)),
    )  # fmt: skip


def behaviour(reader: Reader, customer_id: str) -> Behaviour:
    """One customer's behaviour, the signal with most points first; NotFound when there is no such customer."""
    of_customer = {"customer_id": customer_id}
    if not reader.rows(_SQL["is_customer"], of_customer):
        raise NotFound(
            f"there is no customer {customer_id!r}", remedy="ids are written as in the imported file"
        )
    made, _ = _judged_by(reader)
    found = reader.rows(_SQL["read_behaviour"], of_customer)
    score, trend, advice = found[0] if found else (None, None, [])
    signals = [
        Judged(signal, *rest)
        for key, *rest in reader.rows(_SQL["read_signals"], of_customer)
        if made and (signal := made.signal(key))
    ]
    return Behaviour(customer_id, score, trend, signals, advice)


def lowest(reader: Reader, *, limit: int = 100) -> list[Lowest]:
    """The customers with the lowest scores, of equal scores those who spent most."""
    made, _ = _judged_by(reader)
    rows = reader.rows(_SQL["read_lowest"], {"limit": limit})
    return [
        Lowest(customer_id, name, segment, revenue, score, trend, _signals(made, keys), advice)
        for customer_id, name, segment, revenue, score, trend, keys, advice in rows
    ]


def _spread(reader: Reader, made: Profile | None) -> list[Raised]:
    return [
        Raised(signal, known, raised, severe)
        for key, _, _, known, raised, severe in reader.rows(_SQL["read_behaviour_signals"])
        if made and (signal := made.signal(key))
    ]


def _judged_by(reader: Reader) -> tuple[Profile | None, Window | None]:
    """The profile and the windows of the last refresh; both None where no industry fits the data."""
    for industry, *days in reader.rows(_SQL["read_window"]):
        return profiles().get(industry), Window(*days)
    return None, None


def _signals(made: Profile | None, keys: Sequence[str]) -> list[Signal]:
    return [signal for key in keys if made and (signal := made.signal(key))]
