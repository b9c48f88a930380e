"""Rows: repeated headers, totals, and broken records among good ones."""

from __future__ import annotations

from .build import GOOD, GOOD_LOADS, GOOD_TEXT, GOOD_VALUES, HEADER, priced, prices_load, text
from .case import Case
from .lines import products, products_load
from .verdicts import Loads, Refused


def aside(**counts: int) -> Loads:
    """The good rows load beside so many that are set aside."""
    return Loads(3 + sum(counts.values()), 3, set_aside=counts, values=GOOD_VALUES)


def with_rows(*lines: str) -> str:
    """The good rows with these among them, before the last."""
    return text(*GOOD[:2], *lines, GOOD[2])


def broken(count: int = 1) -> Loads:
    """The good rows load beside so many that are rejected."""
    return Loads(3 + count, 3, count, values=GOOD_VALUES)


HEADERS = (
    Case("header_again", with_rows(HEADER), aside(header=1), "R2"),
    Case(
        "header_again_often",
        text(*(line for good in GOOD for line in (HEADER, good, HEADER))),
        aside(header=6),
        "R2",
    ),
    Case("header_again_at_once", text(HEADER, *GOOD), aside(header=1), "R2"),
    Case(
        "header_again_quoted",
        with_rows('"customer_id","date","amount"'),
        aside(header=1),
        "R2: the same cells",
    ),
    Case(
        "header_again_below_blanks",
        with_rows("", "", HEADER, ""),
        aside(header=1),
        "R2, W6: pages put together",
    ),
    Case("header_again_crlf", with_rows(HEADER).replace("\n", "\r\n"), aside(header=1), "R2"),
    Case("header_again_only", text(HEADER, HEADER), Refused("none of the"), "R2, R9"),
    Case(
        "header_in_part",
        with_rows("customer_id,2020-01-01,10"),
        Loads(4, 4, values=(*GOOD_VALUES[:2], ("customer_id", "2020-01-01T00:00:00", "10"), GOOD_VALUES[2])),
        "R2: only a whole header is one",
    ),
)

TOTALS = (
    *(
        Case(
            f"totals_{word.strip(':').lower().replace(' ', '_')}",
            GOOD_TEXT + f"{word},,29.75\n",
            aside(totals=1),
            "R2",
        )
        for word in ("Total", "TOTALS", "Sum:", "Grand Total", "Subtotal:")
    ),
    Case(
        "totals_in_another_cell",
        text(*(line + ",x" for line in GOOD), ",,29.75,Total:", header=f"{HEADER},product"),
        aside(totals=1),
        "R2: whether or not the customer is empty",
    ),
    Case("totals_in_the_amount", GOOD_TEXT + ",,Total\n", aside(totals=1), "R2: some cell is the word"),
    Case(
        "totals_null_date",
        GOOD_TEXT + "Total,NULL,29.75\n",
        aside(totals=1),
        "R1, R2: an empty date in another spelling",
    ),
    Case(
        "totals_among_rows", with_rows("Subtotal,,22.5", "SUBTOTAL:,,22.5"), aside(totals=2), "R2: anywhere"
    ),
    Case(
        "totals_without_word",
        GOOD_TEXT + ",,29.75\n",
        aside(no_customer=1),
        "R1, R2: no word, but no customer either",
    ),
    Case(
        "totals_in_a_longer_text",
        GOOD_TEXT + "Total sales,,29.75\n",
        broken(),
        "R2: not the word alone; no date, so rejected",
    ),
    Case(
        "totals_as_a_product",
        products("Total", "Sum", "subtotal:"),
        products_load("Total", "Sum", "subtotal:"),
        "R2: with a date it is a row",
    ),
    Case("totals_only", text("Total,,29.75"), Refused("none of the"), "R2, R9"),
)

BROKEN = (
    Case("cells_too_few", with_rows("c9,2020-01-01"), broken(), "W8"),
    Case("cells_only_one", with_rows("c9"), broken(), "W8"),
    Case("cells_too_many", with_rows("c9,2020-01-01,10,11"), broken(), "W8"),
    Case(
        "cells_too_many_by_a_comma",
        with_rows("Smith, John,2020-01-01,10"),
        broken(),
        "W8: a comma that needed quotation marks",
    ),
    Case(
        "cells_decimal_comma_unquoted",
        with_rows("c9,2020-01-01,12,50"),
        broken(),
        "W8: a decimal comma that needed them",
    ),
    Case(
        "cells_one_empty_too_many",
        with_rows("c9,2020-01-01,10,"),
        Loads(4, 4),
        "W8 leaves it open: many programs end each line with a mark, and nothing is lost",
    ),
    Case(
        "cells_of_every_sort",
        with_rows("c9", "c9,2020-01-01", "c9,2020-01-01,1,2,3,4,5,6", "x" * 200),
        broken(4),
        "W8",
    ),
    Case(
        "cells_first_row_broken",
        text("c9,2020-01-01", *GOOD),
        broken(),
        "W6, W8: a short row under the header is no title",
    ),
    Case(
        "cells_many_broken",
        text(*("c9,2020-01-01",) * 4000, *GOOD),
        broken(4000),
        "W8: also where the most are broken",
    ),
    Case(
        "cells_all_broken", text("c9,2020-01-01", "c8", "c7,2020-01-01,1,2"), Refused("none of the"), "W8, R9"
    ),
    Case("cells_last_row_cut_off", GOOD_TEXT + "c9,2020-0", broken(), "W8: the file was cut off"),
    Case(
        "cells_broken_and_quoted",
        with_rows('"c\n9",2020-01-01', '"c,9"'),
        broken(2),
        "W7, W8: a line end in a broken record",
    ),
    Case(
        "rows_of_every_fate",
        text(
            GOOD[0],
            HEADER,
            ",2020-01-01,1",
            "c9,soon,1",
            "c9",
            GOOD[1],
            "c9,2020-01-01,free",
            GOOD[2],
            "Total,,3",
        ),
        Loads(9, 3, 3, set_aside={"header": 1, "no_customer": 1, "totals": 1}, values=GOOD_VALUES),
        "accepted + rejected + set aside",
    ),
    Case("one_row", text(GOOD[0]), Loads(1, 1, values=GOOD_VALUES[:1]), "the smallest file that loads"),
    Case("one_bad_row", priced("10", "free"), prices_load("10", None), "R9: one good row is enough"),
)

GOOD_FILE = Case("good", GOOD_TEXT, GOOD_LOADS, "a plain file")

CASES = (*HEADERS, *TOTALS, *BROKEN, GOOD_FILE)
