"""Dates and numbers as people write them: what was written is what is read, or a question, never something else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import Workshop

from pulse_core.intake.formats import (
    CURRENCY_CODES,
    CURRENCY_MARKS,
    DATE_FORMATS,
    NULLS,
    NUMBER_FORMATS,
    beside_amount,
    currency_of,
)
from pulse_core.intake.settling import AmbiguousDates, AmbiguousNumbers
from pulse_core.intake.writing import decimal_mark

from .styles import AMOUNTS, JUNK, STYLES, WRITINGS, Writing, numbered, written_dates
from .whole import dates, numbers, read


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One home folder for all examples: they only read."""
    opened = Workshop(Path(tmp_path_factory.mktemp("formats")))
    yield opened
    opened.close()


def test_every_date_format_has_a_way_of_writing_it_here() -> None:
    """A format that is added without a proof that it reads what was written is noticed."""
    assert set(STYLES) == set(DATE_FORMATS)


@pytest.mark.parametrize("key", DATE_FORMATS)
@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_chosen_format_reads_what_was_written(shop: Workshop, key: str, data: st.DataObject) -> None:
    """Every moment comes back equal, in whatever of its styles, when a person chose the format."""
    drawn = data.draw(st.lists(written_dates(key), min_size=1, max_size=12))
    cells = [(style.written(moment), style.meant(moment)) for style, moments in drawn for moment in moments]
    found = read(shop, dates(text for text, _ in cells), dates=key)
    assert found.moments == [moment for _, moment in cells]


@pytest.mark.parametrize("key", DATE_FORMATS)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_detected_dates_are_right_or_asked_for(shop: Workshop, key: str, data: st.DataObject) -> None:
    """Dates written in one style are read as they were meant, or a person is asked: never another day."""
    style, moments = data.draw(written_dates(key))
    cells = [(style.written(moment), style.meant(moment)) for moment in moments]
    cells += [(junk, None) for junk in data.draw(st.lists(st.sampled_from(JUNK), max_size=len(cells)))]
    cells = data.draw(st.permutations(cells))
    try:
        found = read(shop, dates(text for text, _ in cells))
    except AmbiguousDates as error:
        question = error
    else:
        assert found.moments == [moment for _, moment in cells]
        return
    assert key in ("day_first", "month_first")
    if "row" not in question.details:
        assert "year of two digits" in question.message
        return
    assert cells[int(question.details["row"]) - 2][0] in question.message
    assert all(moment.day <= 12 for moment in moments), "a day beyond the 12th settles it"


@pytest.mark.parametrize("key", ["day_first", "month_first"])
@pytest.mark.parametrize("decisive", [0, 700, 1499])
def test_one_telling_date_anywhere_settles_a_long_file(shop: Workshop, key: str, decisive: int) -> None:
    """The whole file is asked, not its first thousand rows."""
    style = numbered(key, "/", padded=True, short_year=False, place=0)
    moments = [datetime(2020, 1 + n % 12, 1 + n % 11) for n in range(1500)]
    moments[decisive] = datetime(2020, 3, 25)
    assert read(shop, dates(map(style.written, moments))).moments == moments


def test_a_zone_shifts_what_says_its_offset_and_nothing_else(shop: Workshop) -> None:
    """An offset or a Z names a moment in the world; a time without one is the shop's own."""
    written = ["2020-07-01T10:00:00Z", "2020-07-01 10:00+02:00", "2020-07-01 10:00:00"]
    found = read(shop, dates(written), zone="Europe/Berlin").moments
    assert found == [datetime(2020, 7, 1, 12), datetime(2020, 7, 1, 10), datetime(2020, 7, 1, 10)]
    moment = datetime(2020, 7, 1, 10, tzinfo=UTC).timestamp()
    for scale in (1, 1000):
        assert read(shop, dates([str(int(moment * scale))]), zone="Europe/Berlin").moments == [
            datetime(2020, 7, 1, 12)
        ]


@pytest.mark.parametrize("key", DATE_FORMATS)
@pytest.mark.parametrize(
    "word",
    [
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "today",
        "tomorrow",
        "0",
        "-1",
        "nan",
        "1e9",
        "2020",
        "epoch     ",
        "  epoch   ",
        "infinity           ",
    ],
)
def test_what_is_no_date_is_read_as_none(shop: Workshop, key: str, word: str) -> None:
    """Words that the database itself takes for moments are no dates of a shop, in no format."""
    assert read(shop, dates([word]), dates=key).moments == [None]


@pytest.mark.parametrize("null", NULLS)
def test_every_spelling_of_nothing_is_nothing(shop: Workshop, null: str) -> None:
    """A null of another program is no customer called NULL, no product, no date and no amount."""
    content = f"customer_id,date,amount,product\n{null},{null},{null},{null}\n1,2020-01-01,5,x\n"
    found = read(shop, content)
    assert (found.ids, found.moments, found.amounts, found.products) == (
        [None, "1"], [None, datetime(2020, 1, 1)], [None, Decimal(5)], [None, "x"],
    )  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(how=WRITINGS, amounts=st.lists(AMOUNTS, min_size=1, max_size=6))
def test_numbers_are_read_as_written_or_asked_for(
    shop: Workshop, how: Writing, amounts: list[tuple[Decimal, int]]
) -> None:
    """Amounts of one writing come back equal; where their marks could mean two things a person is asked."""
    values = [value.quantize(Decimal(1).scaleb(-places)) for value, places in amounts]
    texts = [how.written(value, places) for value, (_, places) in zip(values, amounts, strict=True)]
    key = next(key for key, form in NUMBER_FORMATS.items() if form.mark == how.mark)
    assert read(shop, numbers(texts), numbers=key).amounts == values, "by the mark that was chosen"
    try:
        found = read(shop, numbers(texts))
    except AmbiguousNumbers:
        assert all(decimal_mark(text) in (None, "either") for text in texts)
    else:
        assert found.amounts == values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1234.56", "1234.56"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1 234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("12,34,567.89", "1234567.89"), ("-5", "-5"),
        ("(5.00)", "-5"),
        ("5.00-", "-5"), ("+5", "5"), ("-£5", "-5"), ("£-5", "-5"), ("(£5)", "-5"), ("1e3", "1000"), ("0.5",
        "0.5"), (".5", "0.5"),
        ("5.", "5"), (",5", "0.5"), ("0,125", "0.125"), ("1234,567", "1234.567"), ("12.5", "12.5"), ("12,5",
        "12.5"), ("5.-", "5"), ("5,-", "5"),
        ("Rs. 12.50", "12.5"), ("12,50 kr.", "12.5"), ("Fr. 5", "5"), ("kr.5,25", "5.25"), ("CHF 1'234.-", "1234"),
    ],
)  # fmt: skip
def test_a_number_alone_is_read(shop: Workshop, written: str, value: str) -> None:
    """Each of these can mean one thing only, and is not asked for."""
    assert read(shop, numbers([written])).amounts == [Decimal(value)]


@pytest.mark.parametrize(
    "written", ["1,234", "1.234", "-1,234", "€1.234", "(12,345)", "123.456", "Rs. 1.234", "1,234 kr."]
)
def test_a_number_that_can_mean_two_things_is_asked_for(shop: Workshop, written: str) -> None:
    """A thousand or one and a bit: the difference is a thousandfold, so it is never guessed."""
    with pytest.raises(AmbiguousNumbers) as caught:
        read(shop, numbers(["7", written]))
    assert (caught.value.details["row"], caught.value.details["count"]) == (3, 1)
    either = {read(shop, numbers(["7", written]), numbers=key).amounts[1] for key in NUMBER_FORMATS}
    assert len(either) == 2


@pytest.mark.parametrize(
    "written",
    [
        "x", "infinity", "-inf", "0x1F", "5%", "1,2,3", "1,23.4", "1.2.3", "--5", "(5", "5)", "(-5)", "5 5", "5€6",
        "1'2", "½", "٣", "1e13", "1e400", "1_000", "1000000000000",
    ],
)  # fmt: skip
def test_what_is_no_number_is_read_as_none(shop: Workshop, written: str) -> None:
    """A cell that can only be taken for a number by force is told as a reject."""
    for key in NUMBER_FORMATS:
        assert read(shop, numbers([written]), numbers=key).amounts == [None], key


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("17850.0", "17850"), ("0017", "0017"), ("17850.00", "17850.00"), (" A 1 ", "A 1"), ("1.5", "1.5"),
        (".0", ".0"), ("A1.0", "A1.0"), ("-1.0", "-1.0"), ("00.0", "00"),
    ],
)  # fmt: skip
def test_ids_stay_as_they_stand(shop: Workshop, written: str, found: str) -> None:
    """Leading noughts are kept, and only the .0 that a spreadsheet hung onto a whole number goes."""
    assert read(shop, f"customer_id,date,amount,product\n{written},2020-01-01,5,x\n").ids == [found]


@pytest.mark.parametrize("code", CURRENCY_CODES)
def test_a_currency_is_known_by_its_code(code: str) -> None:
    """In a header or beside an amount, in either case."""
    assert currency_of(f"amount {code}") == currency_of(f"{code.lower()} 5") == code


@pytest.mark.parametrize("mark", CURRENCY_MARKS)
def test_a_currency_is_known_by_its_sign(mark: str) -> None:
    """Before and after the amount; the longer sign wins over the shorter one in it."""
    assert (
        currency_of(f"{mark}5")
        == currency_of(f"{mark} 5")
        == currency_of(f"5 {mark}")
        == CURRENCY_MARKS[mark][0]
    )


@pytest.mark.parametrize("cell", ["£", "£ off", "5 £ less", "x£", ""])
def test_a_sign_without_an_amount_settles_no_currency(cell: str) -> None:
    """A word with a sign among the amounts is a cell that cannot be read, and nothing that the others follow."""
    assert beside_amount(cell) is None
    assert beside_amount("-£ 1,204.50") == beside_amount("(12.50 GBP)") == "GBP"


@pytest.mark.parametrize("text", ["5", "amount", "user", "euros", "skrad", "usdt", ""])
def test_a_word_is_no_currency(text: str) -> None:
    """Letters of a code within another word say nothing."""
    assert currency_of(text) is None


@pytest.mark.parametrize(("late", "value"), [("12,50", "12.5"), ("12.50", "12.5")])
def test_a_late_mark_settles_the_others(shop: Workshop, late: str, value: str) -> None:
    """The whole file is asked for its decimal mark, not its first thousand rows."""
    assert read(shop, numbers(["7"] * 1200 + [late])).amounts[-1] == Decimal(value)


def test_a_late_mark_that_can_mean_two_things_is_asked_for(shop: Workshop) -> None:
    """A thousand whole amounts do not make a thousand of 1,234."""
    with pytest.raises(AmbiguousNumbers) as caught:
        read(shop, numbers(["7"] * 1200 + ["1,234"]))
    assert caught.value.details["row"] == 1202
