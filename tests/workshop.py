"""A home folder with a ledger and warehouses, as one process works with it; for tests that load files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pulse_core.insight.refresh import refresh
from pulse_core.intake.imports import Importer, Report
from pulse_core.intake.mapping import answers as said
from pulse_core.jobs import Progress, Silent
from pulse_core.stores.ledger import organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.warehouse.checks import checksums
from pulse_core.stores.warehouse.warehouses import Warehouses

ROOT = Path(__file__).parent.parent
ONLINE_RETAIL = ROOT / "data" / "online_retail.csv.gz"
CDNOW = ROOT / "data" / "cdnow.txt.gz"
TODAY = date(2026, 11, 20)
MEMORY = 512 * 1024**2
HEADER = "customer_id,date,amount,product\n"


@dataclass
class Workshop:
    """One organisation, `acme`, unless a test asks for another."""

    home: Path
    ledger: Ledger = field(init=False)
    warehouses: Warehouses = field(init=False)
    org_id: str = "acme"

    def __post_init__(self) -> None:
        self.ledger = Ledger.open(f"sqlite:///{self.home / 'ledger.sqlite'}")
        self.warehouses = Warehouses(self.home, memory=MEMORY)
        with self.ledger.read() as conn:
            is_new = not organisations.all(conn)
        if is_new:
            self.add(self.org_id)

    def close(self) -> None:
        """Give everything back."""
        self.warehouses.close()
        self.ledger.close()

    def add(self, org_id: str) -> None:
        """One more organisation."""
        self.ledger.write(partial(organisations.create, name=org_id.capitalize(), org_id=org_id))

    def file(self, content: str | bytes, name: str = "orders.csv", *, gz: bool = False) -> Path:
        """A file of that content."""
        raw = content.encode() if isinstance(content, str) else content
        path = self.home / name
        path.write_bytes(gzip.compress(raw) if gz else raw)
        return path

    @contextmanager
    def importer(self, org_id: str | None = None) -> Iterator[Importer]:
        """The importer of an organisation."""
        with self.warehouses.use(org_id or self.org_id) as warehouse:
            yield Importer(self.ledger, warehouse, self.home)

    def load(
        self,
        source: str | bytes | Path,
        *,
        name: str = "orders.csv",
        org_id: str | None = None,
        answers: dict[str, Any] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Import a file, or a text as one."""
        path = source if isinstance(source, Path) else self.file(source, name)
        with self.importer(org_id) as importer:
            return importer.run(
                path,
                by="ada",
                today=TODAY,
                progress=progress or Silent(),
                answers=said(answers),
                dry_run=dry_run,
            )

    def refresh(self, org_id: str | None = None) -> int:
        """Compute everything derived anew."""
        with self.warehouses.use(org_id or self.org_id) as warehouse:
            return refresh(warehouse, Silent())

    def rows(self, sql: str, org_id: str | None = None) -> list[tuple[Any, ...]]:
        """What a query finds in the organisation's warehouse."""
        with self.warehouses.use(org_id or self.org_id) as warehouse, warehouse.snapshot() as reader:
            return reader.rows(sql)

    def checksums(self, org_id: str | None = None) -> dict[str, str]:
        """A sum over the rows of each table."""
        with self.warehouses.use(org_id or self.org_id) as warehouse, warehouse.snapshot() as reader:
            return checksums(reader, warehouse.generation)

    def stray_files(self) -> list[str]:
        """Files under batches and uploads, by name."""
        folders = (self.home / "batches", self.home / "uploads")
        return sorted(path.name for folder in folders for path in folder.rglob("*") if path.is_file())
