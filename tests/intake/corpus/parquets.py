"""Parquet: typed columns, as other programs write them, and files cut off or forged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from .build import GOOD_LOADS, GOOD_VALUES, dates_load, names_load, prices_load
from .case import Case
from .columnar import equal_rows, parquet
from .verdicts import Asks, Loads, Refused

DAYS = [date(2020, 1, 1), date(2020, 2, 29), date(2020, 12, 31)]
IDS = ["c1", "c2", "c3"]
TYPED: dict[str, Any] = {"customer_id": IDS, "date": DAYS, "amount": [10.0, 12.5, 7.25]}
WHOLE = parquet(TYPED)
ROW = {"customer_id": "c1", "date": "2020-01-01", "amount": "10"}


def dated(values: Any) -> bytes:
    """Orders of c1, c2, … with this column of dates."""
    return parquet({"customer_id": IDS[: len(values)], "date": values, "amount": [10] * len(values)})


def priced(values: Any) -> bytes:
    """Orders of c1, c2, … with this column of amounts."""
    return parquet({"customer_id": IDS[: len(values)], "date": [DAYS[0]] * len(values), "amount": values})


def named(values: Any) -> bytes:
    """Orders with this column of customers."""
    return parquet({"customer_id": values, "date": [DAYS[0]] * len(values), "amount": [10] * len(values)})


MIDDAY = datetime(2020, 1, 1, 12, 30)

CASES = (
    Case("parquet", WHOLE, GOOD_LOADS, "W2", file_name="orders.parquet"),
    Case("parquet_named_csv", WHOLE, GOOD_LOADS, "W2: by content, never by name"),
    Case(
        "parquet_without_dictionary",
        parquet(TYPED, use_dictionary=False, compression="none"),
        GOOD_LOADS,
        "W2",
    ),
    Case(
        "parquet_zstd_in_groups",
        parquet(TYPED, compression="zstd", row_group_size=1),
        GOOD_LOADS,
        "W2: row order stays",
    ),
    Case(
        "parquet_all_text",
        parquet({"customer_id": IDS, "date": [str(day) for day in DAYS], "amount": ["10", "12.50", "7.25"]}),
        GOOD_LOADS,
        "W2, R3, R4: text in Parquet is read as text in a CSV",
    ),
    Case(
        "parquet_text_ambiguous",
        parquet({"customer_id": ["c1"], "date": ["03/04/2020"], "amount": [1.5]}),
        Asks("ambiguous_dates"),
        "R3",
    ),
    Case(
        "parquet_moments", dated(pa.array([MIDDAY], pa.timestamp("us"))), dates_load("2020-01-01T12:30"), "R3"
    ),
    Case(
        "parquet_moments_ns",
        dated(pa.array([MIDDAY], pa.timestamp("ns"))),
        dates_load("2020-01-01T12:30"),
        "R3",
    ),
    Case(
        "parquet_moments_ms",
        dated(pa.array([MIDDAY], pa.timestamp("ms"))),
        dates_load("2020-01-01T12:30"),
        "R3",
    ),
    Case(
        "parquet_moments_with_zone",
        dated(pa.array([MIDDAY.replace(tzinfo=UTC)], pa.timestamp("us", "America/New_York"))),
        dates_load("2020-01-01T12:30"),
        "R3: the organisation's zone is UTC",
    ),
    Case(
        "parquet_moment_in_future", dated([DAYS[0], date(2026, 11, 21)]), dates_load("2020-01-01", None), "R3"
    ),
    Case(
        "parquet_unix_seconds",
        dated(pa.array([1577836800, 1582934400])),
        dates_load("2020-01-01", "2020-02-29"),
        "R3",
    ),
    Case("parquet_ids_as_numbers", named(pa.array([17850, 13047])), names_load("17850", "13047"), "R5"),
    Case(
        "parquet_ids_as_floats",
        named(pa.array([17850.0, 13047.0])),
        names_load("17850", "13047"),
        "R5: 17850.0 is 17850",
    ),
    Case(
        "parquet_ids_as_large_floats",
        named(pa.array([1e15 + 1, 123456789012.0])),
        names_load("1000000000000001", "123456789012"),
        "R5: a float prints short, but it holds every digit",
    ),
    Case(
        "parquet_ids_missing",
        named(pa.array(["c1", None, ""])),
        Loads(3, 1, set_aside={"no_customer": 2}, values=GOOD_VALUES[:1]),
        "R1",
    ),
    Case(
        "parquet_ids_in_a_dictionary",
        named(pa.array(["c1", "c1"]).dictionary_encode()),
        names_load("c1", "c1"),
        "W2",
    ),
    Case(
        "parquet_ids_as_bytes",
        named(pa.array([b"c1", "Zoë".encode()], pa.binary())),
        names_load("c1", "Zoë"),
        "W2 leaves it open: bytes that are UTF-8 are text",
    ),
    Case(
        "parquet_decimals",
        priced(pa.array([Decimal("1234.56"), Decimal("-0.01")])),
        prices_load("1234.56", "-0.01", returns=1),
        "R4, R6",
    ),
    Case(
        "parquet_whole_amounts",
        priced(pa.array([1234, 5])),
        prices_load("1234", "5"),
        "R4: typed numbers have no marks",
    ),
    Case(
        "parquet_thousands_no_doubt",
        priced(pa.array([1.234, 5.678])),
        prices_load("1.234", "5.678"),
        "R4: a typed number is never ambiguous",
    ),
    Case(
        "parquet_small_and_large_floats",
        priced(pa.array([0.1 + 0.2, 1e11, 1e-5])),
        prices_load("0.3", "100000000000", "0"),
        "R4: to four places, never in powers of ten",
    ),
    Case(
        "parquet_not_numbers",
        priced(pa.array([10.0, float("nan"), float("inf")])),
        prices_load("10", None, None),
        "R4",
    ),
    Case(
        "parquet_amounts_missing",
        priced(pa.array([10.0, None])),
        prices_load("10", None),
        "R6: no amount, no other way",
    ),
    Case(
        "parquet_nested",
        parquet({**TYPED, "tags": [["a"], [], None], "box": [{"a": 1}, {"a": 2}, None]}),
        GOOD_LOADS,
        "W2 leaves it open: a nested column that nobody needs harms nobody",
    ),
    Case("parquet_null_column", parquet({**TYPED, "nothing": pa.nulls(3)}), GOOD_LOADS, "W2"),
    Case(
        "parquet_hostile_columns",
        parquet({**TYPED, 'a"; DROP TABLE x; --': IDS, "row": IDS, "file_row_number": IDS}),
        GOOD_LOADS,
        "W2: names of columns are text",
    ),
    Case(
        "parquet_no_rows",
        parquet({name: pa.array([], pa.string()) for name in ROW}),
        Refused("no rows"),
        "W3",
    ),
    Case("parquet_no_columns", parquet({}), Refused(), "W3: nothing in it"),
    Case(
        "parquet_column_missing",
        parquet({"customer_id": IDS, "amount": [1, 2, 3]}),
        Asks("missing_column"),
        "an order needs a date",
        answers={"kind": "orders"},
    ),
    Case(
        "parquet_forged_well",
        equal_rows(ROW, 1000),
        Loads(1000, 1000, values=(*GOOD_VALUES[:1],) * 1000),
        "W2: shows that the bomb of the same make is a readable Parquet",
    ),
    *(
        Case(f"parquet_cut_{name}", cut, Refused("damaged"), "W3", file_name="orders.parquet")
        for name, cut in (
            ("half_way", WHOLE[: len(WHOLE) // 2]),
            ("after_the_magic", WHOLE[:4]),
            ("before_the_last_byte", WHOLE[:-1]),
            ("in_the_middle", WHOLE[:50] + WHOLE[90:]),
        )
    ),
    Case("parquet_without_its_head", WHOLE[4:], Refused(), "W3: it no longer says what it is"),
    Case("parquet_wrong_footer_length", WHOLE[:-8] + b"\xff\xff\xff\x7f" + b"PAR1", Refused("damaged"), "W3"),
)
