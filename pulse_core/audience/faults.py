"""Pydantic's findings in the words of the segment builder: the place, the fault, the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pulse_core.errors import Invalid

_NEITHER = ("this is neither a condition nor a group", "give field, op and value, or op and children")

# type of Pydantic's finding -> (fault, remedy); {name} is the entry in which it was found
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("there is no '{name}'", "add it"),
    "extra_forbidden": ("the entry '{name}' is not known", "remove it"),
    "string_type": ("'{name}' is not text", "put it in quotation marks"),
    "literal_error": ("'{name}' of a group is not known", "choose one of and, or, not"),
    "tuple_type": ("'{name}' is not a list", "give conditions and groups as a list"),
    "union_tag_not_found": _NEITHER,
    "model_type": _NEITHER,
}


def invalid(error: ValidationError) -> Invalid:
    """The first finding as an Invalid; its details hold all `problems`, each with its path."""
    problems = [_problem(finding) for finding in error.errors(include_url=False, include_input=False)]
    first = problems[0]
    return Invalid(f"{first['place']}: {first['message']}", remedy=first["remedy"], problems=problems)


def _problem(finding: Mapping[str, Any]) -> dict[str, Any]:
    location = finding["loc"]
    message, remedy = _words(finding)
    path = [step for step in location if isinstance(step, int)]
    return {"place": _place(location), "path": path, "message": message, "remedy": remedy}


def _words(finding: Mapping[str, Any]) -> tuple[str, str]:
    if finding["type"] == "audience":
        return finding["ctx"]["message"], finding["ctx"]["remedy"]
    fault, remedy = _WORDS.get(finding["type"], ("cannot be read", "build it again"))
    return fault.format(name=finding["loc"][-1] if finding["loc"] else ""), remedy


def _place(location: tuple[int | str, ...]) -> str:
    """ "condition 2 of group 1": the second child of the first child, counted from 1 among all children."""
    numbers = [step + 1 for step in location if isinstance(step, int)]
    kinds = [step for step in location if step in ("condition", "group")]
    innermost = kinds[len(numbers)] if len(kinds) > len(numbers) else "part"
    if not numbers:
        return f"the {innermost}" if kinds else "the segment"
    outer = "".join(f" of group {number}" for number in reversed(numbers[:-1]))
    return f"{innermost} {numbers[-1]}{outer}"
