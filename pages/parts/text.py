"""Text from files and people, made safe for places that read Markdown."""

from __future__ import annotations

_SIGNS = frozenset(r"\`*_{}[]()<>#+-.!|$~:&")


def literal(text: str) -> str:
    """`text` with nothing that Markdown would act on: no links, pictures, directives or headings."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)
