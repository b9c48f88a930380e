"""The shop's customer file: what it knows of each, as it stands on the last day.

Engagement and response rate are habits of the customer: they do not fall when somebody leaves, so they tell nothing
of what came after an earlier day. Lifetime value and loyalty tier are of the last day, as in any export: whoever
trains on an earlier day must not use them.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pulse_core.intake.world.arrays import (
    Bools,
    Floats,
    Generator,
    Ints,
    dates,
    listed,
    money,
    numbered,
    rounded,
    texts,
)
from pulse_core.intake.world.catalogue import CATEGORIES
from pulse_core.intake.world.people import BEHAVIOURS, CONTACT_TIMES, People
from pulse_core.intake.world.places import NAMES, PLACES
from pulse_core.intake.world.shop import Sales

PAINS = ("budget", "time", "quality", "variety", "delivery", "support", "trust", "complexity", "returns")
TAGS = ("newsletter", "gift_buyer", "app_user", "reviewer", "business")
DOMAINS = ("example.com", "example.org", "example.net")  # reserved by RFC 2606: no letter can arrive there
TIERS = (("bronze", 0), ("silver", 15_000), ("gold", 40_000), ("platinum", 90_000))  # from so many cents
_LANGUAGES = tuple(NAMES)
_CITIES = tuple(place.city for place in PLACES)
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"})


def pains(people: People, sales: Sales, rng: Generator) -> dict[str, Bools]:
    """Which of the nine pain points each customer has: more likely for those who had reason."""
    size = len(people)
    late = sales.count(size, only=sales.late) > 0
    contact = sales.count(size, only=sales.contact) > 0
    back = sales.count(size, only=sales.returned >= 0) > 0
    researcher = people.behaviour == 1
    chance: dict[str, Floats] = {
        "budget": 0.05 + 0.7 * people.discount,
        "time": np.where(people.age < 50, 0.22, 0.10),
        "quality": np.where(researcher, 0.25, 0.12),
        "variety": 0.05 + 0.15 * people.engagement,
        "delivery": np.where(late, 0.60, 0.05),
        "support": np.where(contact, 0.50, 0.03),
        "trust": 0.22 - 0.25 * np.minimum(people.response, 0.6),
        "complexity": np.where(people.age > 60, 0.22, 0.06),
        "returns": np.where(back, 0.45, 0.03),
    }
    return {pain: rng.random(size) < chance[pain] for pain in PAINS}


def customers_table(people: People, sales: Sales, pain: dict[str, Bools], first: date, rng: Generator) -> Any:
    """One row a customer."""
    size = len(people)
    language = np.array([_LANGUAGES.index(place.language) for place in PLACES])[people.place]
    given, family = _names(people, language)
    zones = tuple(dict.fromkeys(place.zone for place in PLACES))
    zone = np.array([zones.index(place.zone) for place in PLACES])[people.place]
    score = np.clip(100 * people.engagement + rng.normal(0, 6, size), 0, 100)
    spent = sales.net(size)
    tier = np.searchsorted([cents for _, cents in TIERS], spent, side="right") - 1
    return pa.table(
        {
            "customer_id": numbered("C", people.number + 1, 7),
            "name": pc.binary_join_element_wise(given, family, " "),
            "email": _emails(people, given, family, rng),
            "age": pa.array(people.age.astype(np.int16), mask=rng.random(size) < 0.04),
            "location": texts(_CITIES, people.place),
            "signup_date": dates(people.signup, first),
            "interests": _interests(people, rng),
            "engagement_score": rounded(score, 1),
            "preferred_contact_time": texts(CONTACT_TIMES, people.contact_time, known=rng.random(size) > 0.1),
            "pain_points": listed(PAINS, [pain[name] for name in PAINS]),
            "buying_behavior": texts([row.name for row in BEHAVIOURS], people.behaviour),
            "response_rate": rounded(people.response, 2),
            "lifetime_value": money(spent),
            "language": texts(_LANGUAGES, language),
            "time_zone": texts(zones, zone),
            **{f"consent_{channel}": _consent(share, size, rng) for channel, share in CONSENT.items()},
            "tags": _tags(people, rng),
            "loyalty_tier": texts([name for name, _ in TIERS], tier, known=sales.count(size) > 0),
            "store": _store(people, rng),
            "birthday_month": pa.array(
                rng.integers(1, 13, size).astype(np.int16), mask=rng.random(size) < 0.3
            ),
        }
    )


CONSENT = {
    "email": 0.78,
    "popup": 0.86,
    "teaser": 0.82,
}  # given; a twentieth was never asked, the rest refused
_ASKED = 0.95


def _names(people: People, language: Ints) -> tuple[Any, Any]:
    """Given and family names from the lists of each customer's language."""
    lists = [NAMES[key] for key in _LANGUAGES]
    return (
        _from_lists([names.given for names in lists], language, people.given),
        _from_lists([names.family for names in lists], language, people.family),
    )


def _from_lists(lists: list[tuple[str, ...]], which: Ints, number: Ints) -> Any:
    """Of the list numbered `which`, the value at `number`, counted round."""
    sizes = np.array([len(values) for values in lists])
    starts = np.cumsum(sizes) - sizes
    flat = [value for values in lists for value in values]
    return texts(flat, starts[which] + number % sizes[which]).cast(pa.string())


def _emails(people: People, given: Any, family: Any, rng: Generator) -> Any:
    """anna.lindenhof.42@example.org; the number makes it the customer's own."""
    number = pa.array(people.number + 1).cast(pa.string())
    local = pc.binary_join_element_wise(_plain(given), _plain(family), number, ".")
    domain = texts(DOMAINS, rng.integers(0, len(DOMAINS), len(people))).cast(pa.string())
    return pc.binary_join_element_wise(local, domain, "@")


def _plain(names: Any) -> Any:
    """Names in the letters of an e-mail address."""
    coded = names.dictionary_encode()
    plain = [
        unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
        for name in coded.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(plain)).cast(pa.string())


def _interests(people: People, rng: Generator) -> Any:
    """What they like best and second best; a tenth told nothing."""
    told = rng.random(len(people)) > 0.1
    likes = [
        told & ((people.category == place) | (people.second == place)) for place in range(len(CATEGORIES))
    ]
    return listed([category.name.lower() for category in CATEGORIES], likes)


def _consent(share: float, size: int, rng: Generator) -> Any:
    refused = (rng.random(size) > share).astype(np.int64)
    return texts(("yes", "no"), refused, known=rng.random(size) < _ASKED)


def _tags(people: People, rng: Generator) -> Any:
    size = len(people)
    chance = (people.response + 0.1, 0.12, np.where(people.platform == 2, 0.9, 0.02), 0.09, 0.03)
    return listed(TAGS, [rng.random(size) < each for each in chance])


def _store(people: People, rng: Generator) -> Any:
    """The shop has a store in each city; two thirds of its customers only know the website."""
    online = rng.random(len(people)) < 0.66
    return texts(("online", *_CITIES), np.where(online, 0, people.place + 1))
