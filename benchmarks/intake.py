"""How much does Pulse's way from a CSV to scored customers cost beside the bare engine and other libraries?

`make bench` generates a file of order lines and measures each side on it in fresh processes, in turn. Bare DuckDB and
Pulse must come to the same scores for every customer, or the benchmark stops. Nothing is kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from benchmarks.measuring import SIDES, Cost, in_a_process_of_its_own, medians
from benchmarks.orders import ROWS, write_in_a_process_of_its_own

ROUNDS = 3
GROWTH = (0.1, 0.3)  # parts of the rows that are measured too, to see how cost and memory grow
INSTALL = "pip install -r requirements-bench.txt"


def main() -> None:
    """Compare all sides, then show how Pulse grows; or show its steps."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, default=ROWS, help="order lines in the file (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="fresh processes for each side")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES), help="measure only these")
    parser.add_argument("--steps", action="store_true", help="show what each step of Pulse takes instead")
    parser.add_argument("--folder", type=Path, help="where the file and the stores lie for a while")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        file = Path(folder) / "orders.csv"
        write_in_a_process_of_its_own(file, options.rows)
        print(
            f"{options.rows:,} order lines, {file.stat().st_size / 1e6:,.0f} MB; medians of {options.rounds} rounds\n"
        )
        if options.steps:
            print(each_step(file, options.rounds))
            return
        found = rounds(file, options.rounds, present(options.sides))
        print(table(found))
        if "pulse" in found:
            print(growth(file, options.rows, options.rounds, found["pulse"]))


def present(names: Iterable[str]) -> list[str]:
    """The sides whose libraries are there; the others are told."""
    missing = [name for name in names if SIDES[name].missing]
    if missing:
        print(f"Without {', '.join(missing)}: install what they need with `{INSTALL}`.")
    return [name for name in names if name not in missing]


def rounds(file: Path, count: int, names: list[str]) -> dict[str, list[Cost]]:
    """What each side took, the sides in turn; stops when scores differ that must not."""
    found: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(count):
        for name, costs in found.items():
            costs.append(in_a_process_of_its_own(name, file))
    agree(found)
    return found


def agree(found: dict[str, list[Cost]]) -> None:
    """Exact sides give every customer the same scores, and all sides find as many customers."""
    exact = {cost.digest for name, costs in found.items() if SIDES[name].exact for cost in costs}
    customers = {cost.digest.partition(":")[0] for costs in found.values() for cost in costs}
    if len(exact) > 1 or len(customers) > 1:
        digests = "; ".join(f"{name} {costs[0].digest}" for name, costs in found.items())
        sys.exit(f"the sides do not agree on the scores: {digests}")


def table(found: dict[str, list[Cost]]) -> str:
    """Medians of each side. The ratio is the median of those to the bare engine within each round."""
    lines = [_line("", "CPU s", "to bare", "wall s", "peak MiB")]
    for name, costs in found.items():
        cpu, wall, peak = medians(costs)
        lines.append(
            _line(
                SIDES[name].label,
                f"{cpu:.1f}",
                _ratio(costs, found.get("bare")),
                f"{wall:.1f}",
                f"{peak:,.0f}",
            )
        )
    customers = next(iter(found.values()))[0].digest.partition(":")[0]
    exact = sum(SIDES[name].exact for name in found)
    return "\n".join(
        [*lines, f"{exact} sides gave the same scores to each of {int(customers):,} customers.\n"]
    )


def _ratio(costs: list[Cost], bare: list[Cost] | None) -> str:
    if not bare:
        return ""
    return f"{median(ours.cpu / theirs.cpu for ours, theirs in zip(costs, bare, strict=True)):.2f} ×"


def growth(file: Path, rows: int, count: int, whole: list[Cost]) -> str:
    """What Pulse's import and scores take for parts of the rows, and for all."""
    lines = [_line("Pulse, by rows", "CPU s", "", "wall s", "peak MiB")]
    for part in (*GROWTH, 1):
        costs = whole if part == 1 else _of_part(file.with_name("part.csv"), int(rows * part), count)
        cpu, wall, peak = medians(costs)
        lines.append(_line(f"{int(rows * part):,}", f"{cpu:.1f}", "", f"{wall:.1f}", f"{peak:,.0f}"))
    return "\n".join(lines)


def _of_part(file: Path, rows: int, count: int) -> list[Cost]:
    write_in_a_process_of_its_own(file, rows)
    return rounds(file, count, ["pulse"])["pulse"]


def each_step(file: Path, count: int) -> str:
    """CPU seconds of each step of an import and a whole refresh."""
    costs = rounds(file, count, ["pulse_refreshed"])["pulse_refreshed"]
    lines = [f"{name:36}{median(cost.steps[name] for cost in costs):>8.2f}" for name in costs[0].steps]
    return "\n".join([f"{'Step':36}{'CPU s':>8}", *lines])


def _line(label: str, *values: str) -> str:
    return f"{label:32}" + "".join(f"{value:>11}" for value in values)


if __name__ == "__main__":
    main()
