"""Line ends, blank lines, delimiters and quotation marks."""

from __future__ import annotations

from .build import GOOD, GOOD_LOADS, GOOD_TEXT, GOOD_VALUES, HEADER, table, text
from .case import Case
from .verdicts import Loads, Refused

WITH_PRODUCT = f"{HEADER},product"
PRODUCT = "customer_id, product"
ROWS = [line.split(",") for line in text(*GOOD).splitlines()]
CDNOW_SAMPLE = (
    " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n 00021 0002 19970101  3   63.34\n"
)
CDNOW_VALUES = (
    ("00004", "1997-01-01T00:00:00", "29.33"),
    ("00004", "1997-01-18T00:00:00", "29.73"),
    ("00021", "1997-01-01T00:00:00", "63.34"),
)


def products(*cells: str) -> str:
    """Orders of these products, each cell as it is written in the file."""
    lines = (f"c{number},2020-01-01,10,{cell}" for number, cell in enumerate(cells, 1))
    return text(*lines, header=WITH_PRODUCT)


def products_load(*names: str | None) -> Loads:
    """`products` loads with exactly these."""
    values = tuple((f"c{number}", name) for number, name in enumerate(names, 1))
    return Loads(len(names), len(names), values=values, columns=PRODUCT)


def quoted(*rows: list[str]) -> str:
    """Every cell between quotation marks."""
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


def marked(mark: str) -> str:
    """The good rows with another delimiter."""
    return GOOD_TEXT.replace(",", mark)


ENDS = (
    Case("ends_crlf", text(*GOOD, end="\r\n"), GOOD_LOADS, "W7: \\r\\n"),
    Case("ends_cr", text(*GOOD, end="\r"), GOOD_LOADS, "W7: \\r, as old Macs wrote it"),
    Case("ends_mixed_lf_crlf", f"{HEADER}\r\n{GOOD[0]}\n{GOOD[1]}\r\n{GOOD[2]}\n", GOOD_LOADS, "W7: mixed"),
    Case(
        "ends_mixed_all",
        f"{HEADER}\r{GOOD[0]}\r\n{GOOD[1]}\n{GOOD[2]}",
        GOOD_LOADS,
        "W7: mixed, with a lone \\r",
    ),
    Case(
        "ends_doubled_cr",
        text(*GOOD, end="\r\r\n"),
        GOOD_LOADS,
        "W6, W7: twice converted; blank lines are no rows",
    ),
    Case("no_last_end", GOOD_TEXT.rstrip("\n"), GOOD_LOADS, "W7: the last line needs no end"),
    Case("many_last_ends", GOOD_TEXT + "\n" * 50, GOOD_LOADS, "W6: blank lines are no rows"),
    Case("blank_lines_between", text(*GOOD, end="\n\n"), GOOD_LOADS, "W6: blank lines anywhere"),
    Case("blank_lines_first", "\n\n\r\n" + GOOD_TEXT, GOOD_LOADS, "W6: blank lines anywhere"),
    Case("lines_of_blanks", text(*GOOD, end="\n   \n\t\n"), GOOD_LOADS, "W6: a line of blanks is blank"),
    Case(
        "lines_of_commas",
        GOOD_TEXT + ",,\n,,\n",
        Loads(5, 3, set_aside={"no_customer": 2}, values=GOOD_VALUES),
        "R1: a record whose cells are all empty is a record without a customer, not a blank line",
    ),
    Case(
        "dos_end_of_file",
        GOOD_TEXT + "\x1a",
        Loads(4, 3, 1, values=GOOD_VALUES),
        "W8 leaves Ctrl-Z open: a record of one cell, and so rejected",
    ),
    Case(
        "line_ends_in_quotes",
        products('"a\nb"', '"c\r\nd"', '"e\rf"', '"g\n\nh"'),
        products_load("a\nb", "c\nd", "e\nf", "g\n\nh"),
        "W7: a line end within quotation marks is text, of one kind where the file's are mixed",
    ),
    Case(
        "line_ends_in_quotes_crlf",
        f'{WITH_PRODUCT}\r\nc1,2020-01-01,10,"a\nb"\r\nc2,2020-01-01,10,"c,d\r\ne"\r\n',
        products_load("a\nb", "c,d\ne"),
        "W7: the file's line end and the cell's differ",
    ),
)

MARKS = (
    Case("semicolon", marked(";"), GOOD_LOADS, "W7"),
    Case("tab", marked("\t"), GOOD_LOADS, "W7", file_name="orders.tsv"),
    Case("pipe", marked("|"), GOOD_LOADS, "W7"),
    Case("colon", marked(":"), GOOD_LOADS, "W7: every line splits alike"),
    Case("caret", marked("^"), GOOD_LOADS, "W7: every line splits alike"),
    Case("tilde", marked("~"), GOOD_LOADS, "W7: every line splits alike"),
    Case("unit_separator", marked("\x1f"), GOOD_LOADS, "W7: every line splits alike"),
    Case("blanks", CDNOW_SAMPLE, Loads(3, 3, values=CDNOW_VALUES), "W4, W7: the CDNOW sample has no header"),
    Case(
        "blanks_with_header",
        " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  5   77.00\n",
        Loads(
            2, 2, values=(("00001", "1997-01-01T00:00:00", "11.77"), ("00002", "1997-01-12T00:00:00", "77"))
        ),
        "W7: runs of blanks below a header, as in the CDNOW master",
    ),
    Case(
        "doubled_pipe",
        marked("||"),
        GOOD_LOADS,
        "W3: a column between two marks is empty and nameless, and harms nobody",
    ),
    Case(
        "semicolon_with_commas_inside",
        table(
            [["customer_id", "date", "amount", "product"], ["c1", "2020-01-01", "10", "a, b, c, d"]], mark=";"
        ),
        products_load("a, b, c, d"),
        "W7: commas in a text do not make the comma a delimiter",
    ),
    Case(
        "comma_with_semicolons_inside",
        products("a; b; c; d", "e; f; g; h"),
        products_load("a; b; c; d", "e; f; g; h"),
        "W7: nor do semicolons",
    ),
    Case(
        "tab_with_thousands",
        marked("\t").replace("12.5", "1,234.56"),
        Loads(3, 3, values=(GOOD_VALUES[0], ("c2", "2020-02-29T00:00:00", "1234.56"), GOOD_VALUES[2])),
        "W7, R4: tabs with commas in the numbers",
    ),
    Case(
        "another_mark_in_one_row",
        text(*GOOD, "c4;2020-01-04;10"),
        Loads(4, 3, 1, values=GOOD_VALUES),
        "W8: that row has one cell",
    ),
    Case(
        "blanks_around_cells",
        "customer_id , date , amount\n c1 , 2020-01-01 , 10 \n",
        Loads(1, 1, values=GOOD_VALUES[:1]),
        "R5: trimmed, the header too",
    ),
)

QUOTES = (
    Case("quoted_everything", quoted(*ROWS), GOOD_LOADS, "W7: quotation marks that are not needed"),
    Case("quoted_comma", products('"a, b"', '","'), products_load("a, b", ","), "W7"),
    Case(
        "quoted_doubled",
        products('"5"" pipe"', '"""a"""', '""""'),
        products_load('5" pipe', '"a"', '"'),
        "W7: doubled",
    ),
    Case(
        "quoted_empty",
        products('""', "x"),
        products_load(None, "x"),
        "W7, R1: an empty cell in quotation marks",
    ),
    Case(
        "quote_within_a_cell",
        products('5" pipe', 'a "b" c'),
        products_load('5" pipe', 'a "b" c'),
        "W7 leaves it open: a mark within a cell that does not begin with one is text",
    ),
    Case(
        "apostrophes",
        products("O'Neill's mug", "'tis"),
        products_load("O'Neill's mug", "'tis"),
        "W7: an apostrophe quotes only where the cells are quoted by it",
    ),
    Case(
        "single_quoted",
        "'customer_id','date','amount','product'\n'c1','2020-01-01','10','a, b'\n'c2','2020-01-01','10','c'\n",
        products_load("a, b", "c"),
        "W7: every cell stands between apostrophes",
    ),
    Case("unclosed_last_row", products("a", '"b'), Refused("quot", "row 3"), "W8: the row where it opens"),
    Case(
        "unclosed_early",
        products("a", '"b', "c", "d", "e"),
        Refused("quot", "row 3"),
        "W8: the row where it opens",
    ),
    Case(
        "unclosed_and_crossed",
        products("a", '"b', '"c"', "d"),
        Refused("row 3"),
        "W8: the next mark closes it within another row; no row may vanish into the cell",
    ),
    Case(
        "unclosed_header",
        '"customer_id,date,amount\nc1,2020-01-01,10\n',
        Refused("quot"),
        "W8: in the header",
    ),
    Case("unclosed_over_many_rows", products("a", '"b', *("c",) * 5000), Refused("quot", "row 3"), "W8"),
    Case(
        "text_behind_a_quote",
        products("a", '"b"c', "d"),
        Loads(3, 2, 1, values=(("c1", "a"), ("c3", "d")), columns=PRODUCT),
        "W8 leaves it open: a cell that goes on behind its closing mark is broken, and its row rejected",
    ),
)

CASES = (*ENDS, *MARKS, *QUOTES)
