"""Profiles of industries: what signals risk there, from which events, and how much each counts.

A profile is a TOML file in `profiles/`; a new industry is one more file. Its fields are checked when it is read, so
that what a page says of a signal is what was computed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pulse_core.errors import Invalid, NotFound

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
Text = Annotated[str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True)]
Formula = Annotated[str, StringConstraints(min_length=10, max_length=400)]
Source = Literal["orders", "visits", "events"]
TREND = "trend"  # the key under which the trend is measured, as if it were a signal

# What orders and visits are counted as; a profile's own roles are counted from service events.
COUNTED: Mapping[str, Source] = MappingProxyType(
    {
        "order": "orders",
        "discounted": "orders",
        "returned": "orders",
        "session": "visits",
        "cart_session": "visits",
        "abandoned_session": "visits",
        "buying_session": "visits",
    }
)
SESSION_ROLES = ("cart", "purchase")  # which website events make a visit one with a cart, or with an order


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(_Checked):
    """What is counted of each customer, before anything is judged.

    - `ratio`: events of the roles in `part` ÷ events of those in `whole`; known where `whole` is at least `least`;
    - `rate`: events of `part` (`of = "sum"`: their values without sign) in `per_days` days, known where at least
      `least_days` of the window (of the one before, for a change) lie after the customer came and the data begins;
    - `balance`: events of `part` − events of `whole`.

    In the formula {now}, {before} and {both} stand for the lengths of the windows: files that reach back less far than
    both share their days among the two.

    `span` is the window that is counted: the last `now_days`, or `both` windows together. What it is judged by:

    - `level`: the measure itself;
    - `change`: (now + ½) ÷ (to expect by the window before + ½) − 1 for a rate, with half a mean value for a sum. The
      half is the usual correction of small counts (Haldane 1956, Annals of Human Genetics 20); known where both
      windows hold at least `least` events together;
    - `difference`: now − before of a ratio;
    - `middle`: the measure ÷ the median of all customers for whom it is known.
    """

    formula: Formula
    measure: Literal["ratio", "rate", "balance"] = "rate"
    judge: Literal["level", "change", "difference", "middle"] = "level"
    span: Literal["now", "both"] = "now"
    part: tuple[Key, ...] = Field(min_length=1)
    whole: tuple[Key, ...] = ()
    of: Literal["count", "sum"] = "count"
    least: int = Field(1, ge=1)
    least_days: int = Field(30, ge=1)
    per_days: int = Field(30, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Measure:
        if (self.measure == "rate") == bool(set(self.whole) - set(self.part)):
            raise ValueError("a ratio and a balance need a `whole` beside `part`, a rate has none")
        fitting = {"change": "rate", "difference": "ratio"}
        if self.judge in fitting and (self.measure != fitting[self.judge] or self.span != "now"):
            raise ValueError(f"{self.judge!r} judges a {fitting[self.judge]} of the window now")
        return self

    @model_validator(mode="after")
    def _says_its_days(self) -> Measure:
        if odd := set(re.findall(r"{(.*?)}", self.formula)) - {"now", "before", "both"}:
            raise ValueError(
                f"a formula names its days as {{now}}, {{before}} or {{both}}, not {{{odd.pop()}}}"
            )
        return self

    def formula_over(self, now_days: int, before_days: int) -> str:
        """The formula in words, with the lengths of the windows that were used."""
        return self.formula.format(now=now_days, before=before_days, both=now_days + before_days)

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles that are counted, each once."""
        return tuple(dict.fromkeys((*self.part, *self.whole)))


class Trend(Measure):
    """How active a customer is, against before: increasing from `up` on, declining from `down` on."""

    judge: Literal["change"] = "change"
    up: float = Field(gt=0)
    down: float = Field(lt=0)


class Signal(Measure):
    """One signal of risk: points are taken off the score from `raised_at` on, more from `severe_at` on.

    `risk` says in plain words what is the matter when it is raised; `unit` is that of what is judged.
    """

    key: Key
    label: Text
    risk: Annotated[Text, StringConstraints(max_length=28)]  # fits beside the figures of a chart on a phone
    unit: Text
    source: Text
    worse: Literal["high", "low"]
    raised_at: float
    raised_points: int = Field(ge=1)
    severe_at: float
    severe_points: int = Field(le=100)
    recommendation: Text

    @model_validator(mode="after")
    def _steps(self) -> Signal:
        stricter = (
            self.severe_at > self.raised_at if self.worse == "high" else self.severe_at < self.raised_at
        )
        if not stricter or self.severe_points <= self.raised_points:
            raise ValueError(
                f"signal {self.key!r}: severe must be further out, and take more points, than raised"
            )
        return self


class Profile(_Checked):
    """An industry: two windows in days, the event types behind its roles, its signals and its trend.

    A customer's score is 100 · (1 − points of the raised signals ÷ the most that the known signals could take, but at
    least `full_points`); none where the known signals could take fewer than `least_points`.
    """

    key: Key
    label: Text
    place: int = Field(ge=1)
    kinds: tuple[Source, ...] = Field(min_length=1)
    now_days: int = Field(ge=7, le=730)
    before_days: int = Field(ge=7, le=730)
    least_points: int = Field(ge=1, le=100)
    full_points: int = Field(ge=1, le=100)
    roles: dict[Key, tuple[str, ...]]
    trend: Trend
    signals: tuple[Signal, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Profile:
        keys = [signal.key for signal in self.signals]
        if len(set(keys)) != len(keys) or TREND in keys:
            raise ValueError(f"keys of signals must differ from each other and from {TREND!r}")
        if (most := sum(signal.severe_points for signal in self.signals)) != 100:
            raise ValueError(f"the points of all signals at their most must add up to 100, not {most}")
        for measure in (*self.signals, self.trend):
            if unknown := [role for role in measure.roles if not self._counts(role)]:
                raise ValueError(f"nothing is counted as {', '.join(unknown)}")
        for aliases in self.roles.values():
            if odd := [alias for alias in aliases if alias != plain_type(alias)]:
                raise ValueError(f"event types are written as {plain_type(odd[0])!r}, not {odd[0]!r}")
        return self

    def signal(self, key: str) -> Signal | None:
        """The signal called `key`, if the profile has it."""
        return next((signal for signal in self.signals if signal.key == key), None)

    def source_of(self, role: str) -> Source:
        """The kind of rows that a role is counted from."""
        return COUNTED.get(role, "events")

    def _counts(self, role: str) -> bool:
        own = role in self.roles and role not in SESSION_ROLES
        return self.source_of(role) in self.kinds and (role in COUNTED or own)


def plain_type(text: str) -> str:
    """An event type as profiles write it: small letters and figures, `_` for every other sign."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def read(text: str, name: str) -> Profile:
    """The profile that a TOML text says; Invalid names the field that is wrong."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Invalid(
            f"the profile {name} cannot be used ({error})", remedy="correct it: docs/behaviour.md says how"
        ) from error


@cache
def profiles() -> Mapping[str, Profile]:
    """All profiles by key, in their order."""
    folder = resources.files("pulse_core.insight.behaviour").joinpath("profiles")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    found = [read(file.read_text("utf-8"), file.name) for file in files]
    return MappingProxyType(
        {profile.key: profile for profile in sorted(found, key=lambda p: (p.place, p.key))}
    )


def signal_keys() -> tuple[str, ...]:
    """The keys of all signals of all profiles, each once."""
    return tuple(dict.fromkeys(signal.key for made in profiles().values() for signal in made.signals))


def profile(key: str) -> Profile:
    """The profile of an industry; NotFound names those that there are."""
    if key not in profiles():
        raise NotFound(f"there is no industry {key!r}", remedy=f"choose one of: {', '.join(profiles())}")
    return profiles()[key]
