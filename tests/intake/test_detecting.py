"""What a file holds is told from its header and its values, with a confidence and a reason that a person can check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import Workshop

from pulse_core.intake import writing
from pulse_core.intake.kinds import KINDS, Column, Kind
from pulse_core.intake.writing import Guess, decimal_mark

from .whole import guess, look, table

# Cells that our columns hold; a column without a row here is a text.
CELLS = {
    "customer_id": "K-{n}", "ordered_at": "2020-01-{n:02}", "happened_at": "2020-01-{n:02} 10:30",
    "signup_on": "2020-01-{n:02}",
    "amount": "{n}.50", "quantity": "{n}", "unit_price": "0.25", "order_id": "A{n}",
    "email": "ada{n}@example.com", "value": "{n}.25",
    "churn_score": "0.{n}", "age": "3{n}", "engagement_score": "5{n}", "response_rate": "0.{n}",
    "lifetime_value": "{n}00.5",
    "consent_email": "yes", "consent_popup": "no", "consent_teaser": "yes", "currency": "EUR",
    "session_id": "s{n}",
    "interests": "tea, books", "pain_points": "price", "tags": "vip", "label": "Yes",
}  # fmt: skip
# What a file of a kind always has, beside the columns that the kind requires, so that it is no other kind.
ALWAYS = {
    "orders": ("amount",),
    "customers": ("name", "email"),
    "table": (),
    "events": (),
    "visits": (),
    "scores": (),
}
ROWS = 12


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One home folder for all examples: they only read."""
    opened = Workshop(Path(tmp_path_factory.mktemp("detecting")))
    yield opened
    opened.close()


def columns_of(kind: Kind) -> tuple[list[Column], list[Column]]:
    """The columns that every file of the kind has here, and those that it may have."""
    must = [c for c in kind.columns if c.required or c.key in ALWAYS[kind.key] or c.key == "customer_id"]
    return must, [c for c in kind.columns if c not in must and c.key != "last_name"]


def cell(column: Column, n: int) -> str:
    """A value for one of our columns."""
    return CELLS.get(column.key, "word {n}").format(n=n)


@st.composite
def headers(draw: st.DrawFn, kind: Kind) -> dict[str, str]:
    """Our columns in any order with a header each: the key or any of the names that are known to everybody."""
    must, may = columns_of(kind)
    few = 0 if kind.key in ("scores", "events") else 4
    chosen = draw(
        st.permutations(
            must + draw(st.lists(st.sampled_from(may), max_size=few, unique=True) if may else st.just([]))
        )
    )
    known = {name for column in kind.columns for name in (column.key, *column.names)}
    found: dict[str, str] = {}
    for column in chosen:
        own = [
            n
            for n in (column.key, *column.names[:6])
            if sum(n in c.names for c in kind.columns) < 2 and n in known
        ]
        found[column.key] = draw(st.sampled_from([name for name in own if name not in found.values()]))
    style = draw(st.sampled_from([str, str.upper, str.title]))
    return {key: style(name) for key, name in found.items()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_file_of_a_kind_is_known_for_one(shop: Workshop, kind: Kind, data: st.DataObject) -> None:
    """Whatever its columns are called and however they stand, the kind and the needed columns are found."""
    named = data.draw(headers(kind))
    columns = [column for key in named for column in [kind.column(key)] if column]
    rows = [[cell(column, n) for column in columns] for n in range(1, ROWS)]
    if kind.key == "table":
        named |= {"tenure": "tenure", "plan": "plan"}
        rows = [[*row, "12", "basic"] for row in rows]
    proposal = guess(shop, table(rows, header=list(named.values())))
    assert proposal.mapping.kind == kind.key, proposal.guesses
    must = {column.key for column in columns_of(kind)[0]}
    assert {key: proposal.mapping.columns.get(key) for key in must} == {key: named[key] for key in must}
    assert proposal.missing == ()


COLUMNS = [(kind.key, column) for kind in KINDS.values() for column in kind.columns]


@pytest.mark.parametrize(("kind", "column"), COLUMNS, ids=[f"{kind}-{c.key}" for kind, c in COLUMNS])
def test_each_header_name_gives_its_column_away(shop: Workshop, kind: str, column: Column) -> None:
    """Every name that stands in the list of a column is found, however it is written."""
    names = dict.fromkeys((column.key, *column.names))
    for name in names:
        for written in (name, name.upper(), f"{name}_"):
            proposal = guess(
                shop, f"{written},zzz\n{cell(column, 1)},2\n".replace("tea, books", "tea"), kind=kind
            )
            assert proposal.mapping.columns[column.key] == written
            assert proposal.guesses[column.key].word == "sure"
            assert proposal.guesses[column.key].reason.startswith("its name says so")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("customer_id,name,email,signup_date,lifetime_value", "customers"),
        ("customer_id,name,signup_date,customer_type", "customers"),
        ("customer_id,email,created_at", "customers"), ("customer_id,email,created_at,total", "orders"),
        ("customer_id,date,quantity,unit_price", "orders"), ("userid,timestamp,event", "events"),
        ("userid,timestamp,event,amount", "events"),
        ("userid,timestamp,event,session,url", "visits"), ("userid,churn probability", "scores"),
        ("plan,tenure,churn", "table"),
        ("customer,date,type,product,amount", "orders"), ("customer_id,name,engagement_score", "customers"),
        ("customer_id,age,tenure,exited", "table"),
    ],
)  # fmt: skip
def test_kinds_that_share_columns_are_told_apart(shop: Workshop, header: str, kind: str) -> None:
    """A sign-up date and a lifetime value make no order of a customer, nor does a type make an event."""
    cells = {
        "date": "2020-01-0{n}", "timestamp": "2020-01-0{n}", "created_at": "2020-01-0{n}",
        "signup_date": "2020-01-0{n}", "email": "a{n}@example.com",
        "churn probability": "0.{n}", "churn": "No", "exited": "1", "lifetime_value": "5{n}.5", "total": "5",
        "amount": "5", "quantity": "2", "unit_price": "5",
        "age": "4{n}", "tenure": "{n}",
    }  # fmt: skip
    rows = [[cells.get(name, "{n}x").format(n=n) for name in header.split(",")] for n in range(1, 9)]
    assert guess(shop, table(rows, header=header.split(","))).mapping.kind == kind


def test_a_header_serves_one_column_and_the_better_name_wins(shop: Workshop) -> None:
    """`product` and `category` never take the same header; `amount` is better than `value`."""
    columns = guess(shop, "value,client,date,amount,category\n1,2,2020-01-01,4,5\n").mapping.columns
    assert columns == {
        "customer_id": "client",
        "ordered_at": "date",
        "amount": "amount",
        "category": "category",
    }


def test_values_have_a_say(shop: Workshop) -> None:
    """A name whose values do not fit is doubted aloud; values without a name are a hint, and said to be one."""
    proposal = guess(shop, "customer_id,date,amount,x\n1,soon,5,2020-01-01\n2,later,6,2020-01-02\n")
    assert (proposal.guesses["ordered_at"].value, proposal.guesses["ordered_at"].word) == ("x", "unsure")
    assert proposal.guesses["ordered_at"].reason == "its values look like dates"
    alone = guess(shop, "customer_id,date,amount\n1,soon,5\n2,later,6\n2,2020-01-01,6\n").guesses[
        "ordered_at"
    ]
    assert alone.word == "unsure"
    assert alone.reason == "its name fits, but 67% of its values are no dates"


def test_an_address_is_known_by_its_look(shop: Workshop) -> None:
    """A column of e-mail addresses needs no name."""
    found = guess(shop, "client,reach\n1,ada@example.com\n2,bob@example.org\n", kind="customers").guesses[
        "email"
    ]
    assert (found.value, found.word, found.reason) == ("reach", "likely", "its values are e-mail addresses")


def test_words_around_a_name_make_it_likely(shop: Workshop) -> None:
    """`Shop order date` is the order date, but a person should look."""
    found = guess(shop, "client,shop order date,total\n1,2020-01-01,5\n").guesses["ordered_at"]
    assert (found.value, found.word) == ("shop order date", "likely")


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1.0, "sure"), (0.9, "sure"), (0.89, "likely"), (0.6, "likely"), (0.5, "unsure"), (0.0, "unsure")],
)
def test_a_confidence_in_words(confidence: float, word: str) -> None:
    """People see a word, not a figure that looks exact."""
    assert Guess("x", confidence, "").word == word


def test_what_is_told_of_dates(shop: Workshop) -> None:
    """The format with its reason; none where two fit, and then it says so."""
    assert writing.dates(["25/12/2020", "01/02/2020"]) == Guess(
        "day_first", 1.0, "2 of 2 examples are written so"
    )
    assert writing.dates(["12/25/2020", "?"]) == Guess("month_first", 0.5, "1 of 2 examples are written so")
    assert writing.dates(["01/02/2020"]) == Guess(
        None, 0.0, "1 of 1 examples read both day-first and month-first"
    )
    assert writing.dates([]) == writing.dates(["soon"]) == Guess(None, 0.0, "no example looks like a date")


def test_what_is_told_of_numbers() -> None:
    """The decimal mark with its reason; none where a mark could stand between thousands."""
    assert writing.numbers(["1.234,56", "7"]) == Guess("comma", 1.0, "1 of 1 examples say so")
    assert writing.numbers(["7"]) == Guess(None, 0.0, "no example has a decimal mark")
    assert writing.numbers(["1,234"]) == Guess(None, 0.0, "1 examples such as 1,234 can be read in two ways")


def test_what_is_told_of_the_currency() -> None:
    """The header, the amounts, or a column of its own say it; most of the amounts decide."""
    assert writing.currency("Total (EUR)", []) == Guess("EUR", 0.9, "the header 'Total (EUR)' says so")
    assert writing.currency("total_gbp", []).value == "GBP"
    assert writing.currency("total", ["£5", "£6", "$7", "8"]) == Guess("GBP", 0.5, "2 of 4 examples say so")
    assert writing.currency("total", ["5"]) == Guess(None, 0.0, "no amount says its currency")


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        ("1", None), ("", None), ("x", None), ("Rs. 5", None), ("5 kr.", None), ("1.5", "point"), ("1,5",
        "comma"), ("1,234", "either"), ("1.234", "either"),
        ("-£1,234", "either"), ("0.125", "point"), ("0,125", "comma"), ("1234.567", "point"), ("1,234.5",
        "point"), ("1.234,5", "comma"),
        ("1,234,567", "point"), ("1.234.567", "comma"), ("Rs. 1.234", "either"), ("Rs. 1.5", "point"), (".5",
        "point"), (",5", "comma"), ("5,", "comma"),
    ],
)  # fmt: skip
def test_what_a_number_says_of_the_decimal_mark(value: str, mark: str | None) -> None:
    """Each mark is weighed for itself; that of an abbreviation is none."""
    assert decimal_mark(value) == mark


LISTS = [
    ("a,b", ["a", "b"]), ("a; b ;c", ["a", "b", "c"]), ("a|b", ["a", "b"]), ("[a, b]", ["a", "b"]),
    ("['a', 'b']", ["a", "b"]), ('["a","b"]', ["a", "b"]),
    ("a", ["a"]), ("a,,b,", ["a", "b"]), (" , ;", None), ("", None), ("[]", None), ("N/A", None),
    ("two words, more", ["two words", "more"]),
]  # fmt: skip


def test_lists_in_a_cell(shop: Workshop) -> None:
    """However they are set apart, the items come out bare, and nothing is an empty list."""
    rows = [[str(n), text] for n, (text, _) in enumerate(LISTS, 1)]
    shop.load(table(rows, header=("customer_id", "tags")), answers={"kind": "customers"})
    assert shop.rows("SELECT tags FROM customer_records ORDER BY row") == [(items,) for _, items in LISTS]


CONSENTS = {
    "given": ["yes", "YES", "true", "1", "given", "opt-in", " Yes "],
    "refused": ["no", "No", "false", "0", "refused", "opt-out"],
    None: ["", "maybe", "N/A", "2", "unknown", "yes?"],
}


def test_consent_in_words(shop: Workshop) -> None:
    """Only a clear yes is consent; what is not clear stays unknown."""
    shop.add("consent")
    cells = [(word, said) for said, words in CONSENTS.items() for word in words]
    rows = [[str(n), word, word, word] for n, (word, _) in enumerate(cells, 1)]
    header = ("customer_id", "consent_email", "consent_popup", "consent_teaser")
    shop.load(table(rows, header=header), answers={"kind": "customers"}, org_id="consent")
    query = "SELECT consent_email, consent_popup, consent_teaser FROM customer_records ORDER BY row"
    assert shop.rows(query, "consent") == [(said, said, said) for _, said in cells]


LETTERS = "äöüßÄÖÜéèêàçñøåÅæœÉ€£–’“”½ŠžZabc 019"


@settings(deadline=None, max_examples=60)
@given(names=st.lists(st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool), min_size=1, max_size=6),
       encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]))  # fmt: skip
def test_text_in_any_encoding_comes_back_equal(shop: Workshop, names: list[str], encoding: str) -> None:
    """Letters of western languages are read right whatever program wrote them, with and without a mark of order."""
    content = table([["1", "2020-01-01", "5", name] for name in names])
    facts = look(shop, content.encode(encoding))
    assert facts.header == ("customer_id", "date", "amount", "product")
    assert [row[3] for row in facts.sample] == names


WORDS = st.text(st.sampled_from("abcÄß01 x"), max_size=6).map(str.strip)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@settings(deadline=None, max_examples=80)
@given(
    rows=st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=6),
    mark=st.sampled_from(",;\t|^~:\x1f"), quote=st.sampled_from(["", '"', "'"]), end=ENDS, last=st.booleans(),
)  # fmt: skip
def test_rows_come_back_equal_however_they_are_set_apart(
    shop: Workshop, rows: list[tuple[str, str]], mark: str, quote: str, end: str, last: bool
) -> None:
    """Any delimiter, with or without quotation marks, any line end, with or without one at the end of the file."""
    written = [
        ("customer", "date", "product", "note"),
        *((str(n), "2020-01-01", *row) for n, row in enumerate(rows)),
    ]
    lines = [mark.join(f"{quote}{text}{quote}" for text in row) for row in written]
    facts = look(shop, end.join(lines) + (end if last else ""))
    assert (facts.delimiter, facts.header) == (mark, written[0])
    assert list(facts.sample) == written[1:]
    assert facts.quote == (quote or '"')
