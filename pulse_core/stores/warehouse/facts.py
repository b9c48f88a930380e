"""The facts of a warehouse: views over the batch files that the import log names, nothing is copied."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer
from pulse_core.stores.warehouse.files import view_batches

_SQL = load("warehouse")
KINDS = ("orders", "customers", "events", "visits", "scores", "table")


def prepare(writer: Writer, batches: Path) -> None:
    """Make what is missing when a warehouse is opened; one made by a version with another layout starts anew."""
    layout = hashlib.sha256((_SQL["create_facts"] + _SQL["create_views"]).encode()).hexdigest()[:16]
    if writer.meta().get("layout") != layout:
        _drop(writer)
        writer.put_meta("layout", layout)
        writer.put_meta("recipe", "")  # the derived tables are made anew too
    writer.execute(_SQL["create_facts"])
    follow(writer, batches)


def follow(writer: Writer, batches: Path) -> None:
    """Point the facts at the batches that count now. A file that is gone is left out: intake says so."""
    listed = writer.rows(_SQL["batch_files"])
    for kind in KINDS:
        view_batches(writer, kind, _there(batches, [file for k, file in listed if k == kind]))
    writer.script(_SQL["create_views"])


def _there(folder: Path, files: Sequence[str]) -> list[Path]:
    return [path for path in (folder / file for file in files) if path.exists()]


def _drop(writer: Writer) -> None:
    """What an earlier version kept, tables or views of whatever name."""
    for name, kind in writer.rows(_SQL["relations"]):
        if name != "meta":
            writer.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} IF EXISTS main."{name}"')
