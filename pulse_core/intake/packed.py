"""Reads gz and zip without trusting what they say of themselves: what comes out is counted as it comes."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pulse_core.errors import Invalid

RATIO = 200  # a table seldom packs better than 1:50; zeros do at 1:1000
FREE_BYTES = 64 << 20  # what may come out at any ratio
_PIECE = 1 << 14
_GZIP = 16 + zlib.MAX_WBITS
_DIRECTORY_BYTES = 8 << 20  # a zip's list of files; about 100,000 of them
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others need memory as their writer likes
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, LookupError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


def most_bytes(packed_bytes: int) -> int:
    """How much may come out of a file of this size."""
    return max(FREE_BYTES, RATIO * packed_bytes)


def too_much(name: str) -> Invalid:
    """The error for a file that unpacks without end."""
    return Invalid(
        f"{name} unpacks to more than {RATIO} times its size",
        remedy="export the table again, as CSV that is not packed",
        file=name,
    )


def damaged(name: str, what: str) -> Invalid:
    """The error for a packed file that breaks off or does not add up."""
    return Invalid(f"{name} is a damaged or cut-off {what}", remedy="upload or export it again", file=name)


class Bounded(io.RawIOBase):
    """What comes out of a packed stream, up to the bound; Invalid beyond it, or when the data is damaged."""

    def __init__(self, source: BinaryIO, name: str, what: str, most: int) -> None:
        self._source = source
        self._name = name
        self._what = what
        self._most = most
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            data = self._next(len(view))
        except Invalid:
            raise
        except BROKEN as error:
            raise damaged(self._name, self._what) from error
        self._count += len(data)
        if self._count > self._most:
            raise too_much(self._name)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()

    def _next(self, size: int) -> bytes:
        return self._source.read(size)


class _Gunzip(Bounded):
    """A gz file of any number of members, also with the zeros behind it that tapes leave.

    Python's own reader takes a header byte by byte in Python, so a name of 100 MB within it takes a minute.
    """

    def __init__(self, source: BinaryIO, name: str, most: int) -> None:
        super().__init__(source, name, "gz file", most)
        self._member = zlib.decompressobj(_GZIP)
        self._waiting = b""

    def _next(self, size: int) -> bytes:
        while True:
            if self._member.eof and not self._begin_member():
                return b""
            packed = self._waiting or self._source.read(_PIECE)
            data = self._member.decompress(packed, size)
            self._waiting = self._member.unconsumed_tail
            if data:
                return data
            if not packed and not self._member.eof:
                raise EOFError

    def _begin_member(self) -> bool:
        rest = self._member.unused_data.lstrip(b"\0")
        while not rest:
            piece = self._source.read(_PIECE)
            if not piece:
                return False
            rest = piece.lstrip(b"\0")
        self._member, self._waiting = zlib.decompressobj(_GZIP), rest
        return True


def open_gz(path: Path, *, name: str | None = None) -> BinaryIO:
    """The unpacked bytes of a gz file; reading raises Invalid where they are damaged or too many."""
    stream = _Gunzip(path.open("rb"), name or path.name, most_bytes(path.stat().st_size))
    return io.BufferedReader(stream, 1 << 20)


def is_plain_gz(path: Path) -> bool:
    """Whether the database's own gz reader takes it: no rare header fields, no zeros behind the data."""
    with path.open("rb") as source:
        flags = source.read(4)[3:]
        source.seek(-min(8, path.stat().st_size), io.SEEK_END)
        tail = source.read()
    return bool(flags) and not flags[0] & 0b10011 and bool(tail.strip(b"\0"))


@contextlib.contextmanager
def open_directory(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """The zip at `path`; Invalid when it is damaged, or its list of files alone would take much memory."""
    try:
        if _directory_bytes(path) > _DIRECTORY_BYTES:
            raise Invalid(f"{name} is a zip of very many files", remedy="upload the one table", file=name)
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise damaged(name, "zip file") from error
    with archive:
        yield archive


@contextlib.contextmanager
def open_zip(path: Path, *, name: str | None = None) -> Iterator[BinaryIO]:
    """The bytes of the one file in a zip; reading raises Invalid where they are damaged or too many."""
    name = name or path.name
    with open_directory(path, name) as archive:
        member = _only_member(archive, name)
        try:
            source = archive.open(member)
        except BROKEN as error:
            raise damaged(name, "zip file") from error
        stream = Bounded(source, name, "zip file", most_bytes(path.stat().st_size))  # type: ignore[arg-type]
        with io.BufferedReader(stream, 1 << 20) as reader:
            yield reader


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.filename.endswith("/") and not _is_litter(member.filename)
    ]
    if not members:
        raise Invalid(
            f"{name} is a zip with no file in it", remedy="zip the table, or upload it as it is", file=name
        )
    if len(members) > 1:
        raise Invalid(
            f"{name} is a zip with more than one file in it ({len(members)})",
            remedy="upload them one by one",
            file=name,
            files=[member.filename[:200] for member in members[:10]],
        )
    if members[0].flag_bits & 0x41:
        raise Invalid(f"{name} is a zip with a password", remedy="upload the table itself", file=name)
    if members[0].compress_type not in _READ_METHODS:
        raise Invalid(
            f"{name} is packed in a way that few programs read",
            remedy="zip it in the usual way (deflate)",
            file=name,
        )
    return members[0]


def _is_litter(filename: str) -> bool:
    """What systems put beside the files, not people."""
    path = PurePosixPath(filename)
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name in ("Thumbs.db", "desktop.ini")


def _directory_bytes(path: Path) -> int:
    """How large a zip says that its list of files is (Python's reader takes no more than this)."""
    with path.open("rb") as source:
        source.seek(-min(path.stat().st_size, (1 << 16) + 200), io.SEEK_END)
        tail = source.read()
    at, at64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    sizes = [struct.unpack_from("<I", tail, at + 12)[0]] if at >= 0 else []
    if at64 >= 0 and sizes[:1] == [0xFFFFFFFF]:
        sizes = [struct.unpack_from("<Q", tail, at64 + 40)[0]]
    return max(sizes, default=0)
