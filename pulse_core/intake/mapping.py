"""Which column of the file is which of ours: known shapes first, header names next, the person's word above all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from pulse_core.errors import Invalid
from pulse_core.intake.kinds import DATE_FORMATS, KINDS, SHAPES, Kind, Shape
from pulse_core.intake.reading import FileFacts
from pulse_core.words import Words


class Mapping(BaseModel):
    """How a file is to be read. `columns` goes from our column to the file's header name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    columns: dict[str, str]
    header: tuple[str, ...]
    date_format: str | None = None  # None: found out from the values
    currency: str | None = None
    return_prefix: str | None = None

    def reads_like(self, other: Mapping) -> bool:
        """Whether both take the same columns, and dates that both name are written the same way."""
        dates = {self.date_format, other.date_format} - {None}
        return (self.kind, self.columns) == (other.kind, other.columns) and len(dates) < 2

    def key(self) -> str:
        """The same for two mappings that read a file alike."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What Pulse makes of a file before anybody corrected it. `missing` are required columns that were not found."""

    facts: FileFacts
    shape: str | None
    mapping: Mapping
    missing: tuple[str, ...]

    def examples(self, header: str, count: int = 3) -> list[str]:
        """The first different values of one of the file's columns."""
        place = self.mapping.header.index(header)
        values = dict.fromkeys(row[place].strip() for row in self.facts.sample if place < len(row))
        return [value for value in values if value][:count]


def propose(facts: FileFacts, kind: str | None = None) -> Proposal:
    """The mapping that fits best: a known shape when its columns are all there, else by header names."""
    shape = next((s for s in SHAPES if kind in (None, s.kind) and _fits(s, facts)), None)
    mapping = _of_shape(shape, facts) if shape else _by_names(facts, kind)
    return Proposal(facts, shape.key if shape else None, mapping, missing(mapping))


def correct(
    proposal: Proposal,
    changes: Dict[str, str | None],
    *,
    date_format: str | None = None,
    currency: str | None = None,
) -> Mapping:
    """The proposed mapping with the person's changes (ours → header name, or nothing to leave it out); checked."""
    columns = dict(proposal.mapping.columns)
    for ours, header in changes.items():
        columns.pop(ours, None)
        if header:
            columns[ours] = header
    before = proposal.mapping
    update = {
        "columns": columns,
        "date_format": date_format or before.date_format,
        "currency": currency or before.currency,
    }
    mapping = before.model_copy(update=update)
    check(mapping, proposal.facts.name)
    return mapping


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
            remedy = f"choose one of its columns: {', '.join(mapping.header)}"
            raise Invalid(f"{file} has no column {header!r}", remedy=remedy, file=file, column=header)
    twice = {h for h in mapping.columns.values() if list(mapping.columns.values()).count(h) > 1}
    if twice:
        raise Invalid(
            f"{file}: {min(twice)!r} is used for two of our columns", remedy="use it once", file=file
        )
    if mapping.date_format not in (None, *DATE_FORMATS):
        raise Invalid(
            f"{mapping.date_format!r} is no date format",
            remedy=f"use one of: {', '.join(DATE_FORMATS)}",
            file=file,
        )
    Words(currency=mapping.currency)  # Invalid for a currency that does not exist
    if lacking := missing(mapping):
        raise Invalid(
            f"{file}: no column was found for {' and '.join(lacking)}",
            remedy=f"say which one it is; the file has: {', '.join(mapping.header)}",
            file=file,
        )


def missing(mapping: Mapping) -> tuple[str, ...]:
    """Keys of required columns without a header; groups of which one is needed are joined by 'or'."""
    kind = _kind(mapping.kind)
    lacking = [c.key for c in kind.columns if c.required and c.key not in mapping.columns]
    if kind.either and not any(set(group) <= set(mapping.columns) for group in kind.either):
        lacking.append(" or ".join(" × ".join(group) for group in kind.either))
    return tuple(lacking)


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Invalid(f"{key!r} is no kind of file", remedy=f"use one of: {', '.join(KINDS)}")
    return KINDS[key]


def _fits(shape: Shape, facts: FileFacts) -> bool:
    if shape.headerless:
        return facts.header[0] == "column 1" and len(facts.header) == len(shape.headerless) and facts.spaced
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


def _by_names(facts: FileFacts, kind: str | None) -> Mapping:
    """Of the kinds, one that lacks nothing and else the one of which most was found; in doubt, orders."""
    candidates = [_match(KINDS[k], facts) for k in ([kind] if kind else KINDS)]
    return max(candidates, key=lambda m: (not missing(m), len(m.columns)))


def _match(kind: Kind, facts: FileFacts) -> Mapping:
    """Each of our columns takes the header that stands first in its list of names and is still free."""
    plain = {_plain(header): header for header in reversed(facts.header)}
    columns: dict[str, str] = {}
    for column in kind.columns:
        names = (_plain(column.key), *column.names)
        header = next((plain[n] for n in names if n in plain and plain[n] not in columns.values()), None)
        if header:
            columns[column.key] = header
    return Mapping(kind=kind.key, columns=columns, header=facts.header)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
