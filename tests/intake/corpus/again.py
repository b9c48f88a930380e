"""Files that were loaded before, in part or as a whole."""

from __future__ import annotations

from .build import GOOD, GOOD_TEXT, GOOD_VALUES, text
from .case import Case
from .squeeze import gz, zipped
from .verdicts import Asks, Loads, Unchanged

NEW = "c9,2020-05-05,1\n"
SOME = text(*GOOD[1:]) + NEW


CASES = (
    Case("again_same_name", GOOD_TEXT, Unchanged(), "W9", before=GOOD_TEXT),
    Case(
        "again_other_name", GOOD_TEXT, Unchanged(), "W9", before=GOOD_TEXT, file_name="Copy of orders (2).txt"
    ),
    Case("again_in_gz", gz(GOOD_TEXT.encode()), Unchanged(), "W9: gz or not", before=GOOD_TEXT),
    Case("again_out_of_gz", GOOD_TEXT, Unchanged(), "W9: gz or not", before=gz(GOOD_TEXT.encode())),
    Case(
        "again_in_zip",
        zipped(("orders.csv", GOOD_TEXT.encode())),
        Unchanged(),
        "W9 speaks of gz; a zip is alike",
        before=GOOD_TEXT,
    ),
    Case("overlap", SOME, Asks("overlapping_rows"), "R7", before=GOOD_TEXT),
    Case(
        "overlap_skipped",
        SOME,
        Loads(3, 1, set_aside={"overlap": 2}, values=(("c9", "2020-05-05T00:00:00", "1"),)),
        "R7",
        before=GOOD_TEXT,
        answers={"overlap": "skip"},
    ),
    Case(
        "overlap_kept",
        SOME,
        Loads(3, 3, values=(*GOOD_VALUES[1:], ("c9", "2020-05-05T00:00:00", "1"))),
        "R7",
        before=GOOD_TEXT,
        answers={"overlap": "keep"},
    ),
    Case(
        "overlap_in_another_form",
        SOME.replace(",", ";").encode("utf-16"),
        Asks("overlapping_rows"),
        "R7: rows are compared as read, not as written",
        before=GOOD_TEXT,
    ),
    Case(
        "overlap_none",
        text("c1,2020-01-02,10", "c1,2020-01-01,11", "C1,2020-01-01,10"),
        Loads(3, 3),
        "R7: another day, another amount, another customer",
        before=GOOD_TEXT,
    ),
    Case(
        "overlap_needless_answer",
        text("c9,2020-05-05,1"),
        Loads(1, 1),
        "R7: nothing overlaps",
        before=GOOD_TEXT,
        answers={"overlap": "skip"},
    ),
    Case(
        "overlap_all_answered",
        text(*reversed(GOOD)),
        Loads(3, 0, set_aside={"overlap": 3}),
        "R7, R9 leave it open: the same rows in another order are no mistake; nothing is added",
        before=GOOD_TEXT,
        answers={"overlap": "skip"},
    ),
)
