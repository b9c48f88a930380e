"""What a campaign says, as it is frozen in the ledger, and the message that one outbox row becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pulse_core.delivery.channel import Message
from pulse_core.errors import Invalid
from pulse_core.message.pitch import Pitch, check_pitch, render
from pulse_core.stores.ledger.outbox import OutboxRow

# Merge value of every row beside those that its pitch uses: whom the message is addressed to.
TO_NAME = "to_name"


@dataclass(frozen=True, slots=True)
class Content:
    """The sender's name and address, and a pitch for each lifecycle group that is spoken to."""

    from_name: str
    from_address: str
    pitches: Mapping[str, Pitch]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Content:
        """From the JSON of a campaign's row."""
        pitches = {pitch["group"]: Pitch(**pitch) for pitch in stored["pitches"]}
        return cls(stored["from_name"], stored["from_address"], pitches)

    def as_json(self) -> dict[str, Any]:
        """For a campaign's row; `of` reads it back."""
        pitches = [asdict(pitch) for pitch in self.pitches.values()]
        return {"from_name": self.from_name, "from_address": self.from_address, "pitches": pitches}

    def fields(self) -> dict[str, frozenset[str]]:
        """The merge fields that each group's pitch uses. Raises Invalid where something could not be sent."""
        if not self.pitches:
            raise Invalid(
                "the campaign says nothing", remedy="write a pitch for at least one lifecycle group"
            )
        return {group: check_pitch(pitch) for group, pitch in self.pitches.items()}

    def message(self, row: OutboxRow, *, date: datetime) -> Message:
        """The finished message of a row, from frozen values alone. KeyError for a group without a pitch."""
        rendered = render(self.pitches[row.variant or ""], row.merge)
        return Message(
            id=row.id,
            org_id=row.org_id,
            campaign_id=row.campaign_id,
            customer_id=row.customer_id,
            to_address=row.address or "",
            to_name=row.merge.get(TO_NAME, ""),
            subject=rendered.subject,
            text=rendered.text,
            from_name=self.from_name,
            from_address=self.from_address,
            date=date,
        )
