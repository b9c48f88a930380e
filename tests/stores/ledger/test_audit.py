"""The audit log: the newest first, in the transaction of what it tells of."""

from __future__ import annotations

from pulse_core.stores.ledger import audit
from pulse_core.stores.ledger.audit import Entry
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation


def record(ledger: Ledger, org_id: str, number: int) -> Entry:
    """The entry of that batch's undoing."""
    return ledger.write(
        lambda conn: audit.record(
            conn, org_id, actor="ada", action="undo", thing=f"batch {number}", detail={"number": number}
        )
    )


def test_entries_come_back_the_newest_first(ledger: Ledger, org: Organisation) -> None:
    """The log shows who did what to which thing, and no more entries than asked for."""
    made = [record(ledger, org.id, number) for number in range(3)]
    with ledger.read() as conn:
        assert audit.latest(conn, org.id) == made[::-1]
        assert audit.latest(conn, org.id, limit=1) == [made[2]]
    assert (made[1].actor, made[1].thing, made[1].detail) == ("ada", "batch 1", {"number": 1})
