"""Who the customers are and how they tend to behave: what is settled before their first order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pulse_core.intake.world.arrays import Bools, Floats, Generator, Ints, choose, column
from pulse_core.intake.world.catalogue import CATEGORIES
from pulse_core.intake.world.places import PLACES

FIRST_ORDER = 0.92  # the share of those signing up who order that day; the others only look
CONTACT_TIMES = ("morning", "afternoon", "evening", "night")
CONTACT_HOURS = (9.5, 14.5, 19.5, 22.0)
CHANNELS = ("organic", "cpc", "facebook", "email", "referral", "direct")
PLATFORMS = ("desktop", "mobile", "app")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A way of buying, and what goes with it.

    `season` is the power to which the season is raised; `stays` is taken off the logarithm of the drop-out hazard.
    """

    name: str
    weight: float
    discount: float  # mean share of orders with a discount
    orders: float = 1.0  # times the usual rate of orders
    visits: float = 1.0  # times the usual rate of visits
    returned: float = 1.0  # times the usual share of returns
    season: float = 0.7
    stays: float = 0.0


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("impulse_buyer", 22, 0.25, orders=1.15, visits=0.8, returned=1.5),
    Behaviour("researcher", 21, 0.20, orders=0.85, visits=1.9, returned=0.7),
    Behaviour("bargain_hunter", 23, 0.62, visits=1.2),
    Behaviour("loyal", 19, 0.15, orders=1.25, returned=0.8, stays=0.6),
    Behaviour("seasonal", 15, 0.28, orders=0.9, visits=0.7, season=2.6),
)


@dataclass(frozen=True, slots=True)
class People:
    """One value for each customer. Codes are places in the table of that name."""

    number: Ints
    signup: Ints  # day, counted from the world's first
    place: Ints
    given: Ints  # any number; the list of the language takes the rest of a division by its length
    family: Ints
    behaviour: Ints
    category: Ints  # liked best
    second: Ints
    age: Ints
    contact_time: Ints
    channel: Ints
    platform: Ints
    engagement: Floats  # 0 to 1
    discount: Floats  # share of orders with a discount, 0 to 1
    response: Floats  # share of messages that are answered, 0 to 1
    pieces: Floats  # mean number of pieces an order beyond the first
    orders: Floats  # a week
    visits: Floats  # a week
    returned: Floats  # times the usual share
    season: Floats  # power of the season
    frailty: Floats  # added to the logarithm of the drop-out hazard; in no file but the truth
    lateness: Floats  # times the usual share of late parcels
    first_order: Bools

    def __len__(self) -> int:
        return len(self.number)


def draw(
    rng: Generator, number: Ints, total: int, days: int, mean_orders: float, mean_visits: float
) -> People:
    """The customers of these numbers, out of `total`; a higher number signed up later.

    Sign-ups grow slowly: day = days · u^0.9, where u is the number's share of `total`. Order rates are gamma
    distributed (shape 1.1) around `mean_orders` a week, visits go with engagement.
    """
    size = len(number)
    behaviour = choose(rng, [row.weight for row in BEHAVIOURS], size)
    engagement = rng.beta(2.2, 2.2, size)
    mean_discount = column([row.discount for row in BEHAVIOURS], behaviour)
    keen = 0.45 + 1.1 * engagement  # mean 1: who looks more, buys more
    popular = [category.weight for category in CATEGORIES]
    place = choose(rng, [row.weight for row in PLACES], size)
    return People(
        number=number,
        signup=np.minimum(days * ((number + rng.random(size)) / total) ** 0.9, days - 1).astype(np.int64),
        place=place,
        given=rng.integers(0, 1 << 16, size),
        family=rng.integers(0, 1 << 16, size),
        behaviour=behaviour,
        category=choose(rng, popular, size),
        second=choose(rng, popular, size),
        age=np.clip(rng.normal(43, 15, size), 18, 88).astype(np.int64),
        contact_time=choose(rng, (26, 29, 35, 10), size),
        channel=choose(rng, (31, 20, 17, 11, 9, 12), size),
        platform=choose(rng, (42, 38, 20), size),
        engagement=engagement,
        discount=rng.beta(6 * mean_discount, 6 * (1 - mean_discount)),
        response=np.clip(0.04 + 0.4 * engagement + rng.normal(0, 0.07, size), 0, 1),
        pieces=rng.gamma(0.9, 0.6, size),
        orders=mean_orders * rng.gamma(1.1, 1 / 1.1, size) * keen * column([r.orders for r in BEHAVIOURS], behaviour),
        visits=mean_visits * keen**1.5 * column([row.visits for row in BEHAVIOURS], behaviour),
        returned=column([row.returned for row in BEHAVIOURS], behaviour),
        season=column([row.season for row in BEHAVIOURS], behaviour),
        frailty=rng.normal(0, 0.35, size) - column([row.stays for row in BEHAVIOURS], behaviour),
        lateness=column([row.lateness for row in PLACES], place),
        first_order=rng.random(size) < FIRST_ORDER,
    )  # fmt: skip
