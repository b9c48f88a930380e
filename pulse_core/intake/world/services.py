"""A telecom and a bank that serve the same people: events month by month, with a churn process of their own.

A business is a row of numbers (`BUSINESSES`). Its customers join in the order of their numbers. In month t of 30 days
(t = 0 … 11, the last ends with the world's last day), for customer i:

- events of kind k are Poisson with mean rate_k · use_i^a_k · exp(b_k · x_it), use_i gamma distributed (shape 2,
  mean 1);
- one payment falls due where the business bills: late with the customer's own probability (beta distributed, mean
  0.12);
- interest x_it = 0.8 · x_before + normal(0, 0.25) − 0.25 · trouble of the month, where each event counts as trouble
  with its weight (a complaint 1, a late payment 0.6, …); b_it = 0.6 · b_before + trouble of the month;
- in each month after the first the customer leaves with probability 1 − exp(−exp(eta)),
  eta = base − 1.2 · x + 0.8 · b + frailty_i, from x and b as they stood before, and has no event after that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from pulse_core.intake.world.arrays import (
    DAY_SECONDS,
    NEVER,
    Floats,
    Generator,
    Ints,
    column,
    dates,
    moments,
    money,
    numbered,
    rounded,
    texts,
)
from pulse_core.intake.world.process import DAYS

MONTHS = 12
MONTH = 30
START = DAYS - MONTHS * MONTH  # the first day, counted from the world's first


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event. `value` is the mean in cents, below zero for what the business gives, 0 for none."""

    name: str
    rate: float  # a month
    value: float = 0
    follows_use: float = 0
    follows_interest: float = 0
    trouble: float = 0


@dataclass(frozen=True, slots=True)
class Business:
    """A telecom or a bank; `amount` heads its last column, `bill` is the mean in cents, 0 where it sends none."""

    key: str
    amount: str
    base: float  # logarithm of the monthly hazard of a middling customer
    kinds: tuple[Kind, ...]
    bill: int = 0


_BILLS = (Kind("payment", 0), Kind("late_payment", 0, trouble=0.6))  # drawn by themselves: one a month

BUSINESSES = MappingProxyType(
    {
        "telecom": Business("telecom", "RevenueImpact", -3.1, (
            Kind("data_usage", 0.7, 240, follows_use=1, follows_interest=1.0),
            Kind("call", 0.45, 60, follows_use=0.7, follows_interest=0.6),
            Kind("message", 0.25, 15, follows_use=0.5, follows_interest=-0.3),
            Kind("login", 0.2, follows_interest=0.5),
            Kind("billing_complaint", 0.05, -650, follows_interest=-0.4, trouble=1.0),
            Kind("support_contact", 0.06, follows_interest=-0.2, trouble=0.5),
            *_BILLS,
        ), bill=2490),
        "banking": Business("banking", "Amount", -3.2, (
            Kind("login", 1.0, follows_use=0.8, follows_interest=1.1),
            Kind("transaction", 1.0, 4800, follows_use=1, follows_interest=0.8),
            Kind("feature_use", 0.3, follows_use=0.6, follows_interest=0.9),
            Kind("product_opened", 0.03, 0, follows_interest=0.8),
            Kind("product_closed", 0.02, 0, follows_interest=-1.0, trouble=0.5),
            Kind("fee_charged", 0.08, 390, trouble=0.7),
            Kind("support_contact", 0.06, follows_interest=-0.3, trouble=0.5),
        )),
    }
)  # fmt: skip


@dataclass(slots=True)
class _Accounts:
    """The customers of a business, as a month finds them."""

    joined: Ints  # day from START
    use: Floats
    late: Floats
    frailty: Floats
    interest: Floats
    trouble: Floats
    hazard: Floats
    churned: Ints


@dataclass(frozen=True, slots=True)
class _Events:
    who: Ints
    kind: Ints
    day: Ints


def serve(
    business: Business, number: Ints, total: int, first: date, rng: Generator
) -> tuple[Any, dict[str, Any]]:
    """The events of these customers, and two columns for the truth: when each left, and the hazard of a month."""
    accounts = _join(number, total, rng)
    months = [_month(business, accounts, month, rng) for month in range(MONTHS)]
    alive = accounts.churned == NEVER
    accounts.hazard[alive] = _hazard(business, accounts, np.flatnonzero(alive))
    events = _Events(*(np.concatenate([getattr(m, name) for m in months]) for name in ("who", "kind", "day")))
    truth = {
        f"{business.key}_churned_on": dates(START + accounts.churned, first, known=~alive),
        f"{business.key}_hazard_30d": rounded(accounts.hazard, 6),
    }
    return _table(business, number, events, first, rng), truth


def _join(number: Ints, total: int, rng: Generator) -> _Accounts:
    """A third is there from the start, the others come one after the other until the eleventh month."""
    size = len(number)
    place = (number + rng.random(size)) / total
    joined = np.maximum(0, (1.5 * place - 0.5) * (MONTHS - 1) * MONTH).astype(np.int64)
    return _Accounts(
        joined, rng.gamma(2, 0.5, size), rng.beta(0.9, 6.6, size), rng.normal(0, 0.35, size),
        0.3 * rng.standard_normal(size), np.zeros(size), np.zeros(size), np.full(size, NEVER, dtype=np.int64),
    )  # fmt: skip


def _hazard(business: Business, accounts: _Accounts, who: Ints) -> Floats:
    eta = business.base - 1.2 * accounts.interest[who] + 0.8 * accounts.trouble[who] + accounts.frailty[who]
    return -np.expm1(-np.exp(eta))


def _month(business: Business, accounts: _Accounts, month: int, rng: Generator) -> _Events:
    """Who leaves, what happens, and what is left of it."""
    who = np.flatnonzero((accounts.joined // MONTH <= month) & (accounts.churned == NEVER))
    begins = np.maximum(accounts.joined[who] - month * MONTH, 0)
    new = accounts.joined[who] // MONTH == month
    hazard = _hazard(business, accounts, who)
    leaving = (rng.random(who.size) < hazard) & ~new
    ends = np.where(leaving, rng.integers(0, MONTH, who.size), MONTH - 1)
    accounts.hazard[who] = hazard
    accounts.churned[who[leaving]] = month * MONTH + ends[leaving]
    accounts.interest[who] = 0.8 * accounts.interest[who] + 0.25 * rng.standard_normal(who.size)
    rows, kind = _happen(business, accounts, who, (ends + 1 - begins) / MONTH, rng)
    day = month * MONTH + begins[rows] + (rng.random(rows.size) * (ends + 1 - begins)[rows]).astype(np.int64)
    weight = np.bincount(rows, column([k.trouble for k in business.kinds], kind), who.size)
    accounts.trouble[who] = 0.6 * accounts.trouble[who] + weight
    accounts.interest[who] -= 0.25 * weight
    return _Events(who[rows], kind, day)


def _happen(
    business: Business, accounts: _Accounts, who: Ints, share: Floats, rng: Generator
) -> tuple[Ints, Ints]:
    """The month's events: whose (a place in `who`) and of which kind. `share` of the month the customer is there."""
    rows, kinds = [], []
    for place, kind in enumerate(business.kinds):
        if kind.rate:
            use = accounts.use[who] ** kind.follows_use
            mean = kind.rate * share * use * np.exp(kind.follows_interest * accounts.interest[who])
            rows.append(np.repeat(np.arange(who.size), rng.poisson(mean)))
            kinds.append(np.full(len(rows[-1]), place, dtype=np.int64))
    if business.bill:
        rows.append(np.arange(who.size))
        late = rng.random(who.size) < accounts.late[who]
        kinds.append(len(business.kinds) - 2 + late)
    return np.concatenate(rows), np.concatenate(kinds)


def _table(business: Business, number: Ints, events: _Events, first: date, rng: Generator) -> Any:
    """One row an event, in the order of time."""
    turn = np.argsort(events.day, kind="stable")
    who, kind = events.who[turn], events.kind[turn]
    second = (START + events.day[turn]) * DAY_SECONDS + rng.integers(7 * 3600, 23 * 3600, len(who))
    mean = np.array([k.value or business.bill * k.name.endswith("payment") for k in business.kinds])[kind]
    billed = column([k.name.endswith("payment") for k in business.kinds], kind) > 0
    cents = np.where(billed, mean + 500 * (who % 5 - 2), mean * rng.gamma(1.5, 1 / 1.5, len(who)))
    return pa.table(
        {
            "CustomerID": numbered("C", number[who] + 1, 7),
            "EventDate": moments(second, first),
            "EventType": texts([k.name for k in business.kinds], kind),
            business.amount: money(np.round(cents).astype(np.int64)),
        }
    )
