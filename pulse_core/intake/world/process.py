"""How the customers of the shop live: they order, are let down now and then, and one day order no more.

Time goes in weeks, t = 0 … 155, the last of which ends with the world's last day. For customer i in week t:

- **Orders** are Poisson with mean lambda_i · season(month)^s_i · exp(0.5 · x_it), where lambda_i is gamma distributed
  over customers: the negative binomial model of repeat buying (Ehrenberg 1959, Applied Statistics 8), with drop-out
  as in Schmittlein, Morrison and Colombo 1987, Management Science 33 ("Counting your customers"). The first order
  falls on the day of sign-up.
- **Interest** x_it is hidden and drifts: x = 0.96 · x_before + normal(0, 0.20) − 0.30 · trouble of the week. Website
  visits are Poisson with mean v_i · exp(1.5 · x_it), so falling visits tell of falling interest.
- **Trouble**: each parcel is late with probability 0.07 (three times that in November and December, more in some
  places), each order leads to a contact with support with probability 0.04, a late one 0.45. A late parcel counts 1,
  a contact 0.7; b_it = 0.88 · b_before + trouble of the week.
- **Drop-out**: in each week after that of sign-up the customer leaves for good with probability
  1 − exp(−exp(eta_it)), proportional hazards in grouped time (Prentice and Gloeckler 1978, Biometrics 34), with
  eta = −5.3 − 2.0 · x + 1.3 · b + 1.6 · (discount share − 0.3) + 2.4 · (0.5 − engagement) + frailty_i,
  from interest and trouble as they stood before the week. The frailty is seen by nobody (Vaupel, Manton and Stallard
  1979, Demography 16).

Whoever left orders nothing and browses no more after that day. Their last parcel may still arrive, go back, or be asked
after.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from pulse_core.intake.world.arrays import NEVER, Bools, Floats, Generator, Ints
from pulse_core.intake.world.catalogue import LATE_MONTHS, MONTHS
from pulse_core.intake.world.people import People

WEEKS = 156
WEEK = 7
DAYS = WEEKS * WEEK
OUTLOOK_WEEKS = 13  # how far the truth looks beyond the last day: 91 days
LOG_WEEKS = 52  # the website's log is kept for a year

MEAN_ORDERS = 0.067  # a week
MEAN_VISITS = 0.20  # a week, without those that end in an order
BASE = -5.3  # logarithm of the weekly hazard of a middling customer
LATE = 0.07
CONTACT, CONTACT_LATE = 0.04, 0.45
KEEPS_INTEREST, DRIFT, LET_DOWN = 0.96, 0.20, 0.30
KEEPS_TROUBLE, CONTACT_WEIGHT = 0.88, 0.7
ORDERS_FOLLOW, VISITS_FOLLOW = 0.5, 1.5
BY_INTEREST, BY_TROUBLE, BY_DISCOUNT, BY_ENGAGEMENT = 2.0, 1.3, 1.6, 2.4


@dataclass(frozen=True, slots=True)
class Orders:
    """One value for each order: whose, on which day, late or not, and whether support was contacted about it."""

    who: Ints
    day: Ints
    late: Bools
    contact: Bools


@dataclass(frozen=True, slots=True)
class Visits:
    """One value for each visit that did not end in an order."""

    who: Ints
    day: Ints


Rows = TypeVar("Rows", Orders, Visits)


@dataclass(slots=True)
class Life:
    """What happened to some customers until the last day, and how they stand on it."""

    churned: Ints  # day, or NEVER
    hazard: Floats  # weekly: in the week of leaving, or in the week to come
    interest: Floats
    trouble: Floats


@dataclass(frozen=True, slots=True)
class Season:
    """For each week how busy it is, and how likely a parcel is late; weeks beyond the last day included."""

    busy: Floats
    late: Floats


def season_from(first: date) -> Season:
    """The season of a world that begins on `first`, with the weeks of the truth's outlook."""
    middles = [first + timedelta(days=week * WEEK + WEEK // 2) for week in range(WEEKS + OUTLOOK_WEEKS)]
    late = [LATE * (3 if day.month in LATE_MONTHS else 1) for day in middles]
    return Season(np.array([MONTHS[day.month - 1] for day in middles]), np.array(late))


def live(people: People, season: Season, rng: Generator) -> tuple[Life, Orders, Visits]:
    """Let the weeks pass for these customers."""
    size = len(people)
    life = Life(np.full(size, NEVER, dtype=np.int64), np.zeros(size), np.zeros(size), np.zeros(size))
    first_week = people.signup // WEEK
    orders: list[Orders] = []
    visits: list[Visits] = []
    for week in range(int(first_week.min()), WEEKS):
        who = np.flatnonzero((first_week <= week) & (life.churned == NEVER))
        last = _leave(people, life, who, week, first_week[who] == week, rng)
        bought = _buy(people, life, who, week, last, season, rng)
        orders.append(bought)
        if week >= WEEKS - LOG_WEEKS:
            visits.append(_visit(people, life, who, week, last, rng))
        _be_let_down(life, bought, who)
    alive = life.churned == NEVER
    life.hazard[alive] = _hazard(people, life, np.flatnonzero(alive))
    return life, _joined(Orders, orders), _joined(Visits, visits)


def expected_orders(people: People, life: Life, season: Season) -> Floats:
    """Orders to expect in the outlook after the last day: interest fading, hazard as it stands; 0 for who left."""
    total = np.zeros(len(people))
    stays = np.where(life.churned == NEVER, 1.0, 0.0)
    interest = life.interest.copy()
    for week in range(WEEKS, WEEKS + OUTLOOK_WEEKS):
        stays *= 1 - life.hazard
        interest *= KEEPS_INTEREST
        total += stays * _order_rate(people, interest, season.busy[week], slice(None))
    return total


def _hazard(people: People, life: Life, who: Ints) -> Floats:
    """The probability to leave within the week, from what has been."""
    eta = (
        BASE
        - BY_INTEREST * life.interest[who]
        + BY_TROUBLE * life.trouble[who]
        + BY_DISCOUNT * (people.discount[who] - 0.3)
        + BY_ENGAGEMENT * (0.5 - people.engagement[who])
        + people.frailty[who]
    )
    return -np.expm1(-np.exp(eta))


def _leave(people: People, life: Life, who: Ints, week: int, new: Bools, rng: Generator) -> Ints:
    """Note who leaves this week; returns for each the last day of the week on which they were there, 0 to 6."""
    hazard = _hazard(people, life, who)
    leaving = (rng.random(who.size) < hazard) & ~new
    last = np.where(leaving, rng.integers(0, WEEK, who.size), WEEK - 1)
    life.hazard[who] = hazard
    life.churned[who[leaving]] = week * WEEK + last[leaving]
    life.interest[who] = KEEPS_INTEREST * life.interest[who] + DRIFT * rng.standard_normal(who.size)
    return last


def _order_rate(people: People, interest: Floats, busy: float, who: Ints | slice) -> Floats:
    rate: Floats = people.orders[who] * busy ** people.season[who] * np.exp(ORDERS_FOLLOW * interest)
    return rate


def _buy(
    people: People, life: Life, who: Ints, week: int, last: Ints, season: Season, rng: Generator
) -> Orders:
    """The week's orders; whoever signs up this week orders on that very day."""
    first = people.signup[who] // WEEK == week
    rate = _order_rate(people, life.interest[who], season.busy[week], who) * (last + 1) / WEEK
    counts = np.where(first, people.first_order[who], rng.poisson(rate))
    rows = np.repeat(np.arange(who.size), counts)
    day = week * WEEK + (rng.random(rows.size) * (last[rows] + 1)).astype(np.int64)
    buyer = who[rows]
    late = rng.random(rows.size) < season.late[week] * people.lateness[buyer]
    contact = rng.random(rows.size) < np.where(late, CONTACT_LATE, CONTACT)
    return Orders(buyer, np.where(first[rows], people.signup[buyer], day), late, contact)


def _visit(people: People, life: Life, who: Ints, week: int, last: Ints, rng: Generator) -> Visits:
    rate = people.visits[who] * np.exp(VISITS_FOLLOW * life.interest[who]) * (last + 1) / WEEK
    rows = np.repeat(np.arange(who.size), rng.poisson(rate))
    day = week * WEEK + (rng.random(rows.size) * (last[rows] + 1)).astype(np.int64)
    return Visits(who[rows], np.maximum(day, people.signup[who[rows]]))


def _be_let_down(life: Life, orders: Orders, who: Ints) -> None:
    """What went wrong this week weighs on the weeks to come."""
    weight = orders.late + CONTACT_WEIGHT * orders.contact
    week = np.bincount(orders.who, weight, len(life.trouble))[who]
    life.trouble[who] = KEEPS_TROUBLE * life.trouble[who] + week
    life.interest[who] -= LET_DOWN * week


def _joined(kind: type[Rows], parts: list[Rows]) -> Rows:
    """All parts as one."""
    return kind(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(kind)))
