"""Workbooks, written by hand so that they can also be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from .squeeze import Entry, Squeezed, as_zip, squeeze

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_HEAD = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
SHEET_TAIL = "</sheetData></worksheet>"

# The looks a cell can have, by their number in `styles.xml`: as it is, a date, a moment, a date of one's own, money.
DATE, MOMENT, OWN_DATE, MONEY = 1, 2, 3, 4
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/>'
    '<numFmt numFmtId="165" formatCode="&quot;$&quot;#,##0.00"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Cell:
    """A cell as XML: its type, its look and what stands between its tags."""

    inner: str
    type: str = "n"
    look: int = 0


def number(value: float | str, look: int = 0) -> Cell:
    """A number, by default as it is."""
    return Cell(f"<v>{value}</v>", look=look)


Value = str | float | Cell | None
Sheet = Sequence[Sequence[Value]]


def letters(column: int) -> str:
    """The name of a column: 1 is A, 16,384 is XFD."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_xml(value: Value, place: str, shared: dict[str, int] | None) -> str:
    """One cell at its place; a text stands in it, or by number in the shared texts."""
    if isinstance(value, str) and shared is not None:
        value = Cell(f"<v>{shared.setdefault(value, len(shared))}</v>", "s")
    elif isinstance(value, str):
        value = Cell(f'<is><t xml:space="preserve">{escape(value)}</t></is>', "inlineStr")
    elif not isinstance(value, Cell):
        value = number(value or 0)
    return f'<c r="{place}" s="{value.look}" t="{value.type}">{value.inner}</c>'


def sheet_xml(rows: Sheet, shared: dict[str, int] | None = None) -> str:
    """A sheet; None leaves a cell out."""
    lines = []
    for line, row in enumerate(rows, 1):
        cells = (
            cell_xml(value, f"{letters(column)}{line}", shared)
            for column, value in enumerate(row, 1)
            if value is not None
        )
        lines.append(f'<row r="{line}">{"".join(cells)}</row>')
    return SHEET_HEAD + "".join(lines) + SHEET_TAIL


def shared_xml(texts: Sequence[str]) -> str:
    """The shared texts, in order; those that begin with a tag are rich."""
    items = (one if one.startswith("<") else f'<t xml:space="preserve">{escape(one)}</t>' for one in texts)
    return f'{HEAD}<sst xmlns="{MAIN}">' + "".join(f"<si>{item}</si>" for item in items) + "</sst>"


def parts(
    sheets: Mapping[str, str | Squeezed], *, settings: str = "", shared: str | Squeezed | None = None
) -> dict[str, str | Squeezed]:
    """The parts of a workbook by path; the sheets are stored in the opposite order of the names."""
    count = len(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{place}" r:id="rId{place}"/>'
        for place, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{count + 1 - place}.xml"/>'
        for place in range(1, count + 1)
    )
    related += f'<Relationship Id="rIdS" Type="{OFFICE}/styles" Target="styles.xml"/>'
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for place in range(1, count + 1)
    )
    whole: dict[str, str | Squeezed] = {"xl/styles.xml": STYLES}
    if shared is not None:
        related += f'<Relationship Id="rIdT" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        kinds += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
        whole["xl/sharedStrings.xml"] = shared
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{settings}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        **whole,
        **{
            f"xl/worksheets/sheet{count + 1 - place}.xml": sheet
            for place, sheet in enumerate(sheets.values(), 1)
        },
    }


KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def packed(files: Mapping[str, str | Squeezed]) -> bytes:
    """The parts as a zip."""
    streams = {
        path: squeeze(part.encode(), b"", 0) if isinstance(part, str) else part
        for path, part in files.items()
    }
    return as_zip(Entry(path, stream) for path, stream in streams.items())


def workbook(sheets: Mapping[str, Sheet], *, settings: str = "", share: bool = False) -> bytes:
    """A workbook of these sheets, by name."""
    texts: dict[str, int] | None = {} if share else None
    written = {name: sheet_xml(rows, texts) for name, rows in sheets.items()}
    return packed(
        parts(written, settings=settings, shared=shared_xml(list(texts)) if texts is not None else None)
    )
