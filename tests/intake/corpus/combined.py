"""Files as shops export them, where several rules meet."""

from __future__ import annotations

import codecs

from .build import GOOD_VALUES, HEADER, text
from .case import Case
from .squeeze import gz, zipped
from .verdicts import Asks, Loads, Refused, Shown

GERMAN = (
    "00123;31.12.2019 23:59;1.234,56;Müller & Söhne",
    "00124;01.02.2020 08:00;-12,50;Zoë",
    "17850.0;05.06.2020;7,00;€ Mug",
)
GERMAN_TEXT = text(*GERMAN, header="customer_id;date;amount;product")
GERMAN_VALUES: tuple[Shown, ...] = (
    ("00123", "2019-12-31T23:59:00", "1234.56"),
    ("00124", "2020-02-01T08:00:00", "-12.5"),
    ("17850", "2020-06-05T00:00:00", "7"),
)
GERMAN_LOADS = Loads(3, 3, values=GERMAN_VALUES, returns=1)
TITLED = f"sep=;\nUmsätze 2019/2020\n\n{GERMAN_TEXT}Summe;;1.229,06;\nTotal:;;1.229,06;\n"
TITLED_LOADS = Loads(5, 3, 1, {"totals": 1}, values=GERMAN_VALUES, returns=1)
US = (
    '"c1","01/31/2020 1:05 PM","$1,234.50"',
    '"c2","02/03/2020 12:00 AM","($12.00)"',
    '"","02/03/2020 12:00 AM","$1.00"',
    '"c3","02/30/2020 12:00 AM","$1.00"',
    '"Grand Total","","$1,223.50"',
)
US_LOADS = Loads(
    5,
    2,
    1,
    {"no_customer": 1, "totals": 1},
    returns=1,
    values=(("c1", "2020-01-31T13:05:00", "1234.5"), ("c2", "2020-02-03T00:00:00", "-12")),
)
FRENCH = text(
    "c1;31/01/2020;1\u202f234,56 €;Café",
    "c2;02/03/2020;(5,00 €);Thé",
    header="customer_id;date;amount;product",
)
FRENCH_LOADS = Loads(
    2, 2, returns=1, values=(("c1", "2020-01-31T00:00:00", "1234.56"), ("c2", "2020-03-02T00:00:00", "-5"))
)
SAP = "|customer_id|date|amount|\n|c1|31.12.2019|1.234,56-|\n|c2|01.01.2020|12,50|\n"
TWO_QUESTIONS = "customer_id;date;amount\nc1;03/04/2020;1,234\nc2;05/06/2020;5,678\n"
ORACLE = text(
    '"c1","09-DEC-11","1E3"', '"c2","31-JAN-99","(null)"', header='"CUSTOMER_ID","DATE","AMOUNT"', end="\r\n"
)

CASES = (
    Case("german_utf8", GERMAN_TEXT, GERMAN_LOADS, "W1, W7, R3, R4, R5"),
    Case(
        "german_cp1252", GERMAN_TEXT.replace("\n", "\r\n").encode("cp1252"), GERMAN_LOADS, "as Excel saves it"
    ),
    Case(
        "german_utf16",
        codecs.BOM_UTF16_LE + GERMAN_TEXT.encode("utf-16-le"),
        GERMAN_LOADS,
        "UTF-16, semicolon, comma, day first",
    ),
    Case(
        "german_utf16_bare",
        GERMAN_TEXT.replace("€", "E").encode("utf-16-be"),
        GERMAN_LOADS,
        "the same without a mark",
    ),
    Case(
        "german_utf16_tabs",
        GERMAN_TEXT.replace(";", "\t").encode("utf-16"),
        GERMAN_LOADS,
        "as Excel's Unicode text",
        file_name="a.txt",
    ),
    Case("german_gz", gz(GERMAN_TEXT.encode("cp1252")), GERMAN_LOADS, "in a gz", file_name="Umsätze.csv.gz"),
    Case("german_zip", zipped(("Umsätze 2020.csv", GERMAN_TEXT.encode("utf-16"))), GERMAN_LOADS, "in a zip"),
    Case(
        "german_titled",
        TITLED,
        TITLED_LOADS,
        "with titles and totals; `Summe` is no word of R2 and so rejected",
    ),
    Case(
        "german_titled_utf16_zip",
        zipped(("a.csv", TITLED.replace("\n", "\r\n").encode("utf-16"))),
        TITLED_LOADS,
        "all at once",
    ),
    Case(
        "german_mixed_encodings",
        GERMAN_TEXT.encode() + "c9;01.02.2020;1,00;Käse\n".encode("cp1252"),
        Refused("encodings", "row 5"),
        "W1",
    ),
    Case("us_export", text(*US, end="\r\n"), US_LOADS, "W7, R1, R2, R3, R4"),
    Case(
        "us_export_bom_titles",
        codecs.BOM_UTF8 + ("Orders,,\r\n,,\r\n" + text(*US, end="\r\n")).encode(),
        US_LOADS,
        "with titles",
    ),
    Case(
        "us_export_pages",
        text(*US[:2], "", HEADER, *US[2:], ""),
        Loads(6, 2, 1, {"no_customer": 1, "totals": 1, "header": 1}, returns=1, values=US_LOADS.values),
        "with the header on each page",
    ),
    Case("us_export_cr", text(*US, end="\r"), US_LOADS, "with the line ends of an old Mac"),
    Case("french_utf8", FRENCH, FRENCH_LOADS, "thin spaces, euro signs, parentheses, day first"),
    Case(
        "french_cp1252",
        FRENCH.replace("\u202f", "\u00a0").encode("cp1252"),
        FRENCH_LOADS,
        "the same, as Excel saves it",
    ),
    Case(
        "sap_list",
        SAP,
        Loads(
            2,
            2,
            returns=1,
            values=(("c1", "2019-12-31T00:00:00", "-1234.56"), ("c2", "2020-01-01T00:00:00", "12.5")),
        ),
        "W3: pipes at both ends make two columns without a name",
    ),
    Case(
        "oracle_export", ORACLE, Loads(2, 1, 1, values=(("c1", "2011-12-09T00:00:00", "1000"),)), "R1, R3, R4"
    ),
    Case(
        "two_questions_dates_answered",
        TWO_QUESTIONS,
        Asks("ambiguous_numbers"),
        "one question after the other",
        answers={"dates": "day_first"},
    ),
    Case(
        "two_questions_numbers_answered",
        TWO_QUESTIONS,
        Asks("ambiguous_dates"),
        "one question after the other",
        answers={"numbers": "comma"},
    ),
    Case(
        "two_questions_answered",
        TWO_QUESTIONS,
        Loads(2, 2, values=(("c1", "2020-04-03T00:00:00", "1.234"), ("c2", "2020-06-05T00:00:00", "5.678"))),
        "both answered",
        answers={"dates": "day_first", "numbers": "comma"},
    ),
    Case(
        "quoted_line_ends_in_utf16",
        codecs.BOM_UTF16_BE + (f"{HEADER},note\r\n" + 'c1,2020-01-01,10,"a\r\nb,c"\r\n').encode("utf-16-be"),
        Loads(1, 1, values=GOOD_VALUES[:1]),
        "W1, W7",
    ),
    Case(
        "serials_with_comma_and_semicolons",
        "customer_id;date;amount\nc1;40886;12,5\nc2;40887;1.234,5\n",
        Loads(2, 2, values=(("c1", "2011-12-09T00:00:00", "12.5"), ("c2", "2011-12-10T00:00:00", "1234.5"))),
        "R3, R4",
    ),
    Case(
        "unix_in_pipes_cp1252",
        "customer_id|date|amount\nZoë|1577836800|£10\nRené|1582934400|£12.50\n".encode("cp1252"),
        Loads(2, 2, values=(("Zoë", "2020-01-01T00:00:00", "10"), ("René", "2020-02-29T00:00:00", "12.5"))),
        "W1, W7, R3, R8",
    ),
)
