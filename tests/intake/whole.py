"""A file read as an import reads it, cell by cell: what was detected, and what each cell came to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from workshop import TODAY, Workshop

from pulse_core.intake import batches, loading, settling
from pulse_core.intake.mapping import Mapping, Proposal, answers, propose, settle
from pulse_core.intake.opening import opened
from pulse_core.intake.reading import FileFacts

HEADER = ("customer_id", "date", "amount", "product")


@dataclass(frozen=True, slots=True)
class Whole:
    """What was made of a file of the columns `HEADER`."""

    mapping: Mapping
    ids: list[str | None]
    moments: list[datetime | None]
    amounts: list[Decimal | None]
    products: list[str | None]


def table(
    rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER, delimiter: str = ",", end: str = "\n"
) -> str:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows([header, *rows])
    return out.getvalue()


def look(shop: Workshop, content: str | bytes) -> FileFacts:
    """The facts of a file."""
    with opened(shop.file(content, "look.csv"), batches.workspace(shop.home, shop.org_id)) as file:
        return file.facts


def guess(shop: Workshop, content: str | bytes, *, kind: str | None = None) -> Proposal:
    """What is proposed for a file nobody has seen before."""
    return propose(look(shop, content), kind=kind)


def read(shop: Workshop, content: str | bytes, *, zone: str = "UTC", **said: Any) -> Whole:
    """Every record of an orders file by the macros of the import, with what was `said` or else detected."""
    workspace = batches.workspace(shop.home, shop.org_id)
    with (
        opened(shop.file(content, "whole.csv"), workspace) as file,
        file.copy() as copy,
        shop.warehouses.use(shop.org_id) as warehouse,
        warehouse.scratch() as writer,
    ):
        proposal = propose(file.facts, kind="orders")
        given = answers({"kind": "orders", **said})
        mapping = settle(proposal, given)
        loading.bind(writer, file.facts, mapping, copy)
        mapping = settling.settled(writer, proposal, mapping, copy, given, today=TODAY)
        run = loading._parameters(mapping, TODAY, zone)
        query = (
            "SELECT id_of(customer_id), moment_of(ordered_at, $dates, $zone), number_of(amount, $numbers), "
            "product FROM source"
        )
        rows = writer.rows(query, {key: run[key] for key in ("dates", "zone", "numbers")})
    ids, moments, amounts, products = ([row[place] for row in rows] for place in range(4))
    return Whole(mapping, ids, moments, amounts, products)


def dates(values: Iterable[str]) -> str:
    """A file with these dates."""
    return table(("7", value, "5", "mug") for value in values)


def numbers(values: Iterable[str]) -> str:
    """A file with these amounts."""
    return table(("7", "2020-01-01", value, "mug") for value in values)
