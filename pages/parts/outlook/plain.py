"""Plain tables with a label: choose one, say which column tells who left, and see what can be learnt of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import blocks, jobs, session
from pages.parts.intake import given
from pages.parts.intake.given import Given
from pages.parts.outlook import history
from pulse_core.insight import plain_tables
from pulse_core.intake.kinds import KINDS, plain_name
from pulse_core.stores.ledger import imports
from pulse_core.words import DASH, Words

_FILE = "edit:table-file"
_LABELS = next(column.names for column in KINDS["table"].columns if column.key == "label")
MOST = 200  # rows of the imported tables that are listed


def draw() -> None:
    """The file, what was learnt so far, and the rows of the tables that were imported."""
    st.markdown(
        "A table with a row for each customer and a column that tells who left, as telecoms and banks have it. It is "
        "learnt and judged on its own; your customers and orders stay as they are."
    )
    file = _file()
    if file is not None:
        _train(file)
    _imported()
    history.draw("table")
    _rows(session.words())


def _file() -> Given | None:
    upload = st.file_uploader(
        "Choose a table",
        key=f"table-{session.organisation().id}",
        help="CSV, Excel or Parquet. It is read to learn from, and not imported",
    )
    if upload is None:
        st.session_state.pop(_FILE, None)
        return None
    file: Given | None = st.session_state.get(_FILE)
    if file is None or file.upload_id != upload.file_id:
        file = st.session_state[_FILE] = given.kept(upload)
    given.examine(file)
    if len(file.sheets) > 1:
        _choose_sheet(file)
    if file.fault is not None:
        blocks.problem(file.fault)
    return file if file.found is not None else None


def _choose_sheet(file: Given) -> None:
    sheet = st.selectbox("Sheet", file.sheets, index=None, placeholder="Choose a sheet")
    if sheet is not None and sheet != file.sheet:
        given.choose_sheet(file, sheet)
        st.rerun()


def _train(file: Given) -> None:
    """What the person says of the table, and the button."""
    header = list(file.proposal().facts.header)
    label, leaves, keep = st.columns([3, 3, 4], vertical_alignment="bottom")
    column = label.selectbox(
        "Which column tells who left",
        header,
        index=_likely(header),
        placeholder="Choose a column",
        key=f"table-label-{file.key}",
    )
    value = leaves.text_input(
        "Value that means left",
        placeholder="Found by itself (yes, 1, churned, …)",
        key=f"table-leaves-{file.key}",
    )
    kept = keep.multiselect(
        "Keep columns",
        [name for name in header if name != column],
        placeholder="No column",
        help="Columns that seem to give the label away are left out; choose those that are known beforehand",
        key=f"table-keep-{file.key}",
    )
    busy = jobs.running("train_table")
    go = st.button(
        "Train on this table",
        type="primary",
        icon=":material/model_training:",
        disabled=busy or column is None,
    )
    if go:
        params = {
            "path": str(file.path),
            "name": file.name,
            "sheet": file.sheet,
            "label": column,
            "keep": kept,
        }
        session.submit("train_table", params | ({"leaves": value.strip()} if value.strip() else {}))
        st.rerun()


def _likely(header: Sequence[str]) -> int | None:
    """The place of the first column that is called as labels are."""
    return next((place for place, name in enumerate(header) if plain_name(name) in _LABELS), None)


def _imported() -> None:
    """Tables with a label that were imported can be learnt together, without a file."""
    with session.pulse().ledger.read() as conn:
        found = [
            batch
            for batch in imports.all(conn, session.organisation().id)
            if batch.mapping["kind"] == "table"
        ]
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        busy = jobs.running("train_table")
        if st.button("Train on what was imported", icon=":material/model_training:", disabled=busy):
            session.submit("train_table", {})
            st.rerun()
        st.markdown(f":gray[{session.words().plural('imported table', len(found))} with a label]")


def _rows(words: Words) -> None:
    """Rows of the imported tables, those most at risk first."""
    org = session.organisation()
    rows = plain_tables.highest(plain_tables.rows_file(session.pulse().home, org.id), limit=MOST)
    if not rows:
        return
    st.subheader("Rows of the imported tables", anchor=False)
    st.caption(
        f"The first {words.number(MOST)} by risk, as a model said of each that had not seen it. Why: what moves the "
        "risk most, up (+) or down (−)."
    )
    st.dataframe(
        [_row(row) for row in rows],
        hide_index=True,
        height=360,
        placeholder=DASH,
        column_config={
            "Risk": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=130),
            "Why": st.column_config.TextColumn(width="large"),
        },
    )


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "Row": row["row"],
        "Customer": row["customer_id"],
        "Risk": round(row["probability"], 3),
        "Left": "yes" if row["churned"] else "no",
        "Why": ", ".join(_reason(reason) for reason in row["reasons"] or []),
    }


def _reason(reason: dict[str, Any]) -> str:
    sign = "+" if reason["effect"] > 0 else "−"
    return f"{reason['column']} {reason['value'] if reason['value'] is not None else 'unknown'} ({sign})"
