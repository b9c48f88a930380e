"""gz and zip around a file, whole and damaged, known by content and never by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile

from .build import GOOD_LOADS, GOOD_TEXT, GOOD_VALUES, HEADER, text
from .case import Case
from .squeeze import Entry, as_gz, as_zip, gz, squeeze, zipped
from .verdicts import Declined, Loads, Refused

GOOD = GOOD_TEXT.encode()
LONG = text(*(f"c{number},2020-01-01,{number}.25" for number in range(20_000))).encode()
PACKED = gz(LONG)
ZIPPED = zipped(("orders.csv", LONG))


def named_gz() -> bytes:
    """A gz with a file name, a comment and an extra field in its head."""
    extra = struct.pack("<H", 6) + b"AB\x02\x00xy"
    return b"\x1f\x8b\x08\x1c" + bytes(5) + b"\x03" + extra + b"orders.csv\x00a comment\x00" + gz(GOOD)[10:]


def tarred() -> bytes:
    """A tar with the file in it."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        info = tarfile.TarInfo("orders.csv")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD))
    return written.getvalue()


def equal_rows() -> bytes:
    """A gz that unpacks to more than 200 times its size, and to a megabyte only."""
    return as_gz(squeeze(f"{HEADER}\n".encode(), b"c1,2020-01-01,10\n" * 2000, 30))


GZ = (
    Case("gz", gz(GOOD), GOOD_LOADS, "W2", file_name="orders.csv.gz"),
    Case("gz_named_csv", gz(GOOD), GOOD_LOADS, "W2: by content, never by name"),
    Case("csv_named_gz", GOOD, GOOD_LOADS, "W2: by content, never by name", file_name="orders.csv.gz"),
    Case("csv_named_xlsx", GOOD, GOOD_LOADS, "W2: by content, never by name", file_name="orders.xlsx"),
    Case("csv_named_parquet", GOOD, GOOD_LOADS, "W2: by content, never by name", file_name="orders.parquet"),
    Case("csv_named_zip", GOOD, GOOD_LOADS, "W2: by content, never by name", file_name="orders.zip"),
    Case("csv_without_a_suffix", GOOD, GOOD_LOADS, "W2: by content, never by name", file_name="orders"),
    Case("gz_with_a_full_head", named_gz, GOOD_LOADS, "W2: the head may hold a name, a comment and more"),
    Case("gz_of_two_members", gz(GOOD[:40]) + gz(GOOD[40:]), GOOD_LOADS, "W2: a gz may have several members"),
    Case(
        "gz_padded_with_zeros",
        gz(GOOD) + bytes(512),
        GOOD_LOADS,
        "W2 leaves it open: tapes pad; every gz tool allows it",
    ),
    Case(
        "gz_with_rubbish_behind",
        gz(GOOD) + b"rubbish",
        Refused("damaged"),
        "W3 leaves it open: something was lost there",
    ),
    Case("gz_stored", gzip.compress(GOOD, 0, mtime=0), GOOD_LOADS, "W2: a gz need not be smaller"),
    Case("gz_of_utf16", gz(GOOD_TEXT.encode("utf-16")), GOOD_LOADS, "W1, W2 together"),
    Case(
        "gz_of_equal_rows",
        equal_rows,
        Loads(60_000, 60_000),
        "W5, R7: 200 times its size, but under 64 MiB: rows stay",
    ),
    Case("gz_of_nothing", gz(b""), Refused("empty"), "W3"),
    Case("gz_of_blanks", gz(b"  \n\n  \n"), Refused(), "W3: blank only"),
    Case("gz_of_a_header", gz(f"{HEADER}\n".encode()), Refused("no rows"), "W3"),
    Case("gz_in_gz", gz(gz(GOOD)), Refused("gz"), "W2: says what it is"),
    Case(
        "gz_of_pdf",
        gz(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"),
        Refused("pdf"),
        "W2: says what it is",
    ),
    Case(
        "gz_of_html",
        gz(b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
        Refused("html|web page"),
        "W2",
    ),
    Case("gz_of_zip", gz(zipped(("orders.csv", GOOD))), Refused("zip"), "W2 leaves it open: as a gz in a gz"),
    Case("gz_of_nul", gz(text("c1,2020-01-01,10", "c2\x00,2020-01-01,10").encode()), Refused("nul"), "W3"),
    *(
        Case(f"gz_cut_{name}", PACKED[:length], Refused("damaged"), f"W3: {name.replace('_', ' ')}")
        for name, length in (
            ("after_the_magic", 2),
            ("in_the_head", 6),
            ("after_the_head", 10),
            ("early", 200),
            ("half_way", len(PACKED) // 2),
            ("before_the_sum", len(PACKED) - 8),
            ("in_the_sum", len(PACKED) - 5),
            ("before_the_last_byte", len(PACKED) - 1),
        )
    ),
    Case(
        "gz_of_two_members_cut",
        gz(LONG) + PACKED[:-100],
        Refused("damaged"),
        "W3: the second member is cut off",
    ),
    Case(
        "gz_wrong_sum",
        PACKED[:-8] + b"\x00\x01\x02\x03" + PACKED[-4:],
        Refused("damaged"),
        "W3: the sum does not fit",
    ),
    Case(
        "gz_wrong_length",
        PACKED[:-4] + b"\x00\x01\x02\x03",
        Refused("damaged"),
        "W3: the length does not fit",
    ),
    Case(
        "gz_flipped_bit", PACKED[:5000] + bytes([PACKED[5000] ^ 16]) + PACKED[5001:], Refused("damaged"), "W3"
    ),
)

ZIP = (
    Case("zip", zipped(("orders.csv", GOOD)), GOOD_LOADS, "W2", file_name="orders.zip"),
    Case("zip_named_csv", zipped(("orders.csv", GOOD)), GOOD_LOADS, "W2: by content, never by name"),
    Case("zip_stored", zipped(("orders.csv", GOOD), stored=True), GOOD_LOADS, "W2: not compressed"),
    Case(
        "zip_in_folders",
        zipped(("a/", b""), ("a/b/", b""), ("a/b/orders.csv", GOOD)),
        GOOD_LOADS,
        "W2: folders are ignored",
    ),
    Case(
        "zip_of_a_mac",
        zipped(("orders.csv", GOOD), ("__MACOSX/._orders.csv", b"\x00\x05\x16\x07"), (".DS_Store", b"\x00")),
        GOOD_LOADS,
        "W2: what a Mac adds is ignored",
    ),
    Case(
        "zip_dotfile_in_folder",
        zipped(("a/.hidden.csv", GOOD), ("a/orders.csv", GOOD)),
        GOOD_LOADS,
        "W2: dotfiles are ignored",
    ),
    Case(
        "zip_of_utf16_semicolons",
        zipped(("orders.csv", GOOD_TEXT.replace(",", ";").encode("utf-16"))),
        GOOD_LOADS,
        "W1, W2, W7",
    ),
    Case(
        "zip_escaping_path",
        zipped(("../../../tmp/orders.csv", GOOD)),
        GOOD_LOADS,
        "W2: its path is never used",
    ),
    Case("zip_absolute_path", zipped(("/etc/orders.csv", GOOD)), GOOD_LOADS, "W2: its path is never used"),
    Case(
        "zip_hostile_name",
        zipped(("=cmd|' /C calc'!A0;<script>.csv", GOOD)),
        GOOD_LOADS,
        "W2: its name is never used",
    ),
    Case("zip_of_two", zipped(("a.csv", GOOD), ("b.csv", GOOD)), Refused("more than one file"), "W2"),
    Case(
        "zip_with_a_readme",
        zipped(("orders.csv", GOOD), ("README.txt", b"Read me.")),
        Refused("more than one file"),
        "W2 leaves it open: exactly one file, of whatever kind",
    ),
    Case(
        "zip_of_thousands",
        lambda: zipped(*((f"{number}.csv", GOOD) for number in range(3000))),
        Refused("more than one file"),
        "W2",
    ),
    Case("zip_of_nothing", zipped(), Refused(), "W2: exactly one file", file_name="orders.zip"),
    Case("zip_of_folders", zipped(("a/", b""), ("b/", b"")), Refused(), "W2: exactly one file"),
    Case("zip_of_an_empty_file", zipped(("orders.csv", b"")), Refused("empty"), "W3"),
    Case(
        "zip_in_zip",
        zipped(("orders.zip", zipped(("orders.csv", GOOD)))),
        Refused("zip"),
        "W2: as a gz in a gz",
    ),
    Case("zip_of_gz", zipped(("orders.csv.gz", gz(GOOD))), Refused("gz"), "W2: as a gz in a gz"),
    Case(
        "zip_of_png",
        zipped(("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64))),
        Refused("image|picture"),
        "W2: says what it is",
    ),
    Case(
        "zip_with_password",
        as_zip([Entry("orders.csv", GOOD, flags=1)]),
        Refused(),
        "W2 leaves it open: it cannot be read",
    ),
    Case("zip_cut_half_way", ZIPPED[: len(ZIPPED) // 2], Refused("damaged"), "W3"),
    Case("zip_cut_after_the_magic", ZIPPED[:4], Refused("damaged"), "W3"),
    Case("zip_cut_before_the_end", ZIPPED[:-10], Refused("damaged"), "W3"),
    Case(
        "zip_wrong_sum",
        as_zip([Entry("orders.csv", GOOD, said_crc=1)]),
        Refused("damaged"),
        "W3: the sum does not fit",
    ),
    Case(
        "zip_says_less",
        as_zip([Entry("orders.csv", GOOD, said_size=40)]),
        Refused("damaged"),
        "W3: rows beyond what it says",
    ),
    Case(
        "zip_flipped_bit",
        ZIPPED[:5000] + bytes([ZIPPED[5000] ^ 16]) + ZIPPED[5001:],
        Refused("damaged"),
        "W3",
    ),
)

OTHERS = (
    Case("bz2", bz2.compress(GOOD), Refused(), "W2: not among the containers", file_name="orders.csv.bz2"),
    Case("xz", lzma.compress(GOOD), Refused(), "W2: not among the containers", file_name="orders.csv.xz"),
    Case(
        "seven_zip",
        b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(256)),
        Refused(),
        "W2: not among the containers",
    ),
    Case("rar", b"Rar!\x1a\x07\x01\x00" + bytes(range(256)), Refused(), "W2: not among the containers"),
    Case(
        "zstd",
        b"\x28\xb5\x2f\xfd\x24\x05\x29\x00\x00hello\xaf\x2d\x1e\x91",
        Declined(),
        "W2: not among the containers",
    ),
    Case(
        "tar",
        tarred,
        Refused(),
        "W2: not among the containers; it is full of NUL bytes",
        file_name="orders.tar",
    ),
)

SAME = (
    Case(
        "gz_prefix_of_a_text",
        b"\x1f\x8b is how a gz begins\n",
        Refused("damaged"),
        "W2, W3: by content: a gz, and a broken one",
    ),
    Case(
        "zip_prefix_of_a_text",
        b"PK,date,amount\nc1,2020-01-01,10\n",
        Loads(1, 1, values=GOOD_VALUES[:1]),
        "W2: two letters are no zip yet",
        answers={"columns": {"customer_id": "PK"}},
    ),
)

CASES = (*GZ, *ZIP, *OTHERS, *SAME)
