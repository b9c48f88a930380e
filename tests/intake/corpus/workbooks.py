"""XLSX: sheets, kinds of cells, dates by their look, and workbooks that are broken or hostile."""

from __future__ import annotations

from .build import GOOD_LOADS, GOOD_VALUES, dates_load, names_load, prices_load
from .case import Case
from .squeeze import zipped
from .verdicts import Asks, Declined, Loads, Refused
from .workbook import (
    DATE,
    HEAD,
    MAIN,
    MOMENT,
    MONEY,
    OWN_DATE,
    SHEET_HEAD,
    SHEET_TAIL,
    Cell,
    Sheet,
    Value,
    number,
    packed,
    parts,
    shared_xml,
    sheet_xml,
    workbook,
)

COLUMNS: tuple[Value, ...] = ("customer_id", "date", "amount")
GOOD: Sheet = (
    COLUMNS,
    ("c1", number(43831, DATE), 10.0),
    ("c2", number(43890, DATE), 12.5),
    ("c3", number(44196, DATE), 7.25),
)
OTHER: Sheet = (COLUMNS, ("d1", number(43831, DATE), 1.5))
OTHER_LOADS = Loads(1, 1, values=(("d1", "2020-01-01T00:00:00", "1.5"),))
WHOLE = workbook({"Orders": GOOD})


def one(*rows: tuple[Value, ...], settings: str = "", share: bool = False) -> bytes:
    """A workbook of one sheet with the usual header."""
    return workbook({"Orders": (COLUMNS, *rows)}, settings=settings, share=share)


def dated(*dates: Value, settings: str = "") -> bytes:
    """Orders of c1, c2, … on these dates."""
    return one(*((f"c{place}", date, 10) for place, date in enumerate(dates, 1)), settings=settings)


def priced(*amounts: Value) -> bytes:
    """Orders of c1, c2, … with these amounts."""
    return one(*((f"c{place}", number(43831, DATE), amount) for place, amount in enumerate(amounts, 1)))


def named(*ids: Value) -> bytes:
    """Orders of these customers."""
    return one(*((name, number(43831, DATE), 10) for name in ids))


def rich() -> bytes:
    """Shared texts in pieces with looks, and one with its pronunciation, which is no part of it."""
    texts = [
        *(str(name) for name in COLUMNS),
        "<r><t>Zo</t></r><r><rPr><b/></rPr><t>ë</t></r>",
        '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>',
    ]
    rows = [[Cell(f"<v>{place}</v>", "s") for place in range(3)]]
    rows += [[Cell(f"<v>{place}</v>", "s"), number(43831, DATE), number(10)] for place in (3, 4)]
    return packed(parts({"Orders": sheet_xml(rows)}, shared=shared_xml(texts)))


def raw(sheet: str, **options: str) -> bytes:
    """A workbook of one sheet whose XML is given."""
    return packed(parts({"Orders": sheet}, **options))


def entities(declared: str, used: str) -> bytes:
    """A sheet that declares entities and uses one as a customer."""
    body = sheet_xml([COLUMNS, (Cell(f"<is><t>&{used};</t></is>", "inlineStr"), number(43831, DATE), 10)])
    return raw(body.replace(HEAD, f"{HEAD}<!DOCTYPE worksheet [{declared}]>"))


LAUGHS = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
WITHOUT = {
    path: part for path, part in parts({"Orders": sheet_xml(GOOD)}).items() if path != "xl/workbook.xml"
}

SHEETS = (
    Case("xlsx", WHOLE, GOOD_LOADS, "W2", file_name="orders.xlsx"),
    Case("xlsx_named_csv", WHOLE, GOOD_LOADS, "W2: by content, never by name"),
    Case("xlsx_shared_texts", workbook({"Orders": GOOD}, share=True), GOOD_LOADS, "W2: texts by number"),
    Case(
        "xlsx_rich_texts",
        rich(),
        names_load("Zoë", "東京"),
        "W2: pieces are one text; a pronunciation is none",
    ),
    Case(
        "xlsx_empty_sheets",
        workbook({"a": [], "Orders": GOOD, "c": []}),
        GOOD_LOADS,
        "W2: one sheet with rows: taken",
    ),
    Case("xlsx_two_sheets", workbook({"Orders": GOOD, "More": OTHER}), Asks("choose_sheet"), "W2"),
    Case(
        "xlsx_sheet_chosen",
        workbook({"Orders": GOOD, "More": OTHER}),
        OTHER_LOADS,
        "W2: the answer names it; its file in the archive has another number",
        answers={"sheet": "More"},
    ),
    Case(
        "xlsx_sheet_with_a_hard_name",
        workbook({'R&D "<1>"': GOOD, "More": OTHER}),
        GOOD_LOADS,
        "W2: the name is text",
        answers={"sheet": 'R&D "<1>"'},
    ),
    Case(
        "xlsx_sheet_unknown",
        workbook({"Orders": GOOD, "More": OTHER}),
        Declined(),
        "W2 leaves it open: an answer that names no sheet is told, or asked about again",
        answers={"sheet": "Most"},
    ),
    Case("xlsx_no_rows", workbook({"Orders": [COLUMNS]}), Refused("no rows"), "W3"),
    Case("xlsx_empty", workbook({"Orders": []}), Refused(), "W3: no sheet holds anything"),
    Case("xlsx_title_rows", workbook({"Orders": [("Orders of 2020",), (), *GOOD]}), GOOD_LOADS, "W6"),
    Case("xlsx_blank_rows", workbook({"Orders": [(), (), GOOD[0], (), *GOOD[1:], ()]}), GOOD_LOADS, "W6"),
    Case(
        "xlsx_starts_further_right",
        workbook({"Orders": [(None, None, *row) for row in GOOD]}),
        GOOD_LOADS,
        "W3: columns without a name and a value harm nobody",
    ),
    Case(
        "xlsx_totals",
        workbook({"Orders": [*GOOD, ("Total", None, Cell("<f>SUM(C2:C4)</f><v>29.75</v>"))]}),
        Loads(4, 3, set_aside={"totals": 1}, values=GOOD_VALUES),
        "R2",
    ),
    Case(
        "xlsx_gaps",
        workbook({"Orders": [GOOD[0], GOOD[1], (None, number(43831, DATE), 5), GOOD[2], GOOD[3]]}),
        Loads(4, 3, set_aside={"no_customer": 1}, values=GOOD_VALUES),
        "R1: a cell left out is empty; none moves to the left",
    ),
)

CELLS = (
    Case(
        "xlsx_dates_by_look",
        dated(number(40886, DATE), number(40886, OWN_DATE), number(40886.5, MOMENT)),
        dates_load("2011-12-09", "2011-12-09", "2011-12-09T12:00"),
        "R3: serial days, whatever their look",
    ),
    Case(
        "xlsx_dates_without_a_look",
        dated(40886, 40887.25),
        dates_load("2011-12-09", "2011-12-10T06:00"),
        "R3: serial days",
    ),
    Case(
        "xlsx_dates_as_text", dated("2011-12-09", "2011-12-10"), dates_load("2011-12-09", "2011-12-10"), "R3"
    ),
    Case("xlsx_dates_as_text_ambiguous", dated("03/04/2011", "05/06/2011"), Asks("ambiguous_dates"), "R3"),
    Case(
        "xlsx_dates_of_1904",
        dated(number(39424, DATE), settings='<workbookPr date1904="1"/>'),
        dates_load("2011-12-09"),
        "R3 leaves it open: the workbook counts its days from 1904; four years off would be a silent misreading",
    ),
    Case(
        "xlsx_date_to_the_second",
        dated(number("40886.573599537", MOMENT)),
        dates_load("2011-12-09T13:45:59"),
        "R3: a fraction is the time, to the nearest second",
    ),
    Case(
        "xlsx_numbers",
        priced(number("1.0E2"), number("0.30000000000000004"), number(1234.5, MONEY), number(-5)),
        prices_load("100", "0.3", "1234.5", "-5", returns=1),
        "R4: as stored, whatever their look",
    ),
    Case("xlsx_numbers_as_text", priced("1,234.56", "12.50"), prices_load("1234.56", "12.5"), "R4"),
    Case(
        "xlsx_ids_as_numbers",
        named(17850, number("17850.0"), number("123456789012")),
        names_load("17850", "17850", "123456789012"),
        "R5: whole numbers, never 1.23E+11",
    ),
    Case("xlsx_ids_with_zeros", named("00123", "00124"), names_load("00123", "00124"), "R5"),
    Case(
        "xlsx_formula",
        priced(Cell("<f>2*5</f><v>10</v>"), Cell("<f>1+1</f><v>2</v>")),
        prices_load("10", "2"),
        "R4: a formula's stored result is the value",
    ),
    Case(
        "xlsx_formula_without_result",
        priced(10, Cell("<f>2*5</f>")),
        prices_load("10", None),
        "R4: nothing is computed; the cell is empty",
    ),
    Case(
        "xlsx_formula_text",
        named(Cell('<f>"c"&amp;1</f><v>c1</v>', "str"), "c2"),
        names_load("c1", "c2"),
        "R5",
    ),
    Case(
        "xlsx_error_cells",
        priced(10, Cell("<v>#DIV/0!</v>", "e"), Cell("<v>#N/A</v>", "e")),
        prices_load("10", None, None),
        "R4: an error is no number",
    ),
    Case(
        "xlsx_error_customer",
        named("c1", Cell("<v>#N/A</v>", "e")),
        Loads(2, 1, set_aside={"no_customer": 1}, values=GOOD_VALUES[:1]),
        "R1: #N/A is empty",
    ),
    Case(
        "xlsx_truth",
        priced(10, Cell("<v>1</v>", "b")),
        prices_load("10", None),
        "R4 leaves it open: TRUE is no amount",
    ),
    Case(
        "xlsx_hostile_text",
        named("=1+1", "<script>alert(1)</script>", "a\nb"),
        names_load("=1+1", "<script>alert(1)</script>", "a\nb"),
        "R5: text as it stands",
    ),
)

BROKEN = (
    Case("xlsx_cut_off", WHOLE[: len(WHOLE) // 2], Refused("damaged"), "W3"),
    Case("xlsx_sheet_cut_off", raw(sheet_xml(GOOD)[:-60]), Refused(), "W3: the XML ends early"),
    Case("xlsx_sheet_not_xml", raw("customer_id,date,amount\n"), Refused(), "W2"),
    Case("xlsx_without_workbook", packed(WITHOUT), Refused(), "W2: no list of sheets"),
    Case(
        "xlsx_shared_text_missing",
        raw(sheet_xml([[Cell("<v>7</v>", "s")] * 3] * 2), shared=shared_xml(["a"])),
        Refused(),
        "W2 leaves it open: a text that is not there is not guessed",
    ),
    Case("xlsx_of_many_laughs", entities(LAUGHS, "a9"), Refused(), "W5: a gigabyte of entities"),
    Case(
        "xlsx_of_a_foreign_file",
        entities('<!ENTITY x SYSTEM "file:///etc/hostname">', "x"),
        Refused(),
        "W5 leaves it open: a workbook declares no entities; no other file is ever read",
    ),
    Case(
        "xlsx_twice_the_same_place",
        raw(SHEET_HEAD + '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>' + SHEET_TAIL),
        Declined(),
        "W2, W3: two values for one cell, and no rows",
    ),
    Case(
        "docx",
        zipped(
            ("[Content_Types].xml", HEAD.encode() + b"<Types/>"),
            ("word/document.xml", f'<a xmlns="{MAIN}"/>'.encode()),
        ),
        Refused(),
        "W2: a document of another program",
        file_name="orders.docx",
    ),
    Case(
        "ods",
        zipped(
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", b"<a/>"),
            ("meta.xml", b"<a/>"),
        ),
        Refused(),
        "W2: not among the containers",
        file_name="orders.ods",
    ),
)

CASES = (*SHEETS, *CELLS, *BROKEN)
