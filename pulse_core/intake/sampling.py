"""Filling an organisation with the sample world: files are made and imported as anybody's files are."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pulse_core.errors import Invalid
from pulse_core.intake import batches
from pulse_core.intake.imports import Importer, Report, undo
from pulse_core.intake.mapping import Answers
from pulse_core.intake.world.make import BUSINESSES, CUSTOMERS, ECOMMERCE, SEED, World, make_world
from pulse_core.jobs import Progress
from pulse_core.stores.files import settle
from pulse_core.stores.ledger import imports

MAKING = "sample-world"  # the folder in which the files are made
_PEOPLE = ("customers", "customers")
FILES = {  # which files a business has, and the kind of each
    ECOMMERCE: (_PEOPLE, ("orders", "orders"), ("visits", "visits")),
    **{name: (_PEOPLE, (f"{name}_events", "events")) for name in BUSINESSES if name != ECOMMERCE},
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which world it is to be: the same wish gives the same files, whenever it is carried out."""

    customers: int = CUSTOMERS
    seed: int = SEED
    industry: str = ECOMMERCE
    last_day: date = field(default_factory=lambda: datetime.now().astimezone().date() - timedelta(days=1))

    def params(self) -> dict[str, Any]:
        """Plain values, for a job."""
        return asdict(self) | {"last_day": self.last_day.isoformat()}

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Wish:
        """The wish of a job."""
        return cls(**{**params, "last_day": date.fromisoformat(params["last_day"])})


def fill(importer: Importer, wish: Wish, *, by: str, today: date, progress: Progress) -> list[Report]:
    """Make the world and import its files; a world that was there before goes. Done again, it changes nothing."""
    if wish.industry not in FILES:
        raise Invalid(f"{wish.industry!r} is no industry", remedy=f"use one of: {', '.join(FILES)}")
    org_id = importer.warehouse.org_id
    folder = batches.workspace(importer.home, org_id) / MAKING
    try:
        world = make_world(
            folder, customers=wish.customers, seed=wish.seed, last_day=wish.last_day, businesses=[wish.industry],
            progress=progress,
        )  # fmt: skip
        _keep_truth(world, importer.home / "samples" / org_id)
        reports = [
            importer.run(
                world.path(name), by=by, today=today, progress=progress, name=_title(name),
                answers=Answers(kind=kind, overlap="keep" if kind == "orders" else None),
            )
            for name, kind in FILES[wish.industry]
        ]  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _drop_others(importer, {report.batch_id for report in reports}, by=by)
    return reports


def _keep_truth(world: World, folder: Path) -> None:
    """What nobody knows of real customers, kept outside of what is imported."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "truth.parquet.draft"
    shutil.copyfile(world.path("truth"), draft)
    settle(draft, folder / "truth.parquet")


def _drop_others(importer: Importer, these: set[int | None], *, by: str) -> None:
    """Take out the files of an earlier world; files that a person added stay."""
    org_id = importer.warehouse.org_id
    ours = {_title(name) for files in FILES.values() for name, _ in files}
    with importer.ledger.read() as conn:
        log = imports.active(conn, org_id)
    for batch in log:
        if batch.id not in these and batch.file_name in ours:
            undo(importer.ledger, org_id, batch.id, by=by)
    batches.reconcile(importer.ledger, importer.warehouse, importer.home)


def _title(name: str) -> str:
    return f"sample_{name}.parquet"
