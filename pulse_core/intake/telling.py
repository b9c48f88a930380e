"""What became of a file, said in a few lines: for the command line and for the reports of the drop folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from pulse_core.intake.loading import SET_ASIDE

_FIRST = 10

# The answers to a question about a file, as options of `pulse import`, by the code of the question.
ANSWERS = {
    "ambiguous_dates": ("--dates day_first", "--dates month_first"),
    "ambiguous_numbers": ("--numbers point", "--numbers comma"),
    "ambiguous_amounts": ("--amounts order", "--amounts line"),
    "overlapping_rows": ("--overlap skip", "--overlap keep"),
}


def report_lines(report: Mapping[str, Any]) -> list[str]:
    """A report as `Report.as_dict` gives it: the figures, what was set aside, the first rows that were rejected."""
    if report["unchanged"]:
        return [f"{report['file']}: imported before (import {report['batch_id']}); nothing changed"]
    aside = sum(report["set_aside"].values())
    returns = f" ({report['returns']:,} returns)" if report["kind"] == "orders" else ""
    head = (
        f"{report['file']}: {report['rows']:,} rows, {report['accepted']:,} accepted{returns}, "
        f"{report['rejected']:,} rejected, {aside:,} set aside"
    )
    kept = [f"  set aside: {count:,} {SET_ASIDE[reason]}" for reason, count in report["set_aside"].items()]
    kept += [
        f"  kept as the attribute {name!r}: {', '.join(f'{word!r} ({count:,})' for word, count in words.items())}"
        for name, words in report.get("other_words", {}).items()
    ]
    return [head, *kept, *(_reject_line(reject) for reject in report["rejects"][:_FIRST])]


def error_lines(error: Mapping[str, Any], *, command: str) -> list[str]:
    """What is wrong with a file and what to do; of a question, each answer as a command that begins with `command`."""
    lines = [f"What is wrong: {error['message']}", f"What to do: {error['remedy']}"]
    if found := answers(error):
        lines += ["", "Answer it with:", *(f"  {command} {answer}" for answer in found)]
        which = (
            "the first" if error["code"] == "overlapping_rows" else "that"
        )  # to count rows again is never assumed
        lines += ["", f"After {which}, files with the same columns go through by themselves."]
    return lines


def answers(error: Mapping[str, Any]) -> tuple[str, ...]:
    """The options of `pulse import` that answer a question; none for what is no question."""
    if error["code"] == "choose_sheet":
        return tuple(f"--sheet {shlex.quote(sheet)}" for sheet in error.get("sheets", ()))
    if error["code"] == "missing_column":
        return (f"--map {','.join(f'{key}=COLUMN' for key in _lacking(error))}",)
    return ANSWERS.get(error["code"], ())


def _lacking(error: Mapping[str, Any]) -> list[str]:
    """Our columns that were not found; of groups of which one is needed, the first."""
    return [*error["missing"], *next(iter(error["one_of"]), ())]


def _reject_line(reject: Mapping[str, Any]) -> str:
    column = f"{reject['column']} " if reject["column"] else ""
    return f"  row {reject['row']}: {column}{reject['value']!r} {reject['reason']}"
