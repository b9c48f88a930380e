"""Making a world: what is written, the same on every run, all or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pulse_core.errors import Cancelled, Invalid
from pulse_core.intake.world import make
from pulse_core.intake.world.make import BUSINESSES, make_world

LAST_DAY = date(2026, 10, 31)
NAMES = ("customers", "orders", "visits", "telecom_events", "banking_events", "truth")

# Of 500 customers with the seed 2026.
ROWS = {
    "customers": 500, "orders": 2_113, "visits": 7_947,
    "telecom_events": 8_904, "banking_events": 9_031, "truth": 500,
}  # fmt: skip
LEFT = 248
PAID = Decimal("97163.31")


class StopAtSecondBlock:
    """Progress of somebody who changes their mind."""

    def step(self, name: str, done: int = 0, total: int = 0) -> None:
        """Stop as soon as something has been done."""
        if done:
            raise Cancelled("stopped")


def test_default_is_a_thousand_customers_with_about_four_thousand_orders(tmp_path: Path) -> None:
    """The size that the scope promises to whoever says nothing."""
    world = make_world(tmp_path, last_day=LAST_DAY)
    orders = pq.read_table(world.path("orders"), columns=["quantity"])["quantity"].to_numpy()
    assert world.rows["customers"] == world.rows["truth"] == 1_000
    assert 3_600 <= (orders > 0).sum() <= 4_400


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    """A world can be told by its seed, its size and its last day."""
    one, two, other = (
        pq.read_table(make_world(tmp_path / key, customers=60, seed=seed, last_day=LAST_DAY).path(name))
        for key, seed in (("one", 3), ("two", 3), ("other", 4))
    )
    assert one.equals(two)
    assert not one.equals(other)


def test_rows_do_not_change_from_version_to_version(tmp_path: Path) -> None:
    """Whoever changes the process or numpy is told that every world that was made before is another one now."""
    world = make_world(tmp_path, customers=500, seed=2026, last_day=LAST_DAY)
    truth, orders = (pq.read_table(world.path(name)) for name in ("truth", "orders"))
    left = truth.num_rows - truth["churned_on"].null_count
    assert (world.rows, left, sum(orders["amount"].to_pylist())) == (ROWS, LEFT, PAID)


def test_each_business_is_the_same_alone_and_with_the_others(tmp_path: Path) -> None:
    """Leaving out what is not needed changes nothing of what is."""
    whole = make_world(tmp_path / "whole", customers=80, last_day=LAST_DAY)
    for business in BUSINESSES:
        alone = make_world(tmp_path / business, customers=80, last_day=LAST_DAY, businesses=(business,))
        for name in set(alone.rows) - {"truth"}:
            assert pq.read_table(alone.path(name)).equals(pq.read_table(whole.path(name)))


def test_files_are_those_of_the_businesses(tmp_path: Path) -> None:
    """A world of a bank has no shop's files, and its truth tells of the bank; nothing else lies beside them."""
    world = make_world(tmp_path, customers=20, last_day=LAST_DAY, businesses=("banking",))
    assert set(world.rows) == {"customers", "banking_events", "truth"}
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.parquet" for name in world.rows}
    assert "banking_churned_on" in pq.read_schema(world.path("truth")).names
    with pytest.raises(Invalid, match="orders"):
        world.path("orders")


def test_blocks_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids stay unique, and sign-ups in order, over the blocks in which a large world is made."""
    monkeypatch.setattr(make, "BLOCK", 70)
    world = make_world(tmp_path, customers=300, last_day=LAST_DAY)
    customers = pq.read_table(world.path("customers"))
    orders, visits = pq.read_table(world.path("orders")), pq.read_table(world.path("visits"))
    signups = customers["signup_date"].to_numpy()
    assert customers["customer_id"].to_pylist() == [f"C{number:07}" for number in range(1, 301)]
    assert (signups[:-1] <= signups[1:]).all()
    assert len(set(orders["order_id"].to_pylist())) == orders.num_rows
    pairs = set(zip(visits["session_id"].to_pylist(), visits["user_id"].to_pylist(), strict=True))
    assert len(pairs) == len({session for session, _ in pairs})
    assert pq.read_metadata(world.path("customers")).num_row_groups == 5


@pytest.mark.parametrize("customers", [1, 2, 3])
def test_smallest_worlds(tmp_path: Path, customers: int) -> None:
    """No part of the process needs a crowd: a world may have customers without an order or a visit."""
    for seed in range(8):
        world = make_world(tmp_path, customers=customers, seed=seed, last_day=LAST_DAY)
        assert world.rows["customers"] == customers
        assert all(pq.read_metadata(world.path(name)).num_rows == rows for name, rows in world.rows.items())


def test_stopped_world_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a world never takes the place of a whole one, and no drafts lie about."""
    before = make_world(tmp_path, customers=10, last_day=LAST_DAY)
    digest = {name: before.path(name).read_bytes() for name in NAMES}
    monkeypatch.setattr(make, "BLOCK", 5)
    with pytest.raises(Cancelled):
        make_world(tmp_path, customers=20, last_day=LAST_DAY, progress=StopAtSecondBlock())
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.parquet" for name in NAMES}
    assert all(before.path(name).read_bytes() == digest[name] for name in NAMES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"customers": 0},
        {"customers": 10_000_000},
        {"seed": -1},
        {"last_day": date(1, 1, 1)},
        {"businesses": ("zoo",)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_worlds_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    """A number that cannot be is told before anything is written."""
    with pytest.raises(Invalid) as caught:
        make_world(tmp_path / "new", **({"last_day": LAST_DAY} | wrong))  # type: ignore[arg-type]
    assert caught.value.remedy
    assert not (tmp_path / "new").exists()
