"""A refresh: everything derived is computed anew from the facts, beside what pages read, then switched to at once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pyarrow as pa

from pulse_core.insight import learning, rules, training
from pulse_core.insight.behaviour import steps as behaviour
from pulse_core.insight.choices import Choices
from pulse_core.insight.segments import COMPOSITE_WEIGHTS
from pulse_core.insight.training import Learnt, Register
from pulse_core.jobs import Progress
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.warehouse import Warehouse

_SQL = {**load("insight"), **load("features"), **load("segments"), **behaviour.SQL}
# Each builds the table of its own name, from those before it. Between the two lists the models learn.
STEPS_BEFORE = (
    ("customer_totals", "Adding up each customer's orders"),
    ("records", "Merging customer records"),
    ("as_of", "Finding the last day"),
    ("favourites", "Finding favourite products"),
    ("thresholds", "Finding the score thresholds"),
    ("buying_days", "Following each customer's buying days"),
    ("visit_days", "Following visits"),
    ("horizon", "Measuring gaps between orders"),
    *behaviour.STEPS,
)
LEARNING = "Learning who leaves, and what they are worth"
STEPS_AFTER = (
    ("churn", "Placing churn probabilities"),
    ("risk_levels", "Placing the risk levels"),
    ("customers", "Scoring customers"),
    ("segment_ages", "Reading the segment rules"),
    ("segment_spells", "Following customers from segment to segment"),
    ("segment_sizes", "Counting segments by day"),
    ("attributes", "Reading custom attributes"),
    ("months", "Adding up months"),
    ("cohorts", "Following cohorts"),
    ("products", "Adding up products"),
    ("periods", "Comparing the last 90 days"),
    ("year_spend", "Adding up the last 12 months"),
)
STEPS = STEPS_BEFORE + STEPS_AFTER
PAST = (
    "known_purchases",
    "known_order_lines",
    "known_visits",
    "known_events",
)  # hide what came after a chosen day
NOTHING_CHOSEN = Choices()


def forget(_learnt: Learnt) -> None:
    """A registry that keeps nothing; for libraries and tests."""


def refresh(
    warehouse: Warehouse,
    progress: Progress,
    choices: Choices = NOTHING_CHOSEN,
    register: Register = forget,
) -> int:
    """Build a new generation of the derived tables; returns its number. Readers see the old one until it is whole.

    What the models learnt is given to `register` before the switch.
    """

    def build(writer: Writer) -> None:
        with progress.stoppable(writer.interrupt):
            prepare(writer, choices)
            _run(writer, progress, STEPS_BEFORE, 0)
        progress.step(LEARNING, len(STEPS_BEFORE), len(STEPS) + 1)
        training.learn(writer, warehouse.models, progress, register)
        with progress.stoppable(writer.interrupt):
            _run(writer, progress, STEPS_AFTER, len(STEPS_BEFORE) + 1)
            writer.put_meta("recipe", recipe(choices))

    warehouse.new_generation(build)
    return warehouse.generation


def prepare(writer: Writer, choices: Choices = NOTHING_CHOSEN) -> None:
    """Make what the steps read besides the facts: the choices as tables, and a view of what was known on a past day."""
    writer.create("choices", choices.table())
    for name in PAST if choices.as_of else ():
        writer.execute(_SQL[name])
    writer.create("segment_rules", rules.table(choices.rules))
    writer.create("risk_bounds", choices.risk.table())
    writer.create("composite_weights", weights_table())
    behaviour.prepare(writer)


def is_current(warehouse: Warehouse, choices: Choices = NOTHING_CHOSEN) -> bool:
    """Whether the derived tables were built from all the facts, by these choices and the rules of this version."""
    return not warehouse.stale and warehouse.recipe == recipe(choices)


def recipe(choices: Choices = NOTHING_CHOSEN) -> str:
    """A fingerprint of everything that decides what a refresh computes."""
    parts = [_SQL[name] for name in (*PAST, *(name for name, _ in STEPS))]
    parts += [repr(choices), repr(COMPOSITE_WEIGHTS), behaviour.recipe(), _learning()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def weights_table() -> pa.Table:
    """The weights of the composite score: one row a part."""
    return pa.table(
        {"part": list(COMPOSITE_WEIGHTS), "weight": pa.array(COMPOSITE_WEIGHTS.values(), pa.int32())}
    )


def _run(writer: Writer, progress: Progress, steps: tuple[tuple[str, str], ...], first: int) -> None:
    for done, (name, label) in enumerate(steps, first):
        progress.step(label, done, len(STEPS) + 1)
        writer.execute(_SQL[name])


@cache
def _learning() -> str:
    """A fingerprint of how models learn: its source, because only the child process may load it."""
    found = sorted(Path(learning.__path__[0]).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest()
