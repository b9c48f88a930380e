"""Model files: two lines of JSON, nothing in them is ever run.

The first line says what the file is, of which version, and the SHA-256 of the second; the second is what was learnt. A
file that was cut off, altered or made to harm is Invalid: what is read from it is checked, never trusted.
"""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from pulse_core.errors import Invalid
from pulse_core.stores.files import settle

FORMAT = "pulse-model"
VERSION = 1
MOST_BYTES = 64 * 1024**2  # a file that is larger was not made by us
MOST_VALUES = 2_000_000
REMEDY = "train the model again"

Body = Mapping[str, Any]


def write(path: Path, kind: str, body: Body) -> str:
    """Keep `body` (plain JSON values) as a model of that kind; returns the SHA-256 of what was learnt.

    The file is whole under its name or not there; one of that name is replaced.
    """
    learnt = json.dumps(body, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()
    digest = hashlib.sha256(learnt).hexdigest()
    head = {"format": FORMAT, "version": VERSION, "kind": kind, "sha256": digest}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.draft")
    try:
        draft.write_bytes(json.dumps(head, separators=(",", ":")).encode() + b"\n" + learnt + b"\n")
        settle(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return digest


def read(path: Path, kind: str) -> dict[str, Any]:
    """What was learnt, as `write` kept it; Invalid when the file is damaged, of another kind or version."""
    try:
        if path.stat().st_size > MOST_BYTES:
            refuse(f"{path.name} is too large to be a model file")
        raw = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path.name} cannot be read ({error.strerror})", remedy=REMEDY) from error
    first, _, learnt = raw.removesuffix(b"\n").partition(b"\n")
    head = _parsed(first, path)
    if head.get("format") != FORMAT:
        refuse(f"{path.name} is no model file of Pulse")
    if head.get("version") != VERSION or head.get("kind") != kind:
        refuse(f"{path.name} holds a model of another kind or version")
    if head.get("sha256") != hashlib.sha256(learnt).hexdigest():
        refuse(f"{path.name} is damaged: it is not as it was written")
    return _parsed(learnt, path)


def refuse(what: str) -> NoReturn:
    """Invalid: the model file cannot be used."""
    raise Invalid(what, remedy=REMEDY)


def plain(values: NDArray[Any]) -> list[Any]:
    """An array of one dimension as JSON holds it; numbers come back to the last bit."""
    listed: list[Any] = values.tolist()
    return listed


def whole_numbers(body: Body, key: str, *, low: int, high: int) -> NDArray[np.int64]:
    """The list under `key` as numbers from `low` to `high`; Invalid for anything else."""
    values = _list(body, key)
    if not all(type(value) is int and low <= value <= high for value in values):
        refuse(f"the model file holds something else than whole numbers under {key!r}")
    return np.array(values, np.int64)


def flags(body: Body, key: str) -> NDArray[np.bool_]:
    """The list under `key` as yes and no; Invalid for anything else."""
    values = _list(body, key)
    if not all(type(value) is bool for value in values):
        refuse(f"the model file holds something else than yes and no under {key!r}")
    return np.array(values, np.bool_)


def numbers(body: Body, key: str, *, length: int | None = None) -> NDArray[np.float64]:
    """The list under `key` as finite numbers, `length` of them; Invalid for anything else."""
    values = _list(body, key)
    if not all(type(value) in (int, float) and math.isfinite(value) for value in values):
        refuse(f"the model file holds something else than numbers under {key!r}")
    if length is not None and len(values) != length:
        refuse(f"the model file holds {len(values)} numbers under {key!r} instead of {length}")
    return np.array(values, np.float64)


def words(body: Body, key: str) -> tuple[str, ...]:
    """The list under `key` as different texts; Invalid for anything else."""
    values = _list(body, key)
    if not all(type(value) is str for value in values) or len(set(values)) != len(values):
        refuse(f"the model file holds something else than names under {key!r}")
    return tuple(values)


def part(body: Body, key: str) -> dict[str, Any]:
    """What stands under `key`, with keys of its own; Invalid for anything else."""
    found = body.get(key)
    if not isinstance(found, dict):
        refuse(f"the model file lacks {key!r}")
    return found


def _list(body: Body, key: str) -> list[Any]:
    found = body.get(key)
    if not isinstance(found, list) or len(found) > MOST_VALUES:
        refuse(f"the model file lacks {key!r}")
    return found


def _parsed(text: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{path.name} is no model file of Pulse, or damaged", remedy=REMEDY) from error
    if not isinstance(found, dict):
        refuse(f"{path.name} is no model file of Pulse")
    return found
