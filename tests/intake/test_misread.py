"""A value is never taken for another one without a word: where a file leaves a doubt, it is asked or told."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import Invalid, PulseError
from pulse_core.intake.imports import undo
from pulse_core.jobs import Silent
from pulse_core.stores.ledger import organisations

from .whole import guess

OTHER_THINGS = (
    ("orders", "customer_id,order_date,{}\n7,2024-01-05,1.90\n", "amount",
     ("tax_amount", "discount amount", "ShippingTotal", "Total items")),
    ("orders", "customer_id,{},amount\n7,2024-01-05,1.90\n", "ordered_at",
     ("birth_date", "Last Order Date", "delivery date", "birthdate")),
    ("orders", "{},email,order_date,amount\n7,a@example.com,2024-01-05,1.90\n", "customer_id",
     ("Customer type", "customer_segment", "user agent")),
    ("customers", "customer_id,email,{}\n7,a@example.com,yes\n", "consent_email",
     ("newsletter_unsubscribed", "Newsletter opt-out", "email consent withdrawn")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "ours", "header"),
    [(kind, text, ours, header) for kind, text, ours, headers in OTHER_THINGS for header in headers],
)
def test_a_word_in_a_header_says_that_it_is_another_thing(
    shop: Workshop, kind: str, text: str, ours: str, header: str
) -> None:
    """A tax is no amount, a birth date no date of an order, a type no customer; who unsubscribed gave no consent."""
    assert guess(shop, text.format(header), kind=kind).mapping.columns.get(ours) != header


def test_postcodes_are_no_dates(shop: Workshop) -> None:
    """Numbers that could count days are dates only under a name that says so."""
    with pytest.raises(PulseError) as told:
        shop.load("customer_id,zip,amount\na,20095,10.5\nb,40210,20.5\n")
    assert told.value.code == "missing_column"


def code(shop: Workshop, text: str, name: str = "next.csv") -> str | None:
    """What is asked of a file, if anything."""
    try:
        shop.load(text, name=name)
    except PulseError as error:
        return error.code
    return None


def test_what_is_remembered_of_dates_yields_to_a_date_that_reads_only_the_other_way(shop: Workshop) -> None:
    """After a day-first file comes one from elsewhere: twelve of its dates read day-first too, and are not taken so."""
    shop.load(HEADER + "a,25/01/2024,1.5,x\n")
    days = [f"03/{day:02}/2024" for day in range(1, 15)]
    shop.load(HEADER + "".join(f"a,{day},2.5,x\n" for day in days), name="next.csv")
    found = shop.rows("SELECT DISTINCT month(ordered_at) FROM order_lines WHERE amount = 2.5")
    assert found == [(3,)]


def test_a_date_far_down_speaks_against_what_is_remembered(shop: Workshop) -> None:
    """The examples all read both ways, the last row reads month-first alone."""
    shop.load(HEADER + "a,25/01/2024,1.5,x\n")
    shop.load(HEADER + "a,03/01/2024,2.5,x\n" * 1500 + "a,03/14/2024,2.5,x\n", name="next.csv")
    assert shop.rows("SELECT DISTINCT month(ordered_at) FROM order_lines WHERE amount = 2.5") == [(3,)]


def test_what_is_remembered_of_dates_answers_for_dates_that_read_both_ways(shop: Workshop) -> None:
    """Nothing is asked twice: that is what remembering is for."""
    shop.load(HEADER + "a,25/01/2024,1.5,x\n")
    shop.load(HEADER + "a,03/01/2024,2.5,x\n", name="next.csv")
    assert shop.rows("SELECT month(ordered_at) FROM order_lines WHERE amount = 2.5") == [(1,)]


def test_a_mark_far_down_in_a_number_is_asked_about(shop: Workshop) -> None:
    """A thousand whole amounts say nothing of what 1.234 means."""
    text = HEADER + "".join(f"c{n},2024-01-01,{n},x\n" for n in range(1, 1500)) + "z,2024-01-02,1.234,x\n"
    assert code(shop, text) == "ambiguous_numbers"


def test_whole_amounts_teach_nothing_of_decimal_marks(shop: Workshop) -> None:
    """What was never seen is not remembered."""
    shop.load(HEADER + "a,2024-01-01,10,x\n")
    assert code(shop, HEADER + "a,2024-02-01,1.234,x\n") == "ambiguous_numbers"


@pytest.mark.parametrize("points", range(1, 6))
def test_two_decimal_marks_in_a_file_are_asked_about(shop: Workshop, points: int) -> None:
    """Whatever the share of each, three of five too."""
    rows = [f"a;2024-01-01;{n}.5;x\n" for n in range(points)] + ['b;2024-01-02;"7,5";x\n'] * 2
    assert code(shop, HEADER.replace(",", ";") + "".join(rows)) == "ambiguous_numbers"


def test_a_group_of_thousands_never_begins_with_a_nought(shop: Workshop) -> None:
    """0.500 beside 12,50 is half a piece or a fault, and never five hundred."""
    text = "customer_id;date;quantity;amount\na;2024-01-01;0.500;12,50\nb;2024-01-01;1,5;13,50\n"
    assert code(shop, text) == "ambiguous_numbers"


@pytest.mark.parametrize("shortened", ["1.23E+11", "1,23E+11", "1.23e+11", "1.2345678901234568e+16"])
@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("customer_id,date,amount", '"{}",2024-01-01,5.5', "customer_id"),
        ("customer_id,date,amount,order_id", 'a,2024-01-01,5.5,"{}"', "order_id"),
        ("customer_id,timestamp,event,session_id", '"{}",2024-01-01,view,s1', "customer_id"),
        ("customer_id,churn_score", '"{}",0.5', "customer_id"),
    ],
)
def test_ids_that_a_program_shortened_are_told(
    shop: Workshop, header: str, row: str, column: str, shortened: str
) -> None:
    """Many customers, or orders, would become one; it is written so by spreadsheets of all languages and by pandas."""
    whole = row.format("7")
    report = shop.load("\n".join([header, whole, row.format(shortened), ""]))
    [reject] = report.rejects
    assert (reject.column, reject.value, reject.reason) == (
        column,
        shortened,
        "was shortened by a spreadsheet",
    )


@pytest.mark.parametrize(("price", "worth"), [("0.00002", 20), ("0.00012", 120), ("1,234.5", 1234500000)])
def test_the_price_of_a_piece_is_not_rounded_before_it_is_multiplied(
    shop: Workshop, price: str, worth: int
) -> None:
    """A million pieces for two thousandths of a cent each are no gift."""
    shop.load(f"customer_id;date;quantity;unit_price\na;2024-01-01;1000000;{price}\nb;2024-01-01;1;0.5\n")
    assert shop.rows("SELECT amount FROM order_lines WHERE customer_id = 'a'") == [(worth,)]


def test_a_price_with_thousands_and_a_decimal_comma(shop: Workshop) -> None:
    """The short way for prices must not take 1.234 for little more than one."""
    shop.load("customer_id;date;quantity;unit_price\na;2024-01-01;2;1.234\nb;2024-01-01;3;0,5\n")
    assert shop.rows("SELECT amount FROM order_lines ORDER BY customer_id") == [(2468,), (1.5,)]


def test_a_sign_of_many_currencies_means_that_of_the_organisation(shop: Workshop) -> None:
    """A shop in Canada writes $ too: told so once, it is neither asked again nor taken for another country's."""
    first = "customer_id,date,amount\na,2024-01-01,$10.5\n"
    shop.load(first, answers={"currency": "CAD"})
    shop.load("customer_id,date,amount\na,2024-02-01,$12.5\n")
    shop.load("customer_id,date,amount,product\na,2024-02-03,$3.5,x\n")
    assert shop.rows("SELECT sum(amount) FROM order_lines") == [(26.5,)]
    assert code(shop, "customer_id,date,amount\na,2024-02-02,€12.5\n") == "other_currency"


def test_the_same_columns_in_another_currency_are_told_as_that(shop: Workshop) -> None:
    """What was said of such a file before does not hide that its amounts are in pounds now."""
    shop.load("customer_id,date,amount\na,2024-01-01,€10.5\n")
    assert code(shop, "customer_id,date,amount\na,2024-02-01,£12.5\n") == "other_currency"


def test_two_currencies_are_never_added_up(shop: Workshop) -> None:
    """A second file in dollars beside one in euros is refused, until the first is taken out."""
    first = shop.load("customer_id,date,amount\na,2024-01-01,€10.5\n")
    text = "customer_id,date,amount,product\na,2024-02-01,$12.5,x\n"
    assert code(shop, text) == "other_currency"
    undo(shop.ledger, "acme", first.batch_id or 0, by="test")
    assert code(shop, text) is None
    with shop.ledger.read() as conn:
        assert organisations.get(conn, "acme").currency == "USD"


@pytest.mark.parametrize(("most", "other"), [("THB", "VND"), ("€", "$"), ("eur", "GBP")])
def test_a_column_of_currencies_may_hold_any_code_or_sign(shop: Workshop, most: str, other: str) -> None:
    """The rows of the most frequent one are taken, the others told."""
    rows = "".join(f"a,2024-01-0{n},5.5,{most}\n" for n in (1, 2, 3))
    report = shop.load(f"customer_id,date,amount,currency\n{rows}b,2024-01-01,60000,{other}\n")
    assert (report.accepted, [(reject.column, reject.value) for reject in report.rejects]) == (
        3,
        [("currency", other)],
    )


def test_names_within_data_are_no_header(shop: Workshop) -> None:
    """A product called Order and a note saying Total do not make titles of the rows above them."""
    text = "wer,tag,was,wieviel\nk1,2024-01-01,brot,3.5\nk2,2024-01-02,order,total\nk3,2024-01-03,x,4.5\n"
    said = {"kind": "orders", "columns": {"customer_id": "wer", "ordered_at": "tag", "amount": "wieviel"}}
    report = shop.load(text, answers=said)
    assert (report.rows, report.accepted, report.rejects[0].row) == (3, 2, 3)


def test_years_of_two_digits_that_come_first_are_asked_about(shop: Workshop) -> None:
    """24-01-15 to 24-01-17 are three days of 2024, not one day of January in three years."""
    rows = "".join(f"a,24-01-{day},1.5,x\n" for day in (15, 16, 17))
    assert code(shop, HEADER + rows) == "ambiguous_dates"
    assert code(shop, HEADER + "a,15-01-24,1.5,x\na,16-01-24,1.5,x\na,17-02-24,1.5,x\n") is None


@pytest.mark.parametrize(
    ("days", "is_asked"),
    [
        (["24-01-15"], True),
        (["24-01-15"] * 20, True),
        (["24-01-15", "24-01-16"], True),
        (["24-01-15", "23-12-16"], True),
        (["15-01-24"], False),
        (["15-01-24", "16-01-24"], False),
        (["15-01-24", "16-02-25"], False),
        (["24-01-24"], False),  # the same day either way
        (["24.01.15"], False),  # as nobody writes who begins with the year
        (["10-10-01"], False),  # a month may stand in front
        (["31-01-15"], False),  # 2031 is to come
        (["25-05-97"], False),  # there is no 97th
        (["24-13-05"], False),  # nor a 13th month
    ],
)
def test_a_date_or_two_with_the_year_first(shop: Workshop, days: list[str], is_asked: bool) -> None:
    """Where the first number is the later year, too few dates tell how they move."""
    text = HEADER + "".join(f"a,{day},{n}.5,x\n" for n, day in enumerate(days))
    asked = code(shop, text) == "ambiguous_dates"
    assert asked == is_asked


@pytest.mark.parametrize(
    ("text", "worth"), [("1e3", 1000), ("1,5e3", 1500), ("2E+2", 200), ("-1e2", -100), ("€ 1,5e1", 15)]
)
def test_powers_of_ten_beside_a_decimal_comma(shop: Workshop, text: str, worth: int) -> None:
    """Spreadsheets write large amounts so, whatever their decimal mark is."""
    shop.load(f"customer_id;date;amount\na;2024-01-01;{text}\nb;2024-01-01;12,50\n")
    assert shop.rows("SELECT amount FROM order_lines WHERE customer_id = 'a'") == [(worth,)]


def test_a_small_power_of_ten_is_never_a_large_one(shop: Workshop) -> None:
    """1,5e-3 is no 1,500: what cannot be read is told."""
    report = shop.load("customer_id;date;amount\na;2024-01-01;1,5e-3\nb;2024-01-01;12,50\n")
    assert [reject.value for reject in report.rejects] == ["1,5e-3"]


PIECES = "customer_id,date,product,amount,unit_price{}\n"


def test_an_amount_beside_a_unit_price_may_be_pieces(shop: Workshop) -> None:
    """Two mugs at 19.99 are no two euros: whole small numbers below the price are a quantity, and that is said."""
    text = PIECES.format("") + "a,2024-01-01,mug,2,19.99\nb,2024-01-02,tea,12,4.50\nc,2024-01-03,cup,1,7.25\n"
    found = guess(shop, text)
    assert found.mapping.columns["quantity"] == "amount"
    assert "amount" not in found.mapping.columns
    assert (found.guesses["quantity"].word, found.guesses["quantity"].reason) == (
        "likely",
        "its values are whole and small beside a unit price, so they are pieces rather than money",
    )
    shop.load(text)
    assert shop.rows("SELECT CAST(sum(amount) AS DOUBLE) FROM order_lines") == [(101.23,)]


def test_another_column_is_the_amount_then(shop: Workshop) -> None:
    """A total beside the pieces is the money."""
    text = PIECES.format(",total") + "a,2024-01-01,mug,2,19.99,39.98\nb,2024-01-02,tea,12,4.50,54.00\n"
    columns = guess(shop, text).mapping.columns
    assert (columns["quantity"], columns["amount"]) == ("amount", "total")


@pytest.mark.parametrize(
    "rows",
    [
        "a,2024-01-01,mug,40,20\nb,2024-01-02,tea,9,4.50\n",  # multiples of the price
        "a,2024-01-01,mug,39.98,19.99\nb,2024-01-02,tea,54,4.50\n",  # cents
        "a,2024-01-01,mug,2500,19.99\nb,2024-01-02,tea,1300,4.50\n",  # many
    ],
)
def test_an_amount_of_money_beside_a_unit_price_stays(shop: Workshop, rows: str) -> None:
    """What is a multiple of the price, has cents or is large is what it is called."""
    assert guess(shop, PIECES.format("") + rows).mapping.columns["amount"] == "amount"


def test_a_column_of_pieces_leaves_the_amount_alone(shop: Workshop) -> None:
    """A quantity that is there needs no second one."""
    text = PIECES.format(",qty") + "a,2024-01-01,mug,2,19.99,1\nb,2024-01-02,tea,12,4.50,2\n"
    assert guess(shop, text).mapping.columns["amount"] == "amount"


class Writing(Silent):
    """Somebody who adds to a file while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        """Half a row more."""
        if what.startswith("Reading"):
            with self.path.open("a") as out:
                out.write("b,2024-01-02,6.")


def test_a_file_that_is_still_written_is_refused(shop: Workshop) -> None:
    """A row cut off in an amount would be a wrong amount, under the checksum of another file."""
    path = shop.file("customer_id,date,amount\na,2024-01-01,5.5\n", "growing.csv")
    with pytest.raises(Invalid, match="written to while it was read"):
        shop.load(path, progress=Writing(path))
    assert shop.rows("SELECT count(*) FROM order_lines") == [(0,)]
