"""Parquet files: written by pyarrow, and a forged one that says how many equal rows it has in a few hundred bytes."""

from __future__ import annotations

import io
import struct
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Field = tuple[int, int, bytes]
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
BYTE_ARRAY, UTF8, REQUIRED, PLAIN, PLAIN_DICTIONARY = 6, 0, 0, 0, 2


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """A table as Parquet."""
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, **options)
    return written.getvalue()


def varint(value: int) -> bytes:
    """A number, seven bits a byte, the lowest first."""
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def whole(value: int) -> bytes:
    """A number of Thrift's compact protocol."""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def binary(value: bytes) -> bytes:
    """A text of Thrift's compact protocol."""
    return varint(len(value)) + value


def listed(kind: int, items: list[bytes]) -> bytes:
    """A short list of Thrift's compact protocol."""
    return bytes([len(items) << 4 | kind]) + b"".join(items)


def struct_of(*fields: Field) -> bytes:
    """A structure of Thrift's compact protocol: number, kind and value of each field, by number."""
    out, last = b"", 0
    for place, kind, value in fields:
        out += bytes([(place - last) << 4 | kind]) + value
        last = place
    return out + b"\x00"


def page(kind: int, body: bytes, place: int, header: bytes) -> bytes:
    """A page: its header, which holds its sizes and the header of its kind, and its body."""
    size = whole(len(body))
    return struct_of((1, I32, whole(kind)), (2, I32, size), (3, I32, size), (place, STRUCT, header)) + body


def column_pages(value: str, rows: int) -> tuple[bytes, bytes]:
    """A dictionary of one text, and a page that repeats it by one run."""
    text = value.encode()
    dictionary = struct_of((1, I32, whole(1)), (2, I32, whole(PLAIN_DICTIONARY)))
    run = b"\x01" + varint(rows << 1) + b"\x00"
    data = struct_of(
        (1, I32, whole(rows)), (2, I32, whole(PLAIN_DICTIONARY)), (3, I32, whole(3)), (4, I32, whole(3))
    )
    return page(2, struct.pack("<I", len(text)) + text, 7, dictionary), page(0, run, 5, data)


def equal_rows(values: dict[str, str], rows: int) -> bytes:
    """A Parquet file of so many equal rows of text; it is as small for two thousand million as for one."""
    body, chunks, total = b"PAR1", [], 0
    schema = [struct_of((4, BINARY, binary(b"schema")), (5, I32, whole(len(values))))]
    for name, value in values.items():
        dictionary, data = column_pages(value, rows)
        start, size = len(body), len(dictionary) + len(data)
        kinds = listed(I32, [whole(PLAIN), whole(PLAIN_DICTIONARY), whole(3)])
        meta = struct_of(
            (1, I32, whole(BYTE_ARRAY)), (2, LIST, kinds), (3, LIST, listed(BINARY, [binary(name.encode())])),
            (4, I32, whole(0)), (5, I64, whole(rows)), (6, I64, whole(size)), (7, I64, whole(size)),
            (9, I64, whole(start + len(dictionary))), (11, I64, whole(start)),
        )  # fmt: skip
        chunks.append(struct_of((2, I64, whole(start)), (3, STRUCT, meta)))
        column = ((1, I32, whole(BYTE_ARRAY)), (3, I32, whole(REQUIRED)), (4, BINARY, binary(name.encode())))
        schema.append(struct_of(*column, (6, I32, whole(UTF8))))
        body, total = body + dictionary + data, total + size
    group = struct_of((1, LIST, listed(STRUCT, chunks)), (2, I64, whole(total)), (3, I64, whole(rows)))
    footer = struct_of(
        (1, I32, whole(1)),
        (2, LIST, listed(STRUCT, schema)),
        (3, I64, whole(rows)),
        (4, LIST, listed(STRUCT, [group])),
    )
    return body + footer + struct.pack("<I", len(footer)) + b"PAR1"
