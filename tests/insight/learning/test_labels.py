"""Who left, however a file spells it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pulse_core.errors import Invalid
from pulse_core.insight.learning import labels
from pulse_core.insight.learning.reading import Table


def table(*words: str | None) -> Table:
    """A file with one title line, its header, and a column of these words."""
    rows = pa.array(range(3, 3 + len(words)), pa.int64())
    return Table("t.csv", pa.table({"gone": pa.array(words, pa.string())}), rows)


@pytest.mark.parametrize(
    ("left", "stayed"),
    [
        ("yes", "no"), ("Yes", "No"), ("1", "0"), ("1.0", "0.0"), ("True.", "False."), ("TRUE", "FALSE"), ("Y", "N"),
        ("Churn", "No Churn"), ("Churned", "Stayed"), ("Exited", "Retained"), ("left", "active"),
        ("Attrited Customer", "Existing Customer"), ("churn", "keep"), ("gone", "stayed"), ("oui", "non"),
    ],
)  # fmt: skip
def test_usual_spellings_are_understood(left: str, stayed: str) -> None:
    """Nobody has to recode a column first; of two words one that is known is enough."""
    found, spelled = labels.read(table(stayed, left, stayed), "gone")
    assert (found.tolist(), spelled) == ([False, True, False], left)


def test_several_spellings_of_the_same_are_one() -> None:
    """Exports of two systems, put below each other."""
    assert labels.read(table("yes", "No", "1", "0"), "gone")[0].tolist() == [True, False, True, False]


def test_unknown_words_are_asked_for() -> None:
    """Which of two codes means that somebody left is never guessed."""
    with pytest.raises(Invalid, match=r"does not tell which .*'A' in 2 rows, 'B' in 1 rows.*--leaves"):
        labels.read(table("A", "B", "A"), "gone")
    assert labels.read(table("A", "B", "A"), "gone", leaves="b")[0].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("words", "leaves", "reason"),
    [
        (("yes", None, "no"), None, r"empty in 1 rows \(first: row 4\)"),
        (("yes", "no", "maybe"), None, "has 3 values"),
        (("0.1", "0.2", "0.3", "0.4", "0.5", "0.6"), None, r"has 6 values .*…\)"),
        (("yes", "yes"), None, "say the same"),
        (("yes", "1"), None, "say the same"),
        (("A", "A"), None, "say the same"),
        (("A", "B"), "C", "no row of 'gone' says 'C'"),
    ],
)
def test_what_is_no_label_is_refused(words: tuple[str | None, ...], leaves: str | None, reason: str) -> None:
    """With the values that were found, and the row where one is missing."""
    with pytest.raises(Invalid, match=reason):
        labels.read(table(*words), "gone", leaves)


def test_a_column_is_found_in_any_spelling() -> None:
    """Nobody has to copy a header mark by mark, and never is one guessed."""
    assert labels.find(["a", "Churn Label"], "churn_label", file="t.csv") == "Churn Label"
    with pytest.raises(Invalid, match=r"t\.csv has no column 'gone': name one of its columns: a, b"):
        labels.find(["a", "b"], "gone", file="t.csv")
    with pytest.raises(Invalid, match="has no column"):
        labels.find(["A b", "a_b"], "ab", file="t.csv")
