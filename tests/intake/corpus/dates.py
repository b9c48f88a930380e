"""Dates in every way to write one, and among them what is no date."""

from __future__ import annotations

from .build import dated, dates_load
from .case import Case

# Name, dates as written, dates as they are read (None is rejected), why.
READ: tuple[tuple[str, tuple[str, ...], tuple[str | None, ...], str], ...] = (
    ("iso", ("2011-12-09", "2011-01-31"), ("2011-12-09", "2011-01-31"), "ISO"),
    (
        "iso_t",
        ("2011-12-09T13:45:59", "2011-12-09T00:00"),
        ("2011-12-09T13:45:59", "2011-12-09"),
        "ISO with T",
    ),
    (
        "iso_blank",
        ("2011-12-09 13:45", "2011-12-09 23:59:59"),
        ("2011-12-09T13:45", "2011-12-09T23:59:59"),
        "ISO with a time",
    ),
    (
        "iso_some_with_time",
        ("2011-12-09", "2011-12-09 13:45"),
        ("2011-12-09", "2011-12-09T13:45"),
        "the time is optional",
    ),
    (
        "iso_fraction",
        ("2011-12-09 13:45:59.250000",),
        ("2011-12-09T13:45:59.250000",),
        "a fraction of a second",
    ),
    (
        "iso_slashes",
        ("2011/12/09", "2011/01/31 08:30"),
        ("2011-12-09", "2011-01-31T08:30"),
        "ISO with slashes",
    ),
    ("iso_padded", (" 2011-12-09 ", "2011-12-10"), ("2011-12-09", "2011-12-10"), "trimmed"),
    ("zulu", ("2011-12-09T13:45:59Z",), ("2011-12-09T13:45:59",), "Z is UTC, as the organisation's zone"),
    (
        "offset",
        ("2011-12-09T00:30:00+02:00", "2011-12-09T23:30:00-05:00"),
        ("2011-12-08T22:30", "2011-12-10T04:30"),
        "converted",
    ),
    (
        "offset_short",
        ("2011-12-09 13:45:00+0530", "2011-12-09 13:45:00+02"),
        ("2011-12-09T08:15", "2011-12-09T11:45"),
        "converted",
    ),
    (
        "offset_in_some",
        ("2011-12-09T13:45:00+01:00", "2011-12-09T13:45:00"),
        ("2011-12-09T12:45", "2011-12-09T13:45"),
        "open: a time without an offset is of the organisation's zone",
    ),
    ("compact", ("20111209", "20120229"), ("2011-12-09", "2012-02-29"), "compact"),
    (
        "day_first_slash",
        ("09/12/2011", "31/01/2011"),
        ("2011-12-09", "2011-01-31"),
        "one date reads only day first",
    ),
    ("day_first_dot", ("9.12.2011", "31.1.2011"), ("2011-12-09", "2011-01-31"), "day first with dots"),
    ("day_first_dash", ("09-12-2011", "31-01-2011"), ("2011-12-09", "2011-01-31"), "day first with dashes"),
    (
        "day_first_time",
        ("09.12.2011 13:45:10", "31.01.2011 08:00"),
        ("2011-12-09T13:45:10", "2011-01-31T08:00"),
        "with a time",
    ),
    (
        "month_first_slash",
        ("12/09/2011", "01/31/2011"),
        ("2011-12-09", "2011-01-31"),
        "one date reads only month first",
    ),
    (
        "month_first_dash",
        ("12-09-2011", "01-31-2011"),
        ("2011-12-09", "2011-01-31"),
        "month first with dashes",
    ),
    (
        "month_first_time",
        ("12/1/2010 8:26", "12/31/2010 17:05"),
        ("2010-12-01T08:26", "2010-12-31T17:05"),
        "as Online Retail",
    ),
    (
        "half_days",
        ("12/31/2010 12:00 AM", "12/31/2010 12:30 PM", "1/2/2011 1:05:09 pm"),
        ("2010-12-31T00:00", "2010-12-31T12:30", "2011-01-02T13:05:09"),
        "twelve at night is zero",
    ),
    (
        "half_days_day_first",
        ("31/12/2010 01:45 PM", "01/02/2011 11:59 AM"),
        ("2010-12-31T13:45", "2011-02-01T11:59"),
        "AM and PM",
    ),
    (
        "two_digits",
        ("25/12/11", "25/12/99", "25/12/69", "25/12/00"),
        ("2011-12-25", "1999-12-25", "1969-12-25", "2000-12-25"),
        "69 to 99 are 19xx",
    ),
    ("two_digits_68", ("25/12/11", "25/12/68"), ("2011-12-25", None), "68 is 2068, which lies in the future"),
    (
        "two_digits_month_first",
        ("12/25/11", "01/02/11"),
        ("2011-12-25", "2011-01-02"),
        "two digits, month first",
    ),
    ("month_name", ("9 Dec 2011", "31 Jan 2011"), ("2011-12-09", "2011-01-31"), "short name"),
    ("month_name_dashes", ("09-Dec-11", "31-Jan-99"), ("2011-12-09", "1999-01-31"), "as Oracle writes it"),
    ("month_name_us", ("Dec 9, 2011", "Jan 31, 2011"), ("2011-12-09", "2011-01-31"), "month first by name"),
    ("month_name_long", ("9 December 2011", "3 May 2011"), ("2011-12-09", "2011-05-03"), "long name"),
    ("month_name_case", ("9 DEC 2011", "3 may 2011"), ("2011-12-09", "2011-05-03"), "open: case-blind"),
    ("excel", ("40886", "40887"), ("2011-12-09", "2011-12-10"), "Excel serial days"),
    (
        "excel_fraction",
        ("40886.5", "40887.25"),
        ("2011-12-09T12:00", "2011-12-10T06:00"),
        "the fraction is the time",
    ),
    (
        "excel_bounds",
        ("20000", "40886", "19999", "60001", "0"),
        ("1954-10-03", "2011-12-09", None, None, None),
        "20000 to 60000",
    ),
    (
        "excel_future",
        ("40886", "46346", "46347"),
        ("2011-12-09", "2026-11-20", None),
        "46347 is the day after today",
    ),
    ("unix", ("1323388800", "1323438359"), ("2011-12-09", "2011-12-09T13:45:59"), "Unix seconds"),
    (
        "unix_ms",
        ("1323388800000", "1323438359000"),
        ("2011-12-09", "2011-12-09T13:45:59"),
        "Unix milliseconds",
    ),
    (
        "same_both_ways",
        ("05/05/2020", "12/12/2019", "01/01/2020"),
        ("2020-05-05", "2019-12-12", "2020-01-01"),
        "both ways agree on every date",
    ),
    (
        "one_decides",
        ("03/04/2020", "05/06/2020", "13/05/2020"),
        ("2020-04-03", "2020-06-05", "2020-05-13"),
        "the last one decides",
    ),
    (
        "one_decides_month",
        ("03/04/2020", "05/06/2020", "05/13/2020"),
        ("2020-03-04", "2020-05-06", "2020-05-13"),
        "the last decides",
    ),
    (
        "other_format",
        ("2020-01-01", "2020-01-02", "09.12.2011"),
        ("2020-01-01", "2020-01-02", None),
        "one format a file",
    ),
    (
        "other_format_name",
        ("2020-01-01", "2020-01-02", "9 Dec 2011"),
        ("2020-01-01", "2020-01-02", None),
        "one format a file",
    ),
    (
        "other_format_serial",
        ("2020-01-01", "2020-01-02", "40886"),
        ("2020-01-01", "2020-01-02", None),
        "one format a file",
    ),
    (
        "impossible",
        ("2020-02-29", "2019-02-29", "2020-02-30", "2020-04-31", "2020-13-01", "2020-00-10", "2020-01-00"),
        ("2020-02-29", None, None, None, None, None, None),
        "no such day",
    ),
    (
        "impossible_leap_of_1900",
        ("1904-02-29", "1900-02-29"),
        ("1904-02-29", None),
        "1900 was no leap year, whatever Excel says",
    ),
    (
        "impossible_day_first",
        ("13/05/2020", "31/11/2020", "29/02/2019"),
        ("2020-05-13", None, None),
        "no such day",
    ),
    ("impossible_compact", ("20111209", "20111399", "20110230"), ("2011-12-09", None, None), "no such day"),
    (
        "impossible_time",
        ("2020-01-01 23:59:59", "2020-01-01 25:00:00", "2020-01-01 12:61:00"),
        ("2020-01-01T23:59:59", None, None),
        "no such time",
    ),
    (
        "impossible_month_name",
        ("9 Dec 2011", "31 Feb 2011", "9 Foo 2011"),
        ("2011-12-09", None, None),
        "no such day or month",
    ),
    (
        "today",
        ("2026-11-20", "2026-11-20 23:59:59", "2026-11-21", "2027-01-01"),
        ("2026-11-20", "2026-11-20T23:59:59", None, None),
        "after the day of import",
    ),
    (
        "today_elsewhere",
        ("2020-01-01T00:00:00Z", "2026-11-21T01:00:00+05:00", "2026-11-20T22:00:00-05:00"),
        ("2020-01-01", "2026-11-20T20:00", None),
        "open: what counts is the moment in the organisation's zone",
    ),
    (
        "far_future",
        ("2020-01-01", "9999-12-31", "10000-01-01", "20200-01-01"),
        ("2020-01-01", None, None, None),
        "in the future",
    ),
    (
        "before_1900",
        ("1900-01-01", "1899-12-31", "0001-01-01", "0000-00-00", "-2020-01-01"),
        ("1900-01-01", None, None, None, None),
        "before 1900",
    ),
    (
        "words",
        ("2020-01-01", "infinity", "-infinity", "epoch", "now", "today", "yesterday", "tomorrow"),
        ("2020-01-01", *(None,) * 7),
        "words of a database are no dates",
    ),
    (
        "missing",
        ("2020-01-01", "", "NULL", "  ", "n/a"),
        ("2020-01-01", None, None, None, None),
        "R1, R2: empty, and no totals row",
    ),
    (
        "text_behind",
        ("2020-01-01", "2020-01-01 (about)", "2020-01-01x", "x2020-01-01"),
        ("2020-01-01", None, None, None),
        "no date",
    ),
    (
        "parts",
        ("2020-01-01", "2020", "2020-01", "01", "12:30"),
        ("2020-01-01", None, None, None, None),
        "half a date is none",
    ),
    (
        "other_digits",
        ("2020-01-01", "٢٠٢٠-٠١-٠١", "２０２０-01-01"),
        ("2020-01-01", None, None),
        "open: digits are 0 to 9",
    ),
    (
        "hostile",
        ("2020-01-01", "'; DROP TABLE x; --", "=TODAY()", "<b>", "%s%n", "2020-01-01'::DATE"),
        ("2020-01-01", *(None,) * 5),
        "no dates",
    ),
)


CASES = (
    *(
        Case(f"dates_{name}", dated(*written), dates_load(*read), f"R3: {why}")
        for name, written, read, why in READ
    ),
)
