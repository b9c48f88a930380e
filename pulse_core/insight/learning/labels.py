"""The label of a table: which rows left, however that is spelled."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from pulse_core.errors import Invalid
from pulse_core.insight.learning.reading import Table
from pulse_core.intake.kinds import plain_name

# What people write for it, without case and marks.
LEFT = frozenset(
    """1 y yes t true churn churned churner left leaver exited attrited attritedcustomer lost cancelled canceled closed
    ja oui si""".split()  # noqa: SIM905 (a list of words reads as one)
)
STAYED = frozenset(
    """0 n no f false nochurn notchurned nonchurner stay stayed retained existing existingcustomer active loyal current
    joined nein non""".split()  # noqa: SIM905
)
MOST_SHOWN = 5


def find(header: list[str], label: str, *, file: str) -> str:
    """The header that `label` names, in whatever case and marks; Invalid names those that there are."""
    if label in header:
        return label
    alike = [name for name in header if plain_name(name) == plain_name(label)]
    if len(alike) == 1:
        return alike[0]
    raise Invalid(
        f"{file} has no column {label!r}",
        remedy=f"name one of its columns: {', '.join(header[:50])}", file=file, column=label,
    )  # fmt: skip


def read(table: Table, column: str, leaves: str | None = None) -> tuple[NDArray[np.bool_], str]:
    """For each row of the table whether it left, and how the file spells that.

    `leaves` is the value that means so, for words that nobody knows. Invalid for an empty cell, and for anything but
    two values.
    """
    cells, file = table.cells[column].combine_chunks(), table.name
    empty = pc.indices_nonzero(pc.is_null(cells))
    if len(empty):
        first = table.row[empty[0].as_py()].as_py()
        raise Invalid(
            f"{file}: the label {column!r} is empty in {len(empty):,} rows (first: row {first:,})",
            remedy="leave these rows out, or fill them in", file=file, column=column, count=len(empty), row=first,
        )  # fmt: skip
    coded = cells.dictionary_encode()
    words, places = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    counts = np.bincount(places, minlength=len(words)).tolist()
    meaning = _meaning(dict(zip(words, counts, strict=True)), column, file, leaves)
    left = np.array([meaning[word] for word in words], np.bool_)[places]
    return left, next(word for word in words if meaning[word])


def _meaning(spelled: dict[str, int], column: str, file: str, leaves: str | None) -> dict[str, bool]:
    """For each word whether it means that somebody left."""
    plain = {word: _plain(word) for word in spelled}
    kinds = set(plain.values())
    known = {word: kind in LEFT for word, kind in plain.items() if kind in LEFT | STAYED}
    refuse = partial(_refuse, spelled, column, file)
    if leaves is not None and _plain(leaves) not in kinds:
        refuse(f"no row of {column!r} says {leaves!r}", "name one of its values")
    if len(kinds) == 2 and leaves is not None:
        return {word: kind == _plain(leaves) for word, kind in plain.items()}
    if len(kinds) > 2 and len(known) < len(spelled):
        refuse(f"{column!r} has {len(kinds):,} values", "a label has two: who left, and who did not")
    if len(kinds) == 1 or (len(known) == len(spelled) and len(set(known.values())) == 1):
        refuse(f"all rows of {column!r} say the same", "bring rows of both kinds")
    if not known:
        refuse(
            f"{column!r} does not tell which of its values means that somebody left", "say it: --leaves VALUE"
        )
    other = not next(iter(known.values()))
    return {word: known.get(word, other) for word in spelled}


def _refuse(spelled: dict[str, int], column: str, file: str, what: str, remedy: str) -> NoReturn:
    usual = sorted(spelled.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SHOWN]
    shown = ", ".join(f"{word!r} in {count:,} rows" for word, count in usual)
    more = " …" if len(spelled) > MOST_SHOWN else ""
    raise Invalid(
        f"{file}: {what} ({shown}{more})", remedy=remedy, file=file, column=column, values=dict(usual)
    )


def _plain(word: str) -> str:
    """Without case and marks; 1.0 is 1."""
    return plain_name(word.removesuffix(".0")) or word
