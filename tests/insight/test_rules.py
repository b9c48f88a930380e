"""Segment rules that an organisation edits: nobody falls between two, nobody into both."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from workshop import HEADER, Workshop

from pulse_core.errors import Invalid
from pulse_core.insight import risk, rules
from pulse_core.insight.choices import Choices, chosen
from pulse_core.insight.refresh import is_current, refresh
from pulse_core.insight.risk import RISK_BOUNDS, RiskBounds
from pulse_core.insight.rules import RECENCY, VALUE, RuleFault
from pulse_core.insight.segments import (
    COMPOSITE_WEIGHTS,
    SEGMENT_NAMES,
    SEGMENT_RULES,
    SegmentRule,
    business_segment,
)
from pulse_core.jobs import Silent
from pulse_core.stores.ledger import audit, org_settings

EVERYBODY = (SegmentRule("Promising", 1, 5, 1.0, 5.0),)
BY_CHURN = (
    SegmentRule("Champions", 1, 5, 1.0, 5.0, 0.0, 0.4),
    SegmentRule("At Risk", 1, 5, 1.0, 5.0, 0.4, 0.7),
    SegmentRule("Lost", 1, 5, 1.0, 5.0, 0.7, 1.0),
)


def test_the_rules_of_pulse_pass() -> None:
    """What an organisation begins with can be saved as it is, also row by row."""
    assert rules.check(SEGMENT_RULES) == SEGMENT_RULES
    assert rules.parse(rules.plain(SEGMENT_RULES)) == SEGMENT_RULES
    assert rules.parse(
        [{**row, "recency_low": float(row["recency_low"])} for row in rules.plain(SEGMENT_RULES)]
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (EVERYBODY[:0], "no segment rule holds for recency score 1 with value score 1 (and for 44 more combinations)"),
        ((replace(EVERYBODY[0], recency_low=2, value_low=1.5), SegmentRule("Lost", 1, 1, 1.0, 5.0)),
         "no segment rule holds for recency score 2 with value score 1 (and for 3 more combinations)"),
        ((*EVERYBODY, SegmentRule("Lost", 5, 5, 5.0, 5.0)),
         "segment rules 1 (Promising) and 2 (Lost) both hold for recency score 5 with value score 5"),
        (BY_CHURN[::2], "with value score 1 and a churn probability from 40 % to 70 % (and for 44 more combinations)"),
        ((*BY_CHURN[:2], replace(BY_CHURN[2], churn_low=0.6)),
         "2 (At Risk) and 3 (Lost) both hold for recency score 1 with value score 1 and a churn probability from 60 %"),
        ((SegmentRule("Best", 1, 5, 1.0, 5.0),), "segment rule 1 leads to 'Best', which is no segment"),
        ((SegmentRule("Lost", 4, 2, 1.0, 5.0),), "segment rule 1 (Lost) has a recency score from 4 to 2"),
        ((SegmentRule("Lost", 1, 5, 1.0, 4.7),), "segment rule 1 (Lost) has a value score from 1 to 4.7"),
        ((SegmentRule("Lost", 1, 5, 1.0, 5.0, 0.5, 0.5),), "has a churn probability from 50 % to 50 %"),
        (EVERYBODY * 101, "101 segment rules are too many"),
    ],
)  # fmt: skip
def test_a_fault_is_named(changed: tuple[SegmentRule, ...], message: str) -> None:
    """A person who edits rules hears which rule or which customers are at fault, and how many more."""
    with pytest.raises(RuleFault) as caught:
        rules.check(changed)
    assert message in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("cell", [None, "", "4", float("nan"), True])
def test_a_row_that_is_not_complete_is_named(cell: Any) -> None:
    """An empty cell of the table is told by its row and column, not by a crash."""
    rows = rules.plain(SEGMENT_RULES)
    with pytest.raises(RuleFault, match="segment rule 3 has no value to"):
        rules.parse([*rows[:2], {**rows[2], "value_high": cell}, *rows[3:]])
    with pytest.raises(RuleFault, match="segment rule 1 has no segment"):
        rules.parse([{**rows[0], "segment": None}, *rows[1:]])


CUTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@some.composite
def any_rules(draw: some.DrawFn) -> tuple[SegmentRule, ...]:
    """Boxes that often, but not always, hold each point once: halves of boxes, one of them sometimes moved."""
    made = list(EVERYBODY)
    for _ in range(draw(some.integers(0, 6))):
        made += _halved(made.pop(draw(some.integers(0, len(made) - 1))), draw)
    if draw(some.booleans()):
        moved = draw(some.integers(0, len(made) - 1))
        made[moved] = replace(made[moved], recency_low=draw(some.integers(1, made[moved].recency_high)))
    return tuple(made)


def _halved(rule: SegmentRule, draw: some.DrawFn) -> list[SegmentRule]:
    name = draw(some.sampled_from(SEGMENT_NAMES))
    way = draw(some.sampled_from(["recency", "value", "churn"]))
    if way == "recency" and rule.recency_low < rule.recency_high:
        cut = draw(some.integers(rule.recency_low, rule.recency_high - 1))
        return [replace(rule, recency_high=cut), replace(rule, segment=name, recency_low=cut + 1)]
    if way == "value" and rule.value_low < rule.value_high:
        cut = draw(some.sampled_from([half for half in VALUE if rule.value_low <= half < rule.value_high]))
        return [replace(rule, value_high=cut), replace(rule, segment=name, value_low=cut + 0.5)]
    inner = [cut for cut in CUTS if rule.churn_low < cut < rule.churn_high]
    if way == "churn" and inner:
        cut = draw(some.sampled_from(inner))
        return [replace(rule, churn_high=cut), replace(rule, segment=name, churn_low=cut)]
    return [rule]


@given(made=any_rules())
def test_rules_pass_where_each_point_is_in_one(made: tuple[SegmentRule, ...]) -> None:
    """The check agrees with asking each point which boxes it lies in, and the fault is where it is said to be."""
    points = product(RECENCY, VALUE, (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0))
    held = {point: [rule for rule in made if rules.holds(rule, *point)] for point in points}
    if {len(found) for found in held.values()} == {1}:
        assert rules.check(made) == made
        return
    with pytest.raises(RuleFault) as caught:
        rules.check(made)
    fault = caught.value.details
    at_fault = held[fault["recency"], fault["value"], fault["churn"][0]]
    assert len(at_fault) != 1
    assert (len(at_fault) > 1) == bool(fault["rules"])


def test_rules_are_kept_told_and_reset(shop: Workshop) -> None:
    """An organisation's rules are its own; who changed them and from what stands in the audit log."""
    shop.add("other")
    assert rules.save(shop.ledger, "acme", BY_CHURN, by="ada")
    assert not rules.save(shop.ledger, "acme", BY_CHURN, by="ada")
    with shop.ledger.read() as conn:
        assert (rules.of(conn, "acme"), rules.of(conn, "other")) == (BY_CHURN, SEGMENT_RULES)
        assert chosen(conn, "acme") == Choices(rules=BY_CHURN)
    assert rules.reset(shop.ledger, "acme", by="bob")
    assert not rules.reset(shop.ledger, "acme", by="bob")
    assert not rules.save(shop.ledger, "acme", SEGMENT_RULES, by="ada")
    with shop.ledger.read() as conn:
        assert rules.of(conn, "acme") == SEGMENT_RULES
        last, first = audit.latest(conn, "acme")
    assert (last.actor, last.action, first.actor, first.action) == (
        "bob", "segment rules reset", "ada", "segment rules changed",
    )  # fmt: skip
    assert last.detail == {"before": rules.plain(BY_CHURN), "after": None}


def test_rules_at_fault_are_not_kept(shop: Workshop) -> None:
    """What would put a customer into two segments never reaches a refresh."""
    with pytest.raises(RuleFault):
        rules.save(shop.ledger, "acme", EVERYBODY * 2, by="ada")
    with shop.ledger.read() as conn:
        assert rules.of(conn, "acme") == SEGMENT_RULES


def test_kept_rules_that_fit_no_longer_can_be_reset(shop: Workshop) -> None:
    """Rules of another version are told, never replaced in silence, and there is a way out."""
    shop.ledger.write(lambda conn: org_settings.put(conn, "acme", "segment_rules", [{"segment": "Best"}]))
    with shop.ledger.read() as conn, pytest.raises(RuleFault):
        rules.of(conn, "acme")
    assert rules.reset(shop.ledger, "acme", by="ada")


def test_the_warehouse_gets_every_rule() -> None:
    """The table that SQL joins holds the rules one to one, each with its group and a number for its segment."""
    rows = rules.table(SEGMENT_RULES).to_pylist()
    assert [row["segment"] for row in rows] == [rule.segment for rule in SEGMENT_RULES]
    assert all(row["lifecycle_group"] == business_segment(row["segment"]).group for row in rows)
    assert all(SEGMENT_NAMES[row["segment_number"]] == row["segment"] for row in rows)


@pytest.fixture
def scored(shop: Workshop) -> Workshop:
    """300 customers, most of them with a churn probability, some of them exactly at a bound."""
    dice = random.Random(5)
    orders = (
        f"{dice.randrange(300)},{date(2024, 1, 1) + timedelta(dice.randrange(365))},{dice.randrange(1, 90)},mug\n"
        for _ in range(1_500)
    )
    shop.load(HEADER + "".join(orders))
    bounds = [0.0, 0.3, 0.6, 0.8, 1.0]
    scores = (f"{n},{dice.choice([dice.random(), dice.choice(bounds)])}\n" for n in range(300) if n % 7)
    shop.load("customer_id,churn_score\n" + "".join(scores), name="scores.csv")
    return shop


def customers(shop: Workshop, choices: Choices) -> list[dict[str, Any]]:
    """The customers that a refresh by these choices makes."""
    with shop.warehouses.use("acme") as warehouse:
        refresh(warehouse, Silent(), choices)
        with warehouse.snapshot() as reader:
            return reader.table("SELECT * FROM customers").to_pylist()


@pytest.mark.parametrize("made", [SEGMENT_RULES, BY_CHURN], ids=["default", "by churn"])
def test_segments_follow_scores_and_probability(scored: Workshop, made: tuple[SegmentRule, ...]) -> None:
    """Everybody is in the one segment that the rules say, with and without their probability."""
    rows = customers(scored, Choices(rules=made))
    assert len(rows) == len({row["customer_id"] for row in rows}) > 250
    for row in rows:
        point = row["recency_score"], float(row["value_score"])
        plain = [rule.segment for rule in made if rules.holds(rule, *point)]
        known = [rule.segment for rule in made if rules.holds(rule, *point, row["churn_probability"] or 0.0)]
        assert ([row["rfm_segment"]], [row["segment"]]) == (plain, known)
        assert row["lifecycle_group"] == business_segment(row["segment"]).group
    assert sum(row["segment"] != row["rfm_segment"] for row in rows) > 10


def test_composite_score(scored: Workshop) -> None:
    """0 to 100: the weighted mean of the parts that are known, recomputed customer by customer."""
    rows = customers(scored, Choices())
    for row in rows:
        parts = {part: (row[f"{part}_score"] - 1) / 4 for part in ("recency", "frequency", "monetary")}
        if row["churn_probability"] is not None:
            parts["staying"] = 1 - row["churn_probability"]
        weights = {part: COMPOSITE_WEIGHTS[part] for part in parts}
        exact = 100 * sum(weights[part] * value for part, value in parts.items()) / sum(weights.values())
        assert row["composite_score"] == pytest.approx(exact, abs=0.0501)
    scores = [row["composite_score"] for row in rows]
    assert min(scores) >= 0
    assert max(scores) <= 100
    assert len(set(scores)) > 100


def odds(probability: float) -> float:
    """Of leaving against staying."""
    return probability / (1 - probability)


@pytest.mark.parametrize("bounds", [RISK_BOUNDS, RiskBounds(0.9, 0.5, 0.1), RiskBounds(relative=True)])
def test_risk_levels(scored: Workshop, bounds: RiskBounds) -> None:
    """Each level begins at its bound, or at its odds times those of the average customer; unknown has none."""
    rows = customers(scored, Choices(risk=bounds))
    known = [row["churn_probability"] for row in rows if row["churn_probability"] is not None]
    scores = [p for (p,) in scored.rows("SELECT churn_score FROM scores")]
    mean = sum(scores) / len(scores)
    for row in rows:
        p = row["churn_probability"]
        lows = {"Critical": bounds.critical, "High": bounds.high, "Medium": bounds.medium}
        if bounds.relative and p is not None and 0 < p < 1:
            reached = [level for level, low in lows.items() if odds(p) / odds(mean) >= odds(low)]
        else:
            reached = [level for level, low in lows.items() if p is not None and p >= low]
        assert row["risk_level"] == (None if p is None else [*reached, "Low"][0])
    with scored.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        shares = risk.shares(reader)
    assert [row.level for row in shares] == list(risk.RISK_LEVELS)
    assert sum(row.customers for row in shares) == len(known)
    assert sum(row.share for row in shares) == pytest.approx(1)


def test_relative_levels_are_offered_where_most_are_high() -> None:
    """Where more than half would be High or above, the levels say nothing about whom to speak to first."""
    made = [
        risk.RiskShare("Critical", 0.8, 3, 0.3),
        risk.RiskShare("High", 0.6, 3, 0.3),
        risk.RiskShare("Low", 0, 4, 0.4),
    ]
    assert risk.too_many_high(made)
    assert not risk.too_many_high(made[1:])


def test_without_a_model_there_is_no_risk(shop: Workshop) -> None:
    """No probability, no level, no shares of levels, and the segments of the scores alone."""
    shop.load(HEADER + "1,2024-01-01,5,mug\n2,2024-03-01,9,mug\n")
    rows = customers(shop, Choices())
    assert [(row["churn_probability"], row["risk_level"]) for row in rows] == [(None, None)] * 2
    assert all(row["segment"] == row["rfm_segment"] for row in rows)
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        assert risk.shares(reader) == []


@pytest.mark.parametrize("made", [SEGMENT_RULES, BY_CHURN], ids=["default", "by churn"])
def test_counts_before_saving_are_those_after(scored: Workshop, made: tuple[SegmentRule, ...]) -> None:
    """What the page counts while rules are edited is what the refresh then finds."""
    customers(scored, Choices())
    with scored.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        told = rules.counts(made, rules.cells(reader, rules.bounds(made)))
    rows = customers(scored, Choices(rules=made))
    found = Counter(row["segment"] for row in rows)
    assert told.segments == {name: found.get(name, 0) for name in SEGMENT_NAMES}
    assert sum(told.rules) == len(rows)


def test_risk_levels_are_kept_and_told(shop: Workshop) -> None:
    """Bounds that cannot be told apart are refused; a change makes the figures stale and stands in the audit log."""
    with pytest.raises(Invalid, match="80 %, 90 % and 30 % cannot be told apart"):
        RiskBounds(high=0.9)
    shop.load(HEADER + "1,2024-01-01,5,mug\n")
    shop.refresh()
    made = RiskBounds(relative=True)
    assert risk.save(shop.ledger, "acme", made, by="ada")
    assert not risk.save(shop.ledger, "acme", made, by="ada")
    with shop.ledger.read() as conn, shop.warehouses.use("acme") as warehouse:
        assert chosen(conn, "acme").risk == made
        assert audit.latest(conn, "acme")[0].action == "risk levels changed"
        assert not is_current(warehouse, chosen(conn, "acme"))
