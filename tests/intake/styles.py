"""Ways of writing moments and amounts, made without the patterns by which they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MIDNIGHT = timedelta()
EPOCH = datetime(1970, 1, 1)
EXCEL_EPOCH = datetime(1899, 12, 30)


@dataclass(frozen=True)
class Style:
    """One way of writing a moment: how its day and its time look, and what it can say at all."""

    key: str
    day: Callable[[datetime], str]
    time: Callable[[datetime], str]
    step: timedelta  # what the time leaves out
    earliest: datetime = datetime(1900, 1, 1)
    latest: datetime = datetime(2099, 12, 31)

    def written(self, moment: datetime) -> str:
        """The moment as text."""
        return self.day(moment) + self.time(moment)

    def meant(self, moment: datetime) -> datetime:
        """What of the moment the text tells."""
        return moment - (moment - datetime(1, 1, 1)) % self.step


def _clock(t: datetime, *, seconds: bool) -> str:
    return f"{t.hour}:{t.minute:02}" + (f":{t.second:02}" if seconds else "")


def _twelve(t: datetime, mark: Callable[[str], str], *, seconds: bool) -> str:
    clock = _clock(t.replace(hour=(t.hour - 1) % 12 + 1), seconds=seconds)
    return f"{clock} {mark('PM' if t.hour > 11 else 'AM')}"


DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
TIMES: list[tuple[Callable[[datetime], str], timedelta]] = [
    (lambda t: "", DAY),
    (lambda t: f" {t:%H:%M}", MINUTE),
    (lambda t: f" {t:%H:%M:%S}", SECOND),
    (lambda t: f" {_clock(t, seconds=False)}", MINUTE),
    (lambda t: f" {_twelve(t, str.upper, seconds=False)}", MINUTE),
    (lambda t: f" {_twelve(t, str.lower, seconds=True)}", SECOND),
]
ISO_TIMES: list[tuple[Callable[[datetime], str], timedelta]] = [
    *TIMES[:4],
    (lambda t: f"T{t:%H:%M}", MINUTE),
    (lambda t: f"T{t:%H:%M:%S}", SECOND),
    (lambda t: f"T{t:%H:%M:%S.%f}", timedelta(microseconds=1)),
    (lambda t: f" {t:%H:%M:%S},{t.microsecond // 1000:03}", timedelta(milliseconds=1)),
    (lambda t: f"T{t:%H:%M:%S}Z", SECOND),
    (lambda t: f"T{t:%H:%M:%S}+00:00", SECOND),
    (lambda t: f" {t + timedelta(hours=5, minutes=30):%H:%M:%S}+05:30", SECOND),
    (lambda t: f" {t - timedelta(hours=8):%H:%M:%S}-0800", SECOND),
    (lambda t: f"T{t + timedelta(hours=2):%H:%M}+02", MINUTE),
]
SHIFTS = {
    8: timedelta(),
    9: timedelta(),
    10: timedelta(hours=5, minutes=30),
    11: timedelta(hours=-8),
    12: timedelta(hours=2),
}


def _iso(mark: str, place: int) -> Style:
    time, step = ISO_TIMES[place]
    shift = SHIFTS.get(place, MIDNIGHT)
    return Style("iso", lambda t: f"{t + shift:%Y{mark}%m{mark}%d}", time, step)


def numbered(key: str, mark: str, *, padded: bool, short_year: bool, place: int) -> Style:
    def day(t: datetime) -> str:
        pair = (t.day, t.month) if key == "day_first" else (t.month, t.day)
        first, second = (f"{part:02}" if padded else str(part) for part in pair)
        return f"{first}{mark}{second}{mark}{t:%y}" if short_year else f"{first}{mark}{second}{mark}{t.year}"

    time, step = TIMES[place]
    return Style(key, day, time, step, *(CENTURY if short_year else ()))


CENTURY = (datetime(1969, 1, 1), datetime(2068, 12, 31))  # what two digits can say
_NAMES: list[tuple[Callable[[datetime], str], bool]] = [
    (lambda t: f"{t.day} {MONTHS[t.month - 1][:3]} {t.year}", False),
    (lambda t: f"{t.day:02}-{MONTHS[t.month - 1][:3]}-{t:%y}", True),
    (lambda t: f"{t.day:02}-{MONTHS[t.month - 1][:3].upper()}-{t:%y}", True),
    (lambda t: f"{t.day:02}-{MONTHS[t.month - 1][:3]}-{t.year}", False),
    (lambda t: f"{t.day:02}/{MONTHS[t.month - 1][:3]}/{t.year}", False),
    (lambda t: f"{t.day} {MONTHS[t.month - 1]} {t.year}", False),
    (lambda t: f"{MONTHS[t.month - 1]} {t.day}, {t.year}", False),
    (lambda t: f"{MONTHS[t.month - 1][:3]} {t.day}, {t.year}", False),
    (lambda t: f"{MONTHS[t.month - 1][:3]} {t.day} {t.year}", False),
    (lambda t: f"{t.day}. {MONTHS[t.month - 1]} {t.year}", False),
    (lambda t: f"{t.day} {'Sept' if t.month == 9 else MONTHS[t.month - 1][:3]} {t.year}", False),
]


def _named(form: int, place: int) -> Style:
    day, short_year = _NAMES[form]
    time, step = TIMES[place]
    return Style("month_name", day, time, step, *(CENTURY if short_year else ()))


def _none(t: datetime) -> str:
    return ""


EXCEL = (datetime(1954, 10, 4), datetime(2064, 4, 7))  # 20000 to 60000
UNIX = (datetime(1973, 3, 4), datetime(2286, 11, 20))  # 9 and 10 digits
COUNTED = [
    Style("compact", lambda t: f"{t:%Y%m%d}", _none, DAY),
    Style("excel", lambda t: str((t - EXCEL_EPOCH).days), _none, DAY, *EXCEL),
    Style("excel", lambda t: f"{(t - EXCEL_EPOCH) // SECOND / 86400:.6f}", _none, SECOND, *EXCEL),
    Style("unix", lambda t: str((t - EPOCH) // SECOND), _none, SECOND, *UNIX),
    Style("unix", lambda t: f"{(t - EPOCH) // SECOND}.0", _none, SECOND, *UNIX),
    Style(
        "unix_ms",
        lambda t: str((t - EPOCH) // timedelta(milliseconds=1)),
        _none,
        timedelta(milliseconds=1),
        *UNIX,
    ),
]
_PLACES = st.integers(0, len(TIMES) - 1)
STYLES = {
    "iso": st.builds(_iso, st.sampled_from("-/"), st.integers(0, len(ISO_TIMES) - 1)),
    "month_name": st.builds(_named, st.integers(0, len(_NAMES) - 1), _PLACES),
    **{
        key: st.builds(
            numbered,
            st.just(key),
            st.sampled_from("/.-"),
            padded=st.booleans(),
            short_year=st.booleans(),
            place=_PLACES,
        )
        for key in ("day_first", "month_first")
    },
    **{
        key: st.sampled_from([s for s in COUNTED if s.key == key])
        for key in ("compact", "excel", "unix", "unix_ms")
    },
}
JUNK = ("", "soon", "?", "N/A", "-")


@st.composite
def written_dates(draw: st.DrawFn, key: str) -> tuple[Style, list[datetime]]:
    """A style of one format and a few moments that it can say, days of early months among them."""
    style = draw(STYLES[key])
    moments = st.datetimes(style.earliest, style.latest)
    early = moments.map(lambda t: t.replace(day=min(t.day, 12)))
    return style, draw(st.lists(st.one_of(moments, early), min_size=1, max_size=8))


@dataclass(frozen=True)
class Writing:
    """How a list of amounts is written: its marks, its minus, its currency."""

    mark: str
    group: str
    grouped: bool
    minus: str
    money: str

    def written(self, value: Decimal, places: int) -> str:
        """The value as text, and its sign as this country writes it."""
        whole, _, fraction = f"{abs(value):.{places}f}".partition(".")
        if self.grouped:
            head = len(whole) % 3 or 3
            whole = self.group.join([whole[:head], *(whole[n : n + 3] for n in range(head, len(whole), 3))])
        text = self.money.format(whole + (self.mark + fraction if fraction else ""))
        return (self.minus if value < 0 else "{}").format(text)


MARKS = [
    (".", ","),
    (".", " "),
    (".", "'"),
    (".", "’"),
    (".", "\u00a0"),
    (",", "."),
    (",", " "),
    (",", "\u00a0"),
    (",", "\u202f"),
    (",", "\u2009"),
    (",", "'"),
]
MONEY = [
    "{}",
    "£{}",
    "€ {}",
    "{} €",
    "${}",
    "{} kr",
    "CHF {}",
    "{} USD",
    "Rs. {}",
    "{} zł",
    "¥{}",
    "₹ {}",
    "{}\u00a0€",
]
WRITINGS = st.builds(
    lambda marks, grouped, minus, money: Writing(*marks, grouped, minus, money),
    st.sampled_from(MARKS), st.booleans(), st.sampled_from(["-{}", "({})", "{}-", "−{}"]), st.sampled_from(MONEY),
)  # fmt: skip
AMOUNTS = st.tuples(
    st.decimals(Decimal("-99999999999"), Decimal("99999999999"), places=4, allow_nan=False),
    st.sampled_from([0, 0, 1, 2, 2, 2, 3, 4]),
)
