"""How a file is to be read: what was said of such a file before, known shapes, guesses; the person's word above all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pulse_core.errors import Invalid
from pulse_core.intake import detecting, writing
from pulse_core.intake.detecting import Examples
from pulse_core.intake.formats import DATE_FORMATS, NUMBER_FORMATS, share_a_sign
from pulse_core.intake.kinds import KINDS, Kind
from pulse_core.intake.reading import FileFacts
from pulse_core.intake.shapes import SHAPES, Shape
from pulse_core.intake.writing import Guess
from pulse_core.words import Words

Consent = Literal["given", "refused", "unknown"]
Overlap = Literal["skip", "keep"]
Amounts = Literal["order", "line"]


class MissingColumn(Invalid):
    """A column that is needed was not found; only the person knows which one it is."""

    code = "missing_column"


class Answers(BaseModel):
    """What a person said about a file; nothing of it is needed where Pulse finds it out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str | None = None
    columns: dict[str, str | None] = {}  # our column → the file's header; None leaves it out
    dates: str | None = None
    numbers: str | None = None
    currency: str | None = None
    consent: Consent | None = None
    amounts: Amounts | None = (
        None  # what an amount is of: the whole order, on whose lines it stands, or each line
    )
    overlap: Overlap | None = None
    sheet: str | None = None


class Mapping(BaseModel):
    """How a file is read. `columns` goes from our column to the file's header name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    columns: dict[str, str]
    header: tuple[str, ...]
    date_format: str | None = None  # None: found out from the values
    number_format: str | None = None
    currency: str | None = None
    return_prefix: str | None = None
    consent: Consent | None = None
    amounts: Amounts | None = None
    overlap: Overlap | None = None
    assumed: tuple[str, ...] = ()  # of the two formats those that no value told: they are not remembered

    def reads_like(self, other: Mapping) -> bool:
        """Whether both take the same columns, and agree in what both say of dates and numbers."""
        same = (self.kind, self.columns) == (other.kind, other.columns)
        dates = {self.date_format, other.date_format} - {None}
        numbers = {self.number_format, other.number_format} - {None}
        return same and len(dates) < 2 and len(numbers) < 2

    def contradicted(self, said: Answers) -> str | None:
        """What was said of the file that it was not read by, in words; None where all of it agrees."""
        told = {key: getattr(said, key) for key in ("currency", "consent", "amounts")}
        return next(
            (f"{key} {value}" for key, value in told.items() if value not in (None, getattr(self, key))), None
        )

    def key(self) -> str:
        """The same for two mappings that read a file alike."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What Pulse makes of a file before anybody corrected it.

    `guesses` gives the reason for each of our columns; `missing` are required columns that were not found.
    `source` says where the mapping comes from: a known shape's key, "remembered" or "mapped".
    """

    facts: FileFacts
    source: str
    mapping: Mapping
    guesses: Dict[str, Guess]
    missing: tuple[str, ...]
    dates: Guess
    numbers: Guess
    currency: Guess

    def examples(self, header: str, count: int = 3) -> list[str]:
        """The first different values of one of the file's columns."""
        return list(examples(self.facts, self.mapping)[header].distinct[:count])


def examples(facts: FileFacts, mapping: Mapping) -> dict[str, Examples]:
    """The first values of each of the file's columns, by the header that the mapping has for it."""
    found = detecting.examples(facts).values()
    return dict(zip(mapping.header, found, strict=True))


def propose(
    facts: FileFacts, *, kind: str | None = None, before: Mapping | None = None, currency: str | None = None
) -> Proposal:
    """The mapping that fits best: what was said `before` of such a file, a known shape, else names and examples.

    `currency` is the organisation's, where it is known: a sign that several currencies share then means this one.
    """
    found = detecting.examples(facts)
    guesses: Dict[str, Guess] = {}
    shape = next((s for s in SHAPES if kind in (None, s.kind) and _fits(s, facts)), None)
    if before and before.header == facts.header and kind in (None, before.kind):
        source, mapping = (
            "remembered",
            before.model_copy(update={**dict.fromkeys(before.assumed), "assumed": ()}),
        )
    elif shape:
        source, mapping = shape.key, _of_shape(shape, facts)
    else:
        source = "mapped"
        key, guesses = (kind, detecting.columns(_kind(kind), found)) if kind else detecting.kind(facts, found)
        columns = {ours: str(guess.value) for ours, guess in guesses.items()}
        mapping = Mapping(kind=key, columns=columns, header=facts.header)
    return _described(facts, source, mapping, guesses, currency)


def _described(
    facts: FileFacts, source: str, mapping: Mapping, guesses: Dict[str, Guess], currency: str | None
) -> Proposal:
    """The proposal with what the examples tell of dates, numbers and currency; what they contradict is dropped."""
    found = examples(facts, mapping)
    cells = [found[mapping.columns[c]] for c in KINDS[mapping.kind].amounts if c in mapping.columns]
    dates, numbers = date_guess(facts, mapping), number_guess(facts, mapping)
    dated = (
        found[mapping.columns[key]].values if (key := KINDS[mapping.kind].dated) in mapping.columns else ()
    )
    another = dates.value not in (None, mapping.date_format)  # some date can only be read so
    if mapping.date_format and (another or not writing.reads_dates(mapping.date_format, dated)):
        mapping = mapping.model_copy(update={"date_format": None})
    if mapping.number_format and numbers.value not in (None, mapping.number_format):
        mapping = mapping.model_copy(update={"number_format": None})
    if mapping.overlap == "keep":  # to count rows twice is decided each time
        mapping = mapping.model_copy(update={"overlap": None})
    told = next((g for c in cells if (g := writing.currency(c.header, c.values)).value), _NO_CURRENCY)
    if mapping.kind == "orders" and "currency" in mapping.columns:
        told = writing.currency_column(found[mapping.columns["currency"]].values)
    told = _in_our_sign(told, mapping.currency or currency)
    said_beside = writing.currency("", [value for cell in cells for value in cell.values]).value
    if told.value and (
        mapping.currency is None or said_beside
    ):  # of a header the person's word before may say better
        mapping = mapping.model_copy(update={"currency": told.value})
    return Proposal(
        facts, source, mapping, guesses, missing(mapping), dates, numbers, told,
    )  # fmt: skip


def _in_our_sign(told: Guess, ours: str | None) -> Guess:
    """The currency that the examples tell; ours, where the sign that they have is ours too."""
    if told.value and ours and told.value != ours and share_a_sign(told.value, ours):
        return replace(told, value=ours)
    return told


def date_guess(facts: FileFacts, mapping: Mapping) -> Guess:
    """How the mapping's dates are written, as far as examples tell."""
    header = mapping.columns.get(KINDS[mapping.kind].dated or "")
    return writing.dates(examples(facts, mapping)[header].values if header else ())


def number_guess(facts: FileFacts, mapping: Mapping) -> Guess:
    """Which decimal mark the mapping's amounts have, as far as examples tell."""
    found = examples(facts, mapping)
    headers = [mapping.columns[key] for key in KINDS[mapping.kind].amounts if key in mapping.columns]
    return writing.numbers((v for header in headers for v in found[header].values), typed=facts.typed)


_NO_CURRENCY = Guess(None, 0.0, "no amount says its currency")


def settle(proposal: Proposal, answers: Answers) -> Mapping:
    """The proposed mapping with the person's answers; Invalid when the file cannot be read so."""
    before = proposal.mapping
    taken = set(answers.columns.values())
    columns = {
        ours: h for ours, h in before.columns.items() if ours not in answers.columns and h not in taken
    }
    columns |= {ours: header for ours, header in answers.columns.items() if header}
    said = {
        "columns": columns, "date_format": answers.dates, "number_format": answers.numbers,
        "currency": answers.currency, "consent": answers.consent, "amounts": answers.amounts,
        "overlap": answers.overlap,
    }  # fmt: skip
    mapping = before.model_copy(update={key: value for key, value in said.items() if value is not None})
    check(mapping, proposal.facts.name)
    return mapping


def answers(raw: Dict[str, object] | None) -> Answers:
    """The answers in plain values; Invalid names the one that cannot be."""
    try:
        return Answers.model_validate(raw or {})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"the answer {name!r} cannot be {first['input']!r}", remedy=first["msg"]) from error


def check(mapping: Mapping, file: str) -> None:
    """Raise Invalid unless the file can be read by this mapping."""
    kind = _kind(mapping.kind)
    known = ", ".join(c.key for c in kind.columns)
    for ours, header in mapping.columns.items():
        if kind.column(ours) is None:
            raise Invalid(
                f"{ours!r} is no column of {kind.label.lower()}", remedy=f"use one of: {known}", file=file
            )
        if header not in mapping.header:
            remedy = f"choose one of its columns: {_listed(mapping.header)}"
            raise Invalid(f"{file} has no column {header!r}", remedy=remedy, file=file, column=header)
    used = list(mapping.columns.values())
    if twice := next((header for header in used if used.count(header) > 1), None):
        raise Invalid(f"{file}: {twice!r} is used for two of our columns", remedy="use it once", file=file)
    for chosen, forms, what in (
        (mapping.date_format, DATE_FORMATS, "date format"), (mapping.number_format, NUMBER_FORMATS, "decimal mark"),
    ):  # fmt: skip
        if chosen is not None and chosen not in forms:
            raise Invalid(f"{chosen!r} is no {what}", remedy=f"use one of: {', '.join(forms)}", file=file)
    Words(currency=mapping.currency)  # Invalid for a currency that does not exist
    if lacking := missing(mapping):
        raise MissingColumn(
            f"{file}: no column was found for {' and '.join(lacking)} of {kind.label.lower()}",
            remedy=f"say which one it is; the file has: {_listed(mapping.header)}",
            file=file, kind=mapping.kind, header=list(mapping.header[:100]),
            missing=_missing(mapping), one_of=[list(group) for group in _one_of(mapping)],
        )  # fmt: skip


def missing(mapping: Mapping) -> tuple[str, ...]:
    """Labels of required columns without a header; groups of which one is needed are joined by 'or'."""
    labels = {c.key: c.label for c in _kind(mapping.kind).columns}
    lacking = [labels[key] for key in _missing(mapping)]
    if groups := _one_of(mapping):
        lacking.append(" or ".join(" × ".join(labels[key] for key in group) for group in groups))
    return tuple(lacking)


def _missing(mapping: Mapping) -> list[str]:
    """Required columns without a header."""
    return [c.key for c in _kind(mapping.kind).columns if c.required and c.key not in mapping.columns]


def _one_of(mapping: Mapping) -> tuple[tuple[str, ...], ...]:
    """Groups of columns of which one is needed, where the file has none whole."""
    groups = _kind(mapping.kind).either
    return () if any(set(group) <= set(mapping.columns) for group in groups) else groups


def _listed(header: tuple[str, ...]) -> str:
    more = f" and {len(header) - 30} more" if len(header) > 30 else ""
    return ", ".join(header[:30]) + more


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Invalid(f"{key!r} is no kind of file", remedy=f"use one of: {', '.join(KINDS)}")
    return KINDS[key]


def _fits(shape: Shape, facts: FileFacts) -> bool:
    if shape.headerless:
        return facts.headerless and facts.spaced and len(facts.header) == len(shape.headerless)
    return set(shape.columns.values()) <= set(facts.header)


def _of_shape(shape: Shape, facts: FileFacts) -> Mapping:
    return Mapping(
        kind=shape.kind,
        columns=dict(shape.columns),
        header=shape.headerless or facts.header,
        date_format=shape.date_format,
        currency=shape.currency,
        return_prefix=shape.return_prefix,
    )
