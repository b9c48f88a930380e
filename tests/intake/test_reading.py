"""What a look at a file tells before the database sees it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pulse_core.errors import Invalid
from pulse_core.intake.reading import even_out, examine, open_bytes, plain_copy

HEADER = "customer_id,date,amount\n"
ROW = "7,2020-01-01,5\n"


def written(tmp_path: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    """A file of that content."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


NO_TABLES = {
    "empty": (b"", "is empty", "export it again"),
    "blank": (b" \r\n\n", "holds no text", "header and rows"),
    "bom alone": (b"\xef\xbb\xbf", "holds no text", "header and rows"),
    "header without rows": (HEADER.encode(), "has a header and no rows", "with its rows"),
    "NUL bytes": (HEADER.encode() + b"7,2020-01-01\0,5\n", "holds NUL bytes", "CSV (UTF-8)"),
    "late NUL bytes": (HEADER.encode() + ROW.encode() * 90_000 + b"\0", "holds NUL bytes", "CSV (UTF-8)"),
    "UTF-16": ((HEADER + ROW).encode("utf-16"), "is UTF-16 text", "CSV or CSV.gz (UTF-8)"),
    "HTML": (b"\n <!DOCTYPE html><html>log in</html>", "is a web page", "download it again"),
    "XML": (b"<?xml version='1.0'?><a/>", "is a web page", "download it again"),
    "PDF": (b"%PDF-1.7 ...", "is a PDF", "CSV or CSV.gz"),
    "xlsx": (b"PK\x03\x04 ...", "an Excel workbook", "CSV or CSV.gz"),
    "xls": (b"\xd0\xcf\x11\xe0 ...", "an old Excel workbook", "CSV or CSV.gz"),
    "Parquet": (b"PAR1 ... PAR1", "is a Parquet file", "CSV or CSV.gz"),
    "gz in gz": (gzip.compress(gzip.compress(ROW.encode())), "is a gz within a gz", "CSV or CSV.gz"),
    "cut-off gz": (gzip.compress((HEADER + ROW).encode() * 99)[:-20], "cut-off gz", "export it again"),
    "damaged gz": (gzip.compress((HEADER + ROW).encode())[:10] + b"xxxxxxxx", "damaged", "export it again"),
    "empty gz": (gzip.compress(b""), "holds no text", "header and rows"),
    "header twice": (b"date,id,date\n1,2,3\n", "'date' stands twice (columns 1 and 3)", "rename one"),
    "endless cell": (HEADER.encode() + b'7,2020-01-01,"' + b"x" * 200_000, "cannot be split", "quotation"),
}


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_is_refused_by_name_and_with_a_remedy(tmp_path: Path, case: str) -> None:
    """A file that is no table is never half-read: the error names the file, what it is, and what to do."""
    content, problem, remedy = NO_TABLES[case]
    with pytest.raises(Invalid) as caught:
        examine(written(tmp_path, content), name="May orders.csv")
    assert "May orders.csv" in caught.value.message
    assert problem in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.details["file"] == "May orders.csv"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    """Exports of other countries and tools are read without asking."""
    facts = examine(written(tmp_path, (HEADER + ROW).replace(",", mark)))
    assert facts.delimiter == mark
    assert facts.header == ("customer_id", "date", "amount")
    assert facts.sample == (("7", "2020-01-01", "5"),)


def test_delimiters_inside_quotes_do_not_count(tmp_path: Path) -> None:
    """A header such as "name, given" must not win the count of commas."""
    facts = examine(written(tmp_path, '"name, given, all";date\nA;2020-01-01\n'))
    assert facts.header == ("name, given, all", "date")


def test_columns_apart_by_blanks(tmp_path: Path) -> None:
    """CDNOW as Fader and Hardie distribute it: runs of blanks, with and without a header."""
    with_header = examine(written(tmp_path, "customer_id  date amount\n 00001 19970101  29.33\n"))
    assert with_header.spaced
    assert with_header.header == ("customer_id", "date", "amount")
    without = examine(written(tmp_path, " 00001 19970101  29.33\n 00002 19970102 5.00\n"))
    assert without.header == ("column 1", "column 2", "column 3")
    assert without.rows_before == 0
    assert len(without.sample) == 2


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252")]
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, expected: str) -> None:
    """Names with accents come in right, whatever program wrote the file; a BOM is no part of the header."""
    facts = examine(written(tmp_path, (HEADER + "Zoë – 5 €,2020-01-01,5\n").encode(encoding)))
    assert facts.encoding == expected
    assert facts.header[0] == "customer_id"
    assert facts.sample[0][0] == "Zoë – 5 €"


def test_bytes_that_are_no_cp1252_are_latin_1(tmp_path: Path) -> None:
    """Any byte string can be read: nothing is refused for its encoding."""
    assert examine(written(tmp_path, HEADER.encode() + b"\x81,2020-01-01,5\n")).encoding == "latin-1"


def test_an_encoding_that_only_a_late_byte_gives_away(tmp_path: Path) -> None:
    """The whole file is looked at, not its first block."""
    facts = examine(written(tmp_path, HEADER.encode() + ROW.encode() * 90_000 + b"caf\xe9,2020-01-01,5\n"))
    assert facts.encoding == "cp1252"


def test_blank_lines(tmp_path: Path) -> None:
    """Blank lines are no records, and rows below them keep their place in the file; those in values are text."""
    facts = examine(written(tmp_path, "\n\n" + HEADER + ROW + "\n" + '7,2020-01-01,"5\n\n"\n\r\n' + ROW))
    assert facts.header[0] == "customer_id"
    assert facts.rows_before == 3
    assert facts.blank_rows == (5, 9)


def test_blank_lines_are_found_across_blocks(tmp_path: Path) -> None:
    """A blank line at the seam of two blocks is seen, and is counted once."""
    padding = "x" * ((1 << 20) - len(HEADER) - len("\n"))
    facts = examine(written(tmp_path, HEADER + ROW * 2 + padding[: -2 * len(ROW)] + "\n\n" + ROW))
    assert facts.blank_rows == (5,)


def test_a_header_cell_without_a_name(tmp_path: Path) -> None:
    """A column that has no name can still be chosen."""
    assert examine(written(tmp_path, "id,,x\n1,2,3\n")).header == ("id", "column 2", "x")


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    """The same table is the same file, packed or not and under any name: it must not count twice."""
    plain = examine(written(tmp_path, HEADER + ROW))
    packed = examine(written(tmp_path, gzip.compress((HEADER + ROW).encode()), "orders.csv.gz"))
    renamed = examine(written(tmp_path, HEADER + ROW, "copy.csv"))
    assert packed.gz
    assert packed.header == plain.header
    assert packed.sha256 == plain.sha256 == renamed.sha256
    assert examine(written(tmp_path, HEADER + ROW + ROW)).sha256 != plain.sha256


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((HEADER + "Zoë,2020-01-01,5\n").encode("cp1252"), HEADER + "Zoë,2020-01-01,5\n"),
        (b"id date\n 1   2020\n", "id,date\n1,2020\n"),
        ((HEADER + ROW).encode(), HEADER + ROW),
    ],
)
@pytest.mark.parametrize("gz", [False, True])
def test_the_copy_for_the_database(tmp_path: Path, content: bytes, expected: str, gz: bool) -> None:
    """The database gets UTF-8 with real delimiters; the person's file stays as it is."""
    path = written(tmp_path, gzip.compress(content) if gz else content)
    facts = examine(path)
    plain_copy(path, facts, tmp_path / "copy.csv")
    with open_bytes(tmp_path / "copy.csv", gz=gz and facts.plain) as copy:
        assert copy.read().decode() == expected
    assert path.read_bytes() == (gzip.compress(content) if gz else content)


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_evening_out_line_ends(tmp_path: Path, encoding: str, gz: bool) -> None:
    """The copy gets one kind of line end; the person's file, which it may be a link to, keeps its own."""
    content = (HEADER + "Zoë,2020-01-01,5\r\n" + ROW.replace("\n", "\r")).encode(encoding)
    path = written(tmp_path, gzip.compress(content) if gz else content)
    facts = examine(path)
    copy = tmp_path / "copy.csv"
    plain_copy(path, facts, copy)
    even_out(copy, facts)
    assert copy.read_bytes().decode() == HEADER + "Zoë,2020-01-01,5\n" + ROW
    with open_bytes(path, gz=gz) as original:
        assert original.read() == content
