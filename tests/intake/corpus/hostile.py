"""Text that means harm elsewhere: here it is text, loads as it stands, and runs nowhere."""

from __future__ import annotations

from .build import GOOD, GOOD_LOADS, GOOD_TEXT, HEADER, named, names_load, table
from .case import Case
from .verdicts import Loads

ROWS = [[*line.split(","), "x"] for line in GOOD]

TEXTS: dict[str, tuple[str, ...]] = {
    "formulas": (
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.com","x")',
        "=\t1",
    ),
    "scripts": (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "[x](javascript:alert(1))",
        "&lt;b&gt;",
    ),
    "sql": (
        "'; DROP TABLE order_lines; --",
        "' OR '1'='1",
        "1; COPY x TO '/tmp/x'",
        '"; --',
        "c1'--",
        "$1",
        "?",
        ":x",
        "/* x",
    ),
    "paths": (
        "../../../etc/passwd",
        "/etc/passwd",
        "C:\\x\\y",
        "file:///etc/passwd",
        "~/x",
        "\\\\host\\share",
        "s3://bucket/x",
    ),
    "templates": (
        "{{7*7}}",
        "${7*7}",
        "${jndi:ldap://x}",
        "<%= 7*7 %>",
        "#{7*7}",
        "%s%n%x",
        "{0}",
        "{name}",
        "`id`",
        "$(id)",
        "| id",
    ),
    "controls": ("a\x01b", "a\x07b", "a\x08b", "a\x1b[31mb", "a\x7fb", "a\x0eb", "a\x9bb"),
    "directions": (
        "a\u202eb",
        "\u200fa\u200eb",
        "a\u2066b\u2069",
        "שלום",
        "مرحبا",
        "a\u200bb",
        "a\u200db",
        "a\ufeffb",
        "a\u00adb",
    ),
    "emoji": ("👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "😀" * 50, "🇳🇴"),
    "marks_on_letters": ("Z" + "\u0301" * 100, "ﷺ", "Å", "A\u030a", "ſ", "ı", "İ", "ß", "Ω", "ﬁ"),
    "edges_of_unicode": ("\U0010ffff", "\uffff", "\ufffd", "\ue000", "\U000e0041x"),
    "long": ("x" * 10_000, "ë" * 10_000, "x y " * 2500 + "z"),
    "words_of_machines": (
        "NaNa",
        "undefined",
        "true",
        "Infinity",
        "1e999",
        "0x1F",
        "-0",
        "[object Object]",
        "__proto__",
        "CON",
        "None",
    ),
    "quotes": ("'", '"', "''", '""', "`", "\\", "\\'", '\\"', "“x”", "a'b\"c`d\\e"),
    "json": ('{"a": 1}', "[1, 2]", '"x"', "[]", "{}"),
    "urls": (
        "http://169.254.169.254/latest/meta-data",
        "//example.com",
        "data:text/html,<b>",
        "mailto:a@example.com?bcc=b@example.com",
    ),
    "mail_headers": ("a\nBcc: b@example.com", "a\nSubject: x", "a%0aBcc:b"),
}

FILE_NAMES: dict[str, str] = {
    "formula": "=cmd.csv",
    "sql": "x'; DROP TABLE imports; --.csv",
    "glob_star": "orders*.csv",
    "glob_set": "[abc].csv",
    "glob_mark": "order?.csv",
    "glob_braces": "{a,b}.csv",
    "dash": "-rf.csv",
    "blanks": "  a  b  .csv",
    "line_end": "a\nb.csv",
    "emoji": "🦊.csv",
    "direction": "a\u202evsc.exe",
    "long": "x" * 200 + ".csv",
    "quote": "a\"b'c`d.csv",
    "percent": "100%s.csv",
    "script": "<script>alert(1)<.csv",
    "dollar": "$HOME.csv",
    "partition": "year=2020.csv",
    "hash": "a#b?c=d&e.csv",
    "twice": "orders.csv.gz.zip",
    "capitals": "ORDERS.CSV",
    "hidden": ".orders.csv",
}

COLUMN_NAMES: dict[str, str] = {
    "sql": 'x"; DROP TABLE order_lines; --',
    "formula": "=1+1",
    "script": "<script>alert(1)</script>",
    "quote": "it's",
    "template": "{{x}} ${y} {z} %s",
    "direction": "a\u202eb",
    "control": "a\x1bb",
    "emoji": "🦊",
    "dot": "order_lines.amount",
    "star": "*",
    "number": "1",
    "brackets": "a[1]['b']",
    "backslash": "a\\nb",
    "dollar": "$1",
    "comment": "-- x /* y",
}


def under(name: str) -> str:
    """The good rows with a further column of this name."""
    return table([[*HEADER.split(","), name], *ROWS])


def answered(name: str) -> Case:
    """The customers stand in a column of a hostile name, which an answer names."""
    rows = [[name, "date", "amount"], *(line.split(",") for line in GOOD)]
    return Case(
        "hostile_column_answered",
        table(rows),
        GOOD_LOADS,
        "an answer's names are text too",
        answers={"kind": "orders", "columns": {"customer_id": name}},
    )


CASES = (
    *(
        Case(f"hostile_{name}", named(*texts), names_load(*texts), "R5: text as it stands")
        for name, texts in TEXTS.items()
    ),
    *(
        Case(f"file_name_{name}", GOOD_TEXT, GOOD_LOADS, "W2: a file's name is text", file_name=file_name)
        for name, file_name in FILE_NAMES.items()
    ),
    *(
        Case(f"column_name_{name}", under(column), GOOD_LOADS, "W3: a column's name is text")
        for name, column in COLUMN_NAMES.items()
    ),
    answered('x"; DROP TABLE order_lines; --'),
    Case(
        "hostile_product",
        table([[*HEADER.split(","), "product"], *([*line.split(","), "=1+1<b>'; --"] for line in GOOD)]),
        Loads(3, 3, columns="product", values=(("=1+1<b>'; --",),) * 3),
        "also in a column that is not needed",
    ),
)
