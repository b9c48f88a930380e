"""Named SQL: `stores/sql/<subject>.sql` holds queries, each under `-- name: …` with a comment on its rows."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)[ \t]*$", re.MULTILINE)


@cache
def load(subject: str) -> MappingProxyType[str, str]:
    """The queries of one subject by name, in the file's order; ValueError when a name stands twice."""
    text = resources.files("pulse_core.stores").joinpath("sql", f"{subject}.sql").read_text("utf-8")
    pieces = _NAME.split(text)[1:]
    names, bodies = pieces[::2], pieces[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{subject}.sql names a query twice")
    return MappingProxyType({name: body.strip() for name, body in zip(names, bodies, strict=True)})
