"""Nothing at all, headers of every sort, no header, and titles above the header."""

from __future__ import annotations

import codecs

from .build import GOOD, GOOD_LOADS, GOOD_TEXT, GOOD_VALUES, HEADER, text
from .case import Case
from .verdicts import Asks, Declined, Loads, Refused

OURS = {"customer_id": "Wer", "ordered_at": "Wann", "amount": "Wie viel"}
FOREIGN = text(*GOOD, header="Wer,Wann,Wie viel")
BARE = text(*GOOD, header=None).replace("c", "1785")
BARE_LOADS = Loads(3, 3, values=tuple((str(name).replace("c", "1785"), *rest) for name, *rest in GOOD_VALUES))


def under(header: str, columns: str = "") -> str:
    """The good rows below another header, with further cells behind each."""
    return text(*(line + columns for line in GOOD), header=header)


def titled(*titles: str) -> str:
    """The good file below these lines."""
    return "".join(title + "\n" for title in titles) + GOOD_TEXT


NOTHING = (
    Case("nothing", b"", Refused("empty"), "W3"),
    Case("blanks_only", b"   \t  \n   \n \t\n", Refused(), "W3: blank only"),
    Case("line_ends_only", b"\n" * 500, Refused(), "W3: blank only"),
    Case("bom_only", codecs.BOM_UTF8, Refused(), "W3: a mark is no text"),
    Case("utf16_bom_only", codecs.BOM_UTF16_LE, Refused(), "W3: a mark is no text"),
    Case("nul_only", bytes(5000), Refused("nul"), "W3"),
    Case("header_only", f"{HEADER}\n", Refused("no rows"), "W3"),
    Case("header_only_without_end", HEADER, Refused("no rows"), "W3"),
    Case("header_and_blank_lines", f"{HEADER}\n\n \n\n", Refused("no rows"), "W3, W6"),
    Case("titles_and_header_only", f"Orders\n2020\n{HEADER}\n", Refused("no rows"), "W3, W6"),
    Case("nul_in_a_cell", text(GOOD[0], "c\x002,2020-01-01,10"), Refused("nul"), "W3"),
    Case("nul_in_the_header", GOOD_TEXT.replace("date", "da\x00te"), Refused("nul"), "W3"),
    Case(
        "nul_tail", GOOD_TEXT.encode() + bytes(4096), Refused("nul"), "W3: a file whose end was never written"
    ),
    Case(
        "nul_far_down",
        lambda: (HEADER + "\n" + "c1,2020-01-01,10\n" * 100_000 + "c\x00,2020-01-01,10\n").encode(),
        Refused("nul"),
        "W3: the whole file is looked at, not its beginning",
    ),
)

NAMES = (
    Case(
        "header_twice",
        under("customer_id,date,amount,amount", ",1"),
        Refused("twice"),
        "W3: a column of the same name twice",
    ),
    Case(
        "header_twice_trimmed",
        under('customer_id,date,amount," amount "', ",1"),
        Refused("twice"),
        "W3: twice, but for blanks",
    ),
    Case(
        "header_twice_unneeded",
        under("customer_id,date,amount,note,note", ",a,b"),
        Refused("twice"),
        "W3: also where nobody needs the column",
    ),
    Case(
        "header_cell_empty",
        under("customer_id,date,amount,", ",x"),
        GOOD_LOADS,
        "W3: it is called `column 4`",
    ),
    Case(
        "header_cells_empty",
        under(",customer_id,date,amount,,", ",x,y").replace("\nc", "\n0,c"),
        GOOD_LOADS,
        "W3: each has a name of its own",
    ),
    Case(
        "header_ends_with_a_mark",
        text(*(line + "," for line in GOOD), header=HEADER + ","),
        GOOD_LOADS,
        "W3: a mark at the end of every line is a column without a name",
    ),
    Case("header_capitals", under("CUSTOMER_ID,DATE,AMOUNT"), GOOD_LOADS, "names are compared case-blind"),
    Case(
        "header_with_blanks",
        under("Customer ID,Order Date,Amount"),
        GOOD_LOADS,
        "blanks and underscores are alike",
    ),
    Case(
        "header_joined", under("CustomerID,OrderDate,Amount"), GOOD_LOADS, "as the e-commerce shape writes it"
    ),
    Case("header_quoted", under('"customer_id","date","amount"'), GOOD_LOADS, "W7"),
    Case(
        "header_no_break_space",
        under("customer_id\u00a0,\u00a0date,amount"),
        GOOD_LOADS,
        "open: trimmed as any blank",
    ),
    Case(
        "header_cell_of_two_lines",
        under('customer_id,date,amount,"note\nof the shop"', ",x"),
        GOOD_LOADS,
        "W7",
    ),
    Case(
        "header_in_another_order",
        "amount,x,date,customer_id\n10,,2020-01-01,c1\n",
        Loads(1, 1, values=GOOD_VALUES[:1]),
        "by name, never by place",
    ),
    Case(
        "header_long_name",
        under(f"customer_id,date,amount,{'n' * 5000}", ",x"),
        GOOD_LOADS,
        "no name is too long for a file",
    ),
    Case(
        "header_names_of_ours",
        under(
            "customer_id,date,amount,row,raw,reason,fault,batch_id,filename,columns,kind", ",1,2,3,4,5,6,7,8"
        ),
        GOOD_LOADS,
        "a file's column may have the name of one of ours",
    ),
    Case(
        "header_keywords",
        under("customer_id,date,amount,select,from,order,group,null", ",1,2,3,4,5"),
        GOOD_LOADS,
        "a name may be a word of SQL",
    ),
    Case(
        "header_foreign",
        FOREIGN,
        Asks("missing_column"),
        "names that say nothing are asked about",
        answers={"kind": "orders"},
    ),
    Case(
        "header_foreign_answered",
        FOREIGN,
        GOOD_LOADS,
        "the answer names the columns",
        answers={"kind": "orders", "columns": OURS},
    ),
    Case(
        "header_answered_wrongly",
        GOOD_TEXT,
        Declined(),
        "open: an answer that names a column that is not there is told",
        answers={"columns": {"customer_id": "nobody"}},
    ),
    Case(
        "column_missing_customer",
        "date,amount\n2020-01-01,10\n",
        Asks("missing_column"),
        "an order needs a customer",
        answers={"kind": "orders"},
    ),
    Case(
        "column_missing_amount",
        "customer_id,date,quantity\nc1,2020-01-01,10\n",
        Asks("missing_column"),
        "R6: an order needs an amount, or a quantity and a price",
        answers={"kind": "orders"},
    ),
    Case(
        "column_only_one",
        "customer_id\nc1\nc2\n",
        Asks("missing_column"),
        "one column",
        answers={"kind": "orders"},
    ),
)

HEADERLESS = (
    Case(
        "headerless",
        BARE,
        Asks("missing_column"),
        "W4: columns are called `column 1` and so on",
        answers={"kind": "orders"},
    ),
    Case(
        "headerless_answered",
        BARE,
        BARE_LOADS,
        "W4: the first row is a row",
        answers={
            "kind": "orders",
            "columns": {"customer_id": "column 1", "ordered_at": "column 2", "amount": "column 3"},
        },
    ),
    Case(
        "headerless_of_one_row",
        "17850,2020-01-01,10\n",
        Asks("missing_column"),
        "W4: a row, and no header",
        answers={"kind": "orders"},
    ),
)

TITLES = (
    Case("title", titled("Orders of 2020"), GOOD_LOADS, "W6"),
    Case(
        "titles_and_blank_lines", titled("Orders of 2020", "", "Exported: 2021-01-01", ""), GOOD_LOADS, "W6"
    ),
    Case("title_padded", titled("Orders of 2020,,", ",,"), GOOD_LOADS, "W6: as spreadsheets write it"),
    Case("title_of_two_cells", titled("Period:,2020,"), GOOD_LOADS, "W6: fewer filled cells than the header"),
    Case(
        "title_with_a_comma",
        titled("Report for Smith, Jones"),
        GOOD_LOADS,
        "W6: fewer filled cells than the header",
    ),
    Case(
        "title_with_another_mark",
        titled("Report; of; the; shop"),
        GOOD_LOADS,
        "W6, W7: the rows decide about the mark",
    ),
    Case("title_many", titled(*(f"Line {number}" for number in range(12))), GOOD_LOADS, "W6: however many"),
    Case(
        "title_comment",
        titled("# made by a program", "# on 2021-01-01"),
        GOOD_LOADS,
        "W6: one filled cell each",
    ),
    Case("title_quoted", titled('"Orders, of, 2020, and, later"'), GOOD_LOADS, "W6, W7: one cell"),
    Case("sep_line", "sep=;\n" + GOOD_TEXT.replace(",", ";"), GOOD_LOADS, "W6: as Excel writes it"),
    Case(
        "sep_line_capitals",
        "SEP=|\r\n" + GOOD_TEXT.replace(",", "|"),
        GOOD_LOADS,
        "W6: case-blind, another line end",
    ),
    Case("sep_line_tab", "sep=\t\n" + GOOD_TEXT.replace(",", "\t"), GOOD_LOADS, "W6"),
    Case("sep_line_and_title", "sep=,\nOrders\n" + GOOD_TEXT, GOOD_LOADS, "W6: both"),
    Case(
        "footer",
        GOOD_TEXT + "\nPrinted by the shop\n",
        Loads(4, 3, 1, values=GOOD_VALUES),
        "W8: below the rows a line is a record",
    ),
    Case(
        "rows_wider_than_the_header",
        "customer_id,date,amount\n1,c1,2020-01-01,10\n2,c2,2020-01-02,20\n",
        Declined(),
        "W6, W8: as R writes it; the header must not be taken for a title and the first row for the header",
    ),
)

CASES = (*NOTHING, *NAMES, *HEADERLESS, *TITLES)
