"""The docs stay honest: what they name exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from cli import main
from pulse_core import __version__
from pulse_core.audience.catalogue import FIELDS
from pulse_core.audience.operators import OPERATORS
from pulse_core.charts.chart import all_charts
from pulse_core.message.fields import MERGE_FIELDS
from pulse_core.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXTENDING = (ROOT / "docs" / "extending.md").read_text()
DOCS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "data" / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
COMMANDS = {"pulse": main, **{f"pulse {name}": command for name, command in main.commands.items()}}

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
_BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r"(?:#|--) (\S+\.(?:py|sql|toml))\n")


def settings_table() -> str:
    """The table of the README, from the declared settings."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `PULSE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def options() -> list[tuple[str, str]]:
    """Each command with each of its long options and arguments; what all have alike stands with the first."""
    return [
        (name, parameter.opts[0] if isinstance(parameter, click.Option) else parameter.name.upper())
        for name, command in COMMANDS.items()
        for parameter in command.params
        if name == "pulse" or "--json" not in parameter.opts
    ]


def section(command: str) -> str:
    """What the README says of one command: from its heading to the next."""
    if command == "pulse":
        return README.partition("## The command line")[2].partition("\n### ")[0]
    return re.split(r"\n##", README.partition(f"### `{command}")[2], maxsplit=1)[0]


def examples() -> list[tuple[str, str]]:
    """(file, code) of each example in docs/extending.md; its first line names the file that it quotes."""
    blocks = [(_SOURCE.match(code), code) for code in _BLOCK.findall(EXTENDING)]
    return [(found[1] if found else "", code[found.end() :] if found else code) for found, code in blocks]


def squeezed(text: str) -> str:
    """Without what a formatter may change: white space, and commas at the end of a list."""
    return re.sub(r",(?=[)\]}]|$)", "", re.sub(r"\s+", "", text))


def test_settings_table_is_the_declared_settings() -> None:
    """A setting, its default or its help cannot change without the README."""
    assert settings_table() in README


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_in_the_readme(command: str) -> None:
    """Nobody has to read the code to learn that a command exists."""
    assert section(command)


@pytest.mark.parametrize(("command", "option"), options())
def test_option_is_in_the_readme(command: str, option: str) -> None:
    """Every option and argument is named where its command is explained."""
    assert option in section(command)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    """No relative link and no picture is broken; headings of a page are not checked."""
    targets = [link.partition("#")[0] for link in _LINK.findall(document.read_text()) if "://" not in link]
    missing = [target for target in targets if target and not (document.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_make_targets_exist(document: Path) -> None:
    """Every `make …` in the docs can be typed."""
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join(re.findall(r"`[^`\n]+`|^\$ .*$", document.read_text(), re.MULTILINE))
    assert set(_TARGET.findall(code)) <= made


def test_documented_targets_are_in_the_readme() -> None:
    """What `make help` shows, the README shows too."""
    shown = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [target for target in shown if f"`make {target}`" not in README] == []


def test_decisions_are_numbered_and_listed() -> None:
    """A decision is found from the README and says context, decision and consequences."""
    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    for path in ADRS:
        assert f"(docs/adr/{path.name})" in README
        assert re.findall(r"^## (\w+)", path.read_text(), re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


@pytest.mark.parametrize(("source", "code"), examples(), ids=[source for source, _ in examples()])
def test_examples_are_the_code(source: str, code: str) -> None:
    """An example in docs/extending.md is a quotation: a row to copy, as it stands in the file that it names."""
    assert source, "the first line of an example names the file that it quotes"
    text = squeezed((ROOT / source).read_text())
    for piece in re.split(r"^…\n", code, flags=re.MULTILINE):
        assert squeezed(piece) in text


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("A segment field", [field.key for field in FIELDS]),
        ("An operator", [operator.key for operator in OPERATORS]),
        ("A chart", list(all_charts())),
        ("A merge field", [field.key for field in MERGE_FIELDS]),
    ],
)
def test_registered_things_are_listed(heading: str, known: list[str]) -> None:
    """docs/extending.md lists what there is already, all of it and nothing else."""
    listed = EXTENDING.partition(f"## {heading}\n")[2].partition("There are:")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", listed)) == sorted(set(known))


def test_changelog_tells_of_what_comes_next() -> None:
    """A change has a place to be told: under Unreleased, or under the version that is being made."""
    headings = re.findall(r"^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings
    assert headings[0] in ("Unreleased", __version__)
