"""Amounts that stand for a whole order on its lines: on each of them (WooCommerce), or on the first alone (Shopify).

Added up line by line, such money would count several times, so it is asked what an amount is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pulse_core.errors import Invalid
from pulse_core.intake.loading import Draft, forms, row_of
from pulse_core.intake.mapping import Mapping
from pulse_core.intake.reading import FileFacts
from pulse_core.stores.queries import load
from pulse_core.stores.warehouse.access import Writer

_SQL = load("order_totals")
_LOOK = 100_000  # records that tell whether the whole file is worth a look
_ALL = 1 << 62
_NEARLY_ALL, _MOST = 0.9, 0.5
_FEW = 3  # orders


class AmbiguousAmounts(Invalid):
    """An order's amount stands on its lines as if it were the order's; only the person knows whether it is."""

    code = "ambiguous_amounts"


@dataclass(frozen=True, slots=True)
class _Look:
    """What records say of orders with several lines (`orders`), and what the file comes to either way."""

    lines: int
    orders: int
    repeated: int
    single: int
    differ: bool  # the amounts of the file
    told: int  # lines of those orders with an amount
    proven: int  # of these, those that quantity × unit price explains
    near: int  # or nearly explains
    agree: int  # orders that the sum of quantity × unit price nearly explains
    by_line: Decimal
    by_order: Decimal
    number: str
    amount: Decimal
    places: list[int]

    @property
    def evidence(self) -> int:
        """Orders whose amounts look like one that is the order's."""
        return self.single + (self.repeated if self.differ else 0)

    @property
    def is_in_doubt(self) -> bool:
        """Whether nearly all of the orders look so, and no price proves that each line has its own."""
        others = self.orders - self.evidence  # one refunded order among few must not silence the question
        nearly_all = self.evidence >= _NEARLY_ALL * self.orders or others <= 1 < _FEW <= self.evidence
        return self.evidence > 0 and nearly_all and self.proven < _NEARLY_ALL * self.told

    @property
    def suggested(self) -> tuple[str | None, str]:
        """The answer that the rest of the file speaks for, with the reason; None where nothing does."""
        if self.agree > _MOST * self.orders:
            return (
                "order",
                f"quantity × unit price adds up to about that in {self.agree:,} of these orders",
            )
        if self.near > _MOST * self.told:
            return "line", f"quantity × unit price is about that on {self.near:,} of their lines"
        if self.single > _MOST * self.orders:
            return "order", "the other lines of these orders have no amount"
        return None, ""


def ask(writer: Writer, facts: FileFacts, mapping: Mapping, copy: Path) -> None:
    """AmbiguousAmounts where amounts of the file, bound as `source`, may be of whole orders and nobody said it."""
    if mapping.amounts is not None or not {"amount", "order_id"} <= set(mapping.columns):
        return
    found = _look(writer, mapping, _LOOK)
    if found.is_in_doubt and found.lines >= _LOOK:
        found = _look(writer, mapping, _ALL)
    if found.is_in_doubt:
        raise _question(found, facts, mapping, [row_of(writer, facts, copy, place) for place in found.places])


def count_once(writer: Writer, mapping: Mapping, draft: Draft, *, again: bool) -> None:
    """Make each amount of the batch count once an order; `again`: orders that count already bring nothing more."""
    anew = draft.records.with_suffix(".anew")
    written = {key: value for key, value in forms(mapping).items() if key != "dates"}
    paths = {"path": str(draft.records), "target": str(anew)}
    writer.execute(_SQL["count_once"], {**written, **paths, "again": again})
    anew.replace(draft.records)


def _look(writer: Writer, mapping: Mapping, most: int) -> _Look:
    return _Look(*writer.one(_SQL["look"], {**forms(mapping), "zone": "UTC", "most": most}))


def _question(found: _Look, facts: FileFacts, mapping: Mapping, rows: list[int]) -> AmbiguousAmounts:
    column = mapping.columns["amount"]
    repeated = found.repeated >= found.single
    how = "the same amount on all lines" if repeated else "an amount on one line only"
    count = found.repeated if repeated else found.single
    suggested, reason = found.suggested
    advice = f"; {reason}, which speaks for {_MEANT[suggested]}" if suggested else ""
    return AmbiguousAmounts(
        f"column {column!r} of {facts.name} holds {how} of {count:,} of {found.orders:,} orders with several lines "
        f"(first: order {found.number!r}, rows {rows[0]:,} and {rows[1]:,}, {found.amount:,.2f}); counted once an "
        f"order the file comes to {found.by_order:,.2f}, counted on each line to {found.by_line:,.2f}",
        remedy=f"say whether it is the amount of the whole order or of each line{advice}",
        file=facts.name, column=column, row=rows[0], rows=rows, example=found.number, amount=f"{found.amount:.2f}",
        count=count, orders=found.orders, is_repeated=repeated, suggested=suggested, reason=reason,
        sums={"order": f"{found.by_order:.2f}", "line": f"{found.by_line:.2f}"},
    )  # fmt: skip


_MEANT = {"order": "the whole order", "line": "each line"}
