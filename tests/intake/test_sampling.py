"""The sample world in an organisation: its files are imported as anybody's, and making it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from workshop import TODAY, Workshop

from pulse_core.errors import Cancelled, Invalid
from pulse_core.intake.imports import Report
from pulse_core.intake.sampling import FILES, Wish, fill
from pulse_core.jobs import Silent

SMALL = Wish(customers=60, last_day=date(2026, 11, 19))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    """An organisation for the sample world."""
    made = Workshop(tmp_path)
    yield made
    made.close()


def make(shop: Workshop, wish: Wish, progress: Silent | None = None) -> list[Report]:
    """Fill the organisation."""
    with shop.importer() as importer:
        return fill(importer, wish, by="ada", today=TODAY, progress=progress or Silent())


@pytest.mark.parametrize("industry", FILES)
def test_every_row_of_the_world_is_accepted(shop: Workshop, industry: str) -> None:
    """The sample is clean, so that what a newcomer sees rejected is never ours."""
    reports = make(shop, Wish(60, 7, industry, SMALL.last_day))
    assert [report.kind for report in reports] == [kind for _, kind in FILES[industry]]
    assert all(report.accepted == report.rows > 0 for report in reports)


def test_the_truth_is_kept_outside(shop: Workshop) -> None:
    """Who will leave is not among what is imported, and there to judge models by."""
    make(shop, SMALL)
    assert pq.read_table(shop.home / "samples" / "acme" / "truth.parquet").num_rows == 60
    assert list((shop.home / "uploads" / "acme").iterdir()) == []


def test_making_it_again_changes_nothing(shop: Workshop) -> None:
    """A job that lost its process is run once more: the same files, so the same imports."""
    first, again = make(shop, SMALL), make(shop, Wish.of(SMALL.params()))
    assert [report.batch_id for report in first] == [report.batch_id for report in again]
    assert all(report.unchanged for report in again)


def test_another_world_takes_its_place(shop: Workshop) -> None:
    """Never two worlds on top of each other; a file that the person added stays."""
    make(shop, SMALL)
    shop.load("customer_id,date,amount\nmine,2020-01-01,5\n")
    make(shop, Wish(30, 8, "telecom", SMALL.last_day))
    assert shop.rows("SELECT count(*) FROM customer_records") == [(30,)]
    assert shop.rows("SELECT customer_id FROM order_lines") == [("mine",)]
    assert shop.rows("SELECT count(*) > 0 FROM events") == [(True,)]


def test_a_cancel_leaves_no_files(shop: Workshop) -> None:
    """What was made and not yet imported goes."""

    class Stopped(Silent):
        def step(self, name: str, done: int = 0, total: int = 0) -> None:
            if name == "Storing the rows":
                raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        make(shop, SMALL, Stopped())
    assert list((shop.home / "uploads" / "acme").iterdir()) == []


def test_an_unknown_industry_is_told(shop: Workshop) -> None:
    """The error names those there are."""
    with pytest.raises(Invalid, match="ecommerce, telecom, banking"):
        make(shop, Wish(60, 7, "mining", SMALL.last_day))
