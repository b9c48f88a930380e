"""What only the whole file tells, settled before it is read: how dates and numbers are written; asked when in doubt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pulse_core.errors import Invalid
from pulse_core.intake import order_totals, writing
from pulse_core.intake.formats import AMBIGUOUS_DATES, ANY_MONEY, DATE_FORMATS, NUMBER_FORMATS
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.loading import date_form, row_of
from pulse_core.intake.mapping import Answers, Mapping, Proposal, date_guess, examples, number_guess
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("intake")


class AmbiguousDates(Invalid):
    """The dates of a column can be read in two ways; only the person knows which is meant."""

    code = "ambiguous_dates"


class AmbiguousNumbers(Invalid):
    """The marks in a file's numbers can stand before decimals or between thousands; only the person knows."""

    code = "ambiguous_numbers"


def settled(
    writer: Writer, proposal: Proposal, mapping: Mapping, copy: Path, said: Answers, *, today: date
) -> Mapping:
    """The mapping with the date format and the decimal mark that the whole file has; asks when there are two.

    AmbiguousAmounts asks when amounts may be of whole orders.

    What was `said` of this file stands; of what is only known from others, the file may tell otherwise.
    """
    kind = KINDS[mapping.kind]
    found = {"date_format": mapping.date_format, "number_format": mapping.number_format}
    told: dict[str, bool] = {}
    doubtful = said.dates is None and found["date_format"] in (None, *AMBIGUOUS_DATES)
    if kind.dated in mapping.columns and doubtful:
        found["date_format"], told["date_format"] = _date_format(writer, proposal, mapping, copy, today)
    if any(key in mapping.columns for key in kind.amounts) and found["number_format"] is None:
        found["number_format"], told["number_format"] = _number_format(writer, proposal, mapping, copy)
    assumed = tuple(key for key, is_told in told.items() if not is_told)
    mapping = mapping.model_copy(update={**found, "assumed": assumed})
    order_totals.ask(writer, proposal.facts, mapping, copy)
    return mapping


def _date_format(
    writer: Writer, proposal: Proposal, mapping: Mapping, copy: Path, today: date
) -> tuple[str, bool]:
    """The way in which the dates are written, and whether any date told; AmbiguousDates when two disagree."""
    guess = date_guess(proposal.facts, mapping)
    if guess.value and guess.value not in AMBIGUOUS_DATES and guess.confidence >= 0.5:
        return guess.value, True
    forms = {key: date_form(key) for key in DATE_FORMATS}
    *counts, both, disagreeing, place, example = writer.one(_SQL["date_readings"], forms)
    reads = dict(zip(DATE_FORMATS, counts, strict=True))
    best = max(reads, key=lambda key: reads[key])
    if best not in AMBIGUOUS_DATES:
        return best, reads[best] > 0
    if not mapping.date_format:
        _refuse_years_first(proposal, mapping, today)
    only_one_way = [
        key for key in AMBIGUOUS_DATES if reads[key] > both
    ]  # some date makes sense this way alone
    if mapping.date_format and not only_one_way:
        return mapping.date_format, True  # as the last file with this header
    if len(only_one_way) == 1 or not (disagreeing or only_one_way):
        return best, bool(only_one_way)
    column, facts = mapping.columns[KINDS[mapping.kind].dated or ""], proposal.facts
    mixed = "mixes day-first and month-first dates, and " if only_one_way else ""
    row = row_of(writer, facts, copy, place) if disagreeing else None
    first = f" (first: row {row:,}, {example!r})" if disagreeing else ""
    raise AmbiguousDates(
        f"column {column!r} of {facts.name} {mixed}holds {disagreeing:,} dates that read both ways{first}",
        remedy="choose the day-first or the month-first format",
        file=facts.name, column=column, row=row, count=disagreeing, example=example,
    )  # fmt: skip


def _refuse_years_first(proposal: Proposal, mapping: Mapping, today: date) -> None:
    column, file = mapping.columns[KINDS[mapping.kind].dated or ""], proposal.facts.name
    if example := writing.years_first(examples(proposal.facts, mapping)[column].values, today.year):
        raise AmbiguousDates(
            f"column {column!r} of {file} seems to begin its dates with a year of two digits (first: {example!r})",
            remedy="write years with four digits; or choose the day-first or the month-first format if they are that",
            file=file, column=column, example=example,
        )  # fmt: skip


def _number_format(writer: Writer, proposal: Proposal, mapping: Mapping, copy: Path) -> tuple[str, bool]:
    """The decimal mark, and whether any number told; AmbiguousNumbers when each could stand between thousands."""
    facts = proposal.facts
    guess = number_guess(facts, mapping)
    if guess.value and guess.confidence == 1.0:
        return guess.value, True
    shapes = {key: form.whole for key, form in NUMBER_FORMATS.items()}
    parameters = {**shapes, "money": ANY_MONEY, "typed": facts.typed}
    point, comma, either, place, example = writer.one(_SQL["number_readings"], parameters)
    if bool(point) != bool(comma):
        return "comma" if comma else "point", True
    if not point and not either:
        return "point", False
    row = row_of(writer, facts, copy, place) if either else None
    first = f" (first: row {row:,}, {example!r})" if either else ""
    mixed = f"mixes {point:,} numbers with a decimal point and {comma:,} with a decimal comma"
    told = mixed if point else f"holds {either:,} numbers that read in two ways"
    raise AmbiguousNumbers(
        f"{facts.name} {told}{first}",
        remedy="say whether the decimal mark is a point or a comma",
        file=facts.name, row=row, count=either, example=example,
    )  # fmt: skip
