"""The registry of models: versions that count up, and none for having learnt the same again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import Invalid
from pulse_core.stores.ledger import models
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.models import Model
from pulse_core.stores.ledger.organisations import Organisation

FIELDS: models.Fields = {
    "as_of": date(2011, 12, 9), "horizon_days": 90, "verdict": "usable", "metrics": {"auc": 0.74},
    "file": "churn-1.json", "sha256": "a" * 64, "made_by": "ann",
}  # fmt: skip


def add(ledger: Ledger, org: Organisation, kind: str = "churn", **changes: Any) -> Model:
    fields: models.Fields = {**FIELDS, **changes}  # type: ignore[typeddict-item]
    return ledger.write(lambda conn: models.add(conn, org.id, kind, **fields))


def test_versions_count_up_within_a_kind(ledger: Ledger, org: Organisation) -> None:
    """A person can say which version of which model a figure came from."""
    made = [add(ledger, org), add(ledger, org, sha256="b" * 64), add(ledger, org, "value")]
    assert [(m.kind, m.version) for m in made] == [("churn", 1), ("churn", 2), ("value", 1)]
    with ledger.read() as conn:
        assert models.all(conn, org.id) == made[::-1]
        assert models.all(conn, org.id, "churn") == [made[1], made[0]]
        assert models.latest(conn, org.id, "churn") == made[1]
        assert models.latest(conn, org.id, "table") is None


def test_the_very_same_is_no_new_version(ledger: Ledger, org: Organisation) -> None:
    """A refresh of the same data, by whomever, leaves the list as it was; what was learnt before may come back."""
    first = add(ledger, org)
    assert add(ledger, org, made_by="bob", metrics={}) == first
    add(ledger, org, sha256="b" * 64)
    assert add(ledger, org).version == 3


def test_what_is_no_model_is_refused(ledger: Ledger, org: Organisation) -> None:
    """Neither an unknown kind nor an unknown organisation gets a row."""
    with pytest.raises(Invalid, match="model 'weather' is not known: choose one of churn, value, table"):
        add(ledger, org, "weather")
    with pytest.raises(IntegrityError):
        ledger.write(lambda conn: models.add(conn, "nobody", "churn", **FIELDS))
