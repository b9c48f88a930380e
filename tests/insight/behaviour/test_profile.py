"""What holds for every profile, those to come too, and what a wrong one is told."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from workshop import ROOT

from pulse_core.errors import Invalid, NotFound
from pulse_core.insight.behaviour import saying
from pulse_core.insight.behaviour.profile import (
    COUNTED,
    SESSION_ROLES,
    Profile,
    plain_type,
    profile,
    profiles,
    read,
)
from pulse_core.insight.behaviour.reading import Judged
from pulse_core.insight.behaviour.steps import STEPS, recipe, tables
from pulse_core.stores.queries import load
from pulse_core.words import Words

TEXT = (
    resources.files("pulse_core.insight.behaviour").joinpath("profiles", "ecommerce.toml").read_text("utf-8")
)
DOCS = (ROOT / "docs" / "behaviour.md").read_text("utf-8")
WORDS = Words("en_GB", "GBP")

every_profile = pytest.mark.parametrize("made", profiles().values(), ids=profiles())


def test_there_are_the_industries_of_the_scope() -> None:
    """Each industry has the five signals that it is asked for."""
    assert {made.key: [s.key for s in made.signals] for made in profiles().values()} == {
        "ecommerce": ["cart_abandonment", "purchase_frequency", "discount_dependency", "return_rate", "browse_to_buy"],
        "telecom": [
            "data_usage_trend", "communication_shift", "plan_utilisation", "billing_complaints", "payment_delay",
        ],
        "banking": ["login_frequency", "transaction_volume", "feature_adoption", "product_usage", "support_contacts"],
    }  # fmt: skip


@every_profile
def test_every_signal_says_formula_unit_and_source(made: Profile) -> None:
    """A figure whose making nobody can look up is not to be trusted: a year in the source, or that it is our own."""
    for signal in made.signals:
        assert re.search(r"\b(19|20)\d\d\b", signal.source) or signal.source.startswith("Pulse")
        said = signal.formula_over(made.now_days, made.before_days)
        assert "{" not in said
        assert "days" in said
        assert saying.limits(signal, WORDS)
        assert not signal.recommendation.endswith(".")


@every_profile
def test_every_signal_is_in_the_docs(made: Profile) -> None:
    """docs/behaviour.md lists each industry with its signals."""
    row = next(line for line in DOCS.splitlines() if line.startswith(f"| [`{made.key}`]"))
    assert re.findall(r"`(\w+)`", row.rpartition("|")[0].rpartition("|")[2]) == [s.key for s in made.signals]


@every_profile
def test_every_alias_is_written_plainly_and_every_role_is_used(made: Profile) -> None:
    """An alias that no event type can equal is dead, and so is a role that nothing counts."""
    used = {role for measure in (*made.signals, made.trend) for role in measure.roles} | set(SESSION_ROLES)
    for role, aliases in made.roles.items():
        assert role in used
        assert len(set(aliases)) == len(aliases)
        assert list(aliases) == [plain_type(alias) for alias in aliases]


@every_profile
def test_a_profile_becomes_tables(made: Profile) -> None:
    """Every signal and the trend have a rule, and every role a source that the queries read."""
    made_tables = tables(made, ["Login", "add_to_cart"], ["Add to Cart"])
    keys = [signal.key for signal in made.signals] + ["trend"]
    assert made_tables["behaviour_rules"].column("signal").to_pylist() == keys
    assert set(made_tables["behaviour_terms"].column("signal").to_pylist()) == set(keys)
    assert set(made_tables["behaviour_terms"].column("source").to_pylist()) <= set(made.kinds)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('unit = "share"\n', "", "unit"),
        ("severe_points = 50", "severe_points = 49", "add up to 100, not 99"),
        ("severe_at = 0.95", "severe_at = 0.6", "further out"),
        ('worse = "high"', 'worse = "low"', "further out"),
        ('part = ["abandoned_session"]', 'part = ["abandonment"]', "counted as abandonment"),
        ('part = ["abandoned_session"]', 'part = ["cart"]', "counted as cart"),
        ('"add_to_cart"', '"Add to cart"', "add_to_cart"),
        ("{now}", "{week}", "week"),
        ('key = "return_rate"', 'key = "cart_abandonment"', "differ"),
        ('judge = "change"\npart = ["order"]', 'judge = "difference"\npart = ["order"]', "judges a ratio"),
        ('whole = ["cart_session"]', "whole = []", "need"),
        ("now_days = 180", "now_days = 180\ncolour = 3", "colour"),
        ("least = 2", "least = = 2", "TOML|toml|value"),
    ],
)
def test_a_wrong_profile_is_told(old: str, new: str, problem: str) -> None:
    """A new industry is one file, and what is wrong in it is named when it is read, not when somebody is scored."""
    assert old in TEXT
    with pytest.raises(Invalid, match=problem):
        read(TEXT.replace(old, new, 1), "fishing.toml")


def test_an_industry_that_is_not_there_is_told_with_those_that_are() -> None:
    """The remedy names the industries."""
    with pytest.raises(NotFound, match="banking"):
        profile("fishing")


def test_steps_are_queries_and_part_of_the_recipe() -> None:
    """Each step is a query of its name; the fingerprint changes with the profiles."""
    assert {name for name, _ in STEPS} <= set(load("behaviour"))
    assert len(recipe()) == 16
    assert set(COUNTED.values()) == {"orders", "visits"}


@pytest.mark.parametrize(
    ("industry", "key", "judged", "said", "before"),
    [
        ("ecommerce", "cart_abandonment", 0.75, "75 %", "before 50 %"),
        ("ecommerce", "purchase_frequency", -0.6, "-60 %", "0.75 in 30 days, before 0.5"),
        ("ecommerce", "purchase_frequency", 0.25, "+25 %", "0.75 in 30 days, before 0.5"),
        ("ecommerce", "return_rate", 0.75, "0.75 returns per order", "before 0.5"),
        ("telecom", "communication_shift", 0.25, "+25 points", "75 %, before 50 %"),
        ("telecom", "plan_utilisation", 0.4, "0.4 times the middle", "0.75, before 0.5"),
        ("banking", "product_usage", -1, "-1 products", "before 0.5"),
    ],
)
def test_figures_are_said_in_their_unit(
    industry: str, key: str, judged: float, said: str, before: str
) -> None:
    """A share is per cent, a change has its sign, everything else its unit."""
    signal = profile(industry).signal(key)
    assert signal is not None
    found = Judged(signal, 0.75, 0.5, judged, 1)
    assert saying.judged(found, WORDS).replace("\xa0", " ") == said
    assert saying.before(found, WORDS).replace("\xa0", " ") == before


def test_what_is_not_known_is_a_dash() -> None:
    """No figure before, no trend: a dash, not a zero."""
    signal = profile("ecommerce").signals[0]
    assert saying.before(Judged(signal, 0.5, None, 0.5, 0), WORDS).endswith("before –")
    assert saying.trend(None) == "–"
    assert saying.trend("declining") == "Less active"
