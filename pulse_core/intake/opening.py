"""A person's file, opened: unpacked where that is needed, looked at, and where the database may read it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulse_core.errors import Invalid
from pulse_core.intake.reading import FileFacts, examine, plain_copy
from pulse_core.intake.unpack import Container, unpack

READING = "reading-"  # names of files that are thrown away when the file has been read


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's facts, and the text behind them: the file itself, or what it was unpacked to."""

    facts: FileFacts
    text: Path
    workspace: Path
    source: Path  # where the person put it
    mark: tuple[int, ...]  # how it was there before it was looked at

    def refuse_if_written_to(self) -> None:
        """Invalid when the file changed since: what was read may be half of it, and is not what was looked at."""
        if _mark(self.source) not in (self.mark, ()):
            raise Invalid(
                f"{self.facts.name} was written to while it was read",
                remedy="import it again when the program that writes it is done", file=self.facts.name,
            )  # fmt: skip

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """The text as the database wants it, where the database may read it; gone when the block ends."""
        path = _new(self.workspace)
        try:
            plain_copy(self.text, self.facts, path)
            yield path
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def opened(
    path: Path,
    workspace: Path,
    *,
    name: str | None = None,
    sheet: str | None = None,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[Opened]:
    """The file at `path`, called `name`; what had to be unpacked lies in `workspace` until the block ends.

    Invalid says why a file is no table; ChooseSheet asks for the `sheet` of a workbook that has several. `stop` is
    called now and then and ends the work by raising.
    """
    name = name or path.name
    target, mark = _new(workspace), _mark(path)
    try:
        found = unpack(path, target, name=name, sheet=sheet, stop=stop)
        typed = found.container in (Container.XLSX, Container.PARQUET)
        facts = examine(found.path, name=name, gz=found.gz, typed=typed, sheet=found.sheet)
        yield Opened(facts, found.path, workspace, path, mark)
    finally:
        target.unlink(missing_ok=True)


def _mark(path: Path) -> tuple[int, ...]:
    """What tells whether a file changed; nothing where there is none any more."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _new(workspace: Path) -> Path:
    workspace.mkdir(parents=True, exist_ok=True)
    return (workspace / f"{READING}{uuid.uuid4().hex}.csv").resolve()
