"""One measurement: a fresh process that does the work once, and what that took."""

from __future__ import annotations

import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks import peers, sides

Work = Callable[[Path, Path, sides.Note], str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the work took: CPU seconds of all threads and children, wall seconds, peak memory in MiB.

    The start of Python and its imports are left out of the times. `steps` are the CPU seconds of each, where told.
    """

    cpu: float
    wall: float
    peak: float
    digest: str
    steps: dict[str, float]


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do the work: its line in the table, and what must be imported for it."""

    label: str
    work: Work
    modules: tuple[str, ...]
    exact: bool = False  # whether its scores must be those of the bare engine, customer by customer

    @property
    def missing(self) -> bool:
        """Whether a library that it needs is not installed."""
        return any(importlib.util.find_spec(module.partition(".")[0]) is None for module in self.modules)


SIDES = {
    "bare": Side("Bare DuckDB", sides.bare, ("duckdb",), exact=True),
    "bare_sniffed": Side("Bare DuckDB, types sniffed", sides.bare_sniffed, ("duckdb",), exact=True),
    "pulse": Side("Pulse: import and scores", sides.pulse, ("duckdb",), exact=True),
    "pulse_refreshed": Side("Pulse: import, whole refresh", sides.pulse_refreshed, ("duckdb",), exact=True),
    "pandas": Side("pandas with qcut, no store", peers.pandas, peers.NEEDS["pandas"]),
    "polars": Side("polars, no store", peers.polars, peers.NEEDS["polars"]),
    "lifetimes": Side("lifetimes, no store, no scores", peers.lifetimes, peers.NEEDS["lifetimes"]),
}


def in_a_process_of_its_own(name: str, file: Path) -> Cost:
    """Measure a side in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.measuring", name, str(file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def measure(name: str, file: Path) -> Cost:
    """Do one side's work once in this process, and say what it took. The folder for its stores is beside the file."""
    side = SIDES[name]
    for module in side.modules:
        importlib.import_module(module)
    if name.startswith("pulse"):
        sides.load_pulse()
    steps = Steps()
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        before, started = _cpu(), time.perf_counter()
        digest = side.work(file, Path(folder), steps.note)
        cpu, wall = _cpu() - before, time.perf_counter() - started
    return Cost(cpu, wall, _peak(), digest, steps.costs())


class Steps:
    """The processor time at which each step of the work began."""

    def __init__(self) -> None:
        self._begun: list[tuple[str, float]] = []

    def note(self, name: str) -> None:
        """The work is at this step now."""
        self._begun.append((name, _cpu()))

    def costs(self) -> dict[str, float]:
        """CPU seconds of each step, to the beginning of the next or until now; those of one name together."""
        ends = [*(at for _, at in self._begun), _cpu()][1:]
        costs: dict[str, float] = {}
        for (name, at), end in zip(self._begun, ends, strict=True):
            costs[name] = costs.get(name, 0.0) + end - at
        return costs


def medians(costs: list[Cost]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak MiB."""
    return (
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        median(cost.peak for cost in costs),
    )


def _cpu() -> float:
    """Seconds of processor time of this process so far: all its threads and its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _peak() -> float:
    """MiB that this process, or the largest of its ended children, had in memory at most."""
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return peak / (1024**2 if sys.platform == "darwin" else 1024)  # bytes there, KiB elsewhere


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1], Path(sys.argv[2])))))
