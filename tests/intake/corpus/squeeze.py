"""gz and zip archives, honest ones and others, the same bytes at every call; a gigabyte takes well under a second."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

CHUNK = 16 * 1024**2
GIGABYTE = 64


def gz(content: bytes) -> bytes:
    """A gz of that content, without a time in it."""
    return gzip.compress(content, mtime=0)


@dataclass(frozen=True)
class Squeezed:
    """A deflated stream, with what an archive says of it."""

    deflated: bytes
    crc: int
    size: int


def squeeze(before: bytes, chunk: bytes, times: int, after: bytes = b"") -> Squeezed:
    """One deflated stream of a chunk repeated, between two texts.

    After a full flush the compressor remembers nothing, so that the bytes of one chunk can be repeated as they are.
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(after) + packer.flush(zlib.Z_FINISH)
    crc = zlib.crc32(before)
    for _ in range(times):
        crc = zlib.crc32(chunk, crc)
    size = len(before) + len(chunk) * times + len(after)
    return Squeezed(first + middle * times + last, zlib.crc32(after, crc), size)


def as_gz(stream: Squeezed) -> bytes:
    """A gz of one member around a stream."""
    head = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\x03"
    return head + stream.deflated + struct.pack("<II", stream.crc, stream.size % 2**32)


@dataclass(frozen=True)
class Entry:
    """A file in a zip; what is said of its size and sum may be a lie, and a flag may be set."""

    name: str
    content: bytes | Squeezed
    said_size: int | None = None
    said_crc: int | None = None
    flags: int = 0

    def stream(self) -> Squeezed:
        """The deflated content."""
        return squeeze(self.content, b"", 0) if isinstance(self.content, bytes) else self.content

    def fields(self) -> tuple[bytes, bytes, bytes]:
        """What both headers say, the name, and the data."""
        stream = self.stream()
        crc = stream.crc if self.said_crc is None else self.said_crc
        size = stream.size if self.said_size is None else self.said_size
        said = struct.pack("<HHHHHIII", 20, self.flags, 8, 0, 33, crc, len(stream.deflated), size)
        return said, self.name.encode(), stream.deflated


def as_zip(entries: Iterable[Entry]) -> bytes:
    """A zip of these entries, written by hand so that it can also be wrong."""
    data, directory, count = b"", b"", 0
    for entry in entries:
        said, name, deflated = entry.fields()
        start = struct.pack("<I", len(data))
        directory += b"PK\x01\x02\x14\x00" + said + struct.pack("<H", len(name)) + bytes(12) + start + name
        data += b"PK\x03\x04" + said + struct.pack("<HH", len(name), 0) + name + deflated
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(data), 0)
    return data + directory + b"PK\x05\x06" + end


def zipped(*files: tuple[str, bytes], stored: bool = False) -> bytes:
    """An ordinary zip of files, deflated or stored."""
    if not stored:
        return as_zip(Entry(name, content) for name, content in files)
    return stored_zip(files)


def stored_zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip whose files are not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()
