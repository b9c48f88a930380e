"""Looks at a file before the database does: is it a table at all, how is it written, what are its columns?"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pulse_core.errors import Invalid

SAMPLE_ROWS = 20
_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_FOREIGN = (  # what people upload by mistake, known by its first bytes
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"\x1f\x8b", "a gz within a gz"),
)
_ENCODINGS = ("utf-8", "cp1252", "latin-1")  # the first that fits every byte; the last always does
_BLANK = re.compile(rb"(?:\A|(?<=\n))\r?\n")
_HTML = re.compile(rb"^\s*(<!doctype html|<html|<\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a look at the whole file told. `rows_before` are the lines above the first data row."""

    name: str
    sha256: str  # of the content, so that a file and its gz are the same
    size: int
    gz: bool
    encoding: str  # utf-8, cp1252 or latin-1
    delimiter: str
    spaced: bool  # columns stand apart by runs of blanks
    blank_rows: tuple[int, ...]  # lines between the records that hold nothing
    header: tuple[str, ...]
    rows_before: int
    sample: tuple[tuple[str, ...], ...]

    @property
    def plain(self) -> bool:
        """Whether the database can read the file as it is."""
        return self.encoding == "utf-8" and not self.spaced


def examine(path: Path, *, name: str | None = None) -> FileFacts:
    """Read the whole file once and say what it is; Invalid (with what to do) when it is no table of text."""
    name = name or path.name
    with path.open("rb") as raw:
        gz = raw.read(2) == b"\x1f\x8b"
    if path.stat().st_size == 0:
        raise Invalid(f"{name} is empty", remedy="export it again: it has no bytes at all", file=name)
    try:
        look = _scan(path, gz=gz, name=name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Invalid(
            f"{name} is a damaged or cut-off gz file", remedy="upload or export it again", file=name
        ) from error
    try:
        return _describe(path, name, look, gz=gz)
    except csv.Error as error:
        raise Invalid(
            f"the first rows of {name} cannot be split into columns ({error})",
            remedy="look for a quotation mark that is opened and never closed",
            file=name,
        ) from error


def open_bytes(path: Path, *, gz: bool) -> BinaryIO:
    """The file's content, unpacked."""
    return gzip.open(path, "rb") if gz else path.open("rb")  # type: ignore[return-value]


def plain_copy(path: Path, facts: FileFacts, target: Path) -> None:
    """Write the file to `target` as the database wants it: UTF-8 with real delimiters. Links when it is so already."""
    if facts.plain:
        _link_or_copy(path, target)
        return
    with open_bytes(path, gz=facts.gz) as source, target.open("w", encoding="utf-8", newline="") as out:
        reader = io.TextIOWrapper(source, encoding=facts.encoding, newline="")
        for line in reader:
            out.write(",".join(line.split()) + "\n" if facts.spaced else line)


def even_out(copy: Path, facts: FileFacts) -> None:
    """Write a copy that `plain_copy` made anew, unpacked, with one kind of line end."""
    draft = copy.with_suffix(".even")
    with (
        open_bytes(copy, gz=facts.gz and facts.plain) as source,
        draft.open("w", encoding="utf-8", newline="") as out,
    ):
        reader = io.TextIOWrapper(source, encoding="utf-8", newline=None)
        out.writelines(reader)
    draft.replace(copy)


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path.resolve(), target)
    except OSError:  # another file system, or one without links
        with path.open("rb") as source, target.open("wb") as out:
            for chunk in iter(lambda: source.read(_CHUNK), b""):
                out.write(chunk)


@dataclass(slots=True)
class _Lines:
    """Which lines of a file are blank; fed with the file piece by piece."""

    blank: list[int] = field(default_factory=list)
    count: int = 0
    quotes: int = 0
    rest: bytes = b""

    def feed(self, chunk: bytes) -> None:
        """Look at a piece up to its last line end; what stands behind it waits for the next piece."""
        piece, end, rest = (self.rest + chunk).rpartition(b"\n")
        piece, self.rest = (piece + end, rest) if end else (rest, b"")
        if piece.startswith((b"\n", b"\r\n")) or b"\n\n" in piece or b"\n\r\n" in piece:
            self._note_blank(piece)
        self.count += piece.count(b"\n")
        self.quotes += piece.count(b'"')

    def _note_blank(self, piece: bytes) -> None:
        line, quotes, seen = self.count, self.quotes, 0
        for match in _BLANK.finditer(piece):
            line += piece.count(b"\n", seen, match.end())
            quotes += piece.count(b'"', seen, match.end())
            seen = match.end()
            if quotes % 2 == 0:  # else it stands between two quotation marks and belongs to a value
                self.blank.append(line)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at every byte told: the first of them, their encoding, their lines."""

    head: bytes
    encoding: str
    lines: _Lines
    sha256: str


def _scan(path: Path, *, gz: bool, name: str) -> _Look:
    head, lines, digest = b"", _Lines(), hashlib.sha256()
    decoders = {e: codecs.getincrementaldecoder(e)() for e in _ENCODINGS}
    with open_bytes(path, gz=gz) as source:
        for chunk in _chunks(source):
            if not head:
                head = chunk[: _CHUNK // 4]
                _refuse_foreign(head, name)
            if b"\0" in chunk:
                raise Invalid(
                    f"{name} holds NUL bytes, so it is no text file",
                    remedy="export it again as CSV (UTF-8)",
                    file=name,
                )
            lines.feed(chunk)
            digest.update(chunk)
            if len(decoders) > 1:
                decoders = {e: d for e, d in decoders.items() if _decodes(d, chunk)}
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Invalid(f"{name} holds no text", remedy="export it again with its header and rows", file=name)
    return _Look(head, next(iter(decoders)), lines, digest.hexdigest())


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK), b"")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_foreign(head: bytes, name: str) -> None:
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise Invalid(
                f"{name} is {what}, not CSV", remedy="export the table as CSV or CSV.gz (UTF-8)", file=name
            )
    if _HTML.match(head):
        raise Invalid(
            f"{name} is a web page, not CSV",
            remedy="the export link may have asked for a log-in: download it again",
            file=name,
        )


def _describe(path: Path, name: str, look: _Look, *, gz: bool) -> FileFacts:
    lines = _first_lines(look)
    spaced = _is_spaced(lines)
    delimiter = "," if spaced else _delimiter(lines[0])
    records = [line.split() for line in lines] if spaced else list(csv.reader(lines, delimiter=delimiter))
    above = next(place for place, record in enumerate(records) if record)  # blank lines at the top
    records = [record for record in records if record]
    headerless = all(re.fullmatch(r"[\d.]+", cell) for cell in records[0])
    header = (
        tuple(f"column {i + 1}" for i in range(len(records[0]))) if headerless else _header(records[0], name)
    )
    rows = records if headerless else records[1:]
    if not rows:
        raise Invalid(f"{name} has a header and no rows", remedy="export it again with its rows", file=name)
    before = above if headerless else above + 1
    blank = tuple(row for row in look.lines.blank if row > before)
    return FileFacts(
        name, look.sha256, path.stat().st_size, gz, look.encoding, delimiter, spaced, blank,
        header, before, tuple(tuple(row) for row in rows[:SAMPLE_ROWS]),
    )  # fmt: skip


def _first_lines(look: _Look) -> list[str]:
    encoding = "utf-8-sig" if look.encoding == "utf-8" else look.encoding
    lines = look.head.decode(encoding, errors="replace").splitlines()[: SAMPLE_ROWS + 2]
    may_be_cut = len(look.head) >= _CHUNK // 4 and len(lines) > 2
    return lines[:-1] if may_be_cut else lines


def _is_spaced(lines: list[str]) -> bool:
    """Columns apart by blanks: no other delimiter anywhere, and as many pieces in each line."""
    if any(mark in line for line in lines for mark in _DELIMITERS):
        return False
    widths = {len(line.split()) for line in lines if line.strip()}
    return len(widths) == 1 and widths.pop() > 1


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _header(cells: list[str], name: str) -> tuple[str, ...]:
    header = tuple(cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1))
    for place, cell in enumerate(header):
        if header.index(cell) != place:
            raise Invalid(
                f"{name}: the header {cell!r} stands twice (columns {header.index(cell) + 1} and {place + 1})",
                remedy="rename one of them", file=name, column=cell,
            )  # fmt: skip
    return header
