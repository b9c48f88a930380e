"""A refresh: everything derived is computed anew from the facts, beside what pages read, then switched to at once."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from pulse_core.insight.choices import Choices
from pulse_core.insight.segments import SEGMENT_RULES, business_segment
from pulse_core.jobs import Progress
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_SQL = {**load("insight"), **load("features")}
STEPS = (  # each builds the table of its own name, from those before it
    ("customer_totals", "Adding up each customer's orders"),
    ("records", "Merging customer records"),
    ("as_of", "Finding the last day"),
    ("favourites", "Finding favourite products"),
    ("thresholds", "Finding the score thresholds"),
    ("customers", "Scoring customers"),
    ("attributes", "Reading custom attributes"),
    ("months", "Adding up months"),
    ("cohorts", "Following cohorts"),
    ("products", "Adding up products"),
    ("buying_days", "Following each customer's buying days"),
    ("visit_days", "Following visits"),
    ("horizon", "Measuring gaps between orders"),
    ("periods", "Comparing the last 90 days"),
)
PAST = ("known_purchases", "known_visits", "known_events")  # hide what came after a chosen day


NOTHING_CHOSEN = Choices()


def refresh(warehouse: Warehouse, progress: Progress, choices: Choices = NOTHING_CHOSEN) -> int:
    """Build a new generation of the derived tables; returns its number. Readers see the old one until it is whole."""

    def build(writer: Writer) -> None:
        with progress.stoppable(writer.interrupt):
            writer.create("segment_rules", rules_table())
            writer.create("choices", choices.table())
            for name in PAST if choices.as_of else ():
                writer.execute(_SQL[name])
            for done, (name, label) in enumerate(STEPS):
                progress.step(label, done, len(STEPS))
                writer.execute(_SQL[name])
            writer.put_meta("recipe", recipe(choices))

    warehouse.new_generation(build)
    return warehouse.generation


def is_current(warehouse: Warehouse, choices: Choices = NOTHING_CHOSEN) -> bool:
    """Whether the derived tables were built from all the facts, by these choices and the rules of this version."""
    return not warehouse.stale and warehouse.recipe == recipe(choices)


def recipe(choices: Choices = NOTHING_CHOSEN) -> str:
    """A fingerprint of everything that decides what a refresh computes."""
    parts = [_SQL[name] for name in (*PAST, *(name for name, _ in STEPS))]
    parts += [repr(SEGMENT_RULES), repr(choices)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def rules_table() -> pa.Table:
    """The segment rules as the warehouse joins them: one row a rectangle of scores."""
    return pa.table(
        {
            "segment": [r.segment for r in SEGMENT_RULES],
            "lifecycle_group": [business_segment(r.segment).group for r in SEGMENT_RULES],
            "recency_low": pa.array([r.recency_low for r in SEGMENT_RULES], pa.int8()),
            "recency_high": pa.array([r.recency_high for r in SEGMENT_RULES], pa.int8()),
            "value_low": pa.array([r.value_low for r in SEGMENT_RULES], pa.float64()),
            "value_high": pa.array([r.value_high for r in SEGMENT_RULES], pa.float64()),
        }
    )
