"""Encodings: what a file's bytes say, found without being told."""

from __future__ import annotations

import codecs

from .build import GOOD_LOADS, GOOD_TEXT, HEADER, named, names_load, text
from .case import Case
from .verdicts import Declined, Loads, Refused

NAMES = ("Zoë", "Łukasz", "李小龍", "🦊 Fox")
WESTERN = ("Zoë", "René", "Müller")
UNICODE = named(*NAMES)
LATIN = named(*WESTERN)


def mixed(*lines: bytes) -> bytes:
    """Lines below the usual header, each in its own encoding."""
    return b"".join(line + b"\n" for line in (HEADER.encode(), *lines))


def late_change() -> bytes:
    """One cp1252 line at the end of two megabytes of UTF-8."""
    many = "Zoë,2020-01-01,10\n" * 100_000
    return f"{HEADER}\n{many}".encode() + "René,2020-01-01,10\n".encode("cp1252")


UTF8_LINE = "Zoë,2020-01-01,10".encode()
WESTERN_LINE = "René,2020-01-01,10".encode("cp1252")
PLAIN_LINE = b"c1,2020-01-01,10"

CASES = (
    Case("utf8", UNICODE, names_load(*NAMES), "W1: UTF-8 without a mark"),
    Case(
        "utf8_bom",
        codecs.BOM_UTF8 + UNICODE.encode(),
        names_load(*NAMES),
        "W1: the mark is no part of the header",
    ),
    Case(
        "utf8_bom_quoted_header",
        codecs.BOM_UTF8 + b'"customer_id","date","amount"\n"c1","2020-01-01","10"\n',
        names_load("c1"),
        "W1: the mark stands before a quotation mark",
    ),
    Case(
        "utf16_le_bom",
        codecs.BOM_UTF16_LE + UNICODE.encode("utf-16-le"),
        names_load(*NAMES),
        "W1: UTF-16, LE",
    ),
    Case(
        "utf16_be_bom",
        codecs.BOM_UTF16_BE + UNICODE.encode("utf-16-be"),
        names_load(*NAMES),
        "W1: UTF-16, BE",
    ),
    Case("utf16_le_bare", LATIN.encode("utf-16-le"), names_load(*WESTERN), "W1: every other byte is NUL"),
    Case("utf16_be_bare", LATIN.encode("utf-16-be"), names_load(*WESTERN), "W1: every other byte is NUL"),
    Case(
        "utf16_crlf",
        codecs.BOM_UTF16_LE + UNICODE.replace("\n", "\r\n").encode("utf-16-le"),
        names_load(*NAMES),
        "W1, W7: the line ends are looked for after decoding",
    ),
    Case(
        "utf16_bytes_like_line_ends",
        codecs.BOM_UTF16_LE + named("Ċ", "ഊ", "∊").encode("utf-16-le"),
        names_load("Ċ", "ഊ", "∊"),
        "W1: the byte 0x0A within a letter is no line end",
    ),
    Case(
        "utf16_half_a_letter",
        (codecs.BOM_UTF16_LE + LATIN.encode("utf-16-le"))[:-3],
        Refused(),
        "W1 leaves it open: half a letter at the end shows that the file was cut off",
    ),
    Case(
        "utf16_lone_surrogate",
        codecs.BOM_UTF16_LE + named("c1").encode("utf-16-le") + b"\x00\xd8,\x002\x00\n\x00",
        Refused(),
        "W1 leaves it open: bytes that are no text are never replaced in silence",
    ),
    Case(
        "utf32", UNICODE.encode("utf-32"), Refused(), "W1: not among the encodings; it is full of NUL bytes"
    ),
    Case("cp1252", LATIN.encode("cp1252"), names_load(*WESTERN), "W1: cp1252"),
    Case(
        "cp1252_marks",
        named("“Zoë”", "Ann’s", "Œuvre", "10 €").encode("cp1252"),
        names_load("“Zoë”", "Ann’s", "Œuvre", "10 €"),
        "W1: the bytes 0x80 to 0x9F are cp1252's letters",
    ),
    Case(
        "cp1252_last_line_only",
        named(*("c1",) * 3000, "René").encode("cp1252"),
        names_load(*("c1",) * 3000, "René"),
        "W1: lines of plain letters are of every encoding",
    ),
    Case(
        "latin1",
        named("Ren\xe9", "a\x81b\xeb").encode("latin-1"),
        names_load("Ren\xe9", "a\x81b\xeb"),
        "W1: cp1252 does not define 0x81, so that the file is latin-1",
    ),
    Case(
        "mixed_utf8_first",
        mixed(UTF8_LINE, PLAIN_LINE, WESTERN_LINE, PLAIN_LINE),
        Refused("encodings", "row 4"),
        "W1: told with the row where it changes",
    ),
    Case(
        "mixed_cp1252_first",
        mixed(WESTERN_LINE, PLAIN_LINE, PLAIN_LINE, UTF8_LINE),
        Refused("encodings", "row 5"),
        "W1: the same the other way round",
    ),
    Case(
        "mixed_late", late_change, Refused("encodings"), "W1: the whole file is looked at, not its beginning"
    ),
    Case(
        "mixed_in_one_line",
        mixed(PLAIN_LINE, UTF8_LINE + b"," + WESTERN_LINE),
        Refused("encodings", "row 3"),
        "W1 speaks of lines; a line that is neither is none the better",
    ),
    Case(
        "bom_over_cp1252",
        codecs.BOM_UTF8 + LATIN.encode("cp1252"),
        Refused("encodings"),
        "W1 leaves it open: the mark says UTF-8 and the lines say cp1252, so that they are mixed",
    ),
    Case(
        "cut_within_a_letter",
        named("Zoë", "Zoë").encode() + "Zoë".encode()[:-1],
        Refused(),
        "W1 leaves it open: a last line that is no UTF-8 below lines that are",
    ),
    Case(
        "bom_in_the_middle",
        codecs.BOM_UTF8 + GOOD_TEXT.encode() + codecs.BOM_UTF8 + text("c4,2020-01-01,1").encode(),
        Loads(
            5,
            4,
            set_aside={"header": 1},
            values=(*(GOOD_LOADS.values or ()), ("c4", "2020-01-01T00:00:00", "1")),
        ),
        "R2: two exports put together by `cat`; the mark before the second header is no text",
    ),
    Case(
        "unicode_line_ends",
        named("a\u2028b", "c\u0085d", "e\x0bf", "g\x0ch"),
        names_load("a\u2028b", "c\u0085d", "e\x0bf", "g\x0ch"),
        "W7: only \\n and \\r end a line",
    ),
    Case(
        "composed_and_not",
        named("Zo\u00eb", "Zoe\u0308"),
        names_load("Zo\u00eb", "Zoe\u0308"),
        "R5: an id is text as it stands",
    ),
    Case(
        "ebcdic",
        GOOD_TEXT.encode("cp500"),
        Declined(),
        "W1: not among the encodings; no column is found in it",
    ),
)
