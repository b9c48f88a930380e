"""Rows that sum up the rows above them and carry a date, so that they look like purchases of somebody called Total."""

from __future__ import annotations

from pulse_core.intake.loading import Draft
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("totals_rows")
_LAST = 10_000  # rows of a file; where none of these is a total, none above is one


def set_aside(writer: Writer, draft: Draft, *, rows: int) -> bool:
    """Set such lines of a batch aside, the file being bound as `source`; whether any record says it is a total."""
    writer.script(_SQL["macros"])
    path = {"path": str(draft.records)}
    if not writer.one(_SQL["are_there"], {**path, "first": rows - _LAST})[0]:
        return False
    anew = draft.records.with_suffix(".anew")
    writer.execute(_SQL["set_aside"], {**path, "target": str(anew)})
    anew.replace(draft.records)
    return True
