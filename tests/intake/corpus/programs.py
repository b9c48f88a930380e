"""Files of other programs, and random bytes: nothing of them may load."""

from __future__ import annotations

import json
import pickle
import random
import sqlite3

import pyarrow as pa

from .build import GOOD, GOOD_TEXT, HEADER
from .case import Case
from .verdicts import Declined, Refused

RECORDS = [dict(zip(HEADER.split(","), line.split(","), strict=True)) for line in GOOD]
TABLE = "<tr><th>customer_id</th><th>date</th></tr><tr><td>c1</td><td>2020-01-01</td></tr>"
HTML = (
    f"<!DOCTYPE html>\n<html><head><title>Orders</title></head><body><table>{TABLE}</table></body></html>\n"
)
PROSE = (
    "Dear reader,\n\nthe orders of last year are in the other file, which I forgot to attach.\n\nYours, Ann\n"
)
PDF = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(480)


def database() -> bytes:
    """A SQLite file with the orders in it."""
    with sqlite3.connect(":memory:") as conn:
        conn.execute("CREATE TABLE orders (customer_id, date, amount)")
        conn.executemany("INSERT INTO orders VALUES (?, ?, ?)", [line.split(",") for line in GOOD])
        return conn.serialize()


def feather() -> bytes:
    """An Arrow file with the orders in it."""
    written = pa.BufferOutputStream()
    table = pa.Table.from_pylist(RECORDS)
    with pa.ipc.new_file(written, table.schema) as file:
        file.write_table(table)
    return bytes(written.getvalue())


def noise(seed: int, size: int) -> bytes:
    """Random bytes."""
    return random.Random(seed).randbytes(size)


def letters(seed: int, size: int, alphabet: str) -> str:
    """Random letters of an alphabet."""
    return "".join(random.Random(seed).choices(alphabet, k=size))


KNOWN = (
    Case("pdf", PDF, Refused("pdf"), "W2: says what it is", file_name="orders.pdf"),
    Case("pdf_named_csv", PDF, Refused("pdf"), "W2: by content, never by name"),
    Case("png", PNG, Refused("image|picture"), "W2: says what it is", file_name="orders.png"),
    Case(
        "jpeg",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + noise(1, 200),
        Refused("image|picture"),
        "W2: says what it is",
    ),
    Case(
        "gif",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20),
        Refused("image|picture"),
        "W2: says what it is",
    ),
    Case("xls", OLE, Refused(".xls|old excel"), "W2: says what it is", file_name="orders.xls"),
    Case("html", HTML, Refused("html|web page"), "W2: says what it is", file_name="orders.html"),
    Case(
        "html_named_xls",
        HTML,
        Refused("html|web page"),
        "W2: a web shop's idea of Excel",
        file_name="orders.xls",
    ),
    Case(
        "html_lower_case",
        "\n\n  <html>\n<body>Not found</body></html>",
        Refused("html|web page"),
        "W2: blanks before it",
    ),
    Case("html_with_bom", b"\xef\xbb\xbf" + HTML.encode(), Refused("html|web page"), "W2: a mark before it"),
    Case("html_utf16", HTML.encode("utf-16"), Refused("html|web page"), "W1, W2: in another encoding"),
    Case(
        "html_login_page",
        "<HTML><HEAD><META charset=utf-8></HEAD><BODY><FORM>Log in, please</FORM></BODY></HTML>",
        Refused("html|web page"),
        "W2: what a download becomes when the session is over",
    ),
    Case("json_array", json.dumps(RECORDS), Refused("json"), "W2: says what it is", file_name="orders.json"),
    Case("json_object", json.dumps({"orders": RECORDS}, indent=2), Refused("json"), "W2: says what it is"),
    Case(
        "json_lines",
        "".join(json.dumps(one) + "\n" for one in RECORDS),
        Refused("json"),
        "W2: an object a line",
    ),
    Case(
        "json_error",
        '{"error": "rate limit reached", "code": 429}\n',
        Refused("json"),
        "W2: what an API says instead",
    ),
    Case(
        "json_with_bom",
        b"\xef\xbb\xbf  " + json.dumps(RECORDS).encode(),
        Refused("json"),
        "W2: a mark and blanks before it",
    ),
    Case(
        "xml",
        '<?xml version="1.0"?>\n<orders><order id="1">10</order></orders>\n',
        Refused("xml"),
        "W2: says what it is",
    ),
    Case(
        "xml_spreadsheet",
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook></Workbook>\n',
        Refused("xml"),
        "W2: Excel 2003's XML",
        file_name="orders.xls",
    ),
    Case(
        "sqlite",
        database,
        Refused(),
        "W2 does not name it: a database, full of NUL bytes",
        file_name="orders.db",
    ),
    Case("feather", feather, Refused(), "W2 does not name it: full of NUL bytes", file_name="orders.feather"),
    Case("pickle", pickle.dumps(RECORDS, protocol=4), Declined(), "W2 does not name it: never unpickled"),
    Case(
        "pickle_that_runs",
        b"cos\nsystem\n(S'touch /tmp/pulse-was-here'\ntR.",
        Declined(),
        "W2 does not name it: never unpickled",
    ),
    Case(
        "program",
        b"\x7fELF\x02\x01\x01" + bytes(9) + noise(2, 500),
        Refused(),
        "W2 does not name it: full of NUL bytes",
    ),
    Case(
        "script", "#!/bin/sh\nset -e\nrm -rf ./x\necho done, really\n", Declined(), "no column is found in it"
    ),
    Case(
        "rtf",
        "{\\rtf1\\ansi\\deff0 {\\fonttbl {\\f0 Times;}}\n\\f0\\fs60 Orders, of 2020\\par\n}\n",
        Declined(),
        "no column is found in it",
    ),
    Case("prose", PROSE, Declined(), "no column is found in it", file_name="orders.txt"),
    Case(
        "mail",
        "From: a@example.com\nTo: b@example.com\nSubject: orders, of 2020\n\nAttached.\n",
        Declined(),
        "no column is found in it",
    ),
    Case(
        "sql_dump",
        "CREATE TABLE orders (customer_id text, date date);\nINSERT INTO orders VALUES ('c1', '2020-01-01');\n",
        Declined(),
        "no column is found in it; nothing of it runs",
    ),
    Case(
        "yaml",
        "orders:\n  - customer_id: c1\n    date: 2020-01-01\n    amount: 10\n",
        Declined(),
        "no column is found in it",
    ),
    Case(
        "git_lfs_pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        Declined(),
        "not the file itself",
    ),
    Case(
        "diff",
        "".join(f"+{line}\n" for line in ("++ b/orders.csv", *GOOD_TEXT.splitlines()))
        .replace("customer_id", "who")
        .replace("date", "when"),
        Declined(),
        "no column is found in it",
    ),
)

PRINTABLE = "".join(map(chr, range(32, 127)))

NOISE = (
    *(
        Case(f"noise_of_{size}", noise(size, size), Declined(), "random bytes")
        for size in (1, 2, 3, 16, 200, 5000, 300_000)
    ),
    *(
        Case(f"noise_{name}", letters(7, 20_000, alphabet), Declined(), "random letters")
        for name, alphabet in (
            ("printable", PRINTABLE + "\n"),
            ("commas", "ab,\n"),
            ("quotes", 'a",\n'),
            ("digits", "0123456789,.\n"),
            ("marks", ",;\t|\n"),
            ("wide", "aë李🦊,\n"),
            ("line_ends", "a,\r\n"),
        )
    ),
    *(
        Case(
            f"noise_behind_{name}",
            magic + noise(11, 3000),
            Refused(),
            "W2, W3: it begins as something, and is not",
        )
        for name, magic in (
            ("gz", b"\x1f\x8b\x08\x00"),
            ("zip", b"PK\x03\x04"),
            ("parquet", b"PAR1"),
            ("bom16", b"\xff\xfe"),
            ("pdf", b"%PDF-1.7\n"),
        )
    ),
    Case(
        "noise_behind_rows",
        GOOD_TEXT.encode() + b"\x00" + noise(13, 3000),
        Refused(),
        "W3: NUL bytes below good rows",
    ),
)

CASES = (*KNOWN, *NOISE)
