from __future__ import annotations

import json
from collections import Counter

import pytest

from pulse_core.audience.catalogue import FIELDS, FIELDS_BY_KEY, Field
from pulse_core.audience.operators import OPERATORS, describe, find, operators_for
from pulse_core.insight.segments import LIFECYCLE_GROUPS, SEGMENT_NAMES

SHAPES = {"none", "one", "two", "many", "days"}


def test_keys_labels_and_columns_are_unique() -> None:
    """Two fields of one name would make a saved tree, a form or a sentence ambiguous."""
    for names in ([f.key for f in FIELDS], [f.label for f in FIELDS], [f.column for f in FIELDS]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_segments_and_groups_offer_their_choices_in_order() -> None:
    """The form lists the segments in the order of the business, all of them."""
    assert FIELDS_BY_KEY["segment"].choices == SEGMENT_NAMES
    assert FIELDS_BY_KEY["lifecycle_group"].choices == LIFECYCLE_GROUPS


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.key)
def test_a_field_is_ready_for_the_form(field: Field) -> None:
    """A new row in the catalogue has words for people, operators, and choices exactly when it is a choice."""
    assert field.label
    assert field.help
    assert bool(field.choices) == (field.kind == "choice")
    assert find("is_empty", field.kind)
    assert find("eq", field.kind)


def test_an_operator_has_one_meaning_for_a_kind() -> None:
    """Two rows for the same operator and kind would hide one another."""
    pairs = Counter((row.key, kind) for row in OPERATORS for kind in row.kinds)
    assert [pair for pair, times in pairs.items() if times > 1] == []


def test_the_form_gets_every_field_with_its_operators_as_plain_values() -> None:
    """The studio builds its form from these rows alone."""
    rows = json.loads(json.dumps(describe()))
    assert [row["field"] for row in rows] == [f.key for f in FIELDS]
    for row in rows:
        assert [o["op"] for o in row["operators"]] == [o.key for o in operators_for(row["kind"])]
        assert {o["shape"] for o in row["operators"]} <= SHAPES
        assert all(o["label"] for o in row["operators"])
    assert rows[0]["choices"] == list(SEGMENT_NAMES)
