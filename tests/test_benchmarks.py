"""The benchmark compares like with like: on a small file, the bare engine and Pulse come to the same scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import orders, sides
from benchmarks.intake import agree
from benchmarks.measuring import Cost, measure

ROWS = 1000


def took(name: str, folder: Path) -> Cost:
    """What one side took, and the scores it came to."""
    file = folder / "orders.csv"
    if not file.exists():
        orders.write(file, ROWS)
    return measure(name, file)


def test_bare_engine_and_pulse_agree(tmp_path: Path) -> None:
    """Were the sides to do different work, their ratio would mean nothing."""
    bare, pulse = took("bare", tmp_path), took("pulse", tmp_path)
    assert bare.digest == pulse.digest
    assert bare.digest.startswith("100:")  # customers, ten rows each
    agree({"bare": [bare], "pulse": [pulse]})


def test_benchmark_stops_when_scores_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio of sides that do not agree must not be printed."""
    bare = took("bare", tmp_path)
    monkeypatch.setattr(sides, "_SCORE", sides._SCORE.replace("frequency > x", "frequency >= x"))
    other = took("bare", tmp_path)
    with pytest.raises(SystemExit, match="do not agree"):
        agree({"bare": [bare], "pulse": [other]})


def test_each_step_of_pulse_is_told(tmp_path: Path) -> None:
    """The table of steps in docs/benchmarks.md needs their names and processor time."""
    steps = took("pulse", tmp_path).steps
    assert {"Reading and checking the rows", "Adding up each customer's orders", "Scoring customers"} <= set(
        steps
    )
    assert all(cost >= 0 for cost in steps.values())
