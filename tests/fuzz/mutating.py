"""Files near the seeds: bytes changed at random, and tables changed as tables are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from .seeds import SEEDS, TOKENS


def mutations(count: int, *, seed: int) -> Iterator[bytes]:
    """That many files near the seeds, the same ones for the same number."""
    dice = random.Random(seed)
    for _ in range(count):
        yield mutated(dice.choice(SEEDS), dice)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """The file after one to four changes; its first byte, the options, is seldom changed."""
    options, content = data[:1] or b"\0", data[1:]
    for _ in range(dice.randint(1, 4)):
        content = dice.choice(_CHANGES)(content, dice)
    return (bytes([dice.randrange(256)]) if dice.random() < 0.1 else options) + content


def _byte(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]


def _token(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.choice(TOKENS) + content[at:]


def _cut(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + content[at + dice.randint(1, 20) :]


def _splice(content: bytes, dice: random.Random) -> bytes:
    other, at = dice.choice(SEEDS)[1:], dice.randrange(len(content) + 1)
    return content[:at] + other[min(at, len(other)) :]


def _line(content: bytes, dice: random.Random) -> bytes:
    """A line doubled, moved, emptied or taken away."""
    lines = content.splitlines(keepends=True) or [b""]
    at = dice.randrange(len(lines))
    lines[at : at + 1] = dice.choice(
        ([lines[at]] * 2, [], [b"\n", lines[at]], [lines[at].rstrip()], lines[: at + 1])
    )
    return b"".join(lines)


def _cell(content: bytes, dice: random.Random) -> bytes:
    """A cell that holds something else."""
    mark = _delimiter(content)
    lines = content.split(b"\n")
    at = dice.randrange(len(lines))
    cells = lines[at].split(mark)
    cells[dice.randrange(len(cells))] = dice.choice(TOKENS)
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


def _column(content: bytes, dice: random.Random) -> bytes:
    """Every cell of a column holds something else, or the same thing."""
    mark = _delimiter(content)
    lines = [line.split(mark) for line in content.split(b"\n")]
    place, same = dice.randrange(max(map(len, lines))), dice.choice(TOKENS) if dice.random() < 0.5 else None
    for cells in lines[1:]:
        if place < len(cells) > 1:
            cells[place] = same or dice.choice(TOKENS)
    return b"\n".join(mark.join(cells) for cells in lines)


def _marks(content: bytes, dice: random.Random) -> bytes:
    """Another delimiter, or other line ends."""
    if dice.random() < 0.5:
        return content.replace(
            _delimiter(content), dice.choice([b",", b";", b"\t", b"|", b"^", b":", b"\x1f", b"  "])
        )
    return content.replace(
        b"\n", dice.choice([b"\r\n", b"\r", b"\n\n", b"\n\r", b" \n"]), dice.choice([-1, 1, 2])
    )


def _delimiter(content: bytes) -> bytes:
    return max((b",", b";", b"\t", b"|"), key=content.count)


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _byte, _token, _cut, _splice, _line, _line, _cell, _cell, _cell, _column, _marks,
)  # fmt: skip
