"""What a look at a file tells before the database sees it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from workshop import Workshop

from pulse_core.errors import Invalid
from pulse_core.intake.opening import opened
from pulse_core.intake.reading import FileFacts, examine
from pulse_core.intake.scanning import blank_lines

from .whole import look

HEADER = "customer_id,date,amount\n"
ROW = "7,2020-01-01,5\n"


def written(tmp_path: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    """A file of that content."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def facts_of(tmp_path: Path, content: str | bytes, *, gz: bool = False) -> FileFacts:
    """The facts of a text file."""
    return examine(written(tmp_path, content), name="orders.csv", gz=gz)


NO_TABLES = {
    "empty": (b"", "is empty", "export it again"),
    "blank": (b" \r\n\n", "holds no text", "header and rows"),
    "bom alone": (b"\xef\xbb\xbf", "holds no text", "header and rows"),
    "only what Python takes for blanks": (b"\x1f\x1f\n\x1f", "cannot be split", "quotation mark"),
    "only marks": (b"\"\"\n\"\"\n", "cannot be split", "quotation mark"),
    "header without rows": (HEADER.encode(), "has a header and no rows", "with its rows"),
    "NUL bytes": (HEADER.encode() + b"7,2020-01-01\0,5\n", "holds NUL bytes", "CSV (UTF-8)"),
    "late NUL bytes": (HEADER.encode() + ROW.encode() * 90_000 + b"\0", "holds NUL bytes", "CSV (UTF-8)"),
    "empty gz": (gzip.compress(b""), "is empty", "export it again"),
    "header twice": (b"date,id,date\n1,2,3\n", "'date' stands twice (columns 1 and 3)", "rename one"),
    "too many columns": (b",".join(b"c%d" % n for n in range(2001)) + b"\n1\n", "has 2,001", "that matter"),
    "endless line": (HEADER.encode() + b'7,2020-01-01,"' + b"x" * 3_000_000, "row 2 of", "quotation mark"),
    "two encodings": (HEADER.encode() + "Zoë,,5\n".encode() + b"caf\xe9,,5\n", "encodings", "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_is_refused_by_name_and_with_a_remedy(shop: Workshop, case: str) -> None:
    """A file that is no table is never half-read: the error names the file, what it is, and what to do."""
    content, problem, remedy = NO_TABLES[case]
    path = written(shop.home, content)
    with pytest.raises(Invalid) as caught, opened(path, shop.home / "uploads", name="May orders.csv"):
        pass
    assert "May orders.csv" in caught.value.message
    assert problem in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.details["file"] == "May orders.csv"
    assert shop.stray_files() == []


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "~", ":", "\x1f"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    """Exports of other countries and tools are read without asking."""
    facts = facts_of(tmp_path, (HEADER + ROW * 2).replace(",", mark))
    assert facts.delimiter == mark
    assert not facts.spaced
    assert facts.header == ("customer_id", "date", "amount")
    assert facts.sample == (("7", "2020-01-01", "5"),) * 2


def test_delimiters_inside_quotes_do_not_count(tmp_path: Path) -> None:
    """A header such as "name, given" must not win the count of commas."""
    facts = facts_of(tmp_path, '"name, given, all";date\nA;2020-01-01\n')
    assert facts.header == ("name, given, all", "date")


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_file_that_says_its_delimiter(tmp_path: Path, line: str) -> None:
    """Excel's first line is believed, even where another mark is more usual; it is neither header nor row."""
    facts = facts_of(tmp_path, f"{line}\nid;a,b,c,d\n1;1,2,3,4\n")
    assert (facts.delimiter, facts.header, facts.sample) == (";", ("id", "a,b,c,d"), (("1", "1,2,3,4"),))
    assert facts.rows_before == 2


def test_quotation_by_apostrophes(tmp_path: Path) -> None:
    """Cells that stand between apostrophes are bare; an apostrophe within a word is a letter."""
    quoted = facts_of(tmp_path, "'id';'name'\n'1';'O''Hara; Ada'\n'2';'Bob'\n")
    assert (quoted.quote, quoted.sample) == ("'", (("1", "O'Hara; Ada"), ("2", "Bob")))
    plain = facts_of(tmp_path, "id;name\n1;O'Hara\n2;d'Arc\n3;'t Hooft\n4;Zoë'\n")
    assert (plain.quote, plain.sample[2]) == ('"', ("3", "'t Hooft"))


def test_columns_apart_by_blanks(tmp_path: Path) -> None:
    """CDNOW as Fader and Hardie distribute it: runs of blanks, with and without a header."""
    with_header = facts_of(tmp_path, "customer_id  date amount\n 00001 19970101  29.33\n")
    assert with_header.spaced
    assert with_header.header == ("customer_id", "date", "amount")
    without = facts_of(tmp_path, " 00001 19970101  29.33\n 00002 19970102 5.00\n")
    assert without.header == ("column 1", "column 2", "column 3")
    assert (without.headerless, without.rows_before, len(without.sample)) == (True, 0, 2)


@pytest.mark.parametrize(
    ("first", "headerless"),
    [
        ("7,2020-01-01,5", True), ("7,mug,5", True), ("Ada,9 Dec 2011,x", True), ("Ada,31.12.2011,x", True),
        ("1,2,3", True),
        ("customer,date,amount", False), ("customer,date,2020", False), ("Ada,x,y", False), ("£5,x,y", False),
    ],
)  # fmt: skip
def test_a_first_row_that_is_data_is_no_header(tmp_path: Path, first: str, headerless: bool) -> None:
    """A row of dates and figures is not lost as a header: it is the first row."""
    facts = facts_of(tmp_path, f"{first}\n8,2020-01-02,6\n")
    assert facts.headerless == headerless
    assert facts.header == (("column 1", "column 2", "column 3") if headerless else tuple(first.split(",")))
    assert (facts.rows_before, len(facts.sample)) == ((0, 2) if headerless else (1, 1))


@pytest.mark.parametrize(
    "titles",
    ["Report\n", "Report of May,,\n", "Shop,Report\n\nfrom 1 May\n", "\n\n", "sep=,\nReport\n",
    ",,\nReport,,\n", '"A title\nof two lines"\n'],
)  # fmt: skip
def test_titles_above_the_header_are_no_rows(shop: Workshop, titles: str) -> None:
    """What a program writes above its table is skipped, and rows keep their numbers in the file."""
    content = titles + HEADER + ROW * 2 + "8,soon,5\n"
    facts = look(shop, content)
    assert facts.header == ("customer_id", "date", "amount")
    assert facts.rows_before == titles.count("\n") + 1
    assert len(facts.sample) == 3
    report = shop.load(content)
    assert (report.rows, report.accepted) == (3, 2)
    assert [reject.row for reject in report.rejects] == [titles.count("\n") + 4]


def test_a_row_of_names_that_are_known_is_the_header(tmp_path: Path) -> None:
    """A header that is narrower than its rows is still found below a title as wide as they are."""
    facts = facts_of(tmp_path, "a,b,c,d\ncustomer_id,date,amount,\n1,2020-01-01,5,\n")
    assert facts.header[:3] == ("customer_id", "date", "amount")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-8"),
    ],
)
def test_the_encoding_is_found(shop: Workshop, encoding: str, expected: str) -> None:
    """Names with accents come in right, whatever program wrote the file; a BOM is no part of the header."""
    facts = look(shop, (HEADER + "Zoë – 5 €,2020-01-01,5\n").encode(encoding))
    assert facts.encoding == expected
    assert facts.header[0] == "customer_id"
    assert facts.sample[0][0] == "Zoë – 5 €"


def test_bytes_that_are_no_cp1252_are_latin_1(tmp_path: Path) -> None:
    """Any byte string can be read: nothing is refused for its encoding."""
    assert facts_of(tmp_path, HEADER.encode() + b"\x81,2020-01-01,5\n").encoding == "latin-1"


def test_an_encoding_that_only_a_late_byte_gives_away(tmp_path: Path) -> None:
    """The whole file is looked at, not its first block."""
    facts = facts_of(tmp_path, HEADER.encode() + ROW.encode() * 90_000 + b"caf\xe9,2020-01-01,5\n")
    assert facts.encoding == "cp1252"


def test_a_letter_that_two_blocks_share(tmp_path: Path) -> None:
    """A letter of two bytes at the seam of two blocks is one letter, and no other encoding."""
    padding = "x" * ((1 << 20) - len(HEADER) - len(ROW) - 1)
    facts = facts_of(tmp_path, (HEADER + ROW + padding[: -len("\n")] + "\n" + "ë,2020-01-01,5\n"))
    assert facts.encoding == "utf-8"


def test_a_row_where_the_encoding_changes_is_named(tmp_path: Path) -> None:
    """Two exports glued together: the person is told where the second begins."""
    content = HEADER.encode() + "Zoë,2020-01-01,5\n".encode() * 3 + b"caf\xe9,2020-01-01,5\n"
    with pytest.raises(Invalid, match="encodings") as caught:
        facts_of(tmp_path, content)
    assert caught.value.details["row"] == 5


def test_blank_lines(tmp_path: Path) -> None:
    """Blank lines are no records and keep their row; a value of several lines is one row, whatever it holds."""
    content = "\n\n" + HEADER + ROW + "\n" + '7,2020-01-01,"5\n\n"\n\r\n' + ROW
    facts = facts_of(tmp_path, content)
    assert facts.header[0] == "customer_id"
    assert facts.rows_before == 3
    assert blank_lines(tmp_path / "orders.csv", gz=False, name="x") == [(1, 2), (5, 1), (7, 1)]


def test_blank_lines_are_found_across_blocks(tmp_path: Path) -> None:
    """A blank line at the seam of two blocks is seen, and is counted once."""
    padding = "x" * ((1 << 20) - len(HEADER) - len("\n"))
    path = written(tmp_path, HEADER + ROW * 2 + padding[: -2 * len(ROW)] + "\n\n" + ROW)
    assert blank_lines(path, gz=False, name="x") == [(5, 1)]


@pytest.mark.parametrize(
    ("content", "lines", "even"),
    [
        (HEADER + ROW, 2, True), ((HEADER + ROW).rstrip(), 2, True), ((HEADER + ROW).replace("\n", "\r\n"), 2, True),
        (HEADER + ROW.replace("\n", "\r\n"), 2, False), (HEADER + "\r" + ROW, 3, False),
        (HEADER + ROW.replace("\n", "\r"), 2, False),
        (HEADER + ROW.replace("\n", "\r") + "8", 3, False), (HEADER + ROW + "\n\r\n", 4, False),
    ],
)  # fmt: skip
def test_lines_are_counted_by_any_line_end(tmp_path: Path, content: str, lines: int, even: bool) -> None:
    """Row numbers count on it: a lone carriage return ends a line, one before a line end belongs to it."""
    facts = facts_of(tmp_path, content)
    assert (facts.lines, facts.even) == (lines, even)


def test_a_header_cell_without_a_name(tmp_path: Path) -> None:
    """A column that has no name can still be chosen."""
    assert facts_of(tmp_path, "id,,x\n1,2,3\n").header == ("id", "column 2", "x")


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    """The same table is the same file, packed or not and under any name: it must not count twice."""
    plain = facts_of(tmp_path, HEADER + ROW)
    packed = facts_of(tmp_path, gzip.compress((HEADER + ROW).encode()), gz=True)
    renamed = examine(written(tmp_path, HEADER + ROW, "copy.csv"), name="copy.csv", gz=False)
    assert packed.gz
    assert packed.header == plain.header
    assert packed.sha256 == plain.sha256 == renamed.sha256
    assert facts_of(tmp_path, HEADER + ROW + ROW).sha256 != plain.sha256


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((HEADER + "Zoë,2020-01-01,5\n").encode("cp1252"), "Zoë,2020-01-01,5\n"),
        (b"id date\n 1   2020\n", "1,2020\n"),
        ((HEADER + ROW).encode(), HEADER + ROW),
        ((HEADER + ROW.replace("\n", "\r\n") + ROW.replace("\n", "\r")).encode(), ROW * 2),
        ((HEADER + ROW).encode("utf-16"), HEADER + ROW),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_copy_for_the_database(shop: Workshop, content: bytes, expected: str, packed: bool) -> None:
    """The database gets UTF-8 with real delimiters and even lines; the person's file stays, and nothing else."""
    raw = gzip.compress(content) if packed else content
    path = written(shop.home, raw)
    with opened(path, shop.home / "uploads") as file, file.copy() as copy:
        read = copy.read_bytes()
        found = gzip.decompress(read) if file.facts.gz and file.facts.plain else read
        assert found.decode() == expected
    assert path.read_bytes() == raw
    assert shop.stray_files() == []
