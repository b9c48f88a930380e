"""Makes plain text of whatever a table comes in: packed files, workbooks, Parquet, UTF-16.

What a file is, its content says, never its name. What is no table at all is refused here by its first bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from pulse_core.errors import Invalid
from pulse_core.intake import columnar, workbook
from pulse_core.intake.packed import damaged, is_plain_gz, open_directory, open_gz, open_zip
from pulse_core.intake.workbook import ChooseSheet, sheets

__all__ = [
    "ChooseSheet",
    "Container",
    "Unpacked",
    "container",
    "open_bounded",
    "refuse_foreign",
    "sheets",
    "unpack",
]

_HEAD_BYTES = 1 << 18
_CHUNK = 1 << 20


class Container(StrEnum):
    """What a table can come in."""

    TEXT = "text"
    GZ = "gz"
    ZIP = "zip"
    XLSX = "xlsx"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Text that the database can read. `path` is the file itself where it can be read as it is (text or gz)."""

    path: Path
    container: Container
    gz: bool = False  # whether `path` is still packed
    encoding: str | None = None  # "utf-16-le" or "utf-16-be" where the file was so; `path` is UTF-8 then
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


_FOREIGN = (  # what people upload by mistake, known by its first bytes
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or one with a password"),
    (b"\x89PNG\r\n", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF87a", "an image (GIF)"),
    (b"GIF89a", "an image (GIF)"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\xff\xfe\0\0", "UTF-32 text"),
    (b"\0\0\xfe\xff", "UTF-32 text"),
    (b"BZh91AY&SY", "a bz2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"{\\rtf", "a text document (RTF)"),
)
_NESTED = (  # what may not stand within another container
    (b"\x1f\x8b", "a gz file"),
    (b"PK\x03\x04", "a zip file or an Excel workbook"),
    (b"PAR1", "a Parquet file"),
)
_MARKUP = (
    (re.compile(rb"\s*<(!doctype html|html|head|body|table)\b", re.IGNORECASE), "a web page"),
    (re.compile(rb"\s*<(\?xml|!--|[a-z][\w.-]*(:[\w.-]+)?\s+xmlns)", re.IGNORECASE), "XML"),
    (re.compile(rb'\s*(\{\s*("[^"]*"\s*:|\}\s*$)|\[\s*[\[{])'), "JSON"),
)
_PARTS = (  # what else comes as a zip: a part that only this kind has
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple Numbers or Pages document"),
    ("content.xml", "an OpenDocument spreadsheet or text"),
)


def container(path: Path, *, name: str | None = None) -> Container:
    """What the file comes in, by its content; Invalid that says what it is when that is no table."""
    name = name or path.name
    with path.open("rb") as source:
        head = source.read(_HEAD_BYTES)
    if head.startswith(b"\x1f\x8b"):
        return Container.GZ
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, name)
    if head.startswith((b"PAR1", b"PARE")) and (
        len(head) < 12 or not 32 <= head[4] < 127
    ):  # a header may begin so
        return Container.PARQUET
    refuse_foreign(head, name)
    return Container.TEXT


def refuse_foreign(head: bytes, name: str, *, within: Container | None = None) -> None:
    """Invalid when the first bytes are those of no table; `within` a container, another one is foreign too."""
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise _foreign(what, name, within)
    for magic, what in _NESTED if within else ():
        if head.startswith(magic):
            raise _foreign(what, name, within)
    form = _utf16(head)
    start = head.decode(form, "ignore").encode() if form else head
    for pattern, what in _MARKUP:
        if pattern.match(start.removeprefix(codecs.BOM_UTF8)):
            raise _foreign(what, name, within)


def open_bounded(path: Path, *, name: str | None = None) -> BinaryIO:
    """The unpacked bytes of a gz file; reading raises Invalid where they are damaged or too many."""
    return open_gz(path, name=name)


def unpack(
    path: Path, target: Path, *, name: str, sheet: str | None = None, stop: Callable[[], None] = lambda: None
) -> Unpacked:
    """Text that the database can read: the file itself, or else `target`, written anew.

    Nothing stands at `target` after an error. `stop` is called now and then, and ends the work by raising.
    """
    kind = container(path, name=name)
    try:
        return _UNPACK[kind](path, target, name, sheet, stop)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _workbook(path: Path, target: Path, name: str, sheet: str | None, stop: Callable[[], None]) -> Unpacked:
    chosen, found = workbook.to_csv(path, target, name=name, sheet=sheet, stop=stop)
    return Unpacked(target, Container.XLSX, sheet=chosen, sheets=found)


def _parquet(path: Path, target: Path, name: str, _: str | None, stop: Callable[[], None]) -> Unpacked:
    columnar.to_csv(path, target, name=name, stop=stop)
    return Unpacked(target, Container.PARQUET)


def _zip(path: Path, target: Path, name: str, _: str | None, stop: Callable[[], None]) -> Unpacked:
    with open_zip(path, name=name) as source:
        head = _head(source)
        refuse_foreign(head, name, within=Container.ZIP)
        _write(head, source, target, name, stop)
    return Unpacked(target, Container.ZIP, encoding=_utf16(head))


def _gz(path: Path, target: Path, name: str, _: str | None, stop: Callable[[], None]) -> Unpacked:
    with open_gz(path, name=name) as source:
        head = _head(source)
        refuse_foreign(head, name, within=Container.GZ)
        if is_plain_gz(path) and _is_readable(head):
            return Unpacked(path, Container.GZ, gz=True)
        _write(head, source, target, name, stop)
    return Unpacked(target, Container.GZ, encoding=_utf16(head))


def _text(path: Path, target: Path, name: str, _: str | None, stop: Callable[[], None]) -> Unpacked:
    with path.open("rb") as source:
        head = _head(source)
        if _is_readable(head):
            return Unpacked(path, Container.TEXT)
        _write(head, source, target, name, stop)
    return Unpacked(target, Container.TEXT, encoding=_utf16(head))


_UNPACK = {
    Container.TEXT: _text,
    Container.GZ: _gz,
    Container.ZIP: _zip,
    Container.XLSX: _workbook,
    Container.PARQUET: _parquet,
}


def _foreign(what: str, name: str, within: Container | None) -> Invalid:
    inside = f" within a {within}" if within else ""
    return Invalid(
        f"{name} is {what}{inside}, not a table",
        remedy="upload the table itself, as CSV (UTF-8), Parquet or an Excel workbook (.xlsx)",
        file=name,
    )


def _zip_kind(path: Path, name: str) -> Container:
    with open_directory(path, name) as archive:
        parts = set(archive.namelist())
    if "[Content_Types].xml" in parts and "xl/workbook.xml" in parts:
        return Container.XLSX
    for part, what in _PARTS:
        if part in parts and (part != "content.xml" or "mimetype" in parts):
            raise _foreign(what, name, None)
    return Container.ZIP


def _head(source: BinaryIO) -> bytes:
    """The first bytes; a raw reader may give fewer than asked at once."""
    pieces, missing = [], _HEAD_BYTES
    while missing and (piece := source.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _utf16(head: bytes) -> str | None:
    """The UTF-16 that the bytes are in, by their mark or by a NUL at every other place."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    start = head[: min(len(head), 4096) // 2 * 2]
    first, second = start[0::2], start[1::2]
    for form, text, nuls in (("utf-16-le", first, second), ("utf-16-be", second, first)):
        if len(start) >= 8 and 0 not in text and nuls.count(0) >= 0.7 * len(nuls):
            return form
    return None


def _is_readable(head: bytes) -> bool:
    """Whether the text may stay as it is: not UTF-16, and with line ends that the database knows."""
    return _utf16(head) is None and (b"\r" not in head or b"\n" in head)


def _write(head: bytes, rest: BinaryIO, target: Path, name: str, stop: Callable[[], None]) -> None:
    form = _utf16(head)
    pieces = _pieces(head, rest, stop)
    if form:
        pieces = _decoded(pieces, form, name)
    if form or not _is_readable(head):
        pieces = _evened(pieces)
    with target.open("wb") as out:
        for piece in pieces:
            out.write(piece)


def _pieces(head: bytes, rest: BinaryIO, stop: Callable[[], None]) -> Iterator[bytes]:
    yield head
    for piece in iter(lambda: rest.read(_CHUNK), b""):
        stop()
        yield piece


def _decoded(pieces: Iterator[bytes], form: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(form)()
    try:
        for place, piece in enumerate(pieces):
            text = decoder.decode(piece)
            yield (text.removeprefix("\ufeff") if place == 0 else text).encode()
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise damaged(name, "UTF-16 text") from error


def _evened(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same with \\n for every line end (in UTF-8 and all 8-bit encodings alike)."""
    held = b""
    for piece in pieces:
        whole = held + piece
        held = b"\r" if whole.endswith(b"\r") else b""  # its \n may come with the next piece
        yield whole.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield held.replace(b"\r", b"\n")
