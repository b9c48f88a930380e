"""An import is all there or not there at all; the same file twice changes nothing; the log is the truth."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from workshop import CDNOW, HEADER, ONLINE_RETAIL, Workshop

from pulse_core.errors import Cancelled, Invalid, NotFound, PulseError, Unavailable
from pulse_core.insight.refresh import is_current
from pulse_core.intake import batches
from pulse_core.intake.imports import OtherCurrency, undo
from pulse_core.stores.ledger import audit, imports, organisations
from pulse_core.stores.ledger.imports import Batch

ORDERS = (
    HEADER + "1,2020-01-01,5,a\n1,2020-01-02,-2,a\n2,2020-02-01,x,b\n,2020-02-01,1,b\n3,2020-03-01,7.25,c\n"
)
MORE = HEADER + "4,2020-04-01,9,d\n"


def log(shop: Workshop, org_id: str = "acme") -> list[Batch]:
    """The import log, the newest first."""
    with shop.ledger.read() as conn:
        return imports.all(conn, org_id)


def reconcile(shop: Workshop) -> int:
    """Let the warehouse follow the log; how many batches came or went."""
    with shop.warehouses.use("acme") as warehouse:
        return batches.reconcile(shop.ledger, warehouse, shop.home)


def lose_warehouse(shop: Workshop) -> None:
    """Delete the organisation's DuckDB file."""
    shop.warehouses.forget("acme")
    shop.warehouses.path("acme").unlink()


def state(shop: Workshop) -> tuple[Any, ...]:
    """Everything that an import may change."""
    return shop.checksums(), log(shop), shop.stray_files()


def test_a_report_accounts_for_every_row(shop: Workshop) -> None:
    """accepted + rejected + set aside = rows, in the report, in the log and in the warehouse."""
    report = shop.load(ORDERS)
    assert (report.rows, report.accepted, report.rejected, report.returns) == (5, 3, 1, 1)
    assert report.set_aside == {"no_customer": 1}
    assert (str(report.first_day), str(report.last_day)) == ("2020-01-01", "2020-03-01")
    [batch] = log(shop)
    assert batch.id == report.batch_id
    assert (batch.rows, batch.accepted, batch.rejected, batch.set_aside) == (5, 3, 1, {"no_customer": 1})
    assert shop.rows("SELECT count(*) FROM order_lines") == [(3,)]
    assert report.as_dict()["first_day"] == "2020-01-01"


def test_what_was_left_out_can_be_read_back(shop: Workshop) -> None:
    """The rejects for download hold every record that was not accepted, in the file's order, under its own headers."""
    shop.load(ORDERS)
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        found = batches.rejects(reader, log(shop)[0], shop.home)
    assert [(r.row, r.column, r.value, r.reason) for r in found] == [
        (4, "amount", "x", "is not a number that fits"), (5, None, None, "set aside: name no customer"),
    ]  # fmt: skip


def test_the_same_file_twice_changes_nothing(shop: Workshop) -> None:
    """Also under another name: the bytes decide, and the report says that the file was there."""
    first = shop.load(ORDERS)
    before = state(shop)
    again, renamed = shop.load(ORDERS), shop.load(ORDERS, name="copy of orders.csv")
    shop.home.joinpath("copy of orders.csv").unlink()
    assert (again.unchanged, renamed.unchanged) == (True, True)
    assert (renamed.batch_id, renamed.rows, renamed.accepted) == (first.batch_id, first.rows, first.accepted)
    assert state(shop) == before


def test_the_same_file_for_two_organisations(shop: Workshop) -> None:
    """What one organisation has imported is no reason to refuse it to another."""
    shop.add("other")
    shop.load(ORDERS)
    assert not shop.load(ORDERS, org_id="other").unchanged
    assert shop.rows("SELECT count(*) FROM order_lines", "other") == [(3,)]


def test_a_dry_run_changes_nothing(shop: Workshop) -> None:
    """It tells the same figures as the import, and leaves neither rows nor files nor a line in the log."""
    shop.load(MORE, name="more.csv")
    before = state(shop)
    told = shop.load(ORDERS, dry_run=True)
    assert told.batch_id is None
    assert state(shop) == before
    done = shop.load(ORDERS)
    assert (told.rows, told.accepted, told.rejected, told.set_aside, told.returns, told.rejects) == (
        done.rows, done.accepted, done.rejected, done.set_aside, done.returns, done.rejects,
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "1,soon,5,a\n1,later,6,b\n",
        HEADER + "1,03/04/2020,5,a\n",
        HEADER + '1,2020-01-01,5,"a\n1,2020-01-01,5,a\n',
        "a,b\n1,2\n",
    ],
)
def test_a_file_that_fails_leaves_nothing(shop: Workshop, content: str) -> None:
    """No row, no file, no line in the log: as if nobody had tried."""
    shop.load(MORE, name="more.csv")
    before = state(shop)
    with pytest.raises(Invalid):
        shop.load(content)
    assert state(shop) == before


def test_a_file_of_which_nothing_can_be_used_is_refused_with_the_first_reason(shop: Workshop) -> None:
    """A wrong mapping shows at once, and the error says where to look."""
    with pytest.raises(Invalid) as caught:
        shop.load(HEADER + "1,soon,5,a\n1,later,6,b\n")
    assert "none of the 2 rows of orders.csv can be used (first: row 2, column 'date'" in caught.value.message


class StopAt:
    """Progress that is cancelled at its step number `place`."""

    def __init__(self, place: int) -> None:
        self.place = place

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """See `Progress.step`."""
        if done >= self.place:
            raise Cancelled("stopped")

    @contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        """See `Progress.stoppable`."""
        yield


@pytest.mark.parametrize("place", range(3))
def test_a_cancel_at_any_step_leaves_nothing(shop: Workshop, place: int) -> None:
    """Whoever stops an import half-way finds everything as before."""
    shop.load(MORE, name="more.csv")
    before = state(shop)
    with pytest.raises(Cancelled):
        shop.load(ORDERS, progress=StopAt(place))
    assert state(shop) == before


def take_out(shop: Workshop, batch_id: int, *, by: str = "ada") -> Batch:
    """Undo an import in the log, and let the facts follow."""
    batch = undo(shop.ledger, "acme", batch_id, by=by)
    reconcile(shop)
    return batch


def test_undo_takes_an_import_out_and_it_can_come_again(shop: Workshop) -> None:
    """Undo leaves the facts as before, the log remembers; the same file then loads as new."""
    kept = shop.load(MORE, name="more.csv")
    facts = shop.checksums()
    report = shop.load(ORDERS)
    loaded = shop.rows("SELECT * EXCLUDE (file) FROM order_lines ORDER BY ALL")
    undone = take_out(shop, report.batch_id or 0, by="ada")
    with shop.warehouses.use("acme") as warehouse:
        assert not is_current(warehouse)
    assert undone.state == "undone"
    assert shop.checksums() == facts
    assert [batch.state for batch in log(shop)] == ["undone", "active"]
    again = shop.load(ORDERS)
    assert not again.unchanged
    assert again.batch_id not in (kept.batch_id, report.batch_id)
    assert shop.rows("SELECT * EXCLUDE (file) FROM order_lines ORDER BY ALL") == loaded


def test_undo_of_what_is_not_ones_own(shop: Workshop) -> None:
    """An import of another organisation does not exist here."""
    shop.add("other")
    report = shop.load(ORDERS, org_id="other")
    with pytest.raises(NotFound):
        take_out(shop, report.batch_id or 0)
    assert shop.rows("SELECT count(*) FROM order_lines", "other") == [(3,)]


def test_a_lost_warehouse_comes_back_from_the_log(shop: Workshop) -> None:
    """The DuckDB file can be computed again: the log and the batch files are enough, and every row is equal."""
    shop.load(ORDERS)
    undone = shop.load(MORE, name="more.csv")
    take_out(shop, undone.batch_id or 0, by="ada")
    shop.load(HEADER + "9,2020-05-01,1,z\n", name="third.csv")
    shop.refresh()
    before = shop.checksums()
    lose_warehouse(shop)
    assert reconcile(shop) == 2
    shop.refresh()
    assert shop.checksums() == before
    assert reconcile(shop) == 0


def test_a_rebuild_gives_equal_checksums(shop: Workshop) -> None:
    """Loading every batch anew, in one transaction, ends in the same rows."""
    shop.load(ORDERS)
    shop.load(MORE, name="more.csv")
    before = shop.checksums()
    with shop.warehouses.use("acme") as warehouse:
        batches.rebuild(shop.ledger, warehouse, shop.home)
    assert shop.checksums() == before


@pytest.mark.parametrize(
    ("harm", "problem"), [("delete", "is missing"), ("alter", "is not what was imported")]
)
def test_a_missing_or_altered_batch_file_is_told(shop: Workshop, harm: str, problem: str) -> None:
    """A backup that lacks a file is told by import and file name; nothing is loaded that was not imported."""
    shop.load(ORDERS)
    path = shop.home / "batches" / "acme" / log(shop)[0].batch_file
    if harm == "delete":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b"x")
    lose_warehouse(shop)
    with pytest.raises(Unavailable) as caught:
        reconcile(shop)
    assert "of import 1 (orders.csv)" in caught.value.message
    assert problem in caught.value.message
    assert "backup" in caught.value.remedy
    assert shop.rows("SELECT count(*) FROM order_lines") == [(0,)]


def test_a_rebuild_that_lacks_a_file_changes_nothing(shop: Workshop) -> None:
    """The files are looked at before the first row is taken out."""
    shop.load(ORDERS)
    before = shop.checksums()
    file = shop.home / "batches" / "acme" / log(shop)[0].batch_file
    kept = file.rename(file.with_suffix(".kept"))
    with shop.warehouses.use("acme") as warehouse, pytest.raises(Unavailable):
        batches.rebuild(shop.ledger, warehouse, shop.home)
    kept.rename(file)
    assert shop.checksums() == before


def test_sweeping_removes_what_no_log_names(shop: Workshop) -> None:
    """Files of a process that died before its import reached the log are deleted or moved away; all others stay."""
    shop.load(ORDERS)
    undone = shop.load(MORE, name="more.csv")
    take_out(shop, undone.batch_id or 0, by="ada")
    kept = shop.stray_files()
    for place in ("batches/acme/x.draft", "batches/acme/x.parquet", "uploads/acme/reading-0.csv"):
        (shop.home / place).write_bytes(b"")
        os.utime(shop.home / place, (0, 0))
    (shop.home / "batches" / "acme" / "a folder of somebody's").mkdir()
    upload = shop.home / "uploads" / "acme" / "waits for its mapping.csv"
    upload.write_text(MORE)
    assert batches.sweep(shop.ledger, shop.home, "acme") == 3
    assert (shop.home / "strays" / "acme" / "x.parquet").exists()  # it may belong to another ledger
    upload.unlink()
    assert shop.stray_files() == kept


def test_imports_stand_in_the_audit_log(shop: Workshop) -> None:
    """Who brought which file, and who took it out."""
    report = shop.load(ORDERS)
    take_out(shop, report.batch_id or 0, by="bob")
    with shop.ledger.read() as conn:
        entries = [(e.actor, e.action, e.thing) for e in audit.latest(conn, "acme")]
    assert entries == [("bob", "import undone", "import 1"), ("ada", "file imported", "import 1")]


def test_the_first_import_that_knows_a_currency_settles_it(shop: Workshop) -> None:
    """Money has one currency for each organisation; a file in another one would be added up with it."""
    online = (
        "InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\nA,b,1,2011-01-01,2,3,UK\n"
    )
    shop.load(ORDERS)
    shop.load(online, name="gbp.csv")
    with pytest.raises(OtherCurrency, match=r"in USD, those of gbp\.csv"):
        shop.load("customer_id,date,number_of_cds,dollar_value\n1,19970101,1,9.99\n", name="usd.csv")
    with shop.ledger.read() as conn:
        assert organisations.get(conn, "acme").currency == "GBP"


def test_the_persons_file_is_left_alone(shop: Workshop, tmp_path: Path) -> None:
    """Reading a file neither moves nor changes it, and needs no right to write beside it."""
    path = shop.file(ORDERS)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    shop.load(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_batch_that_cannot_be_written_leaves_the_log_alone(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk says no while the batch is stored: no line in the log, nothing in the facts."""

    def full(draft: Path, final: Path) -> None:
        raise OSError(28, "No space left on device", str(final))

    monkeypatch.setattr("pulse_core.intake.imports.settle_file", full)
    with pytest.raises((OSError, PulseError)):
        shop.load(ORDERS)
    assert log(shop) == []
    assert shop.rows("SELECT count(*) FROM order_lines") == [(0,)]
    batches.sweep(shop.ledger, shop.home, "acme")
    assert shop.stray_files() == []


def test_online_retail_is_accounted_for(shop: Workshop) -> None:
    """The sample that ships: 541,909 rows, 135,080 of them without a customer, 8,905 returns."""
    shutil.copy(ONLINE_RETAIL, shop.home / "retail.csv.gz")
    report = shop.load(shop.home / "retail.csv.gz")
    assert (report.rows, report.accepted, report.rejected) == (541_909, 406_829, 0)
    assert report.set_aside == {"no_customer": 135_080}
    assert report.returns == 8_905
    assert (str(report.first_day), str(report.last_day)) == ("2010-12-01", "2011-12-09")
    assert shop.rows("SELECT count(*), sum(amount) FROM order_lines")[0][0] == 406_829


def test_cdnow_is_accounted_for(shop: Workshop) -> None:
    """The sample that ships: 69,659 orders of 23,570 customers, every one accepted."""
    report = shop.load(CDNOW)
    assert (report.rows, report.accepted, report.rejected, report.set_aside) == (69_659, 69_659, 0, {})
    assert shop.rows("SELECT count(DISTINCT customer_id) FROM order_lines") == [(23_570,)]


ELSEWHERE = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.skipif(not ELSEWHERE.is_dir(), reason="the raw data sets are not on this machine")
@pytest.mark.parametrize(
    ("name", "rows"),
    [("cdnow/CDNOW_master.txt", 69_659), ("cdnow/CDNOW_sample.txt", 6_919)],
)
def test_cdnow_as_its_authors_distribute_it(shop: Workshop, name: str, rows: int) -> None:
    """Runs of blanks, with and without a header: both files load in full."""
    report = shop.load(ELSEWHERE / name)
    assert (report.rows, report.accepted) == (rows, rows)


def test_online_retail_as_kaggle_has_it(shop: Workshop) -> None:
    """The same table with dates as 12/1/2010 8:26 in cp1252: the shape is known, the dates are found out."""
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n"
    rows = "".join(
        f"53636{day},85123A,WHITE £ HOLDER,6,12/{day}/2010 8:26,2.55,17850,United Kingdom\r\n"
        for day in range(1, 32)
    )
    report = shop.load((header + rows).encode("cp1252"))
    assert (report.accepted, str(report.last_day)) == (31, "2010-12-31")
    assert shop.rows("SELECT DISTINCT product FROM order_lines") == [("WHITE £ HOLDER",)]
