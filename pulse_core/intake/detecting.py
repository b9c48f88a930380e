"""Which column is which, and of what kind a file is: guesses from names and examples, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pulse_core.intake.formats import DATE_FORMATS, NULLS
from pulse_core.intake.kinds import KINDS, Column, Kind, Type, plain_name
from pulse_core.intake.reading import FileFacts
from pulse_core.intake.writing import LIKELY, SURE, Guess, decimal_mark

_NUMERIC = re.compile(r"[-+(−]?\s*\D{0,4}\s*[-+]?\d[\d.,'’    ]*(e[-+]?\d+)?\s*\D{0,4}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PIECES = re.compile(r"(\d{1,3})(?:[.,]0*)?")


@dataclass(frozen=True)
class Examples:
    """The first values of one of the file's columns, without the empty ones."""

    header: str
    values: tuple[str, ...]

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """Each different value once, in order."""
        return tuple(dict.fromkeys(self.values))

    def share(self, test: Callable[[str], object]) -> float:
        """How many of the different values pass a test; 0 without values."""
        return (
            sum(bool(test(value)) for value in self.distinct) / len(self.distinct) if self.distinct else 0.0
        )

    @property
    def all_different(self) -> bool:
        """Whether no value comes back, among enough of them to tell."""
        return len(self.values) >= 10 and len(self.distinct) == len(self.values)


def examples(facts: FileFacts) -> dict[str, Examples]:
    """The columns of a file by header."""
    return {
        header: Examples(header, tuple(_filled(row[place] for row in facts.sample if place < len(row))))
        for place, header in enumerate(facts.header)
    }


def _filled(cells: Iterable[str]) -> Iterable[str]:
    return (cell for cell in map(str.strip, cells) if cell not in NULLS)


def columns(kind: Kind, found: Mapping[str, Examples]) -> dict[str, Guess]:
    """For each of the kind's columns the header that fits best, each header once, the best fit first."""
    scored = [
        (guess, place, ours.key)
        for place, ours in enumerate(kind.columns)
        for guess in (fit(ours, examples) for examples in found.values())
        if guess.value is not None
    ]
    scored.sort(key=lambda row: (-row[0].confidence, row[1]))
    chosen: dict[str, Guess] = {}
    taken: set[str] = set()
    for guess, _, key in scored:
        if key not in chosen and guess.value not in taken:
            chosen[key] = guess
            taken.add(str(guess.value))
    if kind is KINDS["orders"] and _are_pieces(found, chosen):
        return _with_pieces(kind, found, chosen)
    return {column.key: chosen[column.key] for column in kind.columns if column.key in chosen}


def _are_pieces(found: Mapping[str, Examples], chosen: Mapping[str, Guess]) -> bool:
    """Whether what is called an amount are pieces: whole and small beside a unit price, and no multiples of it."""
    if "quantity" in chosen or not {"amount", "unit_price"} <= set(chosen):
        return False
    amounts, prices = (found[str(chosen[key].value)] for key in ("amount", "unit_price"))
    if "amount" not in _words(amounts.header) or not len(amounts.values) == len(prices.values) > 0:
        return False
    if not all(map(_PIECES.fullmatch, amounts.values)):
        return False
    pairs = [
        (int(_PIECES.findall(a)[0]), _number(p)) for a, p in zip(amounts.values, prices.values, strict=True)
    ]
    multiples = sum(price > 0 and (amount / price).is_integer() for amount, price in pairs)
    return 2 * multiples < len(pairs)


def _with_pieces(kind: Kind, found: Mapping[str, Examples], chosen: Mapping[str, Guess]) -> dict[str, Guess]:
    """The same columns, with what is called an amount as the quantity and the next best one as the amount."""
    header = str(chosen["amount"].value)
    rest = columns(kind, {name: examples for name, examples in found.items() if name != header})
    reason = "its values are whole and small beside a unit price, so they are pieces rather than money"
    rest["quantity"] = Guess(header, 0.7, reason)
    return {column.key: rest[column.key] for column in kind.columns if column.key in rest}


def _number(text: str) -> float:
    """A price as a figure; nought for what is none."""
    bare = "".join(re.findall(r"[\d.,]", text)).strip(".,")
    thousands, mark = (".", ",") if decimal_mark(text) == "comma" else (",", ".")
    bare = bare.replace(thousands, "").replace(mark, ".")
    return float(bare) if bare.count(".") < 2 and bare.strip(".") else 0.0


def fit(column: Column, found: Examples) -> Guess:
    """How well one of the file's columns fits one of ours, by its name and by its values."""
    name = _by_name(column, found.header)
    if name < SURE and _is_another_thing(column, found.header):
        return Guess(None, 0.0, "")
    looks = _LOOKS.get(column.type)
    share = found.share(looks[0]) if looks else 1.0
    if name and looks and found.values and share < 0.5:
        doubt = f"its name fits, but {1 - share:.0%} of its values {looks[2]}"
        return Guess(found.header if name >= SURE else None, 0.3, doubt)
    if name:
        agree = f", and its values {looks[1]}" if looks and found.values else ""
        return Guess(found.header, name, f"its name says so{agree}")
    telling = column.required or column.type != "date"  # of other dates a file may hold several
    if column.type == "date":  # a number alone may be a postcode as well as a count of days
        share = found.share(is_date)
    if looks and looks[3] and share >= 0.9 and telling:
        return Guess(found.header, looks[3], f"its values {looks[1]}")
    return Guess(None, 0.0, "")


def _by_name(column: Column, header: str) -> float:
    """1 for a name that is known, a little less for one further down the list, less for one with words around it."""
    plain = plain_name(header)
    names = (plain_name(column.key), *column.names)
    if plain in names:
        return 1.0 - 0.001 * names.index(plain)
    words = _words(header)
    joined = {"".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    within = [name for name in names if len(name) > 3 and name in joined]
    return 0.7 if within else 0.0


def _is_another_thing(column: Column, header: str) -> bool:
    """Whether a word says so: a birth date is no date of an order, and who unsubscribed gave no consent."""
    return any(word.startswith(column.never) for word in _words(header))


def _words(header: str) -> list[str]:
    return [plain_name(word) for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", header)]


def is_date(text: str) -> bool:
    """Whether a cell looks like a date, numbers of days and seconds left out."""
    return any(DATE_FORMATS[key].shape.fullmatch(text) for key in _WRITTEN_DATES)


def _may_be_date(text: str) -> bool:
    return any(form.shape.fullmatch(text) for form in DATE_FORMATS.values())


_WRITTEN_DATES = ("iso", "compact", "day_first", "month_name")
# By type: what a value must look like, how that is said, how the contrary is said, and how far values alone convince.
_LOOKS: Mapping[Type, tuple[Callable[[str], object], str, str, float]] = {
    "date": (_may_be_date, "look like dates", "are no dates", 0.5),
    "number": (_NUMERIC.fullmatch, "are numbers", "are no numbers", 0.0),
    "email": (_EMAIL.fullmatch, "are e-mail addresses", "are no e-mail addresses", 0.8),
    "label": (re.compile(r"yes|no|true|false|[01](\.0)?|\w+ customer|churned|stayed|y|n", re.IGNORECASE).fullmatch,
              "are yes and no", "are neither yes nor no", 0.0),
}  # fmt: skip


def kind(facts: FileFacts, found: Mapping[str, Examples]) -> tuple[str, dict[str, Guess]]:
    """The kind of rows that the file most likely holds, with its columns; in doubt, orders."""
    by_kind = {spec.key: columns(spec, found) for spec in KINDS.values()}
    key = next((key for key, holds in _SIGNS if holds(by_kind, facts, found)), "orders")
    return key, by_kind[key]


_ByKind = Mapping[str, Mapping[str, Guess]]


def _strength(guesses: Mapping[str, Guess], *keys: str) -> float:
    return min(guesses[key].confidence if key in guesses else 0.0 for key in keys)


def _has_money(guesses: Mapping[str, Guess]) -> float:
    return max(_strength(guesses, "amount"), _strength(guesses, "quantity", "unit_price"))


def _is_customers_own(kinds: _ByKind, kind: str, *keys: str) -> bool:
    """Whether a header that one of the kind's columns took is better known as a column of customers (signup_date)."""
    known = {guess.value: guess.confidence for guess in kinds["customers"].values()}
    taken = [kinds[kind][key] for key in keys if key in kinds[kind]]
    return any(known.get(guess.value, 0.0) > guess.confidence for guess in taken)


def _is_table(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    orders, events = kinds["orders"], kinds["events"]
    dated = max(_strength(orders, "ordered_at"), _strength(events, "happened_at"))
    return _strength(kinds["table"], "label") >= SURE and dated < LIKELY and len(facts.header) > 2


def _is_scores(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    few = len(facts.header) <= 4 and _strength(kinds["orders"], "ordered_at") < LIKELY
    few = few and not _is_customers_own(kinds, "scores", "churn_score")  # an engagement score
    return few and _strength(kinds["scores"], "customer_id", "churn_score") >= LIKELY


def _is_visits(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    return _strength(kinds["visits"], "customer_id", "happened_at", "event_type", "session_id") >= LIKELY


def _is_events(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    orders = kinds["orders"]
    bought = max(_strength(orders, key) for key in ("product", "order_id", "quantity", "unit_price"))
    if _is_customers_own(kinds, "events", "happened_at", "event_type"):
        return False
    return _strength(kinds["events"], "customer_id", "happened_at", "event_type") >= LIKELY and bought < SURE


def _is_orders(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    orders = kinds["orders"]
    if _is_customers_own(kinds, "orders", "ordered_at", "amount"):
        return False
    when, money = _strength(orders, "customer_id", "ordered_at"), _has_money(orders)
    return min(when, money) >= LIKELY and max(when, money) >= SURE


def _is_customers(kinds: _ByKind, facts: FileFacts, found: Mapping[str, Examples]) -> bool:
    guesses = kinds["customers"]
    known = "customer_id" in guesses and len(guesses) > 1
    unique = known and found[str(guesses["customer_id"].value)].all_different
    orders = kinds["orders"]
    foreign = _is_customers_own(kinds, "orders", "ordered_at", "amount")
    told = foreign or _strength(orders, "ordered_at") < LIKELY or not _has_money(orders)
    return known and told and (unique or len(guesses) > 2)


# What makes a file one of a kind, the most particular first.
_SIGNS: tuple[tuple[str, Callable[[_ByKind, FileFacts, Mapping[str, Examples]], bool]], ...] = (
    ("table", _is_table),
    ("scores", _is_scores),
    ("visits", _is_visits),
    ("events", _is_events),
    ("orders", _is_orders),
    ("customers", _is_customers),
)
