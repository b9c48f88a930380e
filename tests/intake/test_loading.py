"""From a file to typed rows: what is accepted comes back equal, what is not is told with row, column and reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import Invalid
from pulse_core.intake.imports import Report
from pulse_core.intake.settling import AmbiguousDates
from pulse_core.stores.ledger import imports

GOOD = "1,2020-01-01,5,a\n"


def told(report: Report) -> list[tuple[int, str | None, str | None]]:
    """The rejected records of a report: row, column, value."""
    return [(reject.row, reject.column, reject.value) for reject in report.rejects]


def reason(shop: Workshop, line: str, header: str = HEADER) -> str:
    """Why one record is rejected that stands below a good one of the e-commerce kind."""
    report = shop.load(header + GOOD + line)
    assert (report.accepted, report.rejected) == (1, 1)
    return report.rejects[0].reason


def test_accepted_values_come_back_equal(shop: Workshop) -> None:
    """Text with quotes, delimiters and line breaks, money to four places, and moments to the second."""
    shop.load(
        "customer_id,date,amount,quantity,order_id,product,category,country,name,email,Discount %\n"
        '" Zoë ",2020-01-01 13:45:59,1234.5678,2,A-1,"Mug, ""large""\nblue",Kitchen,Norway,Zoë Å,zoe@a.example,12.5\n'
    )
    [row] = shop.rows("SELECT * EXCLUDE (file) FROM order_lines")
    assert row == (
        0, "Zoë", datetime(2020, 1, 1, 13, 45, 59), "A-1", Decimal("1234.5678"), Decimal(2), 'Mug, "large"\nblue',
        "Kitchen", "Norway", "Zoë Å", "zoe@a.example", Decimal("12.5"), False,
    )  # fmt: skip


def test_a_discount_that_cannot_be_read_costs_no_order(shop: Workshop) -> None:
    """Percent or money, 0 or empty for none; words are no discount that is known, and no reason to reject."""
    shop.load(
        "customer_id,date,amount,discount\n1,2020-01-01,5,10\n2,2020-01-01,5,\n3,2020-01-01,5,0\n4,2020-01-01,5,SPRING\n"
    )
    rows = shop.rows("SELECT customer_id, discount FROM order_lines ORDER BY 1")
    assert rows == [("1", Decimal(10)), ("2", None), ("3", Decimal(0)), ("4", None)]


def test_names_and_countries_are_known_only_where_a_file_has_them(shop: Workshop) -> None:
    """A file's columns that are not there read as unknown, beside files that have them; a last name alone is a name."""
    shop.load(HEADER + GOOD)
    shop.load("customer_id,date,amount,last_name,country\n2,2020-01-02,5,Berg,Norway\n")
    found = shop.rows("SELECT customer_id, name, email, country FROM order_lines ORDER BY customer_id")
    assert found == [("1", None, None, None), ("2", "Berg", None, "Norway")]


@pytest.mark.parametrize("margin", [" ", "\t", "\u00a0", "\u3000", " \u2009"])
def test_margins_of_a_text_are_taken_off_on_either_side(shop: Workshop, margin: str) -> None:
    """The same customer or product written with a space before or behind it is not another one."""
    shop.load(
        f"customer_id,date,amount,product\n{margin}7,2020-01-01,5,Mug{margin}\n7{margin},2020-01-01,5,{margin}é\n"
    )
    found = shop.rows("SELECT customer_id, product FROM order_lines ORDER BY product")
    assert found == [("7", "Mug"), ("7", "é")]


def test_without_an_order_number_a_customers_moment_is_one_order(shop: Workshop) -> None:
    """Two lines of the same customer and moment are one order, another moment is another."""
    shop.load(HEADER + GOOD + GOOD + "1,2020-01-02,5,a\n2,2020-01-01,5,a\n")
    assert shop.rows("SELECT count(*), count(DISTINCT (customer_id, order_id)) FROM purchases") == [(4, 3)]


def test_the_same_line_twice_is_kept(shop: Workshop) -> None:
    """Legitimate repeated rows are no duplicates: two equal lines are two."""
    assert shop.load(HEADER + GOOD + GOOD).accepted == 2


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("2,,5,a\n", "date", "is empty"),
        ("2,soon,5,a\n", "date", "is not a date of the form Year-month-day"),
        ("2,2020-02-30,5,a\n", "date", "is not a date"),
        ("2,2026-11-21,5,a\n", "date", "lies after the day of import"),
        ("2,infinity,5,a\n", "date", "is not a date"),
        ("2,1899-12-31,5,a\n", "date", "lies before 1900"),
        ("2,-infinity,5,a\n", "date", "is not a date"),
        ("2,epoch,5,a\n", "date", "is not a date"),
        ("2,2020-01-01,,a\n", "amount", "is empty"),
        ("2,2020-01-01,free,a\n", "amount", "is not a number that fits"),
        ("2,2020-01-01,inf,a\n", "amount", "is not a number that fits"),
        ("2,2020-01-01,NaN,a\n", "amount", "is empty"),
        ("2,2020-01-01,1e30,a\n", "amount", "is not a number that fits"),
        ('2,2020-01-01,"1,00.50",a\n', "amount", "is not a number that fits"),
    ],
)
def test_a_bad_value_is_rejected_with_its_place(shop: Workshop, line: str, column: str, problem: str) -> None:
    """The good rows load; the bad one is told with its row, the file's own column, its value and the reason."""
    report = shop.load(HEADER + GOOD + line + GOOD)
    assert (report.rows, report.accepted, report.rejected, report.set_aside) == (3, 2, 1, {})
    [reject] = report.rejects
    assert (reject.row, reject.column) == (3, column)
    assert problem in reject.reason
    assert (reject.value or "") in line


def test_the_day_of_import_itself_is_accepted(shop: Workshop) -> None:
    """Orders of today, up to midnight, are no orders of the future."""
    assert shop.load(HEADER + "1,2026-11-20 23:59:59,5,a\n").rejected == 0


def test_quantity_times_price(shop: Workshop) -> None:
    """Where no column holds the amount, it is pieces × price, exactly."""
    report = shop.load(
        "customer_id,date,quantity,unit_price\n1,2020-01-01,3,0.1\n1,2020-01-01,,0.1\n1,2020-01-01,3,x\n"
        "1,2020-01-01,3,\n1,2020-01-01,1e13,1e13\n"
    )
    assert shop.rows("SELECT amount FROM order_lines") == [(Decimal("0.3000"),)]
    assert told(report) == [
        (3, "quantity", None), (4, "unit_price", "x"), (5, "unit_price", None), (6, "quantity", "1e13"),
    ]  # fmt: skip


def test_a_bad_quantity_is_rejected_even_where_the_amount_is_there(shop: Workshop) -> None:
    """A quantity of 'two' would be lost without a word; an empty one is just not known."""
    report = shop.load("customer_id,date,amount,quantity\n1,2020-01-01,5,two\n1,2020-01-01,5,\n")
    assert told(report) == [(2, "quantity", "two")]
    assert shop.rows("SELECT quantity FROM order_lines") == [(None,)]


def test_rows_without_a_customer_are_set_aside(shop: Workshop) -> None:
    """They are sound but of no use here: counted by reason, kept, and not called rejected."""
    report = shop.load(HEADER + GOOD + ",2020-01-01,5,a\n  ,rubbish,x,a\n")
    assert (report.accepted, report.rejected, report.set_aside) == (1, 0, {"no_customer": 2})


def test_returns_are_told_apart(shop: Workshop) -> None:
    """A negative amount or quantity is a return, and so is an Online Retail invoice that begins with C."""
    report = shop.load(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,1,Mug,2,2011-12-01 08:26:00,2.5,17850,France\nC536366,1,Mug,0,2011-12-01 08:26:00,2.5,17850,France\n"
        "536367,1,Mug,-1,2011-12-01 08:26:00,2.5,17850,France\nB536368,1,Mug,1,2011-12-01 08:26:00,-2.5,17850,France\n"
    )
    assert report.returns == 3
    assert shop.rows("SELECT order_id FROM order_lines WHERE is_return ORDER BY row") == [
        ("C536366",), ("536367",), ("B536368",),
    ]  # fmt: skip


def test_a_negative_quantity_is_a_return_whatever_the_amount(shop: Workshop) -> None:
    """Shops write returns with the amount positive, or as nought when the goods were exchanged."""
    report = shop.load(
        "customer_id,date,amount,quantity\n1,2020-01-01,5,-1\n1,2020-01-01,0,-1\n1,2020-01-01,0,1\n"
    )
    assert report.returns == 2


def test_rows_keep_their_place_below_broken_and_blank_lines(shop: Workshop) -> None:
    """The row that is told is the row that a person finds in the file, whatever stands above it."""
    report = shop.load(
        "\n" + HEADER + "1,2020-01-01,x1,a\nshort\n\n1,2020-01-01,x2,a\n1,2020-01-01,1,a,long\n"
        "1,2020-01-01,x3,a\n\n\n1,2020-01-01,x4,a\n1,2020-01-01,7,last\n"
    )  # fmt: skip
    assert [row for row, _, _ in told(report)] == [3, 4, 6, 7, 8, 11]
    assert told(report)[1] == (4, None, "short")
    assert told(report)[-1] == (11, "amount", "x4")


def test_rows_are_counted_as_records_where_values_hold_line_breaks(shop: Workshop) -> None:
    """As a spreadsheet counts them: a value of three lines is one row."""
    report = shop.load(HEADER + '1,2020-01-01,5,"a\n\nb"\n1,2020-01-01,x,c\n')
    assert told(report) == [(3, "amount", "x")]


MULTI = '1,2020-01-01,5,"a\n\nb"\n'


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (GOOD + MULTI + "2,soon,5,a\n", [4]), (GOOD + MULTI + "\n2,soon,5,a\n", [5]),
        (MULTI + "1,2\n2,soon,5,a\n", [3, 4]),
        (GOOD + MULTI + "\n1,2\n\n2,soon,5,a\n", [5, 7]),
        (MULTI * 2 + "\n2,soon,5,a\n" + MULTI + "\n3,soon,5,a\n", [5, 8]),
        ("1,2\n\n\n" + MULTI + "2,soon,5,a\n1,2\n3,soon,5,a\n", [2, 6, 7, 8]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("titles", ["", '"A title\nof two lines"\n\n'])
def test_rows_are_counted_alike_below_blank_lines(
    shop: Workshop, body: str, rows: list[int], titles: str
) -> None:
    """Blank lines, broken records and values of several lines each count once, in whatever order they come."""
    report = shop.load(titles + HEADER + body)
    assert [reject.row - titles.count("\n") for reject in report.rejects] == rows
    assert report.rejected == len(rows)


def test_a_record_that_cannot_be_split_is_kept_whole(shop: Workshop) -> None:
    """Too many cells, too few, or text behind a closing quote: the line itself is kept with the reason."""
    report = shop.load(HEADER + GOOD + "2,2020-01-01\n3,2020-01-01,5,a,b\n" + '4,2020-01-01,5,"a" b\n')
    assert told(report) == [
        (3, None, "2,2020-01-01"), (4, None, "3,2020-01-01,5,a,b"), (5, None, '4,2020-01-01,5,"a" b'),
    ]  # fmt: skip
    assert all(reject.reason for reject in report.rejects)


def test_a_line_of_megabytes_is_refused_by_row(shop: Workshop) -> None:
    """No row of a shop is that long: a quotation mark is missing, or it is no table."""
    with pytest.raises(Invalid, match=r"row 32 of orders\.csv is over 1,048,576 bytes long"):
        shop.load(HEADER + GOOD * 30 + "2,2020-01-01,5," + "x" * 2_500_000 + "\n" + GOOD)


@pytest.mark.parametrize("rest", [GOOD * 3, GOOD * 3 + '5,2020-01-01,5,"x"\n', GOOD * 200_000])
def test_a_quotation_mark_that_swallows_lines_is_refused_by_row(shop: Workshop, rest: str) -> None:
    """One open quotation mark must never make thousands of orders vanish behind a single reject."""
    with pytest.raises(Invalid, match=r"orders.csv: row 4 opens a quotation mark"):
        shop.load(HEADER + GOOD * 2 + '4,2020-01-01,5,"open\n' + rest)


def test_mixed_line_ends_load(shop: Workshop) -> None:
    """Files glued together from two systems load in full."""
    report = shop.load(HEADER + GOOD + GOOD.replace("\n", "\r\n") + GOOD)
    assert (report.rows, report.accepted) == (3, 3)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("iso", "2011-12-09"), ("iso", "2011-12-09 13:05:59"), ("iso", "2011-12-09T13:05:59"), ("compact", "20111209"),
        ("day_first", "09/12/2011"), ("day_first", "9.12.2011 13:05"), ("day_first", "09-12-2011 01:05:59 PM"),
        ("month_first", "12/09/2011"), ("month_first", "12/9/2011 13:05"), ("month_first", "12-09-2011 1:05 pm"),
    ],
)  # fmt: skip
def test_every_date_format_is_read(shop: Workshop, form: str, written: str) -> None:
    """Each way of writing a day that the list offers reads the same day, with and without a time."""
    shop.load(HEADER + f"1,{written},5,a\n", answers={"dates": form})
    [(moment,)] = shop.rows("SELECT ordered_at FROM order_lines")
    assert moment.date().isoformat() == "2011-12-09"
    if ":" in written:
        assert (moment.hour, moment.minute) == (13, 5)


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        (["2020-01-02", "2020-03-04"], "iso"),
        (["20200102", "20200304"], "compact"),
        (["31/01/2020", "03/04/2020"], "day_first"),
        (["01/31/2020", "03/04/2020"], "month_first"),
        (["01/01/2020", "02/02/2020"], "day_first"),  # both readings say the same
    ],
)
def test_the_date_format_is_found_where_it_can_be(shop: Workshop, dates: list[str], form: str) -> None:
    """One date that makes sense in one way alone settles all the others."""
    shop.load(HEADER + "".join(f"1,{day},5,a\n" for day in dates))
    with shop.ledger.read() as conn:
        [batch] = imports.all(conn, "acme")
    assert batch.mapping["date_format"] == form


def test_ambiguous_dates_are_refused_with_row_and_example(shop: Workshop) -> None:
    """Day-first or month-first is never guessed: the error shows the first such date and where it stands."""
    with pytest.raises(AmbiguousDates) as caught:
        shop.load(
            HEADER + "1,01/01/2020,5,a\nbroken\n\n1,03/04/2020,5,a\n1,05/06/2020,5,a\n1,05/06/2020,5,a\n"
        )
    assert "column 'date' of orders.csv holds 3 dates that read both ways" in caught.value.message
    assert "(first: row 5, '03/04/2020')" in caught.value.message
    assert caught.value.remedy == "choose the day-first or the month-first format"
    assert caught.value.details == {
        "file": "orders.csv",
        "column": "date",
        "row": 5,
        "count": 3,
        "example": "03/04/2020",
    }
    assert shop.load(shop.home / "orders.csv", answers={"dates": "month_first"}).accepted == 4


def test_dates_of_two_formats_in_one_column_are_refused(shop: Workshop) -> None:
    """A file glued together from two countries would get half its dates wrong."""
    with pytest.raises(AmbiguousDates, match="mixes day-first and month-first dates"):
        shop.load(HEADER + "1,31/01/2020,5,a\n1,01/31/2020,5,a\n1,03/04/2020,5,a\n")


def test_dates_of_another_format_are_rejected_one_by_one(shop: Workshop) -> None:
    """Where one format reads nearly all, the odd ones are rejects with their row, not misread."""
    report = shop.load(HEADER + "1,2020-01-02,5,a\n1,03/04/2020,5,a\n1,2020-01-02,5,a\n")
    assert told(report) == [(3, "date", "03/04/2020")]


def test_events(shop: Workshop) -> None:
    """Telecom and banking rows: a value may be missing, the event and its moment may not."""
    report = shop.load(
        "CustomerID,EventDate,EventType,RevenueImpact\n1,2020-01-01,call,\n2,2020-01-02,data_usage,-3.5\n"
        "3,2020-01-01,,1\n4,,call,1\n5,2020-01-01,call,much\n6,2027-01-01,call,1\n,2020-01-01,call,1\n"
    )
    assert (report.accepted, report.rejected, report.set_aside) == (2, 4, {"no_customer": 1})
    assert told(report) == [
        (4, "EventType", None), (5, "EventDate", None), (6, "RevenueImpact", "much"), (7, "EventDate", "2027-01-01"),
    ]  # fmt: skip
    assert shop.rows("SELECT customer_id, event_type, value FROM events ORDER BY row") == [
        ("1", "call", None), ("2", "data_usage", Decimal("-3.5")),
    ]  # fmt: skip


def test_scores(shop: Workshop) -> None:
    """Churn scores made elsewhere are numbers from 0 to 1, and nothing else is taken for one."""
    report = shop.load("customer_id,churn_score\n1,0\n2,1\n3,0.25\n4,1.01\n5,-0.1\n6,nan\n7,\n8,high\n,0.5\n")
    assert (report.accepted, report.rejected, report.set_aside) == (3, 5, {"no_customer": 1})
    assert [(row, column) for row, column, _ in told(report)] == [(n, "churn_score") for n in (5, 6, 7, 8, 9)]
    assert (report.first_day, report.last_day) == (None, None)


def test_reports_hold_the_first_hundred_rejects(shop: Workshop) -> None:
    """A file full of faults does not flood the page; the rest is in the download."""
    report = shop.load(HEADER + GOOD + "1,2020-01-01,x,a\n" * 150)
    assert report.rejected == 150
    assert [reject.row for reject in report.rejects] == list(range(3, 103))


def test_hostile_header_and_file_names(shop: Workshop) -> None:
    """Names with quotes and brackets are names, never SQL."""
    header = 'customer_id,date,amount,"x\'); DROP TABLE order_lines; --","a""b"\n'
    path = shop.file(header + "1,2020-01-01,5,q,r\n", "it's; DROP TABLE [x].csv")
    assert shop.load(path, answers={"columns": {"product": "x'); DROP TABLE order_lines; --"}}).accepted == 1
    assert shop.rows("SELECT product FROM order_lines") == [("q",)]


@pytest.mark.parametrize("line", ["2,2020-01-01,=1+1,a\n", "2,2020-01-01,'5',a\n"])
def test_a_value_is_never_computed(shop: Workshop, line: str) -> None:
    """What looks like a formula or an SQL text is not a number."""
    assert reason(shop, line) == "is not a number that fits"
