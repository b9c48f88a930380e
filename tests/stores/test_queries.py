"""Named SQL: each query has one name, a comment, and somebody who uses it."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from pulse_core.insight.features import VIEWS
from pulse_core.insight.refresh import PAST, STEPS
from pulse_core.stores import queries

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "pulse_core" / "stores" / "sql"
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.sql"))
QUERIES = [(subject, name) for subject in SUBJECTS for name in queries.load(subject)]
MARK = re.compile(r"^--\s*name\b.*$", re.MULTILINE)


def code() -> str:
    """All Python of the core."""
    return "\n".join(path.read_text() for path in sorted((ROOT / "pulse_core").rglob("*.py")))


def test_every_subject_has_queries() -> None:
    """An empty or misnamed file would be loaded without a word."""
    assert {"insight", "intake", "warehouse"} <= set(SUBJECTS)
    assert {subject for subject, _ in QUERIES} == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_name_line_is_understood(subject: str) -> None:
    """A name line with a slip in it would hide its query inside the one before."""
    assert len(MARK.findall((FOLDER / f"{subject}.sql").read_text())) == len(queries.load(subject))


@pytest.mark.parametrize(("subject", "name"), QUERIES)
def test_every_query_says_what_its_rows_mean(subject: str, name: str) -> None:
    """The first line under a name is a comment in words, and SQL follows it."""
    first, *rest = queries.load(subject)[name].splitlines()
    assert re.match(r"-- \w.*\w", first)
    assert any(line.strip() and not line.startswith("--") for line in rest)


@pytest.mark.parametrize(("subject", "name"), QUERIES)
def test_every_query_is_used(subject: str, name: str) -> None:
    """SQL that nothing runs is SQL that nobody tests."""
    used = chain(re.findall(r'SQL\[f?"([^"]+)"\]', code()), (step for step, _ in STEPS), PAST, VIEWS)
    patterns = {re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(key)) for key in used}
    assert any(re.fullmatch(pattern, name) for pattern in patterns - {r"\w+"}), f"{subject}.sql: {name}"


def test_a_name_that_stands_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would silently replace the first."""
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "twice.sql").write_text(
        "-- name: a\n-- A row.\nSELECT 1\n-- name: a\n-- A row.\nSELECT 2\n"
    )
    monkeypatch.setattr(queries.resources, "files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match=r"twice.sql names a query twice"):
        queries.load("twice")


def test_queries_cannot_be_changed() -> None:
    """What one module loads is what every other sees."""
    with pytest.raises(TypeError):
        queries.load("intake")["stage"] = "SELECT 1"  # type: ignore[index]
