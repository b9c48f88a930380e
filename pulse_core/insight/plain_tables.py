"""Plain tables with a label: learnt in a child process, from a person's file or from what was imported.

The result has the keys that `learning.tables.train` tells. Columns that would give the label away are found, told and
left out, unless the person keeps them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pulse_core.errors import NotFound
from pulse_core.insight import apart
from pulse_core.insight.training import Learnt
from pulse_core.intake.opening import READING
from pulse_core.jobs import Progress
from pulse_core.stores.files import settle
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Reader

_SQL = load("plain_tables")
_TRAIN = "pulse_core.insight.learning.tables:train"
LABEL = "Label"  # the label's column among rows that were imported
_IMPORTED = "the imported tables"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a table: the label's column, its value for those who left, columns to use at any rate."""

    label: str
    leaves: str | None = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a training works: a folder for what is thrown away, who follows it, and where the rows go, if anywhere.

    The rows are a Parquet file: `row` (in the table's file), `customer_id`, `churned`, `probability` (said by a model
    that had not seen the row), `reasons` (up to three of `column`, `value`, `effect` on the log-odds, the strongest
    first).
    """

    workspace: Path
    progress: Progress
    rows_file: Path | None = None


def rows_file(home: Path, org_id: str) -> Path:
    """Where the probabilities of imported rows are kept."""
    return home / "models" / org_id / "table-rows.parquet"


def train_file(
    path: Path, wish: Wish, desk: Desk, *, name: str | None = None, sheet: str | None = None
) -> dict[str, Any]:
    """Learn the table in a file, called `name`; `sheet` says which of a workbook."""
    with _folder(desk.workspace) as folder:
        source = {"path": str(path), "workspace": str(folder), "name": name, "sheet": sheet}
        return _train(source, wish, desk, folder, name or path.name)


def train_imported(reader: Reader, desk: Desk, *, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Learn the tables with a label that were imported, all together; NotFound where there is none."""
    with _folder(desk.workspace) as folder:
        rows = reader.table(_SQL["read_labelled"])
        if not len(rows):
            raise NotFound("no table with a label was imported", remedy="import one, or name a file")
        pq.write_table(rows, folder / "rows.parquet")
        source = {"imported": str(folder / "rows.parquet"), "name": _IMPORTED}
        return _train(source, Wish(LABEL, keep=keep), desk, folder, _IMPORTED)


def highest(path: Path, *, limit: int) -> list[dict[str, Any]]:
    """The rows of a `rows_file` with the highest probability, at most `limit`; none where nothing was learnt."""
    if not path.exists():
        return []
    rows = pq.read_table(path).sort_by([("probability", "descending"), ("row", "ascending")])
    return list(rows.slice(0, limit).to_pylist())


def learnt(result: dict[str, Any], day: date) -> Learnt:
    """The result of a training on `day` as a row of the registry, which keeps what pages show of it."""
    whole = sum(result["importance"].values()) or 1.0
    metrics = {
        "split": "rows", "customers": result["rows"], "base_rate": result["label"]["share"], "file": result["file"],
        "label": result["label"], "columns": result["columns"], "models": result["models"], "curves": result["curves"],
        "drivers": [
            {"feature": column, "label": column, "weight": strength / whole}
            for column, strength in result["importance"].items()
        ],
        "warnings": [{"code": row["code"], "message": row["text"]} for row in result["warnings"]],
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(metrics, sort_keys=True).encode()).hexdigest()
    return Learnt("table", day, 0, result["verdict"], metrics, None, digest)


def _train(
    source: Mapping[str, str | None], wish: Wish, desk: Desk, folder: Path, what: str
) -> dict[str, Any]:
    draft = folder / "said.parquet"
    args = {
        "source": dict(source), "label": wish.label, "leaves": wish.leaves, "keep": list(wish.keep),
        "rows_file": str(draft) if desk.rows_file else None,
    }  # fmt: skip
    result: dict[str, Any] = apart.run(_TRAIN, args, progress=desk.progress, what=f"the training on {what}")
    if desk.rows_file:
        desk.rows_file.parent.mkdir(parents=True, exist_ok=True)
        desk.rows_file.unlink(missing_ok=True)  # what an earlier training said is no longer so
        if draft.exists():
            settle(draft, desk.rows_file)
    return result


@contextmanager
def _folder(workspace: Path) -> Iterator[Path]:
    """For files that are thrown away, also those of a child that was ended."""
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=READING, dir=workspace) as folder:
        yield Path(folder)
