"""Whatever a file of good form holds: every record is accounted for, and what is accepted comes back equal."""

from __future__ import annotations

import csv
import gzip
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from workshop import TODAY, Workshop

from pulse_core.intake.formats import NULLS

HEADER = ["customer_id", "date", "amount", "product"]
GOOD = ["good", "2020-01-01", "1", "mug"]
# csv.writer leaves a lone carriage return unquoted, where it ends a line.
CELLS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12)
CUSTOMERS = st.one_of(st.sampled_from(["", "  ", "17850"]), CELLS)
DATES = st.one_of(
    st.dates(date(1900, 1, 1), TODAY).map(str),
    st.datetimes(datetime(1900, 1, 1), datetime(2026, 11, 20)).map(lambda t: t.isoformat(" ", "seconds")),
    st.sampled_from(["", "soon", "2020-02-30", "2999-01-01"]),
)
AMOUNTS = st.one_of(
    st.decimals(-(10**9), 10**9, places=4).map(str), st.sampled_from(["", "x", "nan", "-inf", "1e40"])
)
RECORDS = st.one_of(
    st.tuples(CUSTOMERS, DATES, AMOUNTS, CELLS).map(list),
    # Too few or too many cells; an empty one too many is taken as a delimiter at the line's end.
    st.lists(CELLS, min_size=1, max_size=5)
    .filter(lambda cells: len(cells) != 3)
    .map(lambda cells: [*cells, "x"]),
)


@dataclass(frozen=True)
class Dialect:
    """How the file is written."""

    delimiter: str
    end: str
    quoting: int
    bom: bool
    gz: bool


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
    st.booleans(),
)


def written(records: list[list[str]], dialect: Dialect) -> bytes:
    """The records as a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=dialect.delimiter,
        lineterminator=dialect.end,
        quoting=dialect.quoting,  # type: ignore[arg-type]
    )
    writer.writerows([HEADER, *records])
    raw = out.getvalue().encode("utf-8-sig" if dialect.bom else "utf-8")
    return gzip.compress(raw, mtime=0) if dialect.gz else raw


# What counts as blank at the ends of a value: Unicode's separators, and what ends or indents a line.
BLANKS = "\t\n\f\r" + "".join(
    sign for sign in map(chr, range(0x3100)) if unicodedata.category(sign)[0] == "Z"
)


def fate(record: list[str]) -> str:
    """What must become of a record, by the plainest reading of the rules."""
    if len(record) != 4:
        return "rejected"
    customer, day, amount, _ = record
    if customer in NULLS or not customer.strip(BLANKS):
        return "no_customer"
    try:
        moment, money = datetime.fromisoformat(day), Decimal(amount)
    except (ValueError, ArithmeticError):
        return "rejected"
    return "accepted" if moment.date() <= TODAY and money.is_finite() and abs(money) < 10**14 else "rejected"


def expected(record: list[str]) -> tuple[object, ...]:
    """An accepted record as it must come back."""
    customer, day, amount, product = record
    return (
        re.sub(r"^([0-9]+)\.0$", r"\1", customer.strip(BLANKS)),
        datetime.fromisoformat(day),
        Decimal(amount),
        None if product in NULLS else product.strip(BLANKS) or None,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One home folder for all examples; each is a batch of its own."""
    opened = Workshop(Path(tmp_path_factory.mktemp("property")))
    yield opened
    opened.close()


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    records=[
        ["\f", "2020-01-01", "1", "a"],
        ["b", "2020-01-01", "1", "\t"],
        ["c", "2020-01-01", "1", "\x0bd\u2028"],
        GOOD,
    ],
    dialect=Dialect(",", "\n", csv.QUOTE_ALL, False, False),
)
@given(records=st.lists(RECORDS, max_size=8).map(lambda records: [*records, GOOD]), dialect=DIALECTS)
def test_every_record_is_accounted_for(shop: Workshop, records: list[list[str]], dialect: Dialect) -> None:
    """rows = accepted + rejected + set aside = records written; accepted values are equal, rejects in place."""
    answers = {"overlap": "keep", "currency": "EUR"}  # else a cell that happens to be £5 would settle it
    report = shop.load(written(records, dialect), answers=answers)
    fates = [fate(record) for record in records]
    assert report.rows == report.accepted + report.rejected + sum(report.set_aside.values()) == len(records)
    assert report.accepted == fates.count("accepted")
    assert report.set_aside.get("no_customer", 0) == fates.count("no_customer")
    places = list(enumerate(zip(records, fates, strict=True), start=2))
    if not report.unchanged:
        assert [r.row for r in report.rejects] == [row for row, (_, what) in places if what == "rejected"]
    found = shop.rows(
        "SELECT customer_id, ordered_at, amount, product FROM orders_batches "
        "JOIN applied_batches ON file = parse_filename(filename) "
        f"WHERE batch_id = {report.batch_id} AND fault IS NULL ORDER BY file_row_number"
    )
    accepted = [expected(record) for record, what in zip(records, fates, strict=True) if what == "accepted"]
    assert found == accepted
