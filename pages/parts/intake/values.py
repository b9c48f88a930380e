"""How dates, numbers and amounts of a file are written: found out, to be corrected, asked where nothing tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts import session
from pages.parts.intake.columns import Choice
from pages.parts.intake.given import Given
from pages.parts.intake.readings import ambiguous_dates, ambiguous_number, two_dates, two_numbers
from pages.parts.text import literal, short
from pulse_core.intake import writing
from pulse_core.intake.formats import DATE_FORMATS, NUMBER_FORMATS
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.mapping import Proposal
from pulse_core.intake.writing import Guess
from pulse_core.words import currencies

FOUND_OUT = "Found out from the values"
CONSENT = {"given": "Yes, all of them", "refused": "No", "unknown": "Not known"}
AMOUNTS = {"order": "The whole order, counted once", "line": "Each line, added up"}
WIDTH = 480  # of a list; narrower on a phone
_CLEAR = 0.5  # from here on, the core takes what the first rows tell


@dataclass
class Said:
    """What the person said about values, and the questions that wait for an answer."""

    answers: dict[str, Any] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)


def ask(file: Given, proposal: Proposal, chosen: Choice) -> Said:
    """Show how values are read, and ask what neither the file nor the organisation says."""
    kind, said = KINDS[proposal.mapping.kind], Said()
    dated = chosen.get(kind.dated or "")
    amounts = [header for key in kind.amounts if (header := chosen.get(key))]
    if dated:
        _dates(file, proposal, dated, said)
    if amounts and proposal.facts.typed:
        said.answers["numbers"] = "point"  # also where the same columns came as text with commas before
    elif amounts:
        _numbers(file, proposal, amounts, said)
    if amounts and kind.key in ("orders", "events", "customers"):
        _currency(file, proposal, amounts, chosen, said)
    if kind.key == "customers" and not chosen.get("consent_email"):
        _consent(file, proposal, said)
    if dated or amounts:
        with st.expander("How dates and numbers are written", icon=":material/format_list_numbered:"):
            _by_hand(file, proposal, dated, [] if proposal.facts.typed else amounts, said)
            if kind.key == "orders" and chosen.get("amount") and chosen.get("order_id"):
                _what_of(file, proposal, said)
    return said


def date_labels(example: str | None) -> dict[str, str]:
    """The two ways to read ambiguous dates, said by an example where there is one."""
    readings = two_dates(example) if example else None
    if readings is None:
        return {key: DATE_FORMATS[key].label for key in ("day_first", "month_first")}
    days = zip(("day_first", "month_first"), readings, ("day first", "month first"), strict=True)
    return {key: f"{session.words().date(day)} ({order})" for key, day, order in days}


def number_labels(example: str | None) -> dict[str, str]:
    """The two ways to read ambiguous numbers, said by an example where there is one."""
    readings = two_numbers(example) if example else None
    if readings is None:
        return {key: form.label for key, form in NUMBER_FORMATS.items()}
    whole, part = readings
    thousands = f"{session.words().number(whole)} (the mark stands between thousands)"
    decimals = f"{part.rstrip('0')} (the mark stands before decimals)"
    point = "." in (example or "")
    return {"point": decimals if point else thousands, "comma": thousands if point else decimals}


def _dates(file: Given, proposal: Proposal, header: str, said: Said) -> None:
    """Ask for the reading, where the rows were all seen and none of them tells."""
    if proposal.mapping.date_format or "dates" in file.said or not file.is_seen_whole:
        return
    values = file.cells(proposal, header)
    unclear = ambiguous_dates(values)
    if not unclear or writing.dates(values).value:
        return
    example, labels = unclear[0], date_labels(unclear[0])
    count = session.words().plural("row", len(unclear))
    answer = st.radio(
        f"**What does {literal(short(example))} mean?** In {count} the date can be read in two ways.",
        list(labels),
        index=None,
        format_func=lambda key: literal(labels[key]),
        horizontal=True,
        key=f"reading-dates-{file.key}-{header}",
    )
    _note(said, "dates", answer, "how the dates are meant")


def _numbers(file: Given, proposal: Proposal, headers: Sequence[str], said: Said) -> None:
    if proposal.mapping.number_format or "numbers" in file.said or not file.is_seen_whole:
        return
    values = [value for header in headers for value in file.cells(proposal, header)]
    example = ambiguous_number(values)
    if example is None or writing.numbers(values, typed=proposal.facts.typed).value:
        return
    labels = number_labels(example)
    answer = st.radio(
        f"**What does {literal(short(example))} mean?** Numbers such as this can be read in two ways.",
        list(labels),
        index=None,
        format_func=lambda key: literal(labels[key]),
        horizontal=True,
        key=f"reading-numbers-{file.key}-{'-'.join(headers)}",
    )
    _note(said, "numbers", answer, "how the numbers are meant")


def _currency(file: Given, proposal: Proposal, amounts: Sequence[str], chosen: Choice, said: Said) -> None:
    """Asked once, when neither the file nor the organisation says it."""
    if session.organisation().currency or proposal.mapping.currency or chosen.get("currency"):
        return
    if any(writing.currency(header, file.cells(proposal, header)).value for header in amounts):
        return
    said.answers["currency"] = st.selectbox(
        "Currency of the amounts",
        currencies(),
        index=None,
        placeholder="Not said: amounts are shown without a sign",
        help="Asked at the first import, and kept for this organisation.",
        key=f"currency-{file.key}",
        width=WIDTH,
    )


def _consent(file: Given, proposal: Proposal, said: Said) -> None:
    """Asked when a list of customers does not tell it."""
    options = list(CONSENT)
    said.answers["consent"] = st.radio(
        "**Did these customers agree to get e-mail from you?**",
        options,
        index=options.index(proposal.mapping.consent or "unknown"),
        format_func=lambda key: CONSENT[key],
        horizontal=True,
        help="The file has no column that says it. Your answer holds for every customer in this file.",
        key=f"consent-{file.key}",
    )


def _by_hand(file: Given, proposal: Proposal, dated: str | None, amounts: Sequence[str], said: Said) -> None:
    """How values are read, for the person who sees that it is wrong."""
    if dated:
        guess = writing.dates(file.cells(proposal, dated))
        current = file.said.get("dates") or said.answers.get("dates") or proposal.mapping.date_format
        moved = file.afresh or dated != proposal.mapping.columns.get(KINDS[proposal.mapping.kind].dated or "")
        labels = {key: form.label for key, form in DATE_FORMATS.items()}
        said.answers["dates"] = _form(file, "How dates are written", labels, guess, current, moved)
    if amounts:
        guess = writing.numbers(
            (value for header in amounts for value in file.cells(proposal, header)),
            typed=proposal.facts.typed,
        )
        current = file.said.get("numbers") or said.answers.get("numbers") or proposal.mapping.number_format
        columns = proposal.mapping.columns.values()
        moved = file.afresh or any(header not in columns for header in amounts)
        labels = {key: form.label for key, form in NUMBER_FORMATS.items()}
        said.answers["numbers"] = _form(file, "Decimal mark", labels, guess, current, moved)


def _what_of(file: Given, proposal: Proposal, said: Said) -> None:
    """What amounts are of; left open, the import asks where they look like those of whole orders."""
    current = file.said.get("amounts") or proposal.mapping.amounts
    options = [None, *AMOUNTS] if current is None else list(AMOUNTS)
    said.answers["amounts"] = st.selectbox(
        "What an amount is of",
        options,
        index=options.index(current),
        format_func=lambda key: AMOUNTS[key] if key else "Each line; asked when in doubt",
        key=f"amounts-{file.key}-{current}",
        help="An order's total may stand on each of its lines, or on the first alone.",
        width=WIDTH,
    )


def _form(
    file: Given, label: str, labels: dict[str, str], guess: Guess, current: str | None, moved: bool
) -> str | None:
    """One way of writing: what was said or found out, and a list to choose another."""
    options = [None, *labels] if current is None else list(labels)
    found = f"{FOUND_OUT}: {labels[guess.value]}" if guess.value else FOUND_OUT
    chosen = st.selectbox(
        label,
        options,
        index=options.index(current),
        format_func=lambda key: found if key is None else labels[key],
        key=f"form-{label}-{file.key}-{current}",
        width=WIDTH,
    )
    st.caption(literal(guess.reason[:1].upper() + guess.reason[1:]) + ".")
    # The first rows of the column that Pulse had proposed do not tell of another column that was chosen instead.
    clear = guess.value if moved and guess.confidence >= _CLEAR else None
    return chosen or clear


def _note(said: Said, key: str, answer: str | None, what: str) -> None:
    if answer is None:
        said.open.append(what)
    else:
        said.answers[key] = answer
