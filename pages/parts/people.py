"""The table of customers on the screen, in a file, and one customer in detail."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from pages.parts import blocks, figures, session
from pages.parts.blocks import Card
from pulse_core import tables
from pulse_core.audience import table as customers
from pulse_core.audience.catalogue import Catalogue, Field
from pulse_core.audience.table import Filters
from pulse_core.audience.tree import dump
from pulse_core.insight import figures as insight
from pulse_core.words import DASH, Words

TABLE = "customers-table"
ORDERS_SHOWN = 20
# What stands above the profile already, and what comes last in it: it is worked out from the orders.
TOLD = frozenset(
    {"customer_id", "segment", "lifecycle_group", "monetary", "frequency", "last_order_on", "name", "email"}
)
WORKED_OUT = frozenset(
    {
        "recency_days",
        "average_order",
        "quantity",
        "first_order_on",
        "returns_count",
        "returns_value",
        "tenure_days",
    }
    | {
        "country",
        "top_product",
        "top_category",
        "recency_score",
        "frequency_score",
        "monetary_score",
        "value_score",
    }
)


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of file that customers can be taken away in, and how many rows it can hold."""

    label: str
    suffix: str
    mime: str
    write: Callable[[pa.RecordBatchReader, Path], None]
    most: int = sys.maxsize


EXPORTS = (
    Export("CSV", "csv", "text/csv", tables.csv),
    Export("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", tables.xlsx),
    Export("Parquet", "parquet", "application/vnd.apache.parquet", tables.parquet),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of the table: its rows, how many customers there are in all, and how many pages."""

    rows: pa.Table
    total: int
    pages: int


def page(filters: Filters, sort: str, descending: bool, number: int, size: int) -> Shown:
    """The page `number` (from 1) of the customers whom the filters show."""
    key = f"{dump(filters.tree)} {filters.search!r}"
    return _page(
        session.organisation().id, session.data_version(), key, sort, descending, number, size, filters
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def _page(
    org_id: str,
    version: str,
    key: str,
    sort: str,
    descending: bool,
    number: int,
    size: int,
    _filters: Filters,
) -> Shown:
    found = figures.load()
    with session.snapshot() as reader:
        rows, total = customers.page(
            reader,
            found.catalogue,
            _filters,
            as_of=found.as_of,
            sort=sort,
            descending=descending,
            limit=size,
            offset=(number - 1) * size,
            columns=list(dict.fromkeys([*customers.SHOWN, sort])),
        )
    return Shown(rows, total, max(1, -(-total // size)))


def table(shown: Shown, catalogue: Catalogue, words: Words, height: int) -> None:
    """The rows; choosing one puts its customer into the link."""
    st.session_state["customers-ids"] = shown.rows.column("customer_id").to_pylist()
    st.dataframe(
        _floats(shown.rows),
        hide_index=True,
        height=height,
        placeholder=DASH,
        on_select=_choose,
        selection_mode="single-row",
        key=TABLE,
        column_config={key: _column(catalogue[key], words) for key in shown.rows.column_names},
    )


def close() -> None:
    """Back to the table, with nobody chosen."""
    st.query_params.pop("customer", None)
    unselect()


def unselect() -> None:
    """No row is chosen: another page has other customers in its rows."""
    st.session_state[TABLE] = {"selection": {"rows": [], "columns": [], "cells": []}}


def export(filters: Filters, sort: str, descending: bool, total: int) -> None:
    """One button for each kind of file; a file is made when its button is pressed."""
    words = session.words()
    st.caption(f"{words.plural('customer', total)}, with every field and attribute.")
    for kind in EXPORTS:
        st.download_button(
            f"Download {kind.label}",
            _maker(kind, filters, sort, descending),
            f"{session.organisation().id}-customers.{kind.suffix}",
            kind.mime,
            key=f"export-{kind.suffix}",
            on_click="ignore",
            disabled=not 0 < total <= kind.most,
            help=f"Holds at most {words.number(kind.most)} rows" if total > kind.most else None,
        )


def _maker(kind: Export, filters: Filters, sort: str, descending: bool) -> Callable[[], bytes]:
    """What makes the file; it runs apart from the page, so all that it needs is taken along."""
    warehouses, org_id, found = session.pulse().warehouses, session.organisation().id, figures.load()

    def make() -> bytes:
        with (
            tempfile.TemporaryDirectory() as folder,
            warehouses.use(org_id) as opened,
            opened.snapshot() as reader,
        ):
            path = Path(folder) / f"customers.{kind.suffix}"
            batches = customers.batches(
                reader, found.catalogue, filters, as_of=found.as_of, sort=sort, descending=descending
            )
            kind.write(batches, path)
            return path.read_bytes()

    return make


def customer(customer_id: str) -> dict[str, Any]:
    """Everything known of one customer; NotFound where there is none."""
    with session.snapshot() as reader:
        return insight.customer(reader, customer_id, orders=ORDERS_SHOWN)


def details(known: dict[str, Any], catalogue: Catalogue) -> None:
    """Key figures, profile and latest orders."""
    words = session.words()
    st.text(" · ".join(filter(None, (known["name"], known["email"]))) or "Neither name nor e-mail is known.")
    blocks.cards(
        [
            Card("Revenue", words.money(known["monetary"]), f"{words.money_full(known['monetary'])}, net of returns"),
            Card("Orders", words.number(known["frequency"]), "Orders so far"),
            Card("Last order", words.date(known["last_order_on"]), "The day of the latest order"),
            Card("Segment", known["segment"], f"Lifecycle group: {known['lifecycle_group']}"),
        ]
    )  # fmt: skip
    left, right = st.columns([3, 4])
    with left:
        _profile(known, catalogue, words)
    with right:
        _orders(known["orders"], words)


def _profile(known: dict[str, Any], catalogue: Catalogue, words: Words) -> None:
    st.subheader("Profile", anchor=False)
    fields = sorted(catalogue, key=lambda field: field.key in WORKED_OUT)
    told = {field: _told(field, known, words) for field in fields if field.key not in TOLD}
    st.dataframe(
        [{"What": field.label, "Value": text} for field, text in told.items() if text],
        hide_index=True,
        height=340,
        column_config={"What": st.column_config.TextColumn(width="small")},
    )
    missing = [field.label.lower() for field, text in told.items() if not text and not field.attribute]
    if missing:
        st.caption(f"Not in your data: {', '.join(missing)}.")


def _told(field: Field, known: dict[str, Any], words: Words) -> str:
    """The value as a person reads it; nothing where it is not known."""
    if field.attribute is not None:
        return dict(known["attributes"] or ()).get(field.attribute, "")
    value = known[field.column]
    if value is None or value == []:
        return ""
    return _TOLD[field.kind](value, words) + (f" {field.unit}" if field.unit else "")


_TOLD: dict[str, Callable[[Any, Words], str]] = {
    "number": lambda value, words: words.number(value),
    "money": lambda value, words: words.money_full(value),
    "date": lambda value, words: words.date(value),
    "text": lambda value, _: str(value),
    "choice": lambda value, _: str(value),
    "list": lambda value, _: ", ".join(value),
}


def _orders(orders: list[dict[str, Any]], words: Words) -> None:
    st.subheader("Latest orders", anchor=False)
    if not orders:
        st.caption("No order yet: this customer is known from a file of customers.")
        return
    st.dataframe(
        [
            {
                "Day": order["ordered_at"].date(),
                "Order": order["order_id"],
                "Amount": float(order["amount"]),
                "Lines": order["lines"],
                "What": "Return" if order["is_return"] else "Order",
            }
            for order in orders
        ],
        hide_index=True,
        height=340,
        column_config={
            "Day": st.column_config.DateColumn(format="D MMM YYYY"),
            "Amount": st.column_config.NumberColumn(_amount("Amount", words), format="accounting"),
        },
    )


def _choose() -> None:
    rows = st.session_state[TABLE]["selection"]["rows"]
    ids = st.session_state.get("customers-ids", [])
    if rows and rows[0] < len(ids):
        st.query_params["customer"] = ids[rows[0]]


def _column(field: Field, words: Words) -> Any:
    """How a field stands in the table."""
    if field.kind == "money":
        return st.column_config.NumberColumn(
            _amount(field.label, words), format="accounting", help=field.help
        )
    if field.kind == "number":
        return st.column_config.NumberColumn(field.label, format="localized", help=field.help)
    if field.kind == "date":
        return st.column_config.DateColumn(field.label, format="D MMM YYYY", help=field.help)
    width = 150 if field.key == "segment" else None
    return st.column_config.TextColumn(
        field.label, help=field.help, pinned=field.key == "customer_id", width=width
    )


def _amount(label: str, words: Words) -> str:
    return f"{label}, {words.symbol}" if words.symbol else label


def _floats(rows: pa.Table) -> pa.Table:
    """Decimals as the table on the screen shows them."""
    columns = [c.cast(pa.float64()) if pa.types.is_decimal(c.type) else c for c in rows.columns]
    return pa.table(columns, rows.column_names)
