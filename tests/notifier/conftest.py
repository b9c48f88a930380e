from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pulse_core.delivery.channel import Message


@pytest.fixture(scope="session")
def message() -> Message:
    """A message with what usually goes wrong in mail: umlauts, commas, leading dots, "From", long lines."""
    return Message(
        id="0b9b5c4e-6a35-5f2e-8a47-0f7d7b1c2d3e",
        org_id="acme",
        campaign_id="spring",
        customer_id="42",
        to_address="ada@example.com",
        to_name="Ada Königin",
        subject="Grüße from Acme",
        text="Hello Ada,\n\n.a line with a dot\nFrom here on: 5 € off — no more.\n" + "long " * 300 + "\n",
        from_name="Acme, Ltd.",
        from_address="acme@pulse.invalid",
        date=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
    )
