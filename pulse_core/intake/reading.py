"""What a file is, found out before the database reads it: how it is written, its header, its first rows."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pulse_core.errors import Invalid
from pulse_core.intake.formats import DATE_FORMATS
from pulse_core.intake.kinds import KNOWN_NAMES, plain_name
from pulse_core.intake.scanning import CHUNK, HEAD, Look, open_text, scan

csv.field_size_limit(2 * HEAD)  # a field may be as long as all that is looked at here
SAMPLE_ROWS = 1000
MOST_COLUMNS = 1000
MOST_TITLES = 50
_USUAL = (",", ";", "\t", "|")
_UNUSUAL = ("\x1f", "^", "~", ":")
_NUMBER = re.compile(r"[-+(]?[£$€¥₹]?\s?\d[\d.,' ]*\)?-?")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a look at the whole file told. `rows_before` are the lines above the first data row."""

    name: str
    sha256: str  # of the unpacked content, so that a file and its gz are the same
    size: int
    gz: bool
    encoding: str  # utf-8, cp1252 or latin-1
    delimiter: str
    quote: str
    spaced: bool  # columns stand apart by runs of blanks
    lines: int  # of the whole file, those within values too
    even: bool  # all lines end alike
    typed: bool  # numbers come from a workbook or a Parquet file, so their decimal mark is a point
    header: tuple[str, ...]
    headerless: bool
    rows_before: int
    sample: tuple[tuple[str, ...], ...]
    sheet: str | None = None

    @property
    def plain(self) -> bool:
        """Whether the database can read the file as it is, its first line left out."""
        simple = self.rows_before <= 1 and not any("\n" in name for name in self.header)
        return simple and self.even and self.encoding == "utf-8" and not self.spaced

    @property
    def cut_off(self) -> int:
        """Lines of the file that are not in the copy that the database reads."""
        return 0 if self.plain else self.rows_before


def examine(path: Path, *, name: str, gz: bool, typed: bool = False, sheet: str | None = None) -> FileFacts:
    """Read the whole text file once and say what it is; Invalid (with what to do) when it is no table."""
    size = path.stat().st_size
    if size == 0:
        raise Invalid(f"{name} is empty", remedy="export it again: it has no bytes at all", file=name)
    look = scan(path, gz=gz, name=name)
    try:
        return replace(_describe(name, size, gz, look), sheet=sheet, typed=typed)
    except csv.Error as error:
        raise Invalid(
            f"the first rows of {name} cannot be split into columns ({error})",
            remedy="look for a quotation mark that is opened and never closed", file=name,
        ) from error  # fmt: skip


def plain_copy(path: Path, facts: FileFacts, target: Path) -> None:
    """Write the records to `target` as the database wants them: UTF-8, real delimiters, one kind of line end.

    A plain file is linked as it is, with its header; what stands above the first record is left out of others.
    """
    if facts.plain:
        _link_or_copy(path, target)
        return
    with (
        open_text(path, gz=facts.gz, name=facts.name) as source,
        target.open("w", encoding="utf-8", newline="") as out,
        io.TextIOWrapper(source, encoding=facts.encoding, newline=None) as reader,
    ):
        for line in islice(reader, facts.rows_before, None):
            out.write(",".join(line.split()) + "\n" if facts.spaced else line)


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path.resolve(), target)
    except OSError:  # another file system, or one without links
        with path.open("rb") as source, target.open("wb") as out:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                out.write(chunk)


def _describe(name: str, size: int, gz: bool, look: Look) -> FileFacts:
    lines, skipped, delimiter = _first_lines(look)
    if not any(map(str.strip, lines)):
        raise csv.Error("nothing but blanks")
    spaced = delimiter is None and _is_spaced(lines)
    delimiter = "," if spaced else delimiter or _delimiter(lines)
    quote = _quote(lines, delimiter)
    records = _records(lines, delimiter, quote, spaced=spaced)
    if not records:
        raise csv.Error("nothing but marks")
    place = _header_place([cells for _, cells in records])
    end, cells = records[place]
    headerless = _is_data(cells)
    header = tuple(f"column {i + 1}" for i in range(len(cells))) if headerless else named(cells, name)
    rows = [row for _, row in records[place + (not headerless) :]]
    if not rows and any("\n" in cell for cell in cells):
        raise csv.Error("a quotation mark in the header is not closed")
    if not rows:
        raise Invalid(f"{name} has a header and no rows", remedy="export it again with its rows", file=name)
    before = skipped + (end if not headerless else records[place - 1][0] if place else 0)
    if headerless and not place:
        before = skipped + next((at for at, line in enumerate(lines) if line.strip()), 0)
    return FileFacts(
        name, look.sha256, size, gz, look.encoding, delimiter, quote, spaced, look.lines, look.even, False,
        header, headerless, before, tuple(tuple(row) for row in rows[:SAMPLE_ROWS]),
    )  # fmt: skip


def _first_lines(look: Look) -> tuple[list[str], int, str | None]:
    """The first lines, how many were left out above them, and the delimiter when the file says it (`sep=;`)."""
    encoding = "utf-8-sig" if look.encoding == "utf-8" else look.encoding
    text = look.head.decode(encoding, errors="replace")
    lines = re.split(r"\r\n|\n|\r", text)
    may_be_cut = len(look.head) >= HEAD and len(lines) > 2
    lines = lines[:-1] if may_be_cut or not lines[-1] else lines
    said = re.fullmatch(r"sep=(.)", lines[0].strip('"').strip(" "), re.IGNORECASE)
    return (lines[1:], 1, said.group(1)) if said else (lines, 0, None)


def _records(lines: list[str], delimiter: str, quote: str, *, spaced: bool) -> list[tuple[int, list[str]]]:
    """Each record that is not blank, with the number of lines up to its end."""
    if spaced:
        return [(at, line.split()) for at, line in enumerate(lines, 1) if line.strip()]
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, quotechar=quote)
    found = ((reader.line_num, [cell.strip() for cell in record]) for record in reader if record)
    return [(at, record) for at, record in found if any(record) or len(record) > 1]


def _is_spaced(lines: list[str]) -> bool:
    """Columns apart by blanks: no other delimiter anywhere, and as many pieces in each line."""
    if any(mark in line for line in lines for mark in (*_USUAL, "\x1f")):  # Python takes \x1f for a blank
        return False
    widths = {len(line.split()) for line in lines if line.strip()}
    return len(widths) == 1 and widths.pop() > 1


def _delimiter(lines: list[str]) -> str:
    """The mark that splits most lines into equally many cells; an unusual one only where it splits all alike."""
    best = max(_USUAL, key=lambda mark: _evenness(lines, mark))
    if _evenness(lines, best) > 0:
        return best
    return next((mark for mark in _UNUSUAL if _evenness(lines, mark) >= 1), ",")


def _evenness(lines: list[str], mark: str) -> float:
    """The share of lines that split into the usual number of cells; 0 where that is one cell."""
    widths = Counter(_widths([line for line in lines if line.strip()][:100], mark))
    width, count = widths.most_common(1)[0]
    if width < 2:
        rest = [(w, c) for w, c in widths.items() if w > 1]  # titles and totals may outnumber a short table
        width, count = max(rest, key=lambda pair: pair[1], default=(1, 0))
    return count / widths.total() + min(width, 100) / 1e6 if width > 1 else 0.0


def _widths(lines: Sequence[str], mark: str) -> list[int]:
    return [len(record) for record in csv.reader((f"{line}\n" for line in lines), delimiter=mark) if record]


def _quote(lines: list[str], delimiter: str) -> str:
    """An apostrophe where cells stand between two of them and no quotation mark does the same."""
    text = "\n".join(lines[:100])
    edge = re.escape(delimiter)
    single = len(re.findall(rf"(?:^|{edge})'[^'\n]*'(?={edge}|$)", text, re.MULTILINE))
    double = len(re.findall(rf'(?:^|{edge})"[^"\n]*"(?={edge}|$)', text, re.MULTILINE))
    return "'" if single > 3 and not double else '"'


def _header_place(records: list[list[str]]) -> int:
    """The first record with two names that are known, else the first that is as full as a header.

    Titles above a header fill a cell or two of their line.
    """
    for place, record in enumerate(records[:MOST_TITLES]):
        if sum(plain_name(cell) in KNOWN_NAMES for cell in record) > 1:
            return place
        if sum(map(bool, record)) > 2 and _is_data(record):
            break  # below a row of data there is no header; such names are values, and rows above them would be lost
    widths = Counter(len(record) for record in records if len(record) > 1) or Counter([1])
    width = max(widths.most_common(), key=lambda pair: (pair[1], pair[0]))[0]
    enough = max(min(width, 2), round(0.6 * width))
    places = (at for at, record in enumerate(records) if sum(map(bool, record)) >= enough)
    return next(places, 0)


def _is_data(cells: list[str]) -> bool:
    """Whether a row is data already: a date in it, or numbers in half of its cells."""
    filled = [cell for cell in cells if cell]
    dates = sum(any(f.shape.fullmatch(cell) for f in _CLEAR_DATES) for cell in filled)
    return dates > 0 or 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in filled) >= max(1, len(filled))


_CLEAR_DATES = tuple(DATE_FORMATS[key] for key in ("iso", "day_first", "month_name"))


def named(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """The header's names; an empty one is called by its place. Invalid for one that stands twice or far too many."""
    if len(cells) > MOST_COLUMNS:
        raise Invalid(
            f"{name} has {len(cells):,} columns; at most {MOST_COLUMNS:,} are read",
            remedy="export the columns that matter: who, when, how much", file=name,
        )  # fmt: skip
    header = tuple(cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1))
    first: dict[str, int] = {}
    for place, cell in enumerate(header, 1):
        if first.setdefault(cell, place) != place:
            raise Invalid(
                f"{name}: the header {cell!r} stands twice (columns {first[cell]} and {place})",
                remedy="rename one of them", file=name, column=cell,
            )  # fmt: skip
    return header
