"""The process does what its docstring says: who leaves, why, and what the truth knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from pulse_core.intake.world import process
from pulse_core.intake.world.arrays import NEVER, Bools, Floats, Generator, Ints, generator
from pulse_core.intake.world.effects import GROUPS, OFFERS
from pulse_core.intake.world.make import make_world
from pulse_core.intake.world.people import People, draw
from pulse_core.intake.world.process import DAYS, OUTLOOK_WEEKS, WEEKS, Life
from tests.intake.world.conftest import LAST_DAY, Look, look

# What the shop sees at a day a quarter before the last, of customers who are then still there: the drivers of leaving.
CUT = f"DATE '{LAST_DAY}' - 91"
BROWSING = "('page_view', 'product_view', 'search')"
SEEN = f"""
    SELECT customer_id, engagement_score, churn, late, contacts, discounted, visits, older_visits, recency
    FROM (SELECT customer_id, engagement_score, churned_on IS NOT NULL AS churn FROM truth JOIN customers
          USING (customer_id) WHERE signup_date < {CUT} - 91 AND coalesce(churned_on > {CUT}, true))
    JOIN (SELECT customer_id, avg((discount_percent > 0)::INT) AS discounted, {CUT} - max(day) AS recency,
          count(*) FILTER (delivered_date > promised_date AND day > {CUT} - 42) AS late
          FROM purchases WHERE day <= {CUT} GROUP BY 1) USING (customer_id)
    LEFT JOIN (SELECT user_id AS customer_id, count(*) FILTER (event = 'support_contact'
               AND timestamp::DATE > {CUT} - 42) AS contacts,
               count(*) FILTER (event IN {BROWSING} AND timestamp::DATE > {CUT} - 56) AS visits,
               count(*) FILTER (event IN {BROWSING} AND timestamp::DATE BETWEEN {CUT} - 236 AND {CUT} - 56)
               AS older_visits
               FROM visits WHERE timestamp::DATE <= {CUT} GROUP BY 1) USING (customer_id)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """A shop of 40,000 customers: enough for drivers to be told from chance."""
    folder = tmp_path_factory.mktemp("large")
    opened = look(make_world(folder, customers=40_000, seed=11, last_day=LAST_DAY, businesses=("ecommerce",)))
    yield opened
    opened.conn.close()


@pytest.mark.parametrize("prefix", ["", "telecom_", "banking_"])
def test_about_half_have_left(sample: Look, prefix: str) -> None:
    """Enough of both kinds to learn from."""
    low, high = {"": (0.40, 0.60)}.get(prefix, (0.30, 0.60))
    assert low <= sample.one(f"SELECT avg(({prefix}churned_on IS NOT NULL)::INT) FROM truth") <= high


def test_nothing_is_bought_or_looked_at_after_leaving(sample: Look) -> None:
    """Who left, left; and nobody was there before their sign-up or after the last day."""
    assert (
        sample.one("SELECT count(*) FROM purchases JOIN truth USING (customer_id) WHERE day > churned_on")
        == 0
    )
    browsing = "visits JOIN truth ON user_id = customer_id WHERE event <> 'support_contact'"
    assert sample.one(f"SELECT count(*) FROM {browsing} AND timestamp::DATE > churned_on") == 0
    assert (
        sample.one(
            "SELECT count(*) FROM purchases JOIN customers USING (customer_id) WHERE day < signup_date"
        )
        == 0
    )
    early = "visits JOIN customers ON user_id = customer_id WHERE timestamp::DATE < signup_date"
    assert sample.one(f"SELECT count(*) FROM {early}") == 0
    assert (
        sample.one(
            "SELECT count(*) FROM truth JOIN customers USING (customer_id) WHERE churned_on < signup_date"
        )
        == 0
    )


@pytest.mark.parametrize(
    ("name", "moment"),
    [("orders", "order_date"), ("visits", "timestamp"), ("orders", "delivered_date"), ("truth", "churned_on"),
     ("telecom_events", "EventDate"), ("banking_events", "EventDate")],
)  # fmt: skip
def test_nothing_happens_after_the_last_day(sample: Look, name: str, moment: str) -> None:
    """An import on the evening of the last day finds no future; the last day itself is lived."""
    last = sample.one(f"SELECT max({moment})::DATE FROM {name}")
    assert last == LAST_DAY


@pytest.mark.parametrize("industry", ["telecom", "banking"])
def test_no_service_after_leaving(sample: Look, industry: str) -> None:
    """Who left the telecom or the bank has no event after that day, and had some before."""
    joined = f"{industry}_events JOIN truth ON CustomerID = customer_id"
    late = f"EventDate::DATE > {industry}_churned_on"
    assert sample.one(f"SELECT count(*) FROM {joined} WHERE {late}") == 0
    assert (
        sample.one(f"SELECT count(DISTINCT CustomerID) FROM {joined} WHERE {industry}_churned_on IS NOT NULL")
        > 0
    )


def test_businesses_have_lives_of_their_own(sample: Look) -> None:
    """Chance at the telecom is not the chance at the bank: one stream of random numbers for both would show here."""
    logs = "SELECT ln(telecom_hazard_30d) AS one, ln(banking_hazard_30d) AS two FROM truth"
    assert abs(sample.one(f"SELECT corr(one, two) FROM ({logs})")) < 0.2


def test_recency_tells_who_has_left(sample: Look) -> None:
    """The plainest of all measures separates those who left from those who stay."""
    last = "(SELECT customer_id, max(day) AS last FROM purchases GROUP BY 1) JOIN truth USING (customer_id)"
    assert sample.auc(f"DATE '{LAST_DAY}' - last", "churned_on IS NOT NULL", last) > 0.7


def test_orders_have_a_long_tail(sample: Look) -> None:
    """About four each, most fewer, a few very many."""
    counts = """(SELECT count(day) AS orders FROM customers LEFT JOIN purchases USING (customer_id)
                GROUP BY customer_id)"""
    mean, median, top, none = sample.rows(
        f"SELECT avg(orders), median(orders), quantile_cont(orders, 0.99), avg((orders = 0)::INT) FROM {counts}"
    )[0]
    assert 3.6 <= mean <= 4.4
    assert median <= 3
    assert top >= 5 * mean
    assert 0 < none < 0.1


@pytest.mark.parametrize(
    ("driver", "sign"),
    [
        ("late", 1),
        ("contacts", 1),
        ("discounted", 1),
        ("engagement_score", -1),
        ("visits / (older_visits + 1)", -1),
    ],
)
def test_drivers_drive(large: Look, driver: str, sign: int) -> None:
    """What the shop can see goes with leaving in the next quarter, in the direction that the docs say."""
    where = "WHERE older_visits >= 3" if "older" in driver else ""
    ranked = f"SELECT churn, {sign} * coalesce({driver}, 0) AS driver FROM ({SEEN}) {where}"
    middle = large.one(f"SELECT median(driver) FROM ({ranked})")
    shares = f"SELECT avg(churn::INT) FILTER (driver > {middle}), avg(churn::INT) FILTER (driver <= {middle})"
    high, low = large.rows(f"{shares} FROM ({ranked})")[0]
    assert high > low + 0.02


@pytest.mark.parametrize("driver", ["discounted", "engagement_score"])
def test_drivers_are_monotone(large: Look, driver: str) -> None:
    """From third to third of a driver the share of leavers only rises, or only falls."""
    thirds = f"SELECT churn, ntile(3) OVER (ORDER BY {driver}) AS third FROM ({SEEN} WHERE recency < 400)"
    shares = [
        row[0] for row in large.rows(f"SELECT avg(churn::INT) FROM ({thirds}) GROUP BY third ORDER BY third")
    ]
    assert shares == sorted(shares, reverse=driver == "engagement_score")


def test_leavers_had_the_larger_hazard(large: Look) -> None:
    """Those who stay have smaller hazards than those who left had, and drop-out is never certain."""
    stayed, left = large.rows(
        "SELECT avg(churn_hazard_30d) FROM truth GROUP BY churned_on IS NOT NULL ORDER BY churned_on IS NOT NULL"
    )
    assert 0 < stayed[0] < left[0] < 1
    assert (
        large.one("SELECT count(*) FROM truth WHERE NOT (churn_hazard_30d > 0 AND churn_hazard_30d <= 1)")
        == 0
    )


def test_what_was_seen_before_tells_who_will_leave(large: Look) -> None:
    """A model has something to find: drivers added up with the process's own signs rank the leavers of a quarter."""
    usual = "1.6 * (0.45 + 1.1 * engagement_score / 100) ** 1.5"  # visits of eight weeks
    score = f"""2.4 * (50 - engagement_score) / 100 + 1.6 * discounted + 0.8 * (late + coalesce(contacts, 0))
                - 0.9 * ln((coalesce(visits, 0) + 0.7) / ({usual} + 0.7))
                - 0.5 * ln((coalesce(older_visits, 0) + 2) / (3 * {usual} + 2))"""
    assert large.auc(score, "churn", f"({SEEN})") > 0.65


def test_hazard_ranks_leavers_as_the_docs_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """No honest model can do better than the hazard itself a quarter ahead: an AUC of about 0.78."""
    known: list[tuple[Ints, Floats]] = []

    def leave(people: People, life: Life, who: Ints, week: int, new: Bools, rng: Generator) -> Ints:
        if week == WEEKS - OUTLOOK_WEEKS:
            known.append((who, process._hazard(people, life, who)))
        return original(people, life, who, week, new, rng)

    original = process._leave
    monkeypatch.setattr(process, "_leave", leave)
    number = np.arange(20_000)
    people = draw(generator(1), number, len(number), DAYS, process.MEAN_ORDERS, process.MEAN_VISITS)
    life, _, _ = process.live(people, process.season_from(LAST_DAY - timedelta(days=DAYS - 1)), generator(2))
    ((who, hazard),) = known
    left = life.churned[who] != NEVER
    places = np.argsort(np.argsort(hazard))
    ahead = places[left].sum() - left.sum() * (left.sum() - 1) / 2
    assert abs(ahead / (left.sum() * (~left).sum()) - 0.78) < 0.02


def test_who_left_expects_no_order(sample: Look) -> None:
    """Expected orders, the probability to return and leaving say the same."""
    bad = """(churned_on IS NOT NULL) <> (expected_orders_91d = 0)
             OR abs(return_probability - (1 - exp(-expected_orders_91d))) > 0.00001"""
    assert sample.one(f"SELECT count(*) FROM truth WHERE {bad}") == 0


def test_groups_have_the_shares_of_the_docs(large: Look) -> None:
    """All four groups are there, as docs/sample-world.md says."""
    shares = dict(large.rows("SELECT treatment_group, count(*) / 40000 FROM truth GROUP BY 1"))
    expected = {"persuadable": 0.32, "sure_thing": 0.14, "lost_cause": 0.44, "do_not_disturb": 0.10}
    assert set(shares) == set(GROUPS)
    for group, share in expected.items():
        assert abs(shares[group] - share) < 0.03


@pytest.mark.parametrize("offer", OFFERS)
def test_effects_are_those_of_the_group(sample: Look, offer: str) -> None:
    """An offer helps the persuadable, hurts who must not be disturbed, and changes nothing for the others."""
    effect = f"effect_{offer}"
    right = f"""CASE treatment_group WHEN 'persuadable' THEN {effect} > 0
                WHEN 'do_not_disturb' THEN {effect} < 0 ELSE {effect} = 0 END
                AND return_probability + {effect} BETWEEN 0 AND 1"""
    assert sample.one(f"SELECT count(*) FROM truth WHERE NOT ({right})") == 0
    split = "(return_probability >= 0.5) <> (treatment_group = 'sure_thing')"
    zero = f"SELECT count(*) FROM truth WHERE {effect} = 0 AND {split}"
    assert sample.one(zero) == 0


def test_bargain_hunters_like_discounts_best(sample: Look) -> None:
    """Which offer works best depends on the customer, so that choosing pays."""
    best = """SELECT buying_behavior, avg(effect_discount) > avg(effect_freebie) FROM truth
              JOIN customers USING (customer_id) WHERE treatment_group = 'persuadable' GROUP BY 1"""
    found = dict(sample.rows(best))
    assert found["bargain_hunter"]
    assert not found["impulse_buyer"]


@pytest.mark.parametrize(
    ("industry", "trouble"),
    [("telecom", "billing_complaint"), ("telecom", "late_payment"), ("banking", "fee_charged")],
)
def test_trouble_drives_people_from_services(sample: Look, industry: str, trouble: str) -> None:
    """Complaints, late payments and fees go with leaving in the months after."""
    shares = f"""
        SELECT troubled, avg(({industry}_churned_on IS NOT NULL)::INT) FROM truth JOIN
        (SELECT CustomerID AS customer_id, bool_or(EventType = '{trouble}' AND EventDate::DATE > {CUT} - 30) AS troubled
         FROM {industry}_events WHERE EventDate::DATE <= {CUT} GROUP BY 1) USING (customer_id)
        WHERE coalesce({industry}_churned_on > {CUT}, true) GROUP BY 1 ORDER BY 1"""
    (_, calm), (_, troubled) = sample.rows(shares)
    assert troubled > calm * 1.2
