"""Signals and scores against a plain computation, on worlds of 1,000 customers and on real visits."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from workshop import HEADER, ROOT, TODAY, Workshop

from insight.behaviour import plain
from pulse_core.errors import NotFound
from pulse_core.insight.behaviour import reading
from pulse_core.insight.behaviour.profile import Profile, Signal, profile
from pulse_core.insight.behaviour.steps import choose, prepare
from pulse_core.intake.sampling import Wish, fill
from pulse_core.jobs import Silent

LAST_DAY = date(2026, 10, 31)
WEB_EVENTS = ROOT.parent / "shared" / "data" / "web_events" / "ecom_2024.csv"
ORDERS = "SELECT customer_id, ordered_at, order_id, is_return, discount FROM order_lines"
VISITS = "SELECT customer_id, happened_at, session_id, event_type FROM visits"
EVENTS = "SELECT customer_id, CAST(happened_at AS DATE), event_type, value FROM events"
SIGNALS = "SELECT customer_id, signal, value, value_before, judged, points FROM behaviour_signals"


@pytest.fixture(scope="module", params=["ecommerce", "telecom", "banking"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Workshop]]:
    """The sample world of 1,000 customers, of each industry in turn."""
    opened = Workshop(tmp_path_factory.mktemp(request.param))
    with opened.importer() as importer:
        wish = Wish(customers=1_000, seed=3, industry=request.param, last_day=LAST_DAY)
        fill(importer, wish, by="ada", today=TODAY, progress=Silent())
    opened.refresh()
    yield request.param, opened
    opened.close()


def points(signal: Signal, judged: float) -> int:
    """What a signal takes off, by its limits."""
    far = (judged >= signal.severe_at, judged >= signal.raised_at)
    if signal.worse == "low":
        far = (judged <= signal.severe_at, judged <= signal.raised_at)
    return signal.severe_points if far[0] else signal.raised_points if far[1] else 0


def by_hand(industry: str, shop: Workshop) -> dict[str, plain.Figures]:
    """Every signal of every customer, recomputed from the rows of the files."""
    if industry == "ecommerce":
        return plain.shop(shop.rows(ORDERS), shop.rows(VISITS))
    return {"telecom": plain.telecom, "banking": plain.banking}[industry](shop.rows(EVENTS))


def compared(shop: Workshop, told: dict[str, plain.Figures], made: Profile) -> int:
    """Compare all signals, points and scores of an organisation; returns how many customers have a score."""
    found = {(row[0], row[1]): row[2:] for row in shop.rows(SIGNALS)}
    expected = {(who, key): figures for who, signals in told.items() for key, figures in signals.items()}
    assert found.keys() == expected.keys()
    for place, (value, before, judged, taken) in found.items():
        assert all(map(near, (value, before, judged), expected[place])), (
            place,
            value,
            before,
            judged,
            expected[place],
        )
        signal = made.signal(place[1])
        assert signal is not None
        assert taken == points(signal, round(expected[place][2], 6)), place
    scores = dict(shop.rows("SELECT customer_id, score FROM behaviour"))
    assert scores == scores_by_hand(found, made)
    return len(scores)


def near(found: float | None, expected: float | None) -> bool:
    """Whether two figures are one, but for the last bits; what is unknown is unknown to both."""
    if found is None or expected is None:
        return found is expected
    return bool(found == pytest.approx(expected, rel=1e-6, abs=2e-6))


def scores_by_hand(found: dict[tuple[str, str], Any], made: Profile) -> dict[str, int]:
    """Of the points that the known signals could take, of 60 at least, how many per cent they leave."""
    scores = {}
    for who in {who for who, _ in found}:
        mine = {key: row[3] for (name, key), row in found.items() if name == who}
        most = sum(signal.severe_points for signal in made.signals if signal.key in mine)
        if most >= made.least_points:
            scores[who] = int(100 * (1 - sum(mine.values()) / max(most, 60)) + 0.5)
    return scores


def test_every_signal_is_what_its_formula_says(world: tuple[str, Workshop]) -> None:
    """1,000 customers of each industry: value, value before, what is judged, points and score by an own computation."""
    industry, shop = world
    told = by_hand(industry, shop)
    assert {key for figures in told.values() for key in figures} == {s.key for s in profile(industry).signals}
    assert compared(shop, told, profile(industry)) > 500


ACTIVE = {
    "telecom": ("data_usage", "call", "message", "login"),
    "banking": ("login", "transaction", "feature_use"),
}


def test_the_trend_is_what_its_formula_says(world: tuple[str, Workshop]) -> None:
    """Visits and orders, or use of the service, against before; visits count only for the days that the log reaches."""
    industry, shop = world
    if industry == "ecommerce":
        told = plain.shop_trends(shop.rows(ORDERS), shop.rows(VISITS))
    else:
        told = plain.service_trends(shop.rows(EVENTS), *ACTIVE[industry])
    found = dict(shop.rows("SELECT customer_id, trend FROM behaviour"))
    assert found == {who: told[who] for who in found}
    assert set(found.values()) == {"increasing", "stable", "declining", None}


def test_raised_signals_come_worst_first_with_what_to_do(world: tuple[str, Workshop]) -> None:
    """The list of signals is exactly those that took points, by points; each has its recommendation at its place."""
    industry, shop = world
    made = profile(industry)
    order = {signal.key: place for place, signal in enumerate(made.signals)}
    advice = {signal.key: signal.recommendation for signal in made.signals}
    raised: dict[str, list[tuple[int, int, str]]] = {}
    for who, key, *_, taken in shop.rows(SIGNALS):
        if taken:
            raised.setdefault(who, []).append((-taken, order[key], key))
    for who, signals, recommendations in shop.rows(
        "SELECT customer_id, signals, recommendations FROM behaviour"
    ):
        assert signals == [key for *_, key in sorted(raised.get(who, []))]
        assert recommendations == [advice[key] for key in signals]


def test_two_refreshes_judge_alike(world: tuple[str, Workshop]) -> None:
    """The figures do not depend on the order in which threads finish."""
    _, shop = world
    first = shop.checksums()
    shop.refresh()
    assert shop.checksums() == first


def test_who_left_the_sample_world_scores_lower(world: tuple[str, Workshop]) -> None:
    """The truth of the world: of one who left and one who stayed, the first scores lower 7 times of 10."""
    industry, shop = world
    column = "churned_on" if industry == "ecommerce" else f"{industry}_churned_on"
    truth = shop.home / "samples" / "acme" / "truth.parquet"
    gone = who_left(truth, column)
    scores = dict(shop.rows("SELECT customer_id, score FROM behaviour"))
    left = [score for who, score in scores.items() if who in gone]
    stayed = [score for who, score in scores.items() if who not in gone]
    higher = sum((a < b) + (a == b) / 2 for a in left for b in stayed)
    assert higher / (len(left) * len(stayed)) > 0.7


def who_left(truth: Path, column: str) -> set[str]:
    """Customers who have left by the last day."""
    import pyarrow.parquet as pq

    table = pq.read_table(truth, columns=["customer_id", column]).to_pylist()
    return {row["customer_id"] for row in table if row[column] is not None}


@pytest.mark.skipif(not WEB_EVENTS.exists(), reason="the real visits are not on this machine")
def test_real_visits(shop: Workshop) -> None:
    """31,106 events of 600 visitors of a real shop, without a file of orders: every signal that they can tell of."""
    shop.load(WEB_EVENTS, name="ecom_2024.csv")
    shop.refresh()
    with WEB_EVENTS.open(encoding="utf-8", newline="") as lines:
        visits = [
            (row["user_id"], datetime.fromisoformat(row["timestamp"]), row["session_id"], row["event"])
            for row in csv.DictReader(lines)
        ]
    told = plain.shop([], visits)
    assert compared(shop, told, profile("ecommerce")) > 100
    known = {key for figures in told.values() for key in figures}
    assert known == {"cart_abandonment", "browse_to_buy"} | (known & {"purchase_frequency"})


def test_nothing_after_the_as_of_day_counts(shop: Workshop) -> None:
    """Visits go on after the last order; they say nothing of behaviour as of that day."""
    shop.load(HEADER + "1,2026-06-30,5,a\n1,2026-01-01,5,a\n1,2025-10-01,5,a\n2,2026-06-01,5,a\n")
    lines = [f"1,2026-07-0{day} 10:00:00,add_to_cart,s{day}\n" for day in range(1, 6)]
    shop.load("user_id,timestamp,event,session_id\n" + "".join(lines), name="visits.csv")
    shop.refresh()
    assert shop.rows("SELECT DISTINCT signal FROM behaviour_signals ORDER BY 1") == [("purchase_frequency",)]


def test_what_no_file_tells_is_not_known(shop: Workshop) -> None:
    """Without a word of discounts and returns, nobody depends on the ones or keeps everything."""
    shop.load(HEADER + "".join(f"1,2026-0{month}-15,5,a\n" for month in range(1, 7)))
    shop.refresh()
    assert [key for (key,) in shop.rows("SELECT signal FROM behaviour_signals")] == ["purchase_frequency"]


def test_event_types_are_known_in_other_spellings(shop: Workshop) -> None:
    """Data Usage, DATA-USAGE and data_usage are one thing; another role takes its own aliases."""
    lines = [
        f"{who},2026-0{month}-10,{kind},1\n"
        for who in (1, 2)
        for month in range(1, 7)
        for kind in ("Data Usage", "DATA-USAGE", "Bill paid", "SMS")
    ]
    shop.load("CustomerID,EventDate,EventType,RevenueImpact\n" + "".join(lines), name="events.csv")
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        seen = reading.insights(reader)
        assert seen.profile is profile("telecom")
        assert {raised.signal.key for raised in seen.signals} == {"data_usage_trend", "plan_utilisation"}


@pytest.mark.parametrize(
    ("kinds", "events", "industry"),
    [
        ({"orders", "events"}, {"call": 9}, "ecommerce"),
        ({"visits", "customers"}, {}, "ecommerce"),
        ({"events"}, {"data_usage": 3, "login": 1}, "telecom"),
        ({"events", "visits"}, {"Transaction": 3, "login": 1}, "banking"),
        ({"events", "visits"}, {"gym_visit": 3}, "ecommerce"),
        ({"events"}, {"gym_visit": 3}, None),
        ({"customers"}, {}, None),
        (set(), {}, None),
    ],
)
def test_the_profile_follows_from_the_data(
    kinds: set[str], events: dict[str, int], industry: str | None
) -> None:
    """What counts as buying decides, and then whose event types are known; where none fits, nothing is made up."""
    chosen = choose(kinds, events)
    assert (chosen and chosen.key) == industry


def test_an_industry_can_be_set(shop: Workshop) -> None:
    """The organisation knows better than its event types; an industry that does not exist is told."""
    shop.load("CustomerID,EventDate,EventType,RevenueImpact\n1,2026-01-01,login,0\n", name="events.csv")
    with shop.warehouses.use("acme") as warehouse, warehouse.scratch() as writer:
        assert prepare(writer, "banking") is profile("banking")
        with pytest.raises(NotFound, match="fishing"):
            prepare(writer, "fishing")


def test_an_organisation_without_behaviour(shop: Workshop) -> None:
    """No rows at all: every table is there and empty, and the readers say so."""
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        seen = reading.insights(reader)
        assert (seen.profile, seen.customers, seen.score, list(seen.signals)) == (None, 0, None, [])
        assert seen.share_of("stable") is None
        assert reading.lowest(reader) == []
        with pytest.raises(NotFound, match="nobody"):
            reading.behaviour(reader, "nobody")


def test_insights_add_up(world: tuple[str, Workshop]) -> None:
    """Counts by signal, by trend and by segment are those of the rows, and the lowest are the lowest."""
    industry, shop = world
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        seen = reading.insights(reader)
        worst = reading.lowest(reader, limit=20)
    rows = shop.rows("SELECT customer_id, score, trend, signals FROM behaviour")
    assert seen.profile is profile(industry)
    assert (seen.customers, seen.at_risk) == (len(rows), sum(bool(signals) for *_, signals in rows))
    assert seen.score == pytest.approx(sum(score for _, score, *_ in rows) / len(rows))
    assert seen.trends == {name: sum(trend == name for *_, trend, _ in rows) for name in reading.TRENDS}
    assert sum(segment.customers for segment in seen.segments) == seen.customers
    for raised in seen.signals:
        mine = [row for row in shop.rows(SIGNALS) if row[1] == raised.signal.key]
        assert (raised.known, raised.raised) == (len(mine), sum(row[5] > 0 for row in mine))
    assert [row.score for row in worst] == sorted(score for _, score, *_ in rows)[:20]


def test_one_customer_is_read_as_they_stand(world: tuple[str, Workshop]) -> None:
    """Everything known of one customer: the score, and each signal with its figures, the worst first."""
    _, shop = world
    [(who, score, trend, keys)] = shop.rows(
        "SELECT customer_id, score, trend, signals FROM behaviour ORDER BY len(signals) DESC, customer_id LIMIT 1"
    )
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        found = reading.behaviour(reader, who)
    assert (found.score, found.trend) == (score, trend)
    assert [judged.signal.key for judged in found.signals if judged.points] == keys
    assert len(found.recommendations) == len(keys)


def test_a_customer_of_whom_too_little_is_known(shop: Workshop) -> None:
    """There is such a customer, but no score: nothing is made up, and nothing fails."""
    shop.load(HEADER + "1,2026-06-30,5,a\n")
    shop.refresh()
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        found = reading.behaviour(reader, "1")
    assert (found.score, found.trend, list(found.signals)) == (None, None, [])
