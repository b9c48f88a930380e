"""A form for a condition tree: rows of field, operator and value, joined by all or any."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from pages.parts import session
from pages.parts.text import literal
from pulse_core.audience.catalogue import Catalogue, Field
from pulse_core.audience.operators import Operator, operators_for
from pulse_core.audience.tree import EVERYBODY, Tree, parse
from pulse_core.errors import PulseError

ROWS = "edit:conditions"
START = {"field": "segment"}


def build(as_of: date, catalogue: Catalogue) -> Tree | None:
    """Draw the form; the tree that it says, or None while a row is not complete (said beside it)."""
    rows: list[dict[str, Any]] = st.session_state.setdefault(ROWS, [_new(START)])
    joined = st.segmented_control(
        "Customers who match",
        ["and", "or"],
        default="and",
        format_func={"and": "all of these", "or": "any of these"}.get,
        required=True,
        key="edit:joined",
    )
    conditions = [_row(row, as_of, catalogue) for row in rows]
    if st.button("Add a condition", icon=":material/add:"):
        rows.append(_new({"field": "monetary"}))
        st.rerun()
    if not rows:
        return EVERYBODY
    if any(condition is None for condition in conditions):
        return None
    try:
        return parse({"op": joined, "children": conditions}, catalogue)
    except PulseError as error:
        st.warning(literal(f"{error.message}. {error.remedy}"), icon=":material/edit:")
        return None


def reset() -> None:
    """Begin anew with one empty condition."""
    st.session_state.pop(ROWS, None)


def _new(values: dict[str, Any]) -> dict[str, Any]:
    number = st.session_state.get("edit:row-number", 0) + 1
    st.session_state["edit:row-number"] = number
    return {"id": number, **values}


def _row(row: dict[str, Any], as_of: date, catalogue: Catalogue) -> dict[str, Any] | None:
    with st.container(border=True):
        left, middle, right, end = st.columns([3, 3, 4, 1], vertical_alignment="bottom")
        keys = [field.key for field in catalogue]
        field = catalogue[
            left.selectbox(
                "Field",
                keys,
                index=keys.index(row["field"]),
                format_func=lambda key: catalogue[key].label,
                key=f"edit:field-{row['id']}",
            )
        ]
        operators = {op.key: op for op in operators_for(field.kind)}
        operator = operators[
            middle.selectbox(
                "Comparison",
                list(operators),
                index=_first(field, list(operators)),
                format_func=lambda key: operators[key].label,
                key=f"edit:op-{row['id']}-{field.kind}",
            )
        ]
        with right:
            value = _value(row["id"], field, operator, as_of)
        if end.button(
            "", icon=":material/delete:", help="Remove this condition", key=f"edit:remove-{row['id']}"
        ):
            st.session_state[ROWS].remove(row)
            st.rerun()
    if operator.shape == "none":
        return {"field": field.key, "op": operator.key}
    return None if value in (None, "", []) else {"field": field.key, "op": operator.key, "value": value}


def _first(field: Field, operators: list[str]) -> int:
    """The comparison that people mean most often for this kind of field."""
    usual = {"choice": "in", "date": "in_last_days", "text": "contains", "list": "has_any"}.get(
        field.kind, "ge"
    )
    return operators.index(usual) if usual in operators else 0


def _value(row: int, field: Field, operator: Operator, as_of: date) -> Any:
    """The input that fits what the operator wants."""
    key = f"edit:value-{row}-{field.key}-{operator.shape}"
    if operator.shape == "none":
        st.text_input("Value", "no value needed", disabled=True, key=key)
        return None
    if operator.shape == "days":
        return st.number_input("Days", 1, 3650, 90, key=key)
    if operator.shape == "two":
        return _two(field, key, as_of)
    if field.kind in ("choice", "list"):
        return _chosen(field, operator, key)
    if operator.shape == "many":
        return [
            part.strip()
            for part in st.text_input("Values, with commas between", key=key).split(",")
            if part.strip()
        ]
    return _one(_label(field), field, key, as_of)


def _chosen(field: Field, operator: Operator, key: str) -> Any:
    """From the field's choices; where others may come, they can be written."""
    other = field.open or not field.choices
    words = "Choose or write one or more" if other else "Choose one or more"
    if operator.shape == "many":
        return st.multiselect(
            "Value", field.choices, key=key, placeholder=words, accept_new_options=other, max_selections=500
        )
    return st.selectbox("Value", field.choices, key=key, accept_new_options=other)


def _one(label: str, field: Field, key: str, as_of: date) -> Any:
    if field.kind in ("number", "money"):
        number = st.number_input(label, value=None, key=key, placeholder="A number")
        return None if number is None else str(number)
    if field.kind == "date":
        return st.date_input(
            label, as_of - timedelta(days=90), min_value=date(1900, 1, 1), key=key
        ).isoformat()
    return st.text_input(label, key=key, max_chars=200)


def _two(field: Field, key: str, as_of: date) -> list[Any] | None:
    left, right = st.columns(2)
    with left:
        low = _one("From", field, f"{key}-low", as_of)
    with right:
        high = _one("To", field, f"{key}-high", as_of)
    return None if low is None or high is None else [low, high]


def _label(field: Field) -> str:
    unit = session.words().symbol if field.kind == "money" else field.unit
    return f"Value, {unit}" if unit else "Value"
