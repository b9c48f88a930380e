"""The shop's books: its orders with what was sent back, and the log of its website."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from pulse_core.intake.world.arrays import (
    DAY_SECONDS,
    Bools,
    Generator,
    Ints,
    choose,
    column,
    dates,
    moments,
    money,
    numbered,
    texts,
)
from pulse_core.intake.world.catalogue import (
    CATEGORIES,
    CURRENCY,
    DISCOUNT_WEIGHTS,
    DISCOUNTS,
    EACH,
    POPULARITY,
    PRICES,
    PRODUCTS,
)
from pulse_core.intake.world.people import CHANNELS, CONTACT_HOURS, PLATFORMS, People
from pulse_core.intake.world.places import PLACES
from pulse_core.intake.world.process import DAYS, LOG_WEEKS, WEEK, Orders, Visits

LIKED = (0.58, 0.24, 0.18)  # of orders: the category liked best, the second, any
EVENTS = ("page_view", "product_view", "search", "add_to_cart", "purchase", "support_contact")
BROWSING = (40, 42, 18)  # how a visit without an order is noted
_CART, _PURCHASE, _CONTACT = 3, 4, 5
CART = 0.22  # of visits without an order leave something in the cart
ELSEWHERE = 0.25  # of visits come by another channel than the customer's own
_PAGES = ("/", "/search", "/checkout", "/help/delivery", "/help/returns")
PAGES = _PAGES + tuple(f"/products/{category.name.lower()}" for category in CATEGORIES)
_SHOP_PAGES = len(_PAGES)
_COUNTRIES = tuple(dict.fromkeys(place.country for place in PLACES))


@dataclass(frozen=True, slots=True)
class Sales:
    """One value for each order, in the order of time. `returned` is the second of the return, or -1."""

    who: Ints
    second: Ints
    late: Bools
    contact: Bools
    product: Ints
    quantity: Ints
    percent: Ints
    cents: Ints
    delivered: Ints  # day
    returned: Ints

    def __len__(self) -> int:
        return len(self.who)

    def net(self, customers: int) -> Ints:
        """What each customer paid in all, less what went back, in cents."""
        kept = np.where(self.returned < 0, self.cents, 0)
        return np.bincount(self.who, kept, customers).astype(np.int64)

    def count(self, customers: int, *, only: Bools | None = None) -> Ints:
        """Orders of each customer."""
        return np.bincount(self.who if only is None else self.who[only], minlength=customers)


def sell(people: People, orders: Orders, rng: Generator) -> Sales:
    """What was bought, for how much, when it arrived, and what went back (4 to 24 days after delivery)."""
    unsorted = orders.day * DAY_SECONDS + _time_of_day(people, orders.who, rng)
    turn = np.argsort(unsorted, kind="stable")
    second, who, late = unsorted[turn], orders.who[turn], orders.late[turn]
    size = len(who)
    category = _category(people, who, rng)
    product = category * EACH + choose(rng, POPULARITY, size)
    quantity = 1 + rng.poisson(people.pieces[who])
    percent = _discount(people, who, rng)
    full = np.asarray(PRICES)[product] * quantity
    days_on_the_way = rng.integers(2, 5, size) + np.where(late, rng.integers(4, 12, size), 0)
    delivered = second // DAY_SECONDS + days_on_the_way
    return Sales(
        who,
        second,
        late,
        orders.contact[turn],
        product,
        quantity,
        percent,
        (full * (100 - percent) + 50) // 100,
        delivered,
        _sent_back(people, who, category, delivered, rng),
    )


def orders_table(people: People, sales: Sales, first: date, number: int) -> Any:
    """One row an order, and one with quantity and amount below zero for each that went back; in the order of time.

    Orders are numbered from `number`; a return has the number of its order, with R for S.
    """
    back = np.flatnonzero(sales.returned >= 0)
    second = np.concatenate([sales.second, sales.returned[back]])
    turn = np.argsort(second, kind="stable")
    rows = np.concatenate([np.arange(len(sales)), back])[turn]
    sign = np.concatenate([np.ones(len(sales), dtype=np.int64), np.full(len(back), -1)])[turn]
    who, product = sales.who[rows], sales.product[rows]
    delivered = sales.delivered[rows]
    prefix = texts(("S", "R"), (sign < 0).astype(np.int64)).cast(pa.string())
    countries = np.array([_COUNTRIES.index(place.country) for place in PLACES])
    return pa.table(
        {
            "order_id": numbered(prefix, number + rows, 8),
            "customer_id": numbered("C", people.number[who] + 1, 7),
            "order_date": moments(second[turn], first),
            "product": texts(PRODUCTS, product),
            "category": texts([category.name for category in CATEGORIES], product // EACH),
            "quantity": pa.array((sign * sales.quantity[rows]).astype(np.int32)),
            "unit_price": money(np.asarray(PRICES)[product]),
            "discount_percent": pa.array(sales.percent[rows].astype(np.int32)),
            "amount": money(sign * sales.cents[rows]),
            "currency": texts((CURRENCY,), np.zeros(len(rows), dtype=np.int64)),
            "country": texts(_COUNTRIES, countries[people.place[who]]),
            "promised_date": dates(sales.second[rows] // DAY_SECONDS + 4, first),
            "delivered_date": dates(delivered, first, known=delivered < DAYS),
        }
    )


def visits_table(
    people: People, visits: Visits, sales: Sales, first: date, session: int, rng: Generator
) -> Any:
    """One row an event of the website, in the order of time; sessions are numbered from `session`.

    A visit without an order is one event, and a second when something was left in the cart. An order is two: into
    the cart, and the purchase. A contact with support is one, one to nine days after the order.
    """
    browsing = _browsing(people, visits, rng)
    cart = browsing[:, rng.random(browsing.shape[1]) < CART]
    after = np.minimum(cart[1] + 75, cart[1] - cart[1] % DAY_SECONDS + DAY_SECONDS - 1)  # on the same day
    cart = np.stack([cart[0], after, np.full_like(after, _CART), _shop_page(people, cart[0], rng)])
    logged = sales.second >= (DAYS - LOG_WEEKS * WEEK) * DAY_SECONDS
    bought = _bought(sales, np.flatnonzero(logged), rng)
    contacts = _contacts(people, sales, np.flatnonzero(logged & sales.contact), rng)
    events = np.concatenate([browsing, cart, bought, contacts], axis=1)
    events = events[:, np.argsort(events[1], kind="stable")]
    who, second, event, page = events
    return pa.table(
        {
            "user_id": numbered("C", people.number[who] + 1, 7),
            "session_id": numbered("sess_", _sessions(who, second) + session, 9),
            "event": texts(EVENTS, event),
            "timestamp": moments(second, first),
            "page": texts(PAGES, page),
            "platform": texts(PLATFORMS, people.platform[who]),
            "acquisition_channel": texts(CHANNELS, _channel(people, who, rng)),
        }
    )


def _time_of_day(people: People, who: Ints, rng: Generator) -> Ints:
    """Seconds after midnight, around the time at which the customer likes to be spoken to."""
    hours = column(CONTACT_HOURS, people.contact_time[who]) + rng.normal(0, 2.5, len(who))
    return (np.clip(hours, 0, 23.99) * 3600).astype(np.int64)


def _discount(people: People, who: Ints, rng: Generator) -> Ints:
    """Percent off each order, 0 for most."""
    percent = np.asarray(DISCOUNTS)[choose(rng, DISCOUNT_WEIGHTS, len(who))]
    return np.where(rng.random(len(who)) < people.discount[who], percent, 0)


def _sent_back(people: People, who: Ints, category: Ints, delivered: Ints, rng: Generator) -> Ints:
    """The second of each return, -1 for what was kept or is not back by the last day."""
    chance = column([c.returned for c in CATEGORIES], category) * people.returned[who]
    second = (delivered + rng.integers(4, 25, len(who))) * DAY_SECONDS + _time_of_day(people, who, rng)
    return np.where((rng.random(len(who)) < chance) & (second < DAYS * DAY_SECONDS), second, -1)


def _category(people: People, who: Ints, rng: Generator) -> Ints:
    which = choose(rng, LIKED, len(who))
    anything = choose(rng, [category.weight for category in CATEGORIES], len(who))
    return np.choose(which, [people.category[who], people.second[who], anything])


def _shop_page(people: People, who: Ints, rng: Generator) -> Ints:
    return _SHOP_PAGES + _category(people, who, rng)


def _browsing(people: People, visits: Visits, rng: Generator) -> Ints:
    """Columns of (who, second, event, page)."""
    second = visits.day * DAY_SECONDS + _time_of_day(people, visits.who, rng)
    event = choose(rng, BROWSING, len(second))
    page = np.choose(event, [np.zeros_like(event), _shop_page(people, visits.who, rng), np.ones_like(event)])
    return np.stack([visits.who, second, event, page])


def _bought(sales: Sales, rows: Ints, rng: Generator) -> Ints:
    who, second = sales.who[rows], sales.second[rows]
    midnight = second - second % DAY_SECONDS
    before = np.maximum(midnight, second - rng.integers(60, 900, len(rows)))
    page = _SHOP_PAGES + sales.product[rows] // EACH
    cart = np.stack([who, before, np.full_like(who, _CART), page])
    return np.concatenate(
        [cart, np.stack([who, second, np.full_like(who, _PURCHASE), np.full_like(who, 2)])], axis=1
    )


def _contacts(people: People, sales: Sales, rows: Ints, rng: Generator) -> Ints:
    """Contacts beyond the last day have not happened yet."""
    who = sales.who[rows]
    day = sales.second[rows] // DAY_SECONDS + rng.integers(1, 10, len(rows))
    second = day * DAY_SECONDS + _time_of_day(people, who, rng)
    page = np.where(sales.late[rows], 3, 4)
    return np.stack([who, second, np.full_like(who, _CONTACT), page])[:, day < DAYS]


def _sessions(who: Ints, second: Ints) -> Ints:
    """Numbers of sessions, from 0 in the order of time: a customer's events of half an hour are one."""
    turn = np.lexsort((second, who))
    begins = np.ones(len(who), dtype=bool)
    begins[1:] = (np.diff(who[turn]) != 0) | (np.diff(second[turn]) > 1800)
    start = turn[begins]  # the row with which each session begins
    number = np.empty(len(start), dtype=np.int64)
    number[np.argsort(start)] = np.arange(len(start))
    found = np.empty(len(who), dtype=np.int64)
    found[turn] = number[np.cumsum(begins) - 1]
    return found


def _channel(people: People, who: Ints, rng: Generator) -> Ints:
    other = rng.integers(0, len(CHANNELS), len(who))
    return np.where(rng.random(len(who)) < ELSEWHERE, other, people.channel[who])
