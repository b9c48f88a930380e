"""How the figures of signals are said: in the unit of their profile."""

from __future__ import annotations

from pulse_core.insight.behaviour.profile import Signal
from pulse_core.insight.behaviour.reading import Judged
from pulse_core.words import DASH, NBSP, Words

TREND_WORDS = {"increasing": "More active", "stable": "As before", "declining": "Less active"}


def judged(found: Judged, words: Words) -> str:
    """What a customer's signal was judged by, with its unit ("−63 %", "40 %", "1.2 returns per order")."""
    return amount(found.signal, found.judged, words)


def amount(signal: Signal, figure: float, words: Words) -> str:
    """A figure of what a signal is judged by, with its unit."""
    if signal.unit == "share":
        return words.percent(figure)
    if signal.unit == "change":
        return _signed(words.percent(figure), figure)
    if signal.unit == "shift":
        return _signed(f"{words.number(round(100 * figure))}{NBSP}points", figure)
    return f"{words.number(figure)} {signal.unit}"


def limits(signal: Signal, words: Words) -> str:
    """From where on the signal takes points, and how many ("40 % or more takes 10 points, 60 % or more 20")."""
    way = "or more" if signal.worse == "high" else "or less"
    raised, severe = (amount(signal, at, words) for at in (signal.raised_at, signal.severe_at))
    return f"{raised} {way} takes {signal.raised_points} points, {severe} {way} takes {signal.severe_points}"


def before(found: Judged, words: Words) -> str:
    """How it was in the window before; where now is not what is judged, how it is now too. A dash where unknown."""
    unit = found.signal.unit
    if unit == "change":
        days = f"in {found.signal.per_days} days"
        return f"{words.number(found.value)} {days}, before {_known(found.value_before, words)}"
    say = words.percent if unit in ("share", "shift") else words.number
    earlier = DASH if found.value_before is None else say(found.value_before)
    now = "" if found.signal.judge == "level" else f"{say(found.value)}, "
    return f"{now}before {earlier}"


def trend(name: str | None) -> str:
    """A trend in plain words; a dash where it is not known."""
    return TREND_WORDS.get(name or "", DASH)


def _known(figure: float | None, words: Words) -> str:
    return DASH if figure is None else words.number(figure)


def _signed(text: str, figure: float) -> str:
    return f"+{text}" if figure > 0 else text
