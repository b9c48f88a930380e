"""Merge fields: what a pitch may say about a customer, and how a customer's own words are made harmless."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pulse_core.audience import sentence

MAX_VALUE_LENGTH = 200

# White space of any kind, line breaks included, and C0/C1 controls that could end a header or a line.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Bidirectional overrides can make text read as something else; lone surrogates cannot be written as UTF-8.
_DECEPTIVE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_HONORIFICS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame"})


def clean(value: object) -> str:
    """One harmless line of at most `MAX_VALUE_LENGTH` characters; None gives an empty string."""
    if value is None:
        return ""
    text = _BREAKS.sub(" ", _DECEPTIVE.sub("", str(value))).strip()
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1].rstrip() + "…"


def day(value: object) -> str:
    """A date as "3 Nov 2026"; anything else gives an empty string."""
    return sentence.day(value) if isinstance(value, date) else ""


def calm(value: object) -> str:
    """Text without shouting: a name stored in capitals only is written with capitals at the words' starts."""
    text = clean(value)
    return string.capwords(text) if text.isupper() and len(text) > 3 else text


def first_name(value: object) -> str:
    """The name to greet with: "Ada" of "Dr Ada King", "King, Ada" and "ADA KING"; empty if there is none."""
    family, _, given = calm(value).partition(",")
    words = (given or family).split()
    if len(words) > 1 and words[0].rstrip(".").lower() in _HONORIFICS:
        words = words[1:]
    return words[0] if words and words[0][0].isalpha() and "@" not in words[0] else ""


@dataclass(frozen=True, slots=True)
class MergeField:
    """One merge field: where its value comes from, how it is written, what stands in when it is missing."""

    key: str
    help: str
    example: str
    fallback: str
    source: str
    show: Callable[[object], str] = clean


SHOP = "shop"

MERGE_FIELDS: tuple[MergeField, ...] = (
    MergeField("first_name", "First name", "Ada", "there", "name", first_name),
    MergeField("name", "Whole name", "Ada King", "customer", "name", calm),
    MergeField("shop", "Your organisation's name", "Harbour Street Shop", "our shop", SHOP),
    MergeField(
        "top_product", "Product that most was spent on", "Blue teapot", "your favourites", "top_product", calm
    ),
    MergeField(
        "top_category", "Category that most was spent on", "Kitchen", "our range", "top_category", calm
    ),
    MergeField(
        "last_order_on", "Day of the last order", "3 Nov 2026", "an earlier day", "last_order_on", day
    ),
    MergeField(
        "first_order_on", "Day of the first order", "9 Jan 2025", "an earlier day", "first_order_on", day
    ),
    MergeField("orders", "Number of orders so far", "12", "several", "frequency"),
)

BY_KEY: Mapping[str, MergeField] = {field.key: field for field in MERGE_FIELDS}


def freeze(keys: Iterable[str], facts: Mapping[str, object]) -> dict[str, str]:
    """The merge values as final strings, never empty. `facts` holds a customer's columns and `shop`."""
    fields = (BY_KEY[key] for key in keys)
    return {field.key: field.show(facts.get(field.source)) or field.fallback for field in fields}
