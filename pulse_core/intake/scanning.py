"""Reads every byte of a text file once, before the database does: checksum, encoding, lines, and what is no table."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pulse_core.errors import Invalid
from pulse_core.intake.packed import open_gz

CHUNK = 1 << 20
HEAD = CHUNK // 4
LONGEST_LINE = 1 << 20  # bytes
MOST_BLANK_RUNS = 5_000_000
_BLANKS = re.compile(rb"(?:\A|(?<=\n))(?:\r?\n)+")
_SINGLE_BYTE = ("cp1252", "latin-1")  # the first that fits every byte; the last always does
# Characters beyond ASCII as UTF-8 writes the usual ones; in a file of another encoding they hardly stand by chance.
_USUAL_UTF8 = re.compile(rb"\xc2[\xa0-\xbf]|\xc3[\x80-\xbf]|\xe2\x80[\x90-\xaf]|\xe2\x82\xac")
_MIXED_REMEDY = "two exports may have been glued together: save both as UTF-8, then join them"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at every byte told. `lines` counts lines, those within values too; `even` if all end alike."""

    head: bytes
    encoding: str  # utf-8, cp1252 or latin-1
    sha256: str
    lines: int
    even: bool


def open_text(path: Path, *, gz: bool, name: str) -> BinaryIO:
    """The file's content, unpacked; Invalid while reading where that is damaged or without end."""
    return open_gz(path, name=name) if gz else path.open("rb")


def scan(path: Path, *, gz: bool, name: str) -> Look:
    """Look at every byte of the file; Invalid when it cannot be a table of text."""
    head, digest = b"", hashlib.sha256()
    lines, letters = _Lines(name), _Letters(name)
    with open_text(path, gz=gz, name=name) as source:
        for chunk in _chunks(source):
            digest.update(chunk)
            if not head:
                head = chunk[:HEAD]
                if not head.strip(b"\xef\xbb\xbf \t\r\n") and len(chunk) == CHUNK:
                    break  # a megabyte of nothing is told at once
            if b"\0" in chunk:
                raise Invalid(
                    f"{name} holds NUL bytes, so it is no text file",
                    remedy="export it again as CSV (UTF-8)", file=name,
                )  # fmt: skip
            letters.feed(chunk, lines.count)
            lines.feed(chunk)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Invalid(f"{name} holds no text", remedy="export it again with its header and rows", file=name)
    return Look(
        head,
        letters.encoding(lines.count + 1),
        digest.hexdigest(),
        lines.total,
        lines.even,
    )


def blank_lines(path: Path, *, gz: bool, name: str, skip: int = 0, quote: str = '"') -> list[tuple[int, int]]:
    """Runs of lines that hold nothing, below the first `skip` lines: the first one's row and how many.

    A value of several lines is one row; blank lines within it are part of it.
    """
    runs: list[tuple[int, int]] = []
    mark = quote.encode()
    line, quotes, rest = skip, 0, b""
    with open_text(path, gz=gz, name=name) as source:
        for _ in range(skip):
            source.readline()
        for chunk in _chunks(source):
            piece, end, rest = (rest + chunk).rpartition(b"\n")
            line, quotes = _note_blank(piece + end, line, quotes, mark, runs)
            if len(runs) > MOST_BLANK_RUNS:
                raise Invalid(
                    f"{name} is full of blank lines", remedy="export it again without them", file=name
                )
    return runs


def _note_blank(
    piece: bytes, line: int, quotes: int, mark: bytes, runs: list[tuple[int, int]]
) -> tuple[int, int]:
    """Add the blank runs of a piece of whole lines below `line` rows and `quotes` quotation marks; both at its end."""
    seen = 0
    for match in _BLANKS.finditer(piece):
        between, seen = piece[seen : match.start()], match.end()
        line += _row_ends(between, quotes, mark)
        quotes += between.count(mark)
        if quotes % 2 == 0:  # else it stands between two quotation marks and belongs to a value
            run = match.group().count(b"\n")
            runs.append((line + 1, run))
            line += run
    return line + _row_ends(piece[seen:], quotes, mark), quotes + piece[seen:].count(mark)


def _row_ends(piece: bytes, quotes: int, mark: bytes) -> int:
    """Line ends that do not stand between two quotation marks."""
    return sum(part.count(b"\n") for part in piece.split(mark)[quotes % 2 :: 2])


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(CHUNK), b"")


@dataclass(slots=True)
class _Lines:
    """Counts lines, and refuses one without end; fed with the file piece by piece."""

    name: str
    count: int = 0
    pending: int = 0  # bytes since the last line end
    returns: int = 0  # carriage returns
    pairs: int = 0  # of them those before a line end
    last: bytes = b""

    def feed(self, chunk: bytes) -> None:
        """Look at the next piece."""
        if len(chunk) == CHUNK and not chunk.strip():  # the database would lose a row below so many
            raise Invalid(
                f"{self.name} holds a megabyte of blank lines from row {self.count + 1:,} on",
                remedy="export it again without them", file=self.name,
            )  # fmt: skip
        first = chunk.find(b"\n")
        if self.pending + (len(chunk) if first < 0 else first) > LONGEST_LINE:
            row = self.count + 1
            raise Invalid(
                f"row {row:,} of {self.name} is over {LONGEST_LINE:,} bytes long",
                remedy="a quotation mark may be missing there, or it is no table: shorten that row",
                file=self.name, row=row,
            )  # fmt: skip
        self.pending = self.pending + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"\n") - 1
        self.count += chunk.count(b"\n")
        if b"\r" in chunk or self.last == b"\r":
            self.returns += chunk.count(b"\r")
            self.pairs += chunk.count(b"\r\n") + (self.last == b"\r" and chunk.startswith(b"\n"))
        self.last = chunk[-1:]

    @property
    def total(self) -> int:
        """Lines by any kind of end, the last one too where nothing ends it."""
        return self.count + self.returns - self.pairs + (self.last not in (b"", b"\n", b"\r"))

    @property
    def even(self) -> bool:
        """Whether there is one kind of line end, and no carriage return within a line."""
        return self.returns == self.pairs and self.pairs in (0, self.count)


@dataclass(slots=True)
class _Letters:
    """Which encoding fits every byte; Invalid when some lines are UTF-8 and others are not."""

    name: str
    utf8: codecs.IncrementalDecoder | None = field(default_factory=codecs.getincrementaldecoder("utf-8"))
    single: list[str] = field(default_factory=lambda: list(_SINGLE_BYTE))
    first_utf8: int | None = None
    first_other: int | None = None
    tail: bytes = b""

    def feed(self, chunk: bytes, line: int) -> None:
        """Look at a piece that begins in the line after `line`."""
        if chunk.isascii() and not self.tail:
            return
        if self.utf8 is not None:
            try:
                self.utf8.decode(chunk)
            except UnicodeDecodeError as error:
                self.utf8 = None
                self.first_other = line + chunk.count(b"\n", 0, max(error.start, 0)) + 1
            self.tail = self.utf8.getstate()[0] if self.utf8 else b""
        if self.first_utf8 is None and line == 0 and chunk.startswith(codecs.BOM_UTF8):
            self.first_utf8 = 1
        if self.first_utf8 is None and (found := _USUAL_UTF8.search(chunk)):
            self.first_utf8 = line + chunk.count(b"\n", 0, found.start()) + 1
        if self.utf8 is None and self.first_utf8 is not None:
            raise self._mixed(max(self.first_utf8, self.first_other or 0))
        self.single = [e for e in self.single if e == _SINGLE_BYTE[-1] or _fits(e, chunk)]

    def _mixed(self, row: int) -> Invalid:
        return Invalid(
            f"{self.name} mixes two encodings: UTF-8 and another, from row {row} on",
            remedy=_MIXED_REMEDY, file=self.name, row=row,
        )  # fmt: skip

    def encoding(self, line: int) -> str:
        """The encoding of the whole file, which ends in this line."""
        if self.tail and self.first_utf8 is not None:
            raise self._mixed(line)
        return "utf-8" if self.utf8 is not None and not self.tail else self.single[0]


def _fits(encoding: str, chunk: bytes) -> bool:
    try:
        chunk.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
