"""One family of errors: each says what, and what to do about it."""

from __future__ import annotations

import inspect
import json
from datetime import date
from pathlib import Path

import pytest

from pulse_core import errors
from pulse_core.errors import Busy, Invalid, PulseError, revived

FAMILY = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
]


def test_the_sentence_joins_what_and_what_to_do() -> None:
    """A person who sees only `str(error)` sees the remedy too."""
    assert str(Invalid("row 7 is bad", remedy="mend it")) == "row 7 is bad: mend it"
    assert str(Invalid("row 7 is bad")) == "row 7 is bad"


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_codes_are_stable_and_different(kind: type[PulseError]) -> None:
    """Programs and pages depend on the codes; two errors never share one."""
    assert issubclass(kind, PulseError)
    assert kind.code.isidentifier()
    assert [other.code for other in FAMILY].count(kind.code) == 1


def test_an_error_is_plain_values() -> None:
    """Every error can stand in JSON, in a job and in a log, whatever details it carries."""
    error = Busy(
        "held", remedy="wait", path=Path("x"), day=date(2024, 1, 2), pid=7, tags=("a",), code="other"
    )
    plain = json.loads(json.dumps(error.as_dict()))
    assert plain == {
        "code": "busy", "message": "held", "remedy": "wait", "path": "x", "day": "2024-01-02", "pid": 7, "tags": ["a"],
    }  # fmt: skip


def test_an_error_comes_back_as_it_was_raised() -> None:
    """Class, code, sentence, remedy and details survive the way through the ledger or out of a child process."""
    error = Invalid("row 7 is bad", remedy="mend it", row=7)
    made = revived(error.as_dict())
    assert (type(made), str(made), made.details) == (Invalid, "row 7 is bad: mend it", {"row": 7})
    of_another_version = revived(error.as_dict() | {"code": "no_longer_known"})
    assert (type(of_another_version), of_another_version.code) == (PulseError, "no_longer_known")
    assert revived({}).message == "the work was cancelled"
    assert PulseError.code == "pulse_error"
