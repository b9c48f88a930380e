"""Figures and charts, finished and cached: the key always holds the organisation and its data version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import streamlit as st

from pages.parts import session
from pulse_core.audience import compiler, segments
from pulse_core.audience.catalogue import Catalogue, catalogue
from pulse_core.audience.tree import Tree, dump
from pulse_core.charts.chart import Chart, all_charts
from pulse_core.insight import figures, movements, risk, rules
from pulse_core.insight.figures import Overview, SegmentRow
from pulse_core.insight.movements import Summary
from pulse_core.insight.risk import RiskShare
from pulse_core.insight.rules import Cell, Counts, Rules
from pulse_core.words import Words

CHART_TABLES = {
    "revenue_by_month": "months",
    "customers_by_segment": "segments",
    "cohort_retention": "cohorts",
    "top_products": "products",
    "rfm_grid": "rfm_grid",
    "segment_sizes": "segment_sizes",
    "behaviour_scores": "behaviour_scores",
    "behaviour_signals": "behaviour_signals",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one data version, read in one snapshot; never changed by a page."""

    overview: Overview
    segments: list[SegmentRow]
    tables: dict[str, pa.Table]
    catalogue: Catalogue

    @property
    def as_of(self) -> date:
        """The day from which "now" is counted; today, while no order and no sign-up has a day."""
        return self.overview.as_of or datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is in a tree: how many, how many of each lifecycle group, and the ones with the highest revenue."""

    customers: int
    groups: dict[str, int]
    sample: pa.Table


def load() -> Figures:
    """This organisation's figures."""
    return _load(session.organisation().id, session.data_version())


def chart(key: str) -> Chart:
    """One of `CHART_TABLES`, drawn for this organisation and theme."""
    org = session.organisation()
    return _chart(org.id, session.data_version(), key, session.dark(), org.locale, org.currency)


def draw(kind: str, table: pa.Table, source: str) -> Chart:
    """A chart of a table that the page has; `source` says where from, and changes whenever the table does."""
    org = session.organisation()
    return _drawn(org.id, source, kind, session.dark(), org.locale, org.currency, table)


def movement_days() -> tuple[date, date] | None:
    """The first and the last day on which segments are known."""
    return _movement_days(session.organisation().id, session.data_version())


def moved(from_day: date, to_day: date) -> tuple[Chart, Summary]:
    """The movements between two days, drawn and summed up; Invalid for days that are not known."""
    org = session.organisation()
    return _moved(org.id, session.data_version(), from_day, to_day, session.dark(), org.locale, org.currency)


def rule_counts(made: Rules) -> Counts:
    """How many customers each of these rules would hold, and each segment."""
    cuts = rules.bounds(made)
    return rules.counts(made, _cells(session.organisation().id, session.data_version(), cuts))


def risk_shares() -> list[RiskShare]:
    """The risk levels with their customers; nothing while no probability is published."""
    return _risk_shares(session.organisation().id, session.data_version())


def audience(tree: Tree) -> Audience:
    """Who is in the tree now."""
    return _audience(session.organisation().id, session.data_version(), str(dump(tree)), tree)


@st.cache_resource(max_entries=32, show_spinner=False)
def _load(org_id: str, version: str) -> Figures:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        return Figures(
            figures.overview(reader),
            figures.segments(reader),
            {name: figures.table(reader, name) for name in figures.TABLES},
            catalogue(reader),
        )


@st.cache_resource(max_entries=256, show_spinner=False)
def _chart(org_id: str, version: str, key: str, dark: bool, locale: str, currency: str | None) -> Chart:
    table = _load(org_id, version).tables[CHART_TABLES[key]]
    return all_charts()[key](table, Words(locale, currency), dark=dark)


@st.cache_resource(max_entries=32, show_spinner=False)
def _movement_days(org_id: str, version: str) -> tuple[date, date] | None:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        return movements.days(reader)


@st.cache_resource(max_entries=256, show_spinner=False)
def _moved(
    org_id: str, version: str, from_day: date, to_day: date, dark: bool, locale: str, currency: str | None
) -> tuple[Chart, Summary]:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        rows = movements.movements(reader, from_day, to_day)
    drawn = all_charts()["segment_flow"](
        movements.flow(rows, from_day, to_day), Words(locale, currency), dark=dark
    )
    return drawn, movements.summary(rows)


@st.cache_resource(max_entries=256, show_spinner=False)
def _cells(org_id: str, version: str, cuts: tuple[float, ...]) -> list[Cell]:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        return rules.cells(reader, cuts)


@st.cache_resource(max_entries=32, show_spinner=False)
def _risk_shares(org_id: str, version: str) -> list[RiskShare]:
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        return risk.shares(reader)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(
    org_id: str, source: str, kind: str, dark: bool, locale: str, currency: str | None, _table: pa.Table
) -> Chart:
    return all_charts()[kind](_table, Words(locale, currency), dark=dark)


@st.cache_resource(max_entries=256, show_spinner=False)
def _audience(org_id: str, version: str, key: str, _tree: Tree) -> Audience:
    as_of = _load(org_id, version).as_of
    with session.pulse().warehouses.use(org_id) as warehouse, warehouse.snapshot() as reader:
        query = compiler.select(_tree, ["lifecycle_group"], as_of=as_of)
        groups = reader.table(query.sql, query.parameters).column(0).value_counts().to_pylist()
        return Audience(
            segments.count(reader, _tree, as_of=as_of),
            {row["values"]: row["counts"] for row in groups},
            segments.sample(reader, _tree, as_of=as_of),
        )
