"""Features against a plain computation, and that nothing from after the cut-off gets into one."""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp
from workshop import HEADER, Workshop

from pulse_core.insight import features
from pulse_core.insight.features import FAMILIES, FEATURES, KEYS
from pulse_core.stores.queries import load

SQL = load("features")
CUT = date(2025, 6, 30)
KNOWN = {"history", "visit_history", "visits_known"}
Line = tuple[str, date, int, str]  # customer, day, cents (below zero: returned), order number


def some_lines(seed: int = 3, customers: int = 1000) -> list[Line]:
    """Lines of orders and returns around the cut, often several a day."""
    dice, lines = random.Random(seed), []
    for number in range(customers):
        day = CUT - timedelta(dice.randrange(-60, 500))
        for _ in range(dice.choice([1, 1, 2, 3, 5, 9])):
            order = f"o{len(lines)}"
            lines += [
                (f"c{number}", day, dice.randrange(0, 9999), order) for _ in range(dice.choice([1, 1, 3]))
            ]
            if dice.random() < 0.2:
                lines.append((f"c{number}", day + timedelta(dice.randrange(3)), -500, f"r{len(lines)}"))
            day += timedelta(dice.choice([0, 1, 7, 29, 30, 90, 200]))
    return lines


def some_visits(seed: int = 4, customers: int = 1000) -> list[tuple[str, date]]:
    """Visits of half the customers."""
    dice = random.Random(seed)
    return [
        (f"c{dice.randrange(0, customers, 2)}", CUT - timedelta(dice.randrange(-30, 250)))
        for _ in range(4000)
    ]


def fill(shop: Workshop, lines: list[Line], visits: list[tuple[str, date]] = []) -> None:  # noqa: B006
    """Load the lines and visits, and make what snapshots are taken from."""
    shop.load(
        "customer_id,date,amount,order_id\n" + "".join(f"{c},{d},{a / 100:.2f},{o}\n" for c, d, a, o in lines)
    )
    if visits:
        head = "user_id,session_id,event,timestamp\n"
        shop.load(
            head + "".join(f"{c},s{i},view,{d} 10:00:00\n" for i, (c, d) in enumerate(visits)), name="v.csv"
        )
    build(shop)


def build(shop: Workshop) -> None:
    """The part of a refresh that is needed here."""
    with shop.warehouses.use("acme") as warehouse:
        warehouse.new_generation(features.build)


def take(shop: Workshop, cut: date = CUT, most: int | None = None) -> pa.Table:
    """A snapshot."""
    with shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
        return features.snapshot(writer, cut, most=most)


def spread(values: list[float]) -> float:
    """Standard deviation, not known of fewer than two."""
    return statistics.stdev(values) if len(values) > 1 else math.nan


def plainly(lines: list[Line], visits: list[tuple[str, date]]) -> dict[str, dict[str, float]]:
    """The features by their formulas, one customer at a time."""
    first_visit = min((d for _, d in visits if d <= CUT), default=CUT)
    own: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line[1] <= CUT:
            own[line[0]].append(line)
    seen: dict[str, set[int]] = defaultdict(set)
    for customer, day in visits:
        if day <= CUT:
            seen[customer].add((CUT - day).days)
    made = {name: of_one(kept, seen[name], (CUT - first_visit).days) for name, kept in own.items()}
    return {name: row for name, row in made.items() if row}


def of_one(lines: list[Line], visits: set[int], visits_known: int) -> dict[str, float]:
    """The features of one customer; none where nothing was ordered yet."""
    bought = [line for line in lines if line[2] >= 0]
    if not bought:
        return {}
    orders = [(CUT - day).days for day, _ in {(day, number) for _, day, _, number in bought}]
    spend: dict[int, float] = defaultdict(float)
    for _, day, cents, _ in bought:
        spend[(CUT - day).days] += cents / 100
    ages = sorted(spend, reverse=True)
    gaps = [float(old - new) for old, new in itertools.pairwise(ages)]
    returned = [line for line in lines if line[2] < 0]
    within = {days: sum(age < days for age in orders) for days in (30, 90, 180, 365)}
    visited = {days: sum(age < days for age in visits) for days in (30, 90, 180)}
    activity = sum(0.5 ** (age / 90) for age in orders) + 0.1 * sum(0.5 ** (age / 90) for age in visits)
    nan = math.nan
    return {
        "recency_days": ages[-1], "tenure_days": ages[0], "buying_days": len(ages), "orders": len(orders),
        "spend_total": sum(spend.values()), "spend_mean": statistics.fmean(spend.values()),
        "spend_max": max(spend.values()), "spend_std": spread(list(spend.values())),
        "spend_last": spend[ages[-1]], "spend_first": spend[ages[0]],
        "gap_mean": statistics.fmean(gaps) if gaps else nan, "gap_std": spread(gaps),
        "gap_max": max(gaps, default=nan), "gap_last": gaps[-1] if gaps else nan,
        "recency_over_gap": ages[-1] / statistics.fmean(gaps) if gaps else nan,
        "recency_over_longest": ages[-1] / max(gaps) if gaps else nan,
        "orders_30": within[30], "orders_90": within[90], "orders_180": within[180], "orders_365": within[365],
        "spend_90": sum(value for age, value in spend.items() if age < 90),
        "spend_365": sum(value for age, value in spend.items() if age < 365),
        "orders_trend": 2 * within[90] - within[180],
        "returns_count": len(returned), "returns_value": -sum(line[2] for line in returned) / 100,
        "engagement": 100 * activity / (1 + activity),
        "visit_recency": min(visits, default=nan), "visit_days_30": visited[30] if visits_known >= 29 else nan,
        "visit_days_90": visited[90] if visits_known >= 89 else nan,
        "visit_trend": 2 * visited[90] - visited[180] if visits_known >= 179 else nan,
    }  # fmt: skip


def test_every_feature_of_a_thousand_customers(shop: Workshop) -> None:
    """Each number is what its formula says, computed once more in plain Python."""
    lines, visits = some_lines(), some_visits()
    fill(shop, lines, visits)
    table, expected = take(shop), plainly(lines, visits)
    ids = table["customer_id"].to_pylist()
    assert ids == sorted(expected)
    for key in KEYS:
        wanted = [expected[name][key] for name in ids]
        np.testing.assert_allclose(
            features.matrix(table, (key,))[:, 0], wanted, rtol=2e-4, atol=2e-3, err_msg=key
        )


def test_nothing_after_the_cut_gets_into_a_snapshot(tmp_path: Path) -> None:
    """The same snapshot comes from a shop that knows the future and from one that does not."""
    made = []
    for name, last in (("knows", date.max), ("does_not", CUT)):
        folder = tmp_path / name
        folder.mkdir()
        shop = Workshop(folder)
        fill(shop, [x for x in some_lines() if x[1] <= last], [x for x in some_visits() if x[1] <= last])
        made.append(take(shop))
        shop.close()
    assert made[0].equals(made[1])


def tables_in(query: str) -> set[str]:
    """The tables that a query reads, its own steps left out."""
    parsed = sqlglot.parse_one(query, dialect="duckdb")
    return {t.name for t in parsed.find_all(exp.Table)} - {c.alias for c in parsed.find_all(exp.CTE)}


def test_features_read_nothing_but_what_is_cut() -> None:
    """A feature from after the cut-off cannot be written: the query names the cut views alone."""
    assert tables_in(SQL["snapshot"]) == KNOWN
    for view in ("history", "visit_history"):
        where = sqlglot.parse_one(SQL[view], dialect="duckdb").find(exp.Where)
        assert where is not None
        assert "day <= cut.day" in where.sql()


@pytest.mark.parametrize("table", ["buying_days", "purchases", "outcomes"])
def test_a_planted_feature_is_found(table: str) -> None:
    """The check above sees a feature that looks beyond the cut."""
    planted = SQL["snapshot"].replace("FROM history", f"FROM {table}", 1)
    assert tables_in(planted) == KNOWN - {"history"} | {table}


def test_the_rows_say_what_the_query_gives(shop: Workshop) -> None:
    """Every column has its row with formula, unit and a family that reasons know."""
    fill(shop, [("c1", CUT, 100, "o1")])
    assert take(shop).column_names == ["customer_id", *KEYS]
    assert all(feature.formula and feature.unit and feature.family in FAMILIES for feature in FEATURES)


def test_outcomes(shop: Workshop) -> None:
    """The horizon starts on the day after the cut and ends with its last day; a return is no order."""
    day = timedelta(1)
    fill(shop, [
        ("on_cut", CUT, 100, "1"), ("next", CUT, 100, "2"), ("next", CUT + day, 250, "3"),
        ("last", CUT, 100, "4"), ("last", CUT + 30 * day, 300, "5"), ("late", CUT, 100, "6"),
        ("late", CUT + 31 * day, 300, "7"), ("returned", CUT, 100, "8"), ("returned", CUT + day, -100, "9"),
        ("new", CUT + day, 100, "10"),
    ])  # fmt: skip
    with shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
        found = features.outcomes(writer, CUT, 30).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("last", False, 1, 3), ("late", True, 0, 0), ("next", False, 1, 2.5), ("on_cut", True, 0, 0),
        ("returned", True, 0, -1),
    ]  # fmt: skip


def test_a_sample_of_customers(shop: Workshop) -> None:
    """A sample is about as large as asked, the same each time, and its outcomes are of the same customers."""
    fill(shop, some_lines(customers=600))
    whole, part = take(shop), take(shop, most=200)
    assert 150 < part.num_rows < 250 < whole.num_rows
    kept = set(part["customer_id"].to_pylist())
    assert whole.filter(pa.array([name in kept for name in whole["customer_id"].to_pylist()])).equals(part)
    with shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
        assert features.outcomes(writer, CUT, 90, most=200)["customer_id"].equals(part["customer_id"])


def test_purchases_of_a_snapshot(shop: Workshop) -> None:
    """The models of buying get repeats, times from the first purchase, and the mean of the repeats alone."""
    fill(shop, [
        ("a", CUT - timedelta(50), 1000, "1"), ("a", CUT - timedelta(30), 400, "2"),
        ("a", CUT - timedelta(10), 600, "3"), ("b", CUT - timedelta(7), 500, "4"),
    ])  # fmt: skip
    made = features.purchases(take(shop))
    assert [list(a) for a in (made.x, made.t_x, made.T)] == [[2, 0], [40, 0], [50, 7]]
    assert made.mean[0] == 5
    assert math.isnan(made.mean[1])


def test_no_orders_at_all(shop: Workshop) -> None:
    """A fresh organisation has an empty snapshot with all columns, and no days to learn from."""
    build(shop)
    assert take(shop).num_rows == 0
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        assert features.span(reader) == features.Span(None, None, 0)


CUTOFFS: tuple[tuple[int, int, dict[str, int], list[int]], ...] = (
    (1000, 90, {"step_days": 90, "most": 4}, [910, 820, 730, 640]),
    (200, 90, {"step_days": 90, "most": 4}, [110]),
    (100, 90, {"step_days": 90, "most": 4}, []),
    (60, 14, {"step_days": 7, "most": 9}, [46, 39, 32, 25, 18]),
)


@pytest.mark.parametrize(("length", "horizon", "how", "expected"), CUTOFFS)
def test_cutoffs(length: int, horizon: int, how: dict[str, Any], expected: list[int]) -> None:
    """Each horizon is over by the last day, and some history lies before each cut-off."""
    first = date(2024, 1, 1)
    days = features.cutoffs(first, first + timedelta(length), horizon, **how)
    assert [(day - first).days for day in days] == expected


def test_lines_of_one_order_are_one_order(shop: Workshop) -> None:
    """An order of three lines counts once, and its lines add up."""
    shop.load(
        HEADER.replace("product", "order_id") + "1,2025-06-01,5,x\n1,2025-06-01,6,x\n1,2025-06-01,7,y\n"
    )
    build(shop)
    row = take(shop).to_pylist()[0]
    assert (row["orders"], row["buying_days"], row["spend_last"]) == (2, 1, 18)
