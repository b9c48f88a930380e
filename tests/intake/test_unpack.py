"""Whatever a table comes in, plain text comes out; or words that say what it is and what to do."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pulse_core.errors import Cancelled, Invalid
from pulse_core.intake import columnar
from pulse_core.intake.unpack import (
    ChooseSheet,
    Unpacked,
    container,
    open_bounded,
    refuse_foreign,
    sheets,
    unpack,
)

CSV = "id,amount,name\n7,1.50,Zoë\n8,2.25,Ann\n"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BILLION = (
    '<!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
    + "]>"
)
TWO_ROWS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
BALLAST = random.Random(1).randbytes(3 << 20)  # so that the whole packs at less than 1:200

Make = Callable[[str, bytes], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a file."""

    def write(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def opened(path: Path, **how: Any) -> Unpacked:
    return unpack(path, path.with_name("target"), name=path.name, **how)


def text_of(path: Path, **how: Any) -> str:
    """What the file holds, unpacked."""
    found = opened(path, **how)
    with open_bounded(found.path) if found.gz else found.path.open("rb") as source:
        return source.read().decode()


def refused(path: Path, **how: Any) -> Invalid:
    """The error that it ends in, which leaves nothing behind."""
    with pytest.raises(Invalid) as caught:
        text_of(path, **how)
    assert not path.with_name("target").exists()
    assert caught.value.remedy
    return caught.value


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def packed(content: bytes) -> bytes:
    """The content as gz, the same at any hour."""
    return gzip.compress(content, mtime=0)


def gz_member(content: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(content) + packer.flush()
    head = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\xff" + extra
    return head + body + struct.pack("<II", zlib.crc32(content), len(content))


def workbook(path: Path, fill: Callable[[Any], None]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        fill(book)
    return path


def parts(
    path: Path, sheet: str | Iterable[bytes], *, shared: str = "", book: str = "", ballast: bytes = b""
) -> Path:
    """A workbook of parts as they are given, however wrong."""
    book = book or '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    links = f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    links += (
        f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        root = f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", f"<Relationships>{root}</Relationships>")
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{book}</workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        if shared:
            archive.writestr("xl/sharedStrings.xml", shared)
        archive.writestr("xl/media/ballast.bin", ballast)
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            for piece in [sheet.encode()] if isinstance(sheet, str) else sheet:
                out.write(piece)
    return path


def cells(inner: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{inner}</sheetData></worksheet>'


# What a file is


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.encode(), "text"),
        (b"", "text"),
        (CSV.encode("utf-16"), "text"),
        (CSV.encode("cp1252"), "text"),
        (b"PAR1,PAR2\n1,2\n", "text"),
        (b"[id],[name]\n1,a\n", "text"),
        (b'"{id}",b\n1,2\n', "text"),
        (packed(CSV.encode()), "gz"),
        (zipped(("a.csv", CSV.encode())), "zip"),
        (zipped(), "zip"),
    ],
)
def test_the_content_says_what_a_file_is(make: Make, content: bytes, kind: str) -> None:
    """A name such as `x.pdf` decides nothing, and text that begins oddly is still text."""
    assert container(make("x.pdf", content)) == kind


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "an old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
        (b"GIF89a\1\0", "an image"),
        (b"SQLite format 3\0\x10\0", "a SQLite database"),
        (CSV.encode("utf-32"), "UTF-32"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf\n <html lang='en'>", "a web page"),
        ("<html><body>".encode("utf-16"), "a web page"),
        (b"<table><tr><td>1</td></tr></table>", "a web page"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b'{"customers": [1]}', "JSON"),
        (b'[\n {"id": 1}]', "JSON"),
        (zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")), "a Word document"),
        (zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"")), "xlsb"),
        (zipped(("mimetype", b"x"), ("content.xml", b"<x/>")), "an OpenDocument"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(make: Make, content: bytes, what: str) -> None:
    """The person reads what they uploaded by mistake, not a parser's complaint; packed or not."""
    assert what in refused(make("x.csv", content)).message
    assert what in refused(make("x.csv.gz", packed(content))).message or content.startswith(b"PK")
    assert what in refused(make("x.zip", zipped(("x.csv", content)))).message or content.startswith(b"PK")


# gz


@pytest.mark.parametrize(
    ("content", "stays"),
    [
        (packed(CSV.encode()), True),
        (packed(CSV[:20].encode()) + packed(CSV[20:].encode()), True),
        (packed(b"") + packed(CSV.encode()), True),
        (gz_member(CSV.encode(), 8, b"x.csv\0"), True),
        (gz_member(CSV.encode(), 16, b"a comment\0"), False),
        (gz_member(CSV.encode(), 1), False),
        (packed(CSV.encode()) + b"\0" * 512, False),
    ],
    ids=["usual", "two members", "an empty member", "a name", "a comment", "a flag", "zeros behind"],
)
def test_gz_of_every_kind(make: Make, content: bytes, stays: bool) -> None:
    """What the database's reader cannot take is unpacked for it, the rest stays as it is."""
    path = make("x.csv.gz", content)
    assert opened(path).gz is stays
    assert text_of(path) == CSV


def test_a_gz_is_read_in_small_pieces(make: Make) -> None:
    """Millions of empty members, or a name without end in the header, take no time worth speaking of."""
    many = packed(b"") * 200_000 + packed(CSV.encode())
    assert text_of(make("many.gz", many)) == CSV
    assert text_of(make("long.gz", gz_member(CSV.encode(), 8, b"x" * 20_000_000 + b"\0"))) == CSV


@pytest.mark.parametrize("cut", [3, 12, 30, -1, -9])
def test_a_cut_off_gz_is_told(make: Make, cut: int) -> None:
    """A download that broke off is not half a table."""
    content = packed(CSV.encode() * 50)[:cut]
    assert "damaged or cut-off gz" in refused(make("x.gz", content)).message


@pytest.mark.parametrize("change", [b"hello", b"\0\0hello"])
def test_what_stands_behind_a_gz_is_told(make: Make, change: bytes) -> None:
    """Bytes that belong to nothing are damage, not a detail."""
    assert "damaged" in refused(make("x.gz", packed(CSV.encode()) + change)).message


def test_a_wrong_checksum_is_told(make: Make) -> None:
    """The database's reader does not look at it."""
    assert "damaged" in refused(make("x.gz", packed(CSV.encode())[:-8] + b"12345678")).message


def test_a_gz_bomb_ends_early(make: Make) -> None:
    """A gigabyte of nothing is noticed at 64 MiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b"0" * (1 << 20)) for _ in range(100)) + packer.flush()
    path = make("x.gz", bomb)
    with (
        open_bounded(path) as source,
        pytest.raises(Invalid, match="unpacks to more than 200 times its size"),
    ):
        list(iter(lambda: source.read(1 << 20), b""))
    assert len(bomb) < 200_000


def test_much_that_packs_well_is_no_bomb(make: Make) -> None:
    """A table of few different values may pack at 1:500, as long as it is small."""
    content = b"id,amount\n" + b"1,2\n" * 2_000_000
    assert len(text_of(make("x.gz", packed(content)))) == len(content)


# zip


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_one_file(make: Make, method: int) -> None:
    """What systems add by themselves does not count as a file."""
    litter = (("__MACOSX/._a.csv", b"x"), ("folder/", b""), ("folder/.DS_Store", b"x"), ("Thumbs.db", b"x"))
    assert text_of(make("x.zip", zipped(*litter, ("folder/a.csv", CSV.encode()), method=method))) == CSV


def test_the_names_in_a_zip_lead_nowhere(make: Make, tmp_path: Path) -> None:
    """A name cannot choose where its bytes go."""
    (tmp_path / "deep").mkdir()
    path = make("deep/x.zip", zipped(("../../evil.csv", CSV.encode())))
    assert text_of(path) == CSV
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["deep", "target", "x.zip"]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([], "no file in it"),
        ([("a/", b"")], "no file in it"),
        ([("a.csv", b"1"), ("b.csv", b"2")], "more than one file"),
        ([("a.csv.gz", packed(b"1"))], "a gz file within a zip"),
        ([("a.zip", zipped(("b.csv", b"1")))], "a zip file or an Excel workbook within a zip"),
        ([("a.csv", b"0" * 80_000_000)], "unpacks to more than 200 times"),
    ],
)  # fmt: skip
def test_a_zip_of_something_else(make: Make, members: list[tuple[str, bytes]], words: str) -> None:
    """The person learns what is in it; nothing is picked by guess."""
    assert words in refused(make("x.zip", zipped(*members))).message


def test_a_zip_with_a_password_is_told(make: Make) -> None:
    """It is not called damaged."""
    content = bytearray(zipped(("a.csv", CSV.encode())))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(make("x.zip", bytes(content))).message


def test_a_rare_packing_is_refused(make: Make) -> None:
    """LZMA takes the memory that its writer wants it to."""
    content = zipped(("a.csv", CSV.encode()), method=zipfile.ZIP_LZMA)
    assert "few programs" in refused(make("x.zip", content)).message


def test_the_sizes_that_a_zip_tells_are_not_trusted(make: Make) -> None:
    """A bomb that calls itself small is cut short, never unpacked."""
    content = bytearray(zipped(("a.csv", b"0" * 80_000_000)))
    place = content.find(b"PK\x01\x02") + 24
    content[place : place + 4] = (1000).to_bytes(4, "little")
    assert "damaged" in refused(make("x.zip", bytes(content))).message


@pytest.mark.parametrize("cut", [10, 60, -30, -1])
def test_a_cut_off_zip_is_told(make: Make, cut: int) -> None:
    """Wherever it breaks off."""
    assert "damaged or cut-off zip" in refused(make("x.zip", zipped(("a.csv", CSV.encode()))[:cut])).message


def test_a_zip_of_endless_names_is_refused(make: Make) -> None:
    """A list of a million files would take a gigabyte before the first of them is seen."""
    content = bytearray(zipped(("a.csv", CSV.encode())))
    place = content.rfind(b"PK\x05\x06") + 12
    content[place : place + 4] = (50_000_000).to_bytes(4, "little")
    assert "very many files" in refused(make("x.zip", bytes(content))).message


# Text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped(("x", content))])
def test_utf_16_becomes_utf_8(make: Make, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """With its mark or without, in any container."""
    path = make("x", pack(CSV.encode(encoding)))
    assert text_of(path) == CSV
    assert opened(path).encoding in ("utf-16-le", "utf-16-be")


def test_utf_16_of_any_length_is_whole(make: Make) -> None:
    """Characters and line ends that fall between two pieces survive."""
    text = "id\r\n" + "".join(f"{i}😀\r\n" for i in range(300_000))
    assert text_of(make("x", b"\xff\xfe" + text.encode("utf-16-le"))) == text.replace("\r\n", "\n")


def test_damaged_utf_16_is_told(make: Make) -> None:
    """A character cut in half is not dropped in silence."""
    assert "UTF-16" in refused(make("x", CSV.encode("utf-16")[:-1])).message


def test_old_line_ends_become_new(make: Make) -> None:
    """The database reads no file whose lines end in CR alone; other bytes stay as they are."""
    content = CSV.replace("\n", "\r").encode("cp1252")
    found = opened(make("x", content))
    assert found.path.read_bytes() == CSV.encode("cp1252")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_readable_text_is_not_copied(make: Make, ending: str) -> None:
    """A large CSV costs nothing here."""
    path = make("x", CSV.replace("\n", ending).encode())
    assert opened(path).path == path
    assert not path.with_name("target").exists()


def test_text_may_begin_like_nothing_else() -> None:
    """The reader can ask about bytes that it has at hand."""
    refuse_foreign(CSV.encode(), "x")
    with pytest.raises(Invalid, match="a PDF"):
        refuse_foreign(b"%PDF-1.4", "x")


# Workbooks


def rows_of(*rows: list[Any], sheet: str = "Orders") -> Callable[[Any], None]:
    def fill(book: Any) -> None:
        page = book.add_worksheet(sheet)
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)

    return fill


def test_a_workbook_becomes_csv(tmp_path: Path) -> None:
    """Each kind of cell has one form, rows keep their numbers, formulas give the value that is stored."""

    def fill(book: Any) -> None:
        page = book.add_worksheet("Orders")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_row(2, 1, ["id", "what", "when"])
        page.write_row(3, 1, [17850, 'say "hi",\nthen go'])
        page.write_datetime(3, 3, dt.datetime(2011, 12, 9), moment)
        page.write_row(5, 1, [0.1, True])
        page.write_datetime(5, 3, dt.datetime(2011, 12, 9, 8, 26), moment)
        page.write_row(6, 1, [-1e-7, "=1+1", 1e15])
        page.write_formula(7, 1, "=NA()", None, "#N/A")
        page.write_formula(7, 2, '=WEBSERVICE("http://evil.example")', None, "kept")
        page.write_formula(7, 3, "=1+1", None, 2)

    text = text_of(workbook(tmp_path / "x.xlsx", fill))
    assert text == (
        '\n\nid,what,when\n17850,"say ""hi"",\nthen go",2011-12-09\n\n'
        "0.1,true,2011-12-09 08:26:00\n-0.0000001,0,1000000000000000\n,kept,2\n"
    )


def test_an_id_that_lost_digits_shows_it(tmp_path: Path) -> None:
    """A workbook stores 15 digits: two long ids must not become one customer."""
    text = text_of(workbook(tmp_path / "x.xlsx", rows_of(["id"], [12345678901234567890])))
    assert text == "id\n1.234567890123457E+19\n"


def test_one_sheet_with_rows_is_taken(tmp_path: Path) -> None:
    """Empty, hidden and chart sheets, and notes of one row, are no question."""

    def fill(book: Any) -> None:
        rows_of(["See the next sheet"], sheet="Notes")(book)
        book.add_worksheet("Empty")
        rows_of(["a"], [1], sheet="Orders")(book)
        rows_of(["a"], [2], sheet="Hidden")(book)
        book.get_worksheet_by_name("Hidden").hide()
        book.add_chartsheet("Chart")

    path = workbook(tmp_path / "x.xlsx", fill)
    assert sheets(path) == ("Orders",)
    found = opened(path)
    assert (found.sheet, found.sheets, found.path.read_text()) == ("Orders", ("Orders",), "a\n1\n")


def test_several_sheets_are_asked_about(tmp_path: Path) -> None:
    """A public two-year file has a sheet a year: which one is meant is not guessed."""

    def fill(book: Any) -> None:
        rows_of(["a"], [1], sheet="Year 2009-2010")(book)
        rows_of(["a"], [2], sheet="Year & <2011>")(book)

    path = workbook(tmp_path / "x.xlsx", fill)
    question = refused(path)
    assert isinstance(question, ChooseSheet)
    assert question.code == "choose_sheet"
    assert question.details["sheets"] == ["Year 2009-2010", "Year & <2011>"]
    assert "'Year & <2011>'" in question.remedy
    assert text_of(path, sheet="Year & <2011>") == "a\n2\n"
    unknown = refused(path, sheet="2011")
    assert unknown.code == "choose_sheet"
    assert "'Year 2009-2010'" in unknown.remedy


def test_a_workbook_without_rows_is_told(tmp_path: Path) -> None:
    """Nothing to read is an error, not an empty import."""
    assert "is empty" in refused(workbook(tmp_path / "x.xlsx", lambda book: book.add_worksheet())).message


def bombs() -> dict[str, Callable[[Path], Path]]:
    """Workbooks that want to take the machine with them."""
    spaces = [b" " * (1 << 20)] * 500
    head, tail = cells("|").encode().split(b"|")
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    shared = f'<sst xmlns="{MAIN}" uniqueCount="1"><si><t>{"x" * 32_000}</t></si></sst>'
    refs = (f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>'.encode() for i in range(1, 300_001))
    sheets_of_many = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId1"/>' for i in range(1, 5_000))
    return {
        "500 MB of spaces": lambda path: parts(path, [head, *spaces, tail]),
        "500 MB in one cell": lambda path: parts(
            path, [head, TWO_ROWS.encode(), b'<row><c t="inlineStr"><is><t>', *spaces, b"</t></is></c></row>", tail],
            ballast=BALLAST,
        ),
        "a cell in the far corner": lambda path: parts(path, cells(TWO_ROWS + far)),
        "a cell beyond all corners": lambda path: parts(
            path, cells(TWO_ROWS + '<row><c r="ZZZZZZZZ99999999999999"><v>1</v></c></row>')
        ),
        "one string 300,000 times": lambda path: parts(path, [head, *refs, tail], shared=shared),
        "four billion strings": lambda path: parts(
            path, cells(TWO_ROWS), shared=f'<sst xmlns="{MAIN}" uniqueCount="4294967295"><si><t>x</t></si></sst>'
        ),
        "a billion laughs": lambda path: parts(path, BILLION + cells(TWO_ROWS.replace("<v>1", "<v>&m;"))),
        "nests without end": lambda path: parts(path, [head, *[b"<a>" * 100_000] * 300], ballast=BALLAST),
        "5,000 sheets": lambda path: parts(path, cells(TWO_ROWS), book=f"<sheets>{sheets_of_many}</sheets>"),
    }  # fmt: skip


ENDS = {
    "500 MB of spaces": "unpacks to more than 200 times",
    "500 MB in one cell": "of memory",
    "a cell in the far corner": "of memory",
    "a cell beyond all corners": "no reader can read it",
    "one string 300,000 times": "of memory",
    "four billion strings": "of memory",
    "a billion laughs": "damaged",
    "nests without end": "of memory",
    "5,000 sheets": "4,999 sheets",
}


@pytest.mark.parametrize("bomb", bombs())
def test_a_workbook_that_is_a_bomb_is_an_error(bomb: str, tmp_path: Path) -> None:
    """It ends in words, with nothing left behind; the studio's own process never opens it."""
    assert ENDS[bomb] in refused(bombs()[bomb](tmp_path / "x.xlsx")).message


def test_a_workbook_of_bare_parts_is_read(tmp_path: Path) -> None:
    """The bombs fail for what is wrong with them, not for what the tests leave out."""
    assert text_of(parts(tmp_path / "x.xlsx", cells(TWO_ROWS))) == "1\n2\n"


@pytest.mark.parametrize("place", [400, 2_000, -400])
def test_a_damaged_workbook_is_told(tmp_path: Path, place: int) -> None:
    """Bytes that a transfer broke are found by the checksums, and never read as other values."""
    path = workbook(tmp_path / "x.xlsx", rows_of(["id"], *[[i * 7919 % 10_007] for i in range(3_000)]))
    content = bytearray(path.read_bytes())
    start = content.find(b"xl/worksheets/sheet1.xml") + 40
    content[start + place if place > 0 else place] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in refused(path).message


def test_a_large_workbook_is_read_whole(tmp_path: Path) -> None:
    """The bounds are wide enough for what people have: 300,000 rows of 8 columns."""
    head, tail = cells("|").encode().split(b"|")
    row = "".join(
        f'<c r="{column}%d"{kind}><v>{value}</v></c>'
        for column, kind, value in zip(
            "ABCDEFGH", ["", ' t="s"', ' t="s"', "", "", "", "", ' t="s"'],
            [536365, 0, 1, 6, 40513.351388888892, 2.5499999999999998, 17850, 2], strict=True,
        )
    )  # fmt: skip
    lines = (f'<row r="{i}">{row % ((i,) * 8)}</row>'.encode() for i in range(1, 300_001))
    texts = ("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", "United Kingdom")
    shared = f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'
    path = parts(tmp_path / "x.xlsx", [head, *lines, tail], shared=shared, ballast=BALLAST)
    lines_read = text_of(path).splitlines()
    assert len(lines_read) == 300_000
    assert lines_read[-1] == (
        "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,40513.3513888889,2.55,17850,United Kingdom"
    )


# Parquet


def test_parquet_becomes_csv(tmp_path: Path) -> None:
    """Every type has one readable form, ids do not grow a fraction, and NaN is an empty cell."""
    moment = dt.datetime(2011, 12, 9, 8, 26)
    table = pa.table(
        {
            "id": [17850.0, float("nan")],
            "at": pa.array([moment, None], pa.timestamp("ns")),
            "zoned": pa.array([moment, None], pa.timestamp("us", "America/New_York")),
            "day": [moment.date(), None],
            "amount": [Decimal("1234.5600"), None],
            "code": pa.array(["007", None]).dictionary_encode(),
            "tags": [["a", "b"], None],
            "raw": pa.array([b"x", None], pa.binary()),
            "yes": [True, None],
            "two\nlines": ["a\nb", None],
        }
    )
    path = tmp_path / "x.parquet"
    pq.write_table(table, path)
    header, first, second = csv.reader(io.StringIO(text_of(path), newline=""))
    assert header == table.column_names
    assert first == [
        "17850", "2011-12-09 08:26:00", "2011-12-09 08:26:00Z", "2011-12-09", "1234.5600", "007", "a; b", "x", "true",
        "a\nb",
    ]  # fmt: skip
    assert second == [""] * 10


def test_damaged_parquet_is_told(tmp_path: Path) -> None:
    """A damaged page or account of itself is an error, whatever the native library makes of it."""
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": list(range(1000)), "b": ["x"] * 1000}), path)
    content = path.read_bytes()
    for broken in (
        content[:-20],
        content[:200] + content[260:],
        content[:-8] + b"\xff\xff\xff\x7fPAR1",
        content[:-1],
    ):
        path.write_bytes(broken)
        assert "damaged or cut-off Parquet file" in refused(path).message
    path.write_bytes(content[:-4] + b"PARE")
    assert "encrypted" in refused(path).message


def test_parquet_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    """Before any of them is read."""
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({f"c{i}": [1] for i in range(2_001)}), path)
    assert "2,001 columns" in refused(path).message


@pytest.mark.parametrize("bound", ["_MOST_ROWS", "_MOST_ROWS_PER_BYTE"])
def test_parquet_that_claims_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    """A value that is repeated without end costs its writer nothing, and the reader all its time."""
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [0] * 100_000}), path)
    monkeypatch.setattr(columnar, bound, 10)
    with pytest.raises(Invalid, match="claims 100,000 rows"):
        columnar.check_parquet(path, "x")


def test_parquet_of_huge_values_is_refused(tmp_path: Path) -> None:
    """A long text that stands once in the file, and in each of its rows, ends at the memory's bound."""
    path = tmp_path / "x.parquet"
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    pq.write_table(pa.table({"a": texts}), path)
    assert "of memory" in refused(path).message


def test_more_text_than_a_file_can_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes out is counted while it is written."""
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": pa.array(["0123456789" * 10]).take(pa.array([0] * 1_000_000))}), path)
    assert "unpacks to more than 1,000 times its size" in refused(path).message
    assert columnar.FREE_BYTES == 64 << 20


# Every container


@pytest.mark.parametrize("kind", ["text", "zip", "gz", "xlsx", "parquet"])
def test_the_person_can_stop_the_work(kind: str, tmp_path: Path) -> None:
    """Nothing half-done remains."""
    text = ("id,amount\r" + "1,2\r" * 500_000).encode()
    path = tmp_path / "x"
    if kind == "xlsx":
        workbook(path, rows_of(["a"], [1]))
    elif kind == "parquet":
        pq.write_table(pa.table({"a": [1]}), path)
    else:
        path.write_bytes({"text": text, "gz": packed(text), "zip": zipped(("a", text))}[kind])

    def stop() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        opened(path, stop=stop)
    assert not path.with_name("target").exists()
