"""Which column is which: known shapes, what was said before, header names, and the person's word above all."""

from __future__ import annotations

from typing import Any

import pytest
from workshop import Workshop

from pulse_core.errors import Invalid
from pulse_core.intake.formats import DATE_FORMATS
from pulse_core.intake.imports import preview
from pulse_core.intake.kinds import KINDS
from pulse_core.intake.mapping import Mapping, MissingColumn, Proposal, answers, check, missing, settle
from pulse_core.intake.settling import AmbiguousDates, AmbiguousNumbers
from pulse_core.intake.shapes import SHAPES, Shape

# A cell for each of our columns, by which a generated file of any shape is filled.
CELLS = {
    "customer_id": "C-{n}", "ordered_at": "2020-01-{n:02}", "happened_at": "2020-01-{n:02} 10:30", "amount": "{n}.50",
    "quantity": "{n}", "unit_price": "0.25", "order_id": "A{n}", "product": "Mug {n}", "category": "Kitchen",
    "country": "Norway", "name": "Ada", "email": "ada@example.com", "event_type": "call", "value": "{n}.25",
    "churn_score": "0.{n}",
}  # fmt: skip


def table(shape: Shape, rows: int = 3) -> str:
    """A file of that shape, with a column of its own that Pulse does not know."""
    ours = {header: key for key, header in shape.columns.items()}
    header = shape.headerless or (*shape.columns.values(), "shelf")
    mark = " " if shape.headerless else ","
    return "".join(
        mark.join(line) + "\n"
        for line in (
            *([] if shape.headerless else [header]),
            *([cell(shape, ours.get(name), n) for name in header] for n in range(1, rows + 1)),
        )
    )


def cell(shape: Shape, ours: str | None, n: int) -> str:
    """The value of one cell; `None` is a column that Pulse does not know."""
    text = CELLS[ours].format(n=n) if ours else "17"
    text = text.replace("-", "") if shape.date_format == "compact" and ours == "ordered_at" else text
    return text.replace("C-", "") if shape.headerless else text


def proposed(shop: Workshop, content: str, **kwargs: Any) -> Proposal:
    """What is made of a file before anybody says a word."""
    return preview(shop.ledger, "acme", shop.home, shop.file(content), **kwargs)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.key)
def test_a_known_shape_is_recognised_and_loads_without_a_word(shop: Workshop, shape: Shape) -> None:
    """Every shape that stands in SHAPES is proposed for its own file and loads all rows of it."""
    content = table(shape)
    proposal = proposed(shop, content)
    assert proposal.mapping.columns == dict(shape.columns)
    assert proposal.mapping.kind == shape.kind
    assert (proposal.mapping.currency, proposal.mapping.return_prefix) == (
        shape.currency,
        shape.return_prefix,
    )
    assert proposal.missing == ()
    assert proposal.source == shape.key
    report = shop.load(content)
    assert (report.rows, report.accepted, report.rejected) == (3, 3, 0)
    assert shop.rows(f"SELECT count(*) FROM {KINDS[shape.kind].view}") == [(3,)]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.key)
def test_a_shape_fulfils_what_its_kind_requires(shape: Shape) -> None:
    """A shape that lacks a required column, or names one that does not exist, could never load."""
    mapping = Mapping(kind=shape.kind, columns=dict(shape.columns), header=tuple(shape.columns.values()))
    assert missing(mapping) == ()
    assert all(KINDS[shape.kind].column(key) for key in shape.columns)
    assert shape.date_format in (None, *DATE_FORMATS)
    assert set(shape.columns.values()) <= set(shape.headerless or shape.columns.values())


def test_a_shape_whose_dates_are_written_otherwise(shop: Workshop) -> None:
    """What a shape says of dates gives way to the file, so that a copy saved by a spreadsheet loads too."""
    content = "customer_id,date,number_of_cds,dollar_value\n1,1997-01-25,2,5.5\n"
    proposal = proposed(shop, content)
    assert (proposal.source, proposal.mapping.date_format, proposal.dates.value) == ("cdnow", None, "iso")
    assert shop.load(content).accepted == 1


def test_a_file_without_a_header_asks_for_its_columns(shop: Workshop) -> None:
    """Columns are called by their place, so that a person can say which is which, and no row is lost."""
    content = "7,2020-01-01,5\n8,2020-01-02,6\n"
    with pytest.raises(MissingColumn) as caught:
        shop.load(content)
    assert caught.value.details["header"] == ["column 1", "column 2", "column 3"]
    assert "column 1, column 2, column 3" in caught.value.remedy
    said = {"columns": {"customer_id": "column 1", "ordered_at": "column 2", "amount": "column 3"}}
    assert shop.load(content, answers=said).accepted == 2
    assert proposed(shop, content).missing == ()


UNKNOWN = "who,date,total,note\nA,2020-01-01,5,x\nB,2020-01-02,6,\n"


@pytest.fixture
def proposal(shop: Workshop) -> Proposal:
    """A file whose customer column nobody could guess."""
    return proposed(shop, UNKNOWN)


def said(**raw: Any) -> Any:
    """Answers."""
    return answers(raw)


def test_what_is_missing_is_named(proposal: Proposal) -> None:
    """The page can ask for just those columns that were not found."""
    assert proposal.missing == ("Customer",)
    assert proposal.source == "mapped"


def test_examples_show_what_a_column_holds(proposal: Proposal) -> None:
    """A person recognises a column by its values; empty ones say nothing."""
    assert proposal.examples("who") == ["A", "B"]
    assert proposal.examples("note") == ["x"]
    assert proposal.examples("who", 1) == ["A"]


def test_every_guess_has_a_word_and_a_reason(proposal: Proposal) -> None:
    """A person can judge a guess by what it rests on, those of dates, marks and currency too."""
    assert set(proposal.guesses) == set(proposal.mapping.columns)
    for guess in (*proposal.guesses.values(), proposal.dates, proposal.numbers, proposal.currency):
        assert guess.word in ("sure", "likely", "unsure")
        assert guess.reason
        assert 0 <= guess.confidence <= 1


def test_the_persons_word_is_above_all(proposal: Proposal) -> None:
    """A correction adds, replaces and leaves out columns, and sets how values are written."""
    columns = {"customer_id": "who", "product": "note"}
    mapping = settle(proposal, said(columns=columns, dates="iso", numbers="comma", currency="EUR"))
    assert mapping.columns == {
        "ordered_at": "date",
        "amount": "total",
        "customer_id": "who",
        "product": "note",
    }
    assert (mapping.date_format, mapping.number_format, mapping.currency) == ("iso", "comma", "EUR")
    with pytest.raises(MissingColumn, match="no column was found for Date"):
        settle(proposal, said(columns={"customer_id": "who", "ordered_at": None}))


def test_a_header_that_a_person_gives_away_leaves_its_guess(proposal: Proposal) -> None:
    """Said to be the customer, `total` is the amount no more: nothing is used for two columns unasked."""
    with pytest.raises(MissingColumn, match="Amount or Quantity × Unit price"):
        settle(proposal, said(columns={"customer_id": "total"}))
    columns = {"customer_id": "total", "amount": "note"}
    assert settle(proposal, said(columns=columns)).columns["customer_id"] == "total"


@pytest.mark.parametrize(
    ("raw", "problem", "remedy"),
    [
        ({"columns": {"shoe_size": "who"}}, "'shoe_size' is no column of orders", "customer_id, ordered_at"),
        ({"columns": {"customer_id": "whom"}}, "orders.csv has no column 'whom'", "who, date, total, note"),
        ({"columns": {"customer_id": "who", "name": "who"}}, "'who' is used for two of our columns", "use it once"),
        ({"columns": {"customer_id": "who"}, "dates": "martian"}, "'martian' is no date format", "day_first"),
        ({"columns": {"customer_id": "who"}, "numbers": "dot"}, "'dot' is no decimal mark", "point, comma"),
        ({"columns": {"customer_id": "who"}, "currency": "XYZ"}, "XYZ", ""),
        ({}, "no column was found for Customer", "the file has: who, date, total, note"),
        ({"columns": {"customer_id": "who", "amount": None}}, "Amount or Quantity × Unit price", "which one it is"),
    ],
)  # fmt: skip
def test_answers_that_cannot_work_are_refused_by_name(
    proposal: Proposal, raw: dict[str, Any], problem: str, remedy: str
) -> None:
    """Each fault names the column and what could stand there, before anything is read."""
    with pytest.raises(Invalid) as caught:
        settle(proposal, answers(raw))
    assert problem in caught.value.message
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"overlap": "maybe"}, "overlap"), ({"consent": "yes"}, "consent"), ({"columns": ["who"]}, "columns"),
        ({"colour": "red"}, "colour"),
        ({"columns": {"customer_id": 5}}, "columns.customer_id"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_named(raw: dict[str, Any], name: str) -> None:
    """A script that gets an answer wrong is told which."""
    with pytest.raises(Invalid, match=f"the answer '{name}' cannot be"):
        answers(raw)


def test_a_kind_that_does_not_exist_is_refused(shop: Workshop, proposal: Proposal) -> None:
    """A stored mapping of another version, or a slip of a script, is told, not crashed on."""
    kinds = "use one of: orders, customers, events, visits, scores, table"
    with pytest.raises(Invalid, match=f"'gifts' is no kind of file: {kinds}"):
        check(proposal.mapping.model_copy(update={"kind": "gifts"}), "orders.csv")
    with pytest.raises(Invalid, match="'gifts' is no kind of file"):
        proposed(shop, UNKNOWN, kind="gifts")


def test_the_key_is_the_same_for_mappings_that_read_alike(proposal: Proposal) -> None:
    """The order in which a person corrects a mapping does not make it another one."""
    one = settle(proposal, said(columns={"customer_id": "who", "product": "note"}))
    other = settle(proposal, said(columns={"product": "note", "customer_id": "who"}))
    assert one.key() == other.key()
    assert one.key() != settle(proposal, said(columns={"customer_id": "who"})).key()


def test_mappings_that_agree_in_what_both_say(proposal: Proposal) -> None:
    """A format that was found and one that was left open do not contradict each other; two formats do."""
    base = settle(proposal, said(columns={"customer_id": "who"}))
    iso, day_first = (base.model_copy(update={"date_format": key}) for key in ("iso", "day_first"))
    assert base.reads_like(iso)
    assert not iso.reads_like(day_first)
    assert not base.reads_like(settle(proposal, said(columns={"customer_id": "who", "product": "note"})))


SAID = {"columns": {"customer_id": "who", "product": "note"}}


def test_what_was_said_of_a_file_is_remembered_for_the_next(shop: Workshop) -> None:
    """Next month's export of the same shape asks nothing, whatever its rows hold."""
    shop.load(UNKNOWN, answers=SAID)
    later = "who,date,total,note\nC,2020-02-01,7,y\n"
    proposal = proposed(shop, later)
    assert proposal.source == "remembered"
    assert proposal.missing == ()
    assert proposal.mapping.columns == {
        "ordered_at": "date", "amount": "total", "customer_id": "who", "product": "note",
    }  # fmt: skip
    assert shop.load(later).accepted == 1


def test_answers_to_questions_are_remembered(shop: Workshop) -> None:
    """Day-first and the decimal comma, said once, hold for files with the same header that would ask again."""
    first, second = ("client;date;total\n1;0{n}/04/2020;1,23{n}\n".replace("{n}", n) for n in "34")
    shop.load(first, answers={"dates": "day_first", "numbers": "comma"})
    proposal = proposed(shop, second)
    assert (proposal.mapping.date_format, proposal.mapping.number_format) == ("day_first", "comma")
    assert shop.load(second).accepted == 1
    assert shop.rows("SELECT CAST(ordered_at AS DATE)::VARCHAR, amount::DOUBLE FROM order_lines ORDER BY 1") == [
        ("2020-04-03", 1.233), ("2020-04-04", 1.234),
    ]  # fmt: skip


def test_a_memory_that_the_values_contradict_gives_way(shop: Workshop) -> None:
    """A program that writes its dates otherwise since May is not read by the format of April."""
    shop.load("client,date,total\n1,2020-04-03,5\n")
    later = "client,date,total\n1,25/04/2020,5\n1,26/04/2020,5\n"
    assert proposed(shop, later).mapping.date_format is None
    assert shop.load(later).accepted == 2


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (["13/04/2020"], ["04/03/2020", "04/05/2020", "04/25/2020"]),
        (["04/25/2020"], ["04/03/2020", "25/04/2020", "05/03/2020"]),
    ],
)
def test_a_memory_is_no_excuse_to_misread_dates(shop: Workshop, first: list[str], later: list[str]) -> None:
    """One date that the remembered format cannot read tells that the others are not written in it either."""
    rows = [
        "client,date,total\n" + "".join(f"1,{day},{n}\n" for n, day in enumerate(days))
        for days in (first, later)
    ]
    shop.load(rows[0])
    assert proposed(shop, rows[1]).mapping.date_format is None
    assert shop.load(rows[1]).rejected == 0
    months = [4, 4, 4] if "04/25/2020" in later else [3, 4, 3]
    query = f"SELECT month(ordered_at) FROM order_lines WHERE amount >= 0 ORDER BY row OFFSET {len(first)}"
    assert sorted(month for (month,) in shop.rows(query)) == sorted(months)


@pytest.mark.parametrize(
    ("said", "later", "amount"), [("comma", "1.234 12.50", 1.234), ("point", "1,234 12,50", 1.234)]
)
def test_a_memory_is_no_excuse_to_misread_amounts(
    shop: Workshop, said: str, later: str, amount: float
) -> None:
    """A shop that has changed its decimal mark is not read a thousandfold by what was said in April."""
    shop.load("client;date;total\n1;2020-04-03;5\n", answers={"numbers": said})
    content = "client;date;total\n" + "".join(f"2;2020-05-03;{cell}\n" for cell in later.split())
    assert shop.load(content).rejected == 0
    query = "SELECT min(amount)::DOUBLE FROM order_lines WHERE customer_id = '2'"
    assert shop.rows(query) == [(amount,)]


def test_a_file_that_tells_nothing_does_not_wipe_out_what_is_known(shop: Workshop) -> None:
    """Day-first stays known through a month whose only order was on the 5th of May."""
    for day in ("25/04/2020", "05/05/2020", "04/06/2020"):
        assert shop.load(f"client,date,total\n1,{day},5.5\n").accepted == 1
    months = shop.rows("SELECT month(ordered_at) FROM order_lines ORDER BY 1")
    assert months == [(4,), (5,), (6,)]


def test_dates_that_read_alike_are_not_remembered(shop: Workshop) -> None:
    """The 5th of May says nothing of which comes first, so the next file asks."""
    shop.load("client,date,total\n1,05/05/2020,5.5\n")
    with pytest.raises(AmbiguousDates):
        shop.load("client,date,total\n1,04/06/2020,5.5\n")


def test_what_nobody_knew_is_not_remembered(shop: Workshop) -> None:
    """A file without a decimal mark says nothing of the next one, whose 1,234 is still a question."""
    shop.load("client;date;total\n1;2020-04-03;5\n")
    with pytest.raises(AmbiguousNumbers):
        shop.load("client;date;total\n1;2020-05-03;1,234\n")


def test_another_header_another_kind_and_another_shop_have_no_memory(shop: Workshop) -> None:
    """What was said of one file is not believed of others."""
    shop.load(UNKNOWN, answers=SAID)
    shop.add("other")
    assert proposed(shop, UNKNOWN.replace("note", "notes")).source == "mapped"
    assert proposed(shop, UNKNOWN, kind="customers").source == "mapped"
    assert preview(shop.ledger, "other", shop.home, shop.file(UNKNOWN)).source == "mapped"


def test_the_last_word_is_the_one_that_is_remembered(shop: Workshop) -> None:
    """Who corrects a mapping is believed over what was said before."""
    shop.load(UNKNOWN, answers=SAID)
    shop.load("who,date,total,note\nC,2020-02-01,7,y\n", answers={"columns": {"category": "note"}})
    third = "who,date,total,note\nD,2020-03-01,7,y\n"
    assert proposed(shop, third).mapping.columns["category"] == "note"
