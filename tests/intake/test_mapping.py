"""Which column is which: known shapes, header names, and the person's word above both."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop import Workshop

from pulse_core.errors import Invalid
from pulse_core.intake.imports import preview
from pulse_core.intake.kinds import DATE_FORMATS, KINDS, SHAPES, Column, Shape
from pulse_core.intake.mapping import Mapping, Proposal, check, correct, missing, propose
from pulse_core.intake.reading import examine

# A cell for each of our columns, by which a generated file of any shape is filled.
CELLS = {
    "customer_id": "C-{n}", "ordered_at": "2020-01-{n:02}", "happened_at": "2020-01-{n:02} 10:30", "amount": "{n}.50",
    "quantity": "{n}", "unit_price": "0.25", "order_id": "A{n}", "product": "Mug {n}", "category": "Kitchen",
    "country": "Norway", "name": "Ada", "email": "ada@example.com", "event_type": "call", "value": "{n}.25",
    "churn_score": "0.{n}",
}  # fmt: skip
TABLES = {"orders": "order_lines", "events": "events", "scores": "scores"}


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


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.key)
def test_a_known_shape_is_recognised_and_loads_without_a_word(shop: Workshop, shape: Shape) -> None:
    """Every shape that stands in SHAPES is proposed for its own file and loads all rows of it."""
    path = shop.file(table(shape), f"{shape.key}.csv")
    proposal = preview(path)
    kind = KINDS[shape.kind]
    assert proposal.mapping.columns == dict(shape.columns)
    assert proposal.mapping.kind == shape.kind
    assert proposal.missing == ()
    assert (proposal.shape == shape.key) or shape.kind == "events"  # telecom and banking may share columns
    report = shop.load(path)
    assert (report.rows, report.accepted, report.rejected) == (3, 3, 0)
    assert shop.rows(f"SELECT count(*) FROM {TABLES[shape.kind]}") == [(3,)]
    assert kind.table == TABLES[shape.kind]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.key)
def test_a_shape_fulfils_what_its_kind_requires(shape: Shape) -> None:
    """A shape that lacks a required column, or names one that does not exist, could never load."""
    mapping = Mapping(kind=shape.kind, columns=dict(shape.columns), header=tuple(shape.columns.values()))
    assert missing(mapping) == ()
    assert all(KINDS[shape.kind].column(key) for key in shape.columns)
    assert shape.date_format in (None, *DATE_FORMATS)
    assert set(shape.columns.values()) <= set(shape.headerless or shape.columns.values())


COLUMNS = [(kind.key, column) for kind in KINDS.values() for column in kind.columns]


@pytest.mark.parametrize(("kind", "column"), COLUMNS, ids=[f"{kind}-{c.key}" for kind, c in COLUMNS])
def test_each_header_name_gives_its_column_away(tmp_path: Path, kind: str, column: Column) -> None:
    """Every name that stands in the list of a column is found, however it is written."""
    for name in (column.key, *column.names):
        for written in (name, name.upper(), " ".join(name), f"{name}_"):
            path = tmp_path / "file.csv"
            path.write_text(f"{written},zzz\n1,2\n")
            assert propose(examine(path), kind).mapping.columns[column.key] == written.strip()


def test_a_header_serves_one_column_and_the_better_name_wins(tmp_path: Path) -> None:
    """`product` and `category` never take the same header; `amount` is better than `value`."""
    path = tmp_path / "file.csv"
    path.write_text("value,client,date,amount,category\n1,2,2020-01-01,4,5\n")
    columns = propose(examine(path)).mapping.columns
    assert columns == {
        "customer_id": "client",
        "ordered_at": "date",
        "amount": "amount",
        "category": "category",
    }


def test_the_kind_is_the_one_that_fits(tmp_path: Path) -> None:
    """Events and scores under foreign names are told from orders by what is there."""
    path = tmp_path / "file.csv"
    path.write_text("userid,timestamp,event\n1,2020-01-01,login\n")
    assert propose(examine(path)).mapping.kind == "events"
    path.write_text("userid,churn probability\n1,0.5\n")
    assert propose(examine(path)).mapping.kind == "scores"


@pytest.fixture
def proposal(shop: Workshop) -> Proposal:
    """A file whose customer column nobody could guess."""
    return preview(shop.file("who,date,total,note\nA,2020-01-01,5,x\nB,2020-01-02,6,\n"))


def test_what_is_missing_is_named(proposal: Proposal) -> None:
    """The page can ask for just those columns that were not found."""
    assert proposal.missing == ("customer_id",)
    assert proposal.shape is None


def test_examples_show_what_a_column_holds(proposal: Proposal) -> None:
    """A person recognises a column by its values; empty ones say nothing."""
    assert proposal.examples("who") == ["A", "B"]
    assert proposal.examples("note") == ["x"]
    assert proposal.examples("who", 1) == ["A"]


def test_the_persons_word_is_above_all(proposal: Proposal) -> None:
    """A correction adds, replaces and leaves out columns, and sets the date format."""
    mapping = correct(proposal, {"customer_id": "who", "product": "note"}, date_format="iso")
    assert mapping.columns == {
        "ordered_at": "date",
        "amount": "total",
        "customer_id": "who",
        "product": "note",
    }
    assert mapping.date_format == "iso"
    with pytest.raises(Invalid, match="no column was found for ordered_at"):
        correct(proposal, {"customer_id": "who", "ordered_at": None})


@pytest.mark.parametrize(
    ("changes", "dates", "problem", "remedy"),
    [
        ({"shoe_size": "who"}, None, "'shoe_size' is no column of orders or order lines", "customer_id, ordered_at"),
        ({"customer_id": "whom"}, None, "orders.csv has no column 'whom'", "who, date, total, note"),
        ({"customer_id": "date"}, None, "'date' is used for two of our columns", "use it once"),
        ({"customer_id": "who"}, "martian", "'martian' is no date format", "day_first"),
        ({}, None, "no column was found for customer_id", "the file has: who, date, total, note"),
        ({"customer_id": "who", "amount": None}, None, "amount or quantity × unit_price", "which one it is"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_work_is_refused_by_name(
    proposal: Proposal, changes: dict[str, str | None], dates: str | None, problem: str, remedy: str
) -> None:
    """Each fault names the column and what could stand there, before anything is read."""
    with pytest.raises(Invalid) as caught:
        correct(proposal, changes, date_format=dates)
    assert problem in caught.value.message
    assert remedy in caught.value.remedy


def test_a_kind_that_does_not_exist_is_refused(proposal: Proposal) -> None:
    """A stored mapping of another version is told, not crashed on."""
    with pytest.raises(Invalid, match="'gifts' is no kind of file: use one of: orders, events, scores"):
        check(proposal.mapping.model_copy(update={"kind": "gifts"}), "orders.csv")


def test_the_key_is_the_same_for_mappings_that_read_alike(proposal: Proposal) -> None:
    """The order in which a person corrects a mapping does not make it another one."""
    one = correct(proposal, {"customer_id": "who", "product": "note"})
    other = correct(proposal, {"product": "note", "customer_id": "who"})
    assert one.key() == other.key()
    assert one.key() != correct(proposal, {"customer_id": "who"}).key()
