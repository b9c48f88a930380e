"""What models learnt of this organisation's customers, read once for each data version, and drawn."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import streamlit as st

from pages.parts import blocks, figures, session
from pulse_core.insight import outlook
from pulse_core.insight.outlook import Grouping, Leaving, Worth
from pulse_core.stores.ledger import models
from pulse_core.stores.ledger.models import Model

MOST = 200  # customers in a table of the highest


def latest(kind: str) -> Model | None:
    """The newest version of a kind of model; None before the first training."""
    with session.pulse().ledger.read() as conn:
        return models.latest(conn, session.organisation().id, kind)


def versions(kind: str) -> list[Model]:
    """All versions of a kind of model, the newest first."""
    with session.pulse().ledger.read() as conn:
        return models.all(conn, session.organisation().id, kind)


def chart(model: Model, kind: str, table: pa.Table | None, *, key: str | None = None) -> None:
    """A chart of something that the registry says of the model; nothing where it does not say it."""
    if table is not None:
        blocks.drawn(figures.draw(kind, table, f"model {model.id}"), key or kind)


def leaving() -> Leaving:
    """How many customers are at risk."""
    return outlook.together(levels())


def levels() -> pa.Table:
    """Customers by risk level."""
    return _levels(session.organisation().id, session.data_version())


def at_or_above(threshold: float) -> int:
    """How many customers are at or above a churn probability."""
    return _at_or_above(session.organisation().id, session.data_version(), threshold)


def most_at_risk(*, by_money: bool) -> list[dict[str, Any]]:
    """The customers most at risk, or those with most to lose."""
    return _most_at_risk(session.organisation().id, session.data_version(), by_money)


def worth() -> Worth:
    """What customers are expected to spend."""
    return _worth(session.organisation().id, session.data_version())


def worth_by(grouping: Grouping) -> pa.Table:
    """How the expected value is spread over the customers of each group."""
    return _worth_by(session.organisation().id, session.data_version(), grouping)


def most_worth() -> pa.Table:
    """The customers with the highest expected value."""
    return _most_worth(session.organisation().id, session.data_version())


@st.cache_resource(max_entries=32, show_spinner=False)
def _levels(org_id: str, version: str) -> pa.Table:
    with session.snapshot() as reader:
        return outlook.leaving(reader)


@st.cache_resource(max_entries=256, show_spinner=False)
def _at_or_above(org_id: str, version: str, threshold: float) -> int:
    with session.snapshot() as reader:
        return outlook.at_or_above(reader, threshold)


@st.cache_resource(max_entries=32, show_spinner=False)
def _most_at_risk(org_id: str, version: str, by_money: bool) -> list[dict[str, Any]]:
    with session.snapshot() as reader:
        return outlook.most_at_risk(reader, limit=MOST, by_money=by_money)


@st.cache_resource(max_entries=32, show_spinner=False)
def _worth(org_id: str, version: str) -> Worth:
    with session.snapshot() as reader:
        return outlook.worth(reader)


@st.cache_resource(max_entries=64, show_spinner=False)
def _worth_by(org_id: str, version: str, grouping: Grouping) -> pa.Table:
    with session.snapshot() as reader:
        return outlook.worth_by(reader, grouping)


@st.cache_resource(max_entries=32, show_spinner=False)
def _most_worth(org_id: str, version: str) -> pa.Table:
    with session.snapshot() as reader:
        return outlook.most_worth(reader, limit=MOST)
