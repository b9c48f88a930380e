"""What an organisation chose for its figures, and what the warehouse computes with where it chose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pulse_core.errors import Invalid
from pulse_core.insight import risk, rules
from pulse_core.insight.risk import RISK_BOUNDS, RiskBounds
from pulse_core.insight.rules import Rules
from pulse_core.insight.segments import SEGMENT_RULES
from pulse_core.stores.ledger import org_settings
from pulse_core.stores.ledger.engine import Connection

_KEY = "figures"
HORIZON_DAYS = range(1, 731)


@dataclass(frozen=True, slots=True)
class Choices:
    """`as_of`: the day from which "now" is counted, and after which nothing is looked at; None for the last day.

    `horizon_days`: how long without an order counts as leaving; None for what the gaps between orders say.
    `rules` and `risk`: the segment rules and the bounds of the risk levels.
    """

    as_of: date | None = None
    horizon_days: int | None = None
    rules: Rules = SEGMENT_RULES
    risk: RiskBounds = RISK_BOUNDS

    def __post_init__(self) -> None:
        """Invalid for a horizon out of bounds."""
        if self.horizon_days is not None and self.horizon_days not in HORIZON_DAYS:
            raise Invalid(
                f"a horizon of {self.horizon_days} days cannot be used",
                remedy=f"choose one from {HORIZON_DAYS[0]} to {HORIZON_DAYS[-1]} days",
            )

    def words(self) -> dict[str, Any]:
        """Day and horizon as the job `refresh` takes them (`of_words`), for one that keeps to what was chosen."""
        return {"as_of": self.as_of.isoformat() if self.as_of else None, "horizon": self.horizon_days}

    def table(self) -> pa.Table:
        """One row, as the steps of a refresh read it."""
        schema = pa.schema({"as_of": pa.date32(), "horizon_days": pa.int32()})
        row = {"as_of": self.as_of, "horizon_days": self.horizon_days}
        return pa.Table.from_pylist([row], schema)


def chosen(conn: Connection, org_id: str) -> Choices:
    """What the organisation chose last."""
    kept = org_settings.get(conn, org_id, _KEY, {})
    day = kept.get("as_of")
    return Choices(
        date.fromisoformat(day) if day else None,
        kept.get("horizon_days"),
        rules.of(conn, org_id),
        risk.of(conn, org_id),
    )


def choose(conn: Connection, org_id: str, choices: Choices) -> None:
    """Keep day and horizon for this refresh and those after imports; `rules.py` and `risk.py` keep theirs."""
    day = choices.as_of.isoformat() if choices.as_of else None
    org_settings.put(conn, org_id, _KEY, {"as_of": day, "horizon_days": choices.horizon_days})


def of_words(as_of: str | None, horizon: int | None) -> Choices:
    """The choices that a command or a job spells; Invalid says how a day is written."""
    try:
        return Choices(date.fromisoformat(as_of) if as_of else None, horizon)
    except ValueError as error:
        raise Invalid(f"{as_of!r} is no day", remedy="write it as 2011-09-10") from error
