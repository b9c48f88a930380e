"""Reasons for a churn probability in plain words: what the model went by, and what is so of this customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pulse_core.insight.features import BY_KEY, FAMILIES
from pulse_core.words import Words

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """`raises` says whether it raises the risk; `text` is a whole sentence without a full stop."""

    family: str
    raises: bool
    text: str


# A row for each family: the first sentence is said of which all values are known and fit.
_SENTENCES: dict[str, tuple[str, ...]] = {
    "recency": (
        "Last order {recency_days} ago; orders came every {gap_mean} before",
        "Last order {recency_days} ago, and it is the only one",
    ),
    "rhythm": (
        "Orders came {gap_mean} apart on average, {gap_max} at most",
        "No second order yet",
    ),
    "frequency": ("{orders} so far, {orders_180} in the last 180 days",),
    "trend": ("{orders_90} in the last 90 days, {orders_before} in the 90 days before",),
    "spend": ("Spent {spend_total} so far, {spend_mean} on a day with an order",),
    "tenure": ("First order {tenure_days} ago",),
    "returns": ("{returns_count}, worth {returns_value}",),
    "visits": (
        "Last visit {visit_recency} ago; visits on {visit_days_30} of the last 30 days",
        "Last visit {visit_recency} ago",
        "No visit to the website is known",
    ),
}
_ADDED: dict[str, tuple[str, Callable[[Values], float]]] = {  # values that no feature is: their unit, and how
    "orders_before": ("orders", lambda row: _known(row, "orders_90") - _known(row, "orders_trend")),
}
_NOUNS = {"days": "day", "orders": "order", "returns": "return"}


def told(codes: Sequence[str], row: Values, words: Words) -> list[Reason]:
    """Each code ("recency+") as a sentence, with the customer's features `row` in the organisation's words."""
    return [Reason(code[:-1], code.endswith("+"), sentence(code[:-1], row, words)) for code in codes]


def sentence(family: str, row: Values, words: Words) -> str:
    """What is so of a customer in this respect."""
    said = _said(row, words)
    for template in _SENTENCES[family]:
        try:
            return template.format_map(said)
        except KeyError:  # a value of this sentence is not known
            continue
    return f"{FAMILIES[family][:1].upper()}{FAMILIES[family][1:]}"


def _said(row: Values, words: Words) -> dict[str, str]:
    known = {
        key: value for key, value in row.items() if key in BY_KEY and value is not None and value == value
    }
    said = {key: _value(BY_KEY[key].unit, value, words) for key, value in known.items()}
    for key, (unit, compute) in _ADDED.items():
        said[key] = _value(unit, compute(row), words)
    return said


def _value(unit: str, value: float, words: Words) -> str:
    if unit == "money":
        return words.money(value)
    whole = round(value)
    return words.plural(_NOUNS[unit], whole) if unit in _NOUNS else words.number(value)


def _known(row: Values, key: str) -> float:
    return row.get(key) or 0.0
