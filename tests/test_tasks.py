"""The kinds of jobs, run as the owner of a home folder runs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from workshop import HEADER

import wiring
from pulse_core import tasks
from pulse_core.errors import Cancelled, PulseError
from pulse_core.insight import judged, plain_tables
from pulse_core.jobs import Context, Silent
from pulse_core.message.pitch import PITCHES
from pulse_core.settings import Settings
from pulse_core.stores.ledger import imports, models

ORDERS = HEADER + "".join(f"c{n},2024-{1 + n % 12:02}-01,{10 + n},mug\n" for n in range(40))
EVERYBODY = {"op": "and", "children": []}
CONTENT = {group: {"subject": pitch.subject, "body": pitch.body} for group, pitch in PITCHES.items()}


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[wiring.Pulse]:
    """An owner of an empty home folder with the organisation `acme`."""
    opened = wiring.Pulse(Settings(home=tmp_path), "command")
    opened.own()
    opened.organisation("acme", create=True)
    yield opened
    opened.close()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A file of forty orders."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def run(pulse: wiring.Pulse, kind: str, **params: Any) -> dict[str, Any]:
    """Have a job done and return its result."""
    return pulse.run("acme", kind, params, by="ada", follow=lambda _job: None)


def fails(pulse: wiring.Pulse, kind: str, **params: Any) -> PulseError:
    """Have a job done that ends with an error of ours."""
    with pytest.raises(PulseError) as caught:
        run(pulse, kind, **params)
    return caught.value


def send(pulse: wiring.Pulse, **changes: Any) -> dict[str, Any]:
    """A campaign to everybody."""
    params = {"name": "Spring", "channel": "folder", "tree": EVERYBODY, "content": CONTENT}
    return run(pulse, "campaign", **params | changes)


def test_an_import_brings_the_figures_up_to_date(pulse: wiring.Pulse, orders: Path) -> None:
    """Pages need nothing else: after the job, customers and segments are those of the file."""
    assert run(pulse, "import", path=str(orders))["accepted"] == 40
    found = run(pulse, "segments")
    assert (found["as_of"], sum(row["customers"] for row in found["segments"])) == ("2024-12-01", 40)
    assert run(pulse, "customer", customer_id="c1")["monetary"] == 11.0


def test_what_was_imported_with_a_label_is_learnt(pulse: wiring.Pulse, tmp_path: Path) -> None:
    """The page needs no file, and finds each row's probability in the organisation's folder of models."""
    rows = (
        f"k{n},{n % 7},{'month' if n % 2 else 'year'},{'yes' if n % 10 < 2 + 4 * (n % 2) else 'no'}"
        for n in range(300)
    )
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["customer_id,calls,contract,churn", *rows]))
    assert run(pulse, "import", path=str(table))["kind"] == "table"
    assert run(pulse, "train_table")["verdict"] == "usable"
    rows_file = plain_tables.rows_file(pulse.home, "acme")
    assert [row["customer_id"] is not None for row in plain_tables.highest(rows_file, limit=3)] == [True] * 3
    assert not list((pulse.home / "uploads" / "acme").glob("reading-*"))


def test_a_table_that_was_learnt_is_a_version(pulse: wiring.Pulse, tmp_path: Path) -> None:
    """The Models page shows it with all it was judged by; the same table twice is one version."""
    path = tmp_path / "9f-table.csv"
    left = [int(n % 10 < 2 + 4 * (n % 2)) for n in range(300)]
    rows = [f"{n % 7},{'month' if n % 2 else 'year'},{'moved' * left[n]},{left[n]}" for n in range(300)]
    path.write_text("\n".join(["calls,contract,churn_reason,churn", *rows]))
    for _ in range(2):
        run(pulse, "train_table", path=str(path), name="table.csv", label="churn")
    with pulse.ledger.read() as conn:
        [version] = models.all(conn, "acme", "table")
    assert (version.verdict, version.metrics["file"], version.metrics["customers"]) == (
        "usable",
        "table.csv",
        300,
    )
    assert [row["model"].key for row in judged.compared(version)] == [
        "constant",
        "logistic",
        "trees",
        "pulse",
    ]
    assert sum(row["weight"] for row in version.metrics["drivers"]) == pytest.approx(1)
    assert "churn_reason" in judged.warnings(version)[0]


def test_an_old_upload_is_discarded_at_the_next_import(pulse: wiring.Pulse, orders: Path) -> None:
    """A job that starts over still finds its upload; a day later it has done its work. One's own file stays."""
    upload = pulse.home / "uploads" / "acme" / "orders.csv"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_text(ORDERS)
    run(pulse, "import", path=str(upload))
    assert upload.exists()
    os.utime(upload, (0, 0))
    os.utime(orders, (0, 0))
    run(pulse, "import", path=str(orders))
    assert not upload.exists()
    assert orders.exists()


def test_undoing_an_import_takes_its_customers_out(pulse: wiring.Pulse, orders: Path) -> None:
    """The figures follow, and the result names what went."""
    batch = run(pulse, "import", path=str(orders))["batch_id"]
    assert run(pulse, "undo_import", batch_id=batch) == {"batch_id": batch, "file": "orders.csv", "rows": 40}
    assert run(pulse, "refresh")["customers"] == 0


def test_a_campaign_writes_to_everybody_once(pulse: wiring.Pulse, orders: Path) -> None:
    """Planned and sent in one job: as many files as customers."""
    run(pulse, "import", path=str(orders))
    result = send(pulse)
    assert (result["counts"]["sent"], sum(result["counts"].values())) == (40, 40)
    assert len(list((pulse.home / "outbox").rglob("*.eml"))) == 40


def test_a_campaign_without_customers_is_refused(pulse: wiring.Pulse) -> None:
    """An organisation that holds nothing yet is told to import, not shown an empty campaign."""
    error = fails(pulse, "campaign", name="x", channel="folder", tree=EVERYBODY, content=CONTENT)
    assert (error.code, error.message) == ("refused", "there are no customers yet")


def test_a_rebuild_proves_itself(pulse: wiring.Pulse, orders: Path) -> None:
    """Before and after stand side by side, and are equal."""
    run(pulse, "import", path=str(orders))
    result = run(pulse, "rebuild")
    assert result["equal"] is True
    assert result["before"] == result["after"]
    assert result["set_aside"] is None


def test_a_warehouse_is_brought_up_to_date_when_it_is_opened(pulse: wiring.Pulse, orders: Path) -> None:
    """What a killed process left undone is done before anybody looks."""
    run(pulse, "import", path=str(orders))
    pulse.warehouses.forget("acme")
    pulse.warehouses.path("acme").unlink()
    assert run(pulse, "customer", customer_id="c1")["frequency"] == 1


class CancelledAt(Silent):
    """Progress of a person who cancels when a certain step is told."""

    def __init__(self, name: str) -> None:
        self.name = name

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """See `Progress.step`."""
        if name == self.name:
            raise Cancelled("stopped")

    def stoppable(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """See `Progress.stoppable`."""
        return super().stoppable(stop)


@pytest.mark.parametrize(("step", "loaded"), [("Storing the rows", 0), ("Scoring customers", 1)])
def test_a_cancel_counts_until_the_import_has_happened(
    pulse: wiring.Pulse, orders: Path, step: str, loaded: int
) -> None:
    """Before its commit it takes all back; after it, the figures are brought up to date all the same."""
    services = tasks.Services(pulse.home, pulse.ledger, pulse.warehouses, pulse.channels, 60)
    context = Context("acme", 1, "ada", "runner", CancelledAt(step))
    if loaded:
        tasks.import_file(services, context, {"path": str(orders)})
    else:
        with pytest.raises(Cancelled):
            tasks.import_file(services, context, {"path": str(orders)})
    with pulse.ledger.read() as conn:
        assert len(imports.active(conn, "acme")) == loaded
    with pulse.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        assert not warehouse.stale
        assert reader.one("SELECT count(*) FROM customers") == (40 * loaded,)


def test_results_are_plain_values() -> None:
    """Dates as ISO text and decimals as numbers, however deep they stand."""
    found = tasks.plain(
        {"a": [Decimal("1.5"), (date(2024, 1, 2), None)], "b": datetime(2024, 1, 2, 3), "c": True}
    )
    assert found == {"a": [1.5, ["2024-01-02", None]], "b": "2024-01-02T03:00:00", "c": True}
