"""The truth: who left, what each would do, and what an offer would change. No import ever sees it.

Effects are potential outcomes (Rubin 1974, Journal of Educational Psychology 66): the probability of at least one order
within 91 days of the last day, without an offer and with each of the three. The four groups are those of uplift
modelling (Radcliffe and Surry 1999; Lo 2002, ACM SIGKDD Explorations 4):

- persuadable: an offer raises the probability p by lift · (1 − p);
- do not disturb: an offer lowers it by drop · p;
- sure thing (p at least 0.5) and lost cause (p below 0.5): an offer changes nothing.

Who belongs where follows from what the shop can see, so that it can be learnt: each customer draws among persuadable,
indifferent and do not disturb with weights that are exponential in `_weights`. Who has left can be won back or not, but
not be disturbed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from pulse_core.intake.world.arrays import (
    NEVER,
    Bools,
    Floats,
    Generator,
    Ints,
    dates,
    numbered,
    rounded,
    texts,
)
from pulse_core.intake.world.people import People
from pulse_core.intake.world.process import Life

GROUPS = ("persuadable", "sure_thing", "lost_cause", "do_not_disturb")
PERSUADABLE, SURE, LOST, DISTURBED = range(4)
OFFERS = ("discount", "freebie", "voucher")
SURE_FROM = 0.5
MONTH = 30 / 7  # weeks


def truth_table(
    people: People, life: Life, expected: Floats, pain: dict[str, Bools], first: date, rng: Generator
) -> Any:
    """One row a customer; probabilities to six places."""
    returns = -np.expm1(-expected)
    group = _groups(people, life, returns, pain, rng)
    effect = _effects(people, pain, group, returns, rng)
    return pa.table(
        {
            "customer_id": numbered("C", people.number + 1, 7),
            "churned_on": dates(life.churned, first, known=life.churned != NEVER),
            "churn_hazard_30d": rounded(1 - (1 - life.hazard) ** MONTH, 6),
            "expected_orders_91d": rounded(expected, 6),
            "return_probability": rounded(returns, 6),
            "treatment_group": texts(GROUPS, group),
            **{f"effect_{offer}": rounded(effect[offer], 6) for offer in OFFERS},
        }
    )


def _weights(people: People, left: Bools, pain: dict[str, Bools]) -> list[Floats]:
    """Logarithms of the weights of persuadable, indifferent, do not disturb."""
    persuadable = -1.9 + 2.2 * people.discount + 0.5 * pain["budget"] + 0.8 * people.engagement
    disturbed = -0.6 + 1.2 * pain["trust"] - 2.5 * people.response + 0.01 * (people.age - 43)
    return [persuadable, np.zeros(len(people)), np.where(left, -np.inf, disturbed)]


def _groups(people: People, life: Life, returns: Floats, pain: dict[str, Bools], rng: Generator) -> Ints:
    """A draw in proportion to the weights (the largest after adding Gumbel noise)."""
    weights = _weights(people, life.churned != NEVER, pain)
    drawn = np.argmax([weight + rng.gumbel(size=len(people)) for weight in weights], axis=0)
    indifferent = np.where(returns >= SURE_FROM, SURE, LOST)
    return np.where(drawn == 1, indifferent, np.where(drawn == 0, PERSUADABLE, DISTURBED))


def _lifts(people: People, pain: dict[str, Bools]) -> dict[str, Floats]:
    """What an offer does to a persuadable customer: bargain hunters want money, others a present or a choice."""
    impulse, researcher, loyal = (people.behaviour == code for code in (0, 1, 3))
    return {
        "discount": 0.10 + 0.28 * people.discount + 0.06 * pain["budget"],
        "freebie": 0.08 + 0.16 * impulse + 0.06 * pain["variety"],
        "voucher": 0.10 + 0.14 * (researcher | loyal) + 0.06 * pain["quality"],
    }


def _effects(
    people: People, pain: dict[str, Bools], group: Ints, returns: Floats, rng: Generator
) -> dict[str, Floats]:
    drops = {"discount": 0.35, "freebie": 0.20, "voucher": 0.28}
    effects = {}
    for offer, lift in _lifts(people, pain).items():
        jitter = rng.uniform(0.7, 1.3, len(people))
        gain = lift * jitter * (1 - returns)
        loss = -drops[offer] * jitter * returns
        effects[offer] = np.select([group == PERSUADABLE, group == DISTURBED], [gain, loss], 0.0)
    return effects
