"""What must become of a file: it loads as told, a question is asked, or it is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Shown = tuple[str | None, ...]

# What a verdict shows of each kind's facts, unless it says otherwise.
COLUMNS = {
    "orders": "customer_id, ordered_at, amount",
    "customers": "customer_id",
    "events": "customer_id, happened_at, event_type, value",
    "visits": "customer_id, session_id, event_type, happened_at",
    "scores": "customer_id, churn_score",
    "table": "customer_id, churned",
}


@dataclass(frozen=True)
class Loads:
    """The file loads, and every record of it is accounted for.

    `values` are the accepted rows in file order, as text: nothing may be misread in silence. They are what `columns` of
    the kind's view hold.
    """

    rows: int
    accepted: int
    rejected: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    kind: str = "orders"
    values: tuple[Shown, ...] | None = None
    returns: int | None = None
    columns: str | None = None
    reasons: tuple[str, ...] = ()
    """Words that stand, case-blind, in the reasons of the rejected rows."""

    @property
    def shown(self) -> str:
        """The columns that the values are of."""
        return self.columns or COLUMNS[self.kind]


@dataclass(frozen=True)
class Unchanged:
    """The same content was loaded before: nothing changes, and the report says so."""


@dataclass(frozen=True)
class Asks:
    """The importer asks, by an error with this code, and loads nothing until it is answered."""

    code: str


@dataclass(frozen=True, init=False)
class Refused:
    """The whole file is `invalid`; the message contains each word, case-blind. Nothing is loaded.

    Of words between `|` the message contains one: the rules say what must be told, seldom how.
    """

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)


@dataclass(frozen=True)
class Declined:
    """Refused or asked about, as the reader finds: for content of which nothing may ever load in silence."""


Verdict = Loads | Unchanged | Asks | Refused | Declined
