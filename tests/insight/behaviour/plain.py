"""Every signal by hand, customer by customer, from the words of its formula: what the queries must find too.

Nothing of the profiles is read here but the limits and points: windows, roles and the half stand written out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

Row = tuple[Any, ...]
Figures = dict[str, tuple[float, float | None, float]]  # signal: value, value before, what is judged
OF_A_BANK = ("login", "transaction", "feature_use", "product_opened", "product_closed", "support_contact")


@dataclass
class Visit:
    """One visit of the website."""

    days: list[date] = field(default_factory=list)
    types: set[str] = field(default_factory=set)

    @property
    def day(self) -> date:
        """The day on which it began."""
        return min(self.days)


@dataclass
class Order:
    """One order, or one return."""

    days: list[date] = field(default_factory=list)
    sale: bool = False
    back: bool = False
    cheaper: bool = False

    @property
    def day(self) -> date:
        """The day of its first line."""
        return min(self.days)


@dataclass
class Window:
    """Two windows up to a day, and how many days of them lie after a customer came."""

    last: date
    now: int
    before: int

    def place(self, day: date) -> str | None:
        """`now`, `before`, or None."""
        age = (self.last - day).days
        if 0 <= age < self.now:
            return "now"
        return "before" if 0 <= age < self.now + self.before else None

    @classmethod
    def over(cls, begun: date, last: date, now: int, before: int) -> Window:
        """Two windows that share the days of a file among them, where it does not reach back over both."""
        days = min(now + before, (last - begun).days + 1)
        shorter = max(1, days * now // (now + before))
        return cls(last, shorter, days - shorter)

    def known(self, came: date) -> tuple[int, int]:
        """Days of the window now and of the one before from `came` on."""
        since = (self.last - came).days + 1
        return min(self.now, since), max(0, min(self.before, since - self.now))


def change(now: float, before: float, days: tuple[int, int], half: float = 0.5) -> float:
    """(now + ½) ÷ (to expect + ½) − 1."""
    return (now + half) / (before * days[0] / days[1] + half) - 1


def in_30_days(count: float, days: int) -> float:
    """A rate."""
    return count * 30 / days


def shop(orders: Iterable[Row], visits: Iterable[Row]) -> dict[str, Figures]:
    """E-commerce, from rows of (customer, moment, order, is return, discount) and (customer, moment, session, type)."""
    bought: dict[str, dict[str, Order]] = defaultdict(lambda: defaultdict(Order))
    for customer, moment, number, back, discount in orders:
        order = bought[customer][number or str(moment)]
        order.days.append(moment.date())
        order.sale |= not back
        order.back |= back
        order.cheaper |= not back and bool(discount)
    looked: dict[str, dict[str, Visit]] = defaultdict(lambda: defaultdict(Visit))
    for customer, moment, session, kind in visits:
        looked[customer][session].days.append(moment.date())
        looked[customer][session].types.add(kind)
    has_orders = bool(bought)
    last = max(o.day for b in (bought or looked).values() for o in b.values())
    begun = min(o.day for b in (bought or looked).values() for o in b.values())
    window = Window.over(begun, last, 180, 360)
    return {
        customer: _shopper(
            [o for o in bought[customer].values() if o.day <= last],
            [v for v in looked[customer].values() if v.day <= last], window, begun, has_orders,
        )
        for customer in {*bought, *looked}
    }  # fmt: skip


def _shopper(
    orders: list[Order], visits: list[Visit], window: Window, begun: date, has_orders: bool
) -> Figures:
    days_bought = {o.day for o in orders if o.sale}
    buying = [v for v in visits if "purchase" in v.types or v.day in days_bought]
    carts = [v for v in visits if "add_to_cart" in v.types]
    left = [v for v in carts if v not in buying]
    sales = [o for o in orders if o.sale] if has_orders else buying
    found: Figures = {}

    def count(things: Iterable[Order | Visit], *places: str) -> int:
        return sum(window.place(thing.day) in places for thing in things)

    def share(key: str, part: Any, whole: Any, least: int, *places: str) -> None:
        if count(whole, *places) >= least:
            before = (
                count(part, "before") / count(whole, "before") if count(whole, "before") >= least else None
            )
            value = count(part, *places) / count(whole, *places)
            found[key] = (value, before, value)

    share("cart_abandonment", left, carts, 2, "now")
    share("browse_to_buy", buying, visits, 3, "now")
    if has_orders:
        share("discount_dependency", [o for o in orders if o.cheaper], sales, 2, "now", "before")
        share("return_rate", [o for o in orders if o.back], sales, 2, "now", "before")
    seen = [thing.day for thing in [*orders, *visits] if window.place(thing.day)]
    if not seen:
        return found
    days = window.known(max(begun, min([*seen, *days_bought])))
    now, before = count(sales, "now"), count(sales, "before")
    if days[1] >= 60 and now + before >= 1:
        rates = in_30_days(now, days[0]), in_30_days(before, days[1])
        found["purchase_frequency"] = (*rates, change(now, before, days))
    return found


def served(events: Iterable[Row]) -> tuple[dict[str, dict[str, list[Row]]], date, date]:
    """Rows of (customer, day, type, value) by customer and window, with the last day and the first of all."""
    rows = list(events)
    last = max(day for _, day, _, _ in rows)
    window = Window(last, 90, 180)
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {"now": [], "before": [], "came": []})
    for customer, day, kind, value in rows:
        found[customer]["came"].append((day, kind, value))
        if place := window.place(day):
            found[customer][place].append((day, kind, value))
    return found, last, min(day for _, day, _, _ in rows)


def _count(rows: list[Row], *kinds: str) -> int:
    return sum(kind in kinds for _, kind, _ in rows)


def _days(rows: dict[str, list[Row]], last: date) -> tuple[int, int]:
    return Window(last, 90, 180).known(min(day for day, _, _ in rows["came"]))


def _changed(rows: dict[str, list[Row]], last: date, kind: str) -> tuple[float, float | None, float] | None:
    now, before, days = _count(rows["now"], kind), _count(rows["before"], kind), _days(rows, last)
    if days[1] < 30 or now + before < 2:
        return None
    return in_30_days(now, days[0]), in_30_days(before, days[1]), change(now, before, days)


def telecom(events: Iterable[Row]) -> dict[str, Figures]:
    """The signals of a telecom's customers."""
    people, last, _ = served(events)
    found: dict[str, Figures] = {}
    for customer, rows in people.items():
        now, before, both = rows["now"], rows["before"], rows["now"] + rows["before"]
        if not both:
            continue
        mine = found.setdefault(customer, {})
        if trend := _changed(rows, last, "data_usage"):
            mine["data_usage_trend"] = trend
        talk_now, talk_before = _count(now, "message", "call"), _count(before, "message", "call")
        if talk_now >= 2 and talk_before >= 2:
            shares = _count(now, "message") / talk_now, _count(before, "message") / talk_before
            mine["communication_shift"] = (*shares, shares[0] - shares[1])
        bills = [_count(part, "payment", "late_payment") for part in (now, before, both)]
        uses = [_count(part, "data_usage", "call", "message") for part in (now, before, both)]
        if bills[2] >= 3:
            earlier = uses[1] / bills[1] if bills[1] >= 3 else None
            mine["plan_utilisation"] = (uses[2] / bills[2], earlier, uses[2] / bills[2])
        for key, kind in (("billing_complaints", "billing_complaint"), ("payment_delay", "late_payment")):
            if bills[0] >= 1:
                earlier = _count(before, kind) / bills[1] if bills[1] else None
                mine[key] = (_count(now, kind) / bills[0], earlier, _count(now, kind) / bills[0])
    return _against_the_middle(found, "plan_utilisation")


def banking(events: Iterable[Row]) -> dict[str, Figures]:
    """The signals of a bank's customers."""
    people, last, _ = served(events)
    found: dict[str, Figures] = {}
    for customer, rows in people.items():
        both = rows["now"] + rows["before"]
        if not _count(both, *OF_A_BANK):
            continue
        mine, days = found.setdefault(customer, {}), _days(rows, last)
        if trend := _changed(rows, last, "login"):
            mine["login_frequency"] = trend
        if volume := _volume(rows, days):
            mine["transaction_volume"] = volume
        if sum(days) >= 60:
            earlier = in_30_days(_count(rows["before"], "feature_use"), days[1]) if days[1] >= 60 else None
            rate = in_30_days(_count(both, "feature_use"), sum(days))
            mine["feature_adoption"] = (rate, earlier, rate)
        if sum(days) >= 30:
            balance = _count(both, "product_opened") - _count(both, "product_closed")
            mine["product_usage"] = (balance, None, balance)
        if days[0] >= 30:
            rate = 3 * in_30_days(_count(rows["now"], "support_contact"), days[0])
            earlier = (
                3 * in_30_days(_count(rows["before"], "support_contact"), days[1]) if days[1] >= 30 else None
            )
            mine["support_contacts"] = (rate, earlier, rate)
    return _against_the_middle(found, "feature_adoption")


def _volume(rows: dict[str, list[Row]], days: tuple[int, int]) -> tuple[float, float | None, float] | None:
    moved = {
        place: [abs(float(value or 0)) for _, kind, value in rows[place] if kind == "transaction"]
        for place in ("now", "before")
    }
    times, total = len(moved["now"] + moved["before"]), sum(moved["now"] + moved["before"])
    if days[1] < 30 or times < 2 or not total:
        return None
    now, before = sum(moved["now"]), sum(moved["before"])
    return in_30_days(now, days[0]), in_30_days(before, days[1]), change(now, before, days, total / times / 2)


def _against_the_middle(found: dict[str, Figures], key: str) -> dict[str, Figures]:
    middle = median([figures[key][0] for figures in found.values() if key in figures])
    for figures in found.values():
        if key in figures:
            value, before, _ = figures[key]
            figures[key] = (value, before, value / middle)
    return found


def trend_of(parts: list[tuple[float, float, tuple[int, int]]]) -> str | None:
    """The trend of (now, before, days known of both windows) of each kind of rows; None where too little is known."""
    known = [part for part in parts if part[2][1] >= 30]
    if sum(now + before for now, before, _ in known) < 2:
        return None
    expected = sum(before * days[0] / days[1] for _, before, days in known)
    moved = round((sum(now for now, _, _ in known) + 0.5) / (expected + 0.5) - 1, 9)
    return "increasing" if moved >= 0.25 else "declining" if moved <= -0.25 else "stable"


def service_trends(events: Iterable[Row], *kinds: str) -> dict[str, str | None]:
    """The trend of each customer of a telecom or a bank, by these event types."""
    people, last, _ = served(events)
    return {
        who: trend_of([(_count(rows["now"], *kinds), _count(rows["before"], *kinds), _days(rows, last))])
        for who, rows in people.items()
    }


def shop_trends(orders: Iterable[Row], visits: Iterable[Row]) -> dict[str, str | None]:
    """The trend of each customer of a shop with three years of orders and one year of visits."""
    bought: dict[str, dict[str, date]] = defaultdict(dict)
    for customer, moment, number, back, _ in orders:
        bought[customer].setdefault(("R" if back else "") + number, moment.date())
    sales = {who: [day for key, day in days.items() if key[0] != "R"] for who, days in bought.items()}
    looked: dict[str, dict[str, date]] = defaultdict(dict)
    for customer, moment, session, _ in visits:
        looked[customer][session] = min(moment.date(), looked[customer].get(session, moment.date()))
    last = max(day for days in bought.values() for day in days.values())
    window = Window(last, 180, 360)
    begun = [min(day for days in rows.values() for day in days.values()) for rows in (bought, looked)]
    found = {}
    for who in {*bought, *looked}:
        rows = (sales.get(who, []), list(looked[who].values()))
        seen = [day for day in (*bought[who].values(), *rows[1]) if window.place(day)]
        came = min([*seen, *rows[0]], default=last)
        found[who] = trend_of(
            [
                (*(sum(window.place(day) == place for day in days) for place in ("now", "before")),
                 window.known(max(came, start)))
                for days, start in zip(rows, begun, strict=True)
            ]
        )  # fmt: skip
    return found
