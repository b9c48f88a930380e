"""Filing a dropped file away: its report beside it, under a name that overwrites nothing."""

from __future__ import annotations

import errno
import json
import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pulse_core.intake.telling import error_lines, report_lines
from pulse_core.stores.files import settle, sha256, sync_folder

Fate = Literal["done", "failed"]

_LONGEST = 200  # bytes of a name, so that the report's name beside it still fits
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK)


def file_away(path: Path, fate: Fate, told: dict[str, Any], *, command: str) -> Path:
    """Write the report (`told`: file, at, report, error) into the folder of its fate, then move the file there.

    A run that died in between is continued: its report is kept, for it is of the same bytes. `command` is how an
    import is begun, for answers. OSError says why it cannot be.
    """
    where = path.parent / fate
    _make_own(where)
    digest = sha256(path)
    target = _free_place(where, path, digest)
    written = _report_of_these(_report(target), digest)
    if written is None:
        written = told | {"sha256": digest}
        _write(_report(target), json.dumps(written, indent=2))
    if not os.path.lexists(_text(target)):
        _write(_text(target), _sentences(written, f"{command} {_quoted(target)}"))
    _move(path, target)
    return target


def _make_own(where: Path) -> None:
    """The folder must be a real one, so that nothing is written elsewhere."""
    with suppress(FileExistsError):
        where.mkdir()
    if where.is_symlink() or not where.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "a folder is needed there, not a link or a file", str(where))


def _free_place(where: Path, path: Path, digest: str) -> Path:
    """The first name that nothing of somebody else's lies under."""
    return next(target for target in _places(where, path.name) if _is_free(target, path, digest))


def _is_free(target: Path, path: Path, digest: str) -> bool:
    if os.path.lexists(
        target
    ):  # a run that died may have linked the file and not yet taken it out of the inbox
        return not target.is_symlink() and target.samefile(path)
    taken = os.path.lexists(_report(target)) or os.path.lexists(_text(target))
    return not taken or _report_of_these(_report(target), digest) is not None


def _places(where: Path, name: str) -> Iterator[Path]:
    """`orders.csv.gz`, `orders-2.csv.gz` and so on, none too long for a report's name beside it."""
    stem, dot, rest = name.partition(".")
    endings = os.fsencode(dot + rest)[-_LONGEST // 2 :]
    number = 1
    while True:
        end = (f"-{number}".encode() if number > 1 else b"") + endings
        start = os.fsencode(stem)
        if len(start) + len(end) > _LONGEST:  # cut between letters
            start = start[: _LONGEST - len(end)].decode("utf-8", "ignore").encode()
        yield where / os.fsdecode(start + end)
        number += 1


def _report_of_these(report: Path, digest: str) -> dict[str, Any] | None:
    """The report under that name, if it is of these very bytes."""
    try:
        told = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and told.get("sha256") == digest else None


def _report(target: Path) -> Path:
    return target.with_name(f"{target.name}.report.json")


def _text(target: Path) -> Path:
    return target.with_name(f"{target.name}.report.txt")


def _write(path: Path, text: str) -> None:
    draft = path.with_name(".report.draft")
    draft.unlink(missing_ok=True)  # never through a link
    draft.write_text(f"{text}\n", encoding="utf-8")
    settle(draft, path)


def _sentences(told: dict[str, Any], command: str) -> str:
    if told["error"] is None:
        return "\n".join([*report_lines(told["report"]), "", f"Imported {told['at']}."])
    head = f"{told['file']} was not imported ({told['at']})."
    return "\n".join([head, "", *error_lines(told["error"], command=command)])


def _quoted(target: Path) -> str:
    return shlex.quote(os.fsencode(target).decode("utf-8", "replace"))


def _move(path: Path, target: Path) -> None:
    """Rename, but never over another file."""
    try:
        if not os.path.lexists(target):
            os.link(path, target, follow_symlinks=False)
        sync_folder(target.parent)
        path.unlink()
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        path.replace(target)  # a file system without links; the name was free a moment ago
    sync_folder(path.parent)
