"""Risk levels: what a churn probability is called. The bounds are a setting of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import audit, org_settings
from pulse_core.stores.ledger.engine import Connection, Ledger
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

RISK_LEVELS = ("Critical", "High", "Medium", "Low")

_KEY = "risk_levels"
_SQL = load("segments")


@dataclass(frozen=True, slots=True)
class RiskBounds:
    """The churn probabilities (0–1) from which on a customer is Critical, High, Medium; Low is below.

    With `relative`, a customer is held against the average one: a bound is then the odds that it stands for, times
    the odds of the mean probability. So .8 means four times the odds of the average customer. Where nearly all will
    leave, this still tells whom to speak to first.
    """

    critical: float = 0.8
    high: float = 0.6
    medium: float = 0.3
    relative: bool = False

    def __post_init__(self) -> None:
        """Invalid for bounds that do not fall from Critical to Medium between 0 and 1."""
        if not 0 < self.medium < self.high < self.critical < 1:
            raise Invalid(
                f"risk levels from {100 * self.critical:g} %, {100 * self.high:g} % and {100 * self.medium:g} % "
                "cannot be told apart",
                remedy="let Critical begin above High, High above Medium, all between 0 % and 100 %",
            )

    def table(self) -> pa.Table:
        """One row a level, as the warehouse reads them."""
        lows = (self.critical, self.high, self.medium, 0.0)
        relative = [self.relative] * len(lows)
        return pa.table({"risk_level": list(RISK_LEVELS), "low": pa.array(lows), "relative": relative})


RISK_BOUNDS = RiskBounds()


@dataclass(frozen=True, slots=True)
class RiskShare:
    """One level: the probability from which it counts now, its customers, and their share of those with one."""

    level: str
    low: float
    customers: int
    share: float


def of(conn: Connection, org_id: str) -> RiskBounds:
    """The organisation's bounds, or the usual ones."""
    kept = org_settings.get(conn, org_id, _KEY)
    return RiskBounds(**kept) if kept else RISK_BOUNDS


def save(ledger: Ledger, org_id: str, bounds: RiskBounds, *, by: str) -> bool:
    """Keep the bounds for the next refresh, with an entry in the audit log; False where they are those it has."""

    def work(conn: Connection) -> bool:
        before = of(conn, org_id)
        if before == bounds:
            return False
        org_settings.put(conn, org_id, _KEY, asdict(bounds))
        detail = {"before": asdict(before), "after": asdict(bounds)}
        audit.record(conn, org_id, actor=by, action="risk levels changed", thing="risk levels", detail=detail)
        return True

    return ledger.write(work)


def shares(reader: Reader) -> list[RiskShare]:
    """The four levels, the worst first; nothing while no probability is published."""
    found = reader.rows(_SQL["read_risk_levels"])
    total = sum(customers for _, _, customers in found)
    return [RiskShare(level, low, n, n / total) for level, low, n in found] if total else []


def too_many_high(found: Sequence[RiskShare]) -> bool:
    """Whether more than half are High or Critical: levels relative to the average customer tell more then."""
    return sum(row.share for row in found if row.level in RISK_LEVELS[:2]) > 0.5
