"""Settings of an organisation: set, set again, and told apart from unset."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from pulse_core.stores.ledger import org_settings
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation


@pytest.mark.parametrize("value", [90, "text", True, None, [1, 2], {"high": 0.6}])
def test_the_last_value_counts(ledger: Ledger, org: Organisation, value: object) -> None:
    """A second value replaces the first; null is a value and not the default."""
    ledger.write(lambda conn: org_settings.put(conn, org.id, "key", "first"))
    ledger.write(lambda conn: org_settings.put(conn, org.id, "key", value))
    with ledger.read() as conn:
        assert org_settings.get(conn, org.id, "key", "default") == value
        assert org_settings.get(conn, org.id, "other", "default") == "default"


def test_an_unknown_organisation_has_no_settings(ledger: Ledger) -> None:
    """No row can belong to an organisation that is not there."""
    with pytest.raises(IntegrityError):
        ledger.write(lambda conn: org_settings.put(conn, "nobody", "key", 1))
