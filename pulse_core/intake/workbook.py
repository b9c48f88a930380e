"""Writes one sheet of an XLSX workbook as CSV. The reading runs in a bounded child: a workbook can be a bomb."""

from __future__ import annotations

import csv
import datetime as dt
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, ClassVar
from xml.parsers import expat

import python_calamine

from pulse_core.errors import Invalid
from pulse_core.intake import bounded
from pulse_core.intake.packed import BROKEN, FREE_BYTES, RATIO, damaged, most_bytes, open_directory, too_much

_BASE_BYTES = 400_000_000  # an ordinary workbook takes less
_XML_TIMES = 4  # measured 1.5 to 2.5 bytes of memory for each byte of a sheet's XML
_FILE_TIMES = 20  # the same for each byte of the file, so that a small bomb gets little
_BASE_SECONDS = 6.0
_SECONDS_PER_BYTE = 2e-6  # measured 0.2 to 0.6
_LARGEST_SHEET = 3_000_000_000
_MOST_SHEETS = 1_000
_WHOLE = 1 << 53  # beyond it a workbook's numbers have lost digits
_REMEDY = "save the sheet as CSV and upload that"
_PIECE = 1 << 16

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class ChooseSheet(Invalid):
    """More than one sheet of the workbook has rows: a person says which is meant."""

    code: ClassVar[str] = "choose_sheet"


def sheets(
    path: Path, *, name: str | None = None, stop: Callable[[], None] = lambda: None
) -> tuple[str, ...]:
    """The visible sheets that have rows, in the workbook's order."""
    return tuple(_in_child("sheets_here", path, name or path.name, {}, stop))


def to_csv(
    path: Path, target: Path, *, name: str, sheet: str | None, stop: Callable[[], None] = lambda: None
) -> tuple[str, tuple[str, ...]]:
    """Write the sheet (the only one with rows, where None) as UTF-8 CSV; its name, and those of all with rows.

    A line is a row of the sheet, so that row numbers agree (cells with line breaks aside). Raises ChooseSheet.
    """
    args = {"target": str(target.resolve()), "sheet": sheet}
    found = _in_child("to_csv_here", path, name, args, stop)
    return found["sheet"], tuple(found["sheets"])


def _in_child(function: str, path: Path, name: str, args: dict[str, Any], stop: Callable[[], None]) -> Any:
    return bounded.run(
        f"{__name__}:{function}",
        {"path": str(path.resolve()), "name": name, **args},
        bounds=_bounds(path, name),
        what=f"the workbook {name}",
        remedy=_REMEDY,
        stop=stop,
    )


def _bounds(path: Path, name: str) -> bounded.Bounds:
    """What a reading may take, by what the file says of its parts. Should it lie, the child ends at this bound."""
    size = path.stat().st_size
    with open_directory(path, name) as archive:
        parts = [(part.filename, part.file_size) for part in archive.infolist()]
    unpacked = sum(part_size for _, part_size in parts)
    if unpacked > max(FREE_BYTES, RATIO * size):
        raise too_much(name)
    xml = sum(part_size for part, part_size in parts if part.lower().endswith(".xml"))
    if xml > _LARGEST_SHEET:
        raise Invalid(f"the workbook {name} holds more than 3 GB of cells", remedy=_REMEDY, file=name)
    memory = _BASE_BYTES + min(_XML_TIMES * xml, _FILE_TIMES * size)
    return bounded.Bounds(memory, _BASE_SECONDS + _SECONDS_PER_BYTE * size)


# From here on: within the child.


def sheets_here(path: str, name: str) -> list[str]:
    """The visible sheets that have rows."""
    with _opened(path, name) as workbook:
        visible = _visible(workbook)
    if len(visible) > _MOST_SHEETS:
        raise Invalid(f"the workbook {name} has {len(visible):,} sheets", remedy=_REMEDY, file=name)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _sheet_parts(archive)
            filled = {sheet: _rows_up_to_two(archive, parts[sheet]) for sheet in visible}
    except (expat.ExpatError, *BROKEN) as error:
        raise damaged(name, "workbook") from error
    # A sheet of one row is a header or a note; it counts only where no sheet has more.
    return [sheet for sheet, rows in filled.items() if rows and rows == max(filled.values())]


def to_csv_here(path: str, target: str, name: str, sheet: str | None) -> dict[str, Any]:
    """Write the sheet that is meant."""
    found = sheets_here(path, name)
    with _opened(path, name) as workbook:
        chosen = _choose(found, _visible(workbook), sheet, name)
        try:
            table = workbook.get_sheet_by_name(chosen)
        except python_calamine.CalamineError as error:
            raise damaged(name, "workbook") from error
    with Path(target).open("w", encoding="utf-8", newline="") as out:
        _write(table.iter_rows(), out, most_bytes(Path(path).stat().st_size), name)
    return {"sheet": chosen, "sheets": found}


def _opened(path: str, name: str) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError as error:
        raise Invalid(
            f"the workbook {name} has a password", remedy="save it without one", file=name
        ) from error
    except python_calamine.CalamineError as error:
        raise damaged(name, "workbook") from error


def _visible(workbook: python_calamine.CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]


def _choose(found: list[str], visible: list[str], sheet: str | None, name: str) -> str:
    if sheet is not None:
        if sheet in visible:
            return sheet
        there = ", ".join(repr(each) for each in visible)
        raise ChooseSheet(
            f"the workbook {name} has no sheet {sheet!r}",
            remedy=f"choose one of {there}",
            file=name,
            sheets=visible,
        )
    if not found:
        raise Invalid(f"the workbook {name} is empty", remedy="save it again with its rows", file=name)
    if len(found) > 1:
        there = ", ".join(repr(each) for each in found)
        raise ChooseSheet(
            f"the workbook {name} has {len(found)} sheets with rows",
            remedy=f"answer `sheet` with one of {there}",
            file=name,
            sheets=found,
        )
    return found[0]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which part of the archive holds which sheet."""
    names: dict[str, str] = {}
    targets: dict[str, str] = {}

    def note_sheet(tag: str, attributes: dict[str, str]) -> None:
        link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), None)
        if tag == "sheet" and link:
            names[attributes.get("name", "")] = link

    def note_target(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = posixpath.normpath(
                posixpath.join("/xl", attributes.get("Target", ""))
            )

    _walk(archive, "xl/workbook.xml", note_sheet)
    _walk(archive, "xl/_rels/workbook.xml.rels", note_target)
    there = {
        part.lower(): part for part in archive.namelist()
    }  # some writers differ in small and large letters
    found = {sheet: there.get(targets.get(link, "").lstrip("/").lower()) for sheet, link in names.items()}
    return {sheet: part for sheet, part in found.items() if part}


def _rows_up_to_two(archive: zipfile.ZipFile, part: str) -> int:
    """How many rows with a value the sheet has; not read beyond the second."""
    rows, is_new, in_value = 0, False, False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal is_new, in_value
        is_new = is_new or tag == "row"
        in_value = tag in ("v", "t")

    def text(value: str) -> bool:
        nonlocal rows, is_new
        if is_new and in_value and value.strip():
            rows, is_new = rows + 1, False
        return rows == 2

    _walk(archive, part, start, text)
    return rows


def _walk(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    text: Callable[[str], bool] = lambda _: False,
) -> None:
    """Tell `start` and `text` what stands in an XML part, until `text` says that it is enough."""
    enough = False

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        start(tag.rpartition(":")[2], attributes)

    def on_text(value: str) -> None:
        nonlocal enough
        enough = enough or text(value)

    def on_doctype(*_: object) -> None:
        raise expat.ExpatError("a document type")  # no spreadsheet writes one; entities need it

    parser = expat.ParserCreate()
    parser.StartElementHandler = on_start
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = on_doctype
    with archive.open(part) as source:
        while not enough and (piece := source.read(_PIECE)):
            parser.Parse(piece, False)


def _write(rows: Iterator[Sequence[Cell]], out: IO[str], most: int, name: str) -> None:
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows):
        cells = [_text(cell) for cell in row]
        if any(cells):
            writer.writerow(cells)
        else:
            out.write("\n")  # a blank row is a blank line, not a row of nothing
        if number % 1000 == 0 and out.tell() > most:
            raise too_much(name)


def _text(cell: Cell) -> str:
    """The cell as a person would type it, in one form in every locale."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return cell.isoformat()


def _number(value: float) -> str:
    """Whole numbers without a fraction, others in the 15 digits that a spreadsheet shows, no exponent.

    A whole number that is too large to be known to the last digit keeps its exponent: as an id it is then seen
    to be shortened, and never taken for another customer's.
    """
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) <= _WHOLE else f"{value:.15E}"
    short = f"{value:.15g}"
    return format(Decimal(short), "f") if "e" in short else short
