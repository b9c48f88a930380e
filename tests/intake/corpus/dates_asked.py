"""Dates that read both ways or not at all: what is asked, what is refused, what an answer changes."""

from __future__ import annotations

from .build import GOOD, GOOD_VALUES, HEADER, dated, dated_values, dates_load, text
from .case import Case
from .verdicts import Asks, Loads, Refused

DAY_FIRST = {"dates": "day_first"}
MONTH_FIRST = {"dates": "month_first"}
AMBIGUOUS = Asks("ambiguous_dates")


def late_decision() -> bytes:
    """Twenty-five thousand dates that read both ways, and a last one that reads only day first."""
    return (HEADER + "\n" + "c1,03/04/2020,10\n" * 25_000 + "c1,13/04/2020,10\n").encode()


def late_contradiction() -> bytes:
    """Twenty-five thousand dates that read only day first, and a last one that reads only month first."""
    return (HEADER + "\n" + "c1,13/04/2020,10\n" * 25_000 + "c1,04/13/2020,10\n").encode()


def once(customer: str, moment: str) -> tuple[str, str, str]:
    """An order of 10."""
    return customer, f"{moment}T00:00:00", "10"


CASES = (
    Case("dates_ambiguous", dated("03/04/2020", "05/06/2020"), AMBIGUOUS, "R3: both ways read every date"),
    Case("dates_ambiguous_dots", dated("03.04.2020", "05.06.2020"), AMBIGUOUS, "R3: dots prove nothing"),
    Case("dates_ambiguous_dashes", dated("03-04-2020", "05-06-2020"), AMBIGUOUS, "R3"),
    Case(
        "dates_ambiguous_time",
        dated("3/4/2020 8:26", "5/6/2020 17:00"),
        AMBIGUOUS,
        "R3: a time proves nothing",
    ),
    Case("dates_ambiguous_two_digits", dated("03/04/20", "05/06/20"), AMBIGUOUS, "R3: short years too"),
    Case(
        "dates_ambiguous_all_short",
        dated("01/02/03", "04/05/06"),
        AMBIGUOUS,
        "R3: even the year could be first",
    ),
    Case(
        "dates_ambiguous_but_one",
        dated("05/05/2020", "01/01/2020", "03/04/2020"),
        AMBIGUOUS,
        "R3: one disagreement is enough",
    ),
    Case(
        "dates_ambiguous_and_impossible",
        dated("03/04/2020", "99/99/2020"),
        AMBIGUOUS,
        "R3: what reads no way decides nothing",
    ),
    Case(
        "dates_ambiguous_and_empty",
        dated("03/04/2020", "", "NULL"),
        AMBIGUOUS,
        "R3: what is empty decides nothing",
    ),
    Case(
        "dates_ambiguous_without_customer",
        dated("03/04/2020") + ",13/04/2020,10\n",
        Loads(2, 1, set_aside={"no_customer": 1}, values=(once("c1", "2020-04-03"),)),
        "R3 leaves it open: a date is evidence also where its row is set aside",
    ),
    Case(
        "dates_answered_day",
        dated("03/04/2020", "05/06/2020"),
        dates_load("2020-04-03", "2020-06-05"),
        "R3: as answered",
        answers=DAY_FIRST,
    ),
    Case(
        "dates_answered_month",
        dated("03/04/2020", "05/06/2020"),
        dates_load("2020-03-04", "2020-05-06"),
        "R3: as answered",
        answers=MONTH_FIRST,
    ),
    Case(
        "dates_mixed",
        dated("13/04/2020", "04/13/2020"),
        AMBIGUOUS,
        "R3: some only day first, others only month first",
    ),
    Case(
        "dates_mixed_answered",
        dated("13/04/2020", "04/13/2020", "03/04/2020"),
        dates_load("2020-04-13", None, "2020-04-03"),
        "R3: what does not read in the format is rejected",
        answers=DAY_FIRST,
    ),
    Case(
        "dates_late_decision",
        late_decision,
        Loads(25_001, 25_001, values=(*(once("c1", "2020-04-03"),) * 25_000, once("c1", "2020-04-13"))),
        "R3: every row counts, not a sample",
    ),
    Case("dates_late_contradiction", late_contradiction, AMBIGUOUS, "R3: every row counts, not a sample"),
    Case("dates_only_years", dated("2019", "2020"), Refused("none of the"), "R3, R9: no date at all"),
    Case(
        "dates_only_words", dated("soon", "later", "epoch"), Refused("none of the"), "R3, R9: no date at all"
    ),
    Case("dates_all_in_the_future", dated("2027-01-01", "2028-01-01"), Refused("none of the"), "R3, R9"),
    Case(
        "dates_all_empty", dated("", "", ""), Refused("none of the"), "R9: a customer and no date is rejected"
    ),
    Case(
        "dates_answered_otherwise",
        text(*GOOD),
        Refused("none of the"),
        "R3, R9: the answer is taken at its word",
        answers=DAY_FIRST,
    ),
    Case(
        "dates_semicolons",
        dated("Dec 9, 2011", "Jan 31, 2011", mark=";"),
        Loads(2, 2, values=dated_values("2011-12-09", "2011-01-31")),
        "R3, W7: commas in the dates",
    ),
    Case(
        "dates_good_and_bad_far_apart",
        text(GOOD[0], *("c1,soon,1",) * 3000, GOOD[1]),
        Loads(3002, 2, 3000, values=GOOD_VALUES[:2]),
        "R3: good rows among thousands of bad ones",
    ),
)
