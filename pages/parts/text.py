"""Text from files and people, made safe for places that read Markdown."""

from __future__ import annotations

import re

_SIGNS = frozenset(r"\`*_{}[]()<>#+-.!|$~:&")
# What Streamlit replaces in finished text, where no backslash helps: :names: of icons and emoji, -- and -> and >=.
_REPLACED = re.compile(r":(?=[\w+/-]*[A-Za-z+][\w+/-]*:|100:|1234:)|[-<>~](?=[-=>])")
_JOINER = "\u2060"  # invisible, and no line breaks there


def literal(text: str) -> str:
    """`text` with nothing that Markdown would act on: no links, pictures, directives, icons or headings."""
    whole = _REPLACED.sub(lambda found: found.group() + _JOINER, text)
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in whole)


def short(text: str, most: int = 40) -> str:
    """`text` on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
