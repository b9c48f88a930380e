"""The part of a refresh that judges behaviour: which profile fits, and the queries that carry it out.

A profile becomes four small tables, so that the queries are the same for every industry and run once for each kind
of measure, not once for each signal or customer.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from pulse_core.insight.behaviour.profile import (
    TREND,
    Measure,
    Profile,
    Signal,
    plain_type,
    profile,
    profiles,
)
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

SQL = load("behaviour")
STEPS = (  # each builds the table of its own name, from those before it
    ("behaviour_window", "Choosing the windows of behaviour"),
    ("behaviour_orders", "Counting orders by customer"),
    ("behaviour_visits", "Following visits"),
    ("behaviour_counts", "Counting behaviour"),
    ("behaviour_days", "Counting known days"),
    ("behaviour_ratios", "Measuring shares"),
    ("behaviour_rates", "Measuring changes"),
    ("behaviour_balances", "Measuring balances"),
    ("behaviour_signals", "Judging signals"),
    ("behaviour", "Scoring behaviour"),
)
# What counts as buying, as in the warehouse: orders, where there are none service events, and visits after both.
KINDS = ("orders", "events", "visits")

_PROFILE = pa.schema(
    {
        "industry": pa.string(), "now_days": pa.int32(), "before_days": pa.int32(), "least_points": pa.int32(),
        "full_points": pa.int32(), "trend_up": pa.float64(), "trend_down": pa.float64(),
    }
)  # fmt: skip
_RULES = pa.schema(
    {
        "signal": pa.string(), "label": pa.string(), "risk": pa.string(), "place": pa.int32(),
        "judge": pa.string(), "both_windows": pa.bool_(), "is_sum": pa.bool_(),
        "least": pa.int32(), "least_days": pa.int32(), "per_days": pa.int32(),
        "low_is_worse": pa.bool_(), "raised_at": pa.float64(), "raised_points": pa.int32(),
        "severe_at": pa.float64(), "severe_points": pa.int32(), "recommendation": pa.string(),
    }
)  # fmt: skip
_TERMS = pa.schema(
    {
        "signal": pa.string(), "measure": pa.string(), "role": pa.string(), "source": pa.string(),
        "part": pa.int32(), "whole": pa.int32(),
    }
)  # fmt: skip
_OF_SIGNALS = ("label", "risk", "raised_at", "raised_points", "severe_at", "severe_points", "recommendation")
_EVENT_TYPES = pa.schema({"event_type": pa.string(), "role": pa.string()})
_VISIT_TYPES = pa.schema({"event_type": pa.string(), "is_cart": pa.bool_(), "is_purchase": pa.bool_()})


def prepare(writer: Writer, industry: str | None = None) -> Profile | None:
    """Make the small tables that the steps read, and answer with the profile that they say.

    `industry` names a profile; without it the one is taken that fits the data. Where none fits, the tables are empty
    and every step makes an empty table. NotFound for an industry without a profile.
    """
    events = dict(writer.rows(SQL["types_of_events"]))
    chosen = profile(industry) if industry else choose(_kinds(writer), events)
    visits = [event_type for event_type, _ in writer.rows(SQL["types_of_visits"])]
    for name, table in tables(chosen, list(events), visits).items():
        writer.create(name, table)
    return chosen


def choose(kinds: set[str], events: dict[str, int]) -> Profile | None:
    """The profile for these kinds of rows and these service events (how many there are of each type).

    The first of `KINDS` that the organisation has decides; of several profiles for it the one that knows most events.
    """
    for kind in (kind for kind in KINDS if kind in kinds):
        fitting = [made for made in profiles().values() if kind in made.kinds]
        known = Counter({made.key: _known(made, kind, events) for made in fitting})
        best, times = next(iter(known.most_common(1)), ("", 0))
        if times:
            return profile(best)
    return None


def tables(chosen: Profile | None, events: Sequence[str], visits: Sequence[str]) -> dict[str, pa.Table]:
    """The small tables of a profile by name; `events` and `visits` are the event types of the files."""
    made = {
        "behaviour_profile": (_PROFILE, [] if chosen is None else [_profile_row(chosen)]),
        "behaviour_rules": (_RULES, [] if chosen is None else list(_rules(chosen))),
        "behaviour_terms": (_TERMS, [] if chosen is None else list(_terms(chosen))),
        "behaviour_event_types": (_EVENT_TYPES, [] if chosen is None else _event_types(chosen, events)),
        "behaviour_visit_types": (_VISIT_TYPES, [] if chosen is None else _visit_types(chosen, visits)),
    }
    return {name: pa.Table.from_pylist(rows, schema=schema) for name, (schema, rows) in made.items()}


def recipe() -> str:
    """A fingerprint of all profiles and queries: behaviour is judged anew when one changes."""
    parts = [SQL[name] for name, _ in STEPS] + [made.model_dump_json() for made in profiles().values()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _kinds(writer: Writer) -> set[str]:
    return {kind for (kind,) in writer.rows(SQL["present_kinds"])}


def _known(made: Profile, kind: str, events: dict[str, int]) -> int:
    """How many events the profile knows; orders and visits are known to every profile that is made from them."""
    if kind != "events":
        return 1
    aliases = {alias for names in made.roles.values() for alias in names}
    return sum(times for event_type, times in events.items() if plain_type(event_type) in aliases)


def _profile_row(made: Profile) -> dict[str, object]:
    return {
        "industry": made.key, "now_days": made.now_days, "before_days": made.before_days,
        "least_points": made.least_points, "full_points": made.full_points, "trend_up": made.trend.up,
        "trend_down": made.trend.down,
    }  # fmt: skip


def _measures(made: Profile) -> list[tuple[str, Measure]]:
    return [*((signal.key, signal) for signal in made.signals), (TREND, made.trend)]


def _rules(made: Profile) -> list[dict[str, object]]:
    return [_rule(place, key, measure) for place, (key, measure) in enumerate(_measures(made), 1)]


def _rule(place: int, key: str, measure: Measure) -> dict[str, object]:
    rule: dict[str, object] = {
        "signal": key, "place": place, "judge": measure.judge, "both_windows": measure.span == "both",
        "is_sum": measure.of == "sum", "least": measure.least, "least_days": measure.least_days,
        "per_days": measure.per_days,
    }  # fmt: skip
    if isinstance(measure, Signal):
        rule |= {"low_is_worse": measure.worse == "low"} | {
            name: getattr(measure, name) for name in _OF_SIGNALS
        }
    return rule


def _terms(made: Profile) -> list[dict[str, object]]:
    return [
        {
            "signal": key, "measure": measure.measure, "role": role, "source": made.source_of(role),
            "part": int(role in measure.part), "whole": int(role in measure.whole),
        }
        for key, measure in _measures(made)
        for role in measure.roles
    ]  # fmt: skip


def _event_types(made: Profile, events: Sequence[str]) -> list[dict[str, object]]:
    """An event type counts for every role that names it."""
    return [
        {"event_type": event_type, "role": role}
        for event_type in events
        for role, aliases in made.roles.items()
        if plain_type(event_type) in aliases
    ]


def _visit_types(made: Profile, visits: Sequence[str]) -> list[dict[str, object]]:
    cart, purchase = (made.roles.get(role, ()) for role in ("cart", "purchase"))
    return [
        {"event_type": name, "is_cart": plain_type(name) in cart, "is_purchase": plain_type(name) in purchase}
        for name in visits
    ]
