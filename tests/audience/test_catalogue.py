from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from pulse_core.audience.catalogue import FIELDS, FIXED, Catalogue, Field, catalogue
from pulse_core.audience.operators import OPERATORS, describe, find, operators_for
from pulse_core.insight.segments import LIFECYCLE_GROUPS, SEGMENT_NAMES

SHAPES = {"none", "one", "two", "many", "days"}


def test_keys_labels_and_columns_are_unique() -> None:
    """Two fields of one name would make a saved tree, a form or a sentence ambiguous."""
    for names in ([f.key for f in FIELDS], [f.label for f in FIELDS], [f.column for f in FIELDS]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_segments_and_groups_offer_their_choices_in_order() -> None:
    """The form lists the segments in the order of the business, all of them."""
    assert FIXED["segment"].choices == SEGMENT_NAMES
    assert FIXED["lifecycle_group"].choices == LIFECYCLE_GROUPS


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.key)
def test_a_field_is_ready_for_the_form(field: Field) -> None:
    """A new row in the catalogue has words for people, operators, and choices exactly when it is a choice."""
    assert field.label
    assert field.help
    assert field.choices or field.kind != "choice"
    assert not field.choices or field.kind in ("choice", "list")
    assert find("is_empty", field.kind)
    assert find("has_any" if field.kind == "list" else "eq", field.kind)


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


class Kept:
    """A reader that knows these attributes: key, label, kind, is it yes or no, choices, customers."""

    def __init__(self, *rows: tuple[Any, ...]) -> None:
        self.kept = list(rows)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        assert "attributes" in sql
        return self.kept


def test_an_organisations_fields_are_the_fixed_ones_and_its_attributes() -> None:
    """What a file says beyond our columns can be asked for as any field."""
    made = catalogue(
        Kept(
            ("shoe_size", "Shoe size", "number", False, None, 1_204),
            ("tier", "Tier", "choice", False, ["Gold", "Silver"], 1),
            ("member", "Member", "choice", True, ["yes", "no"], 3),
        )
    )
    assert made.fields[: len(FIELDS)] == FIELDS
    size, tier, member = made.fields[len(FIELDS) :]
    assert (size.key, size.label, size.kind, size.attribute) == (
        "attribute:shoe_size", "Shoe size", "number", "shoe_size",
    )  # fmt: skip
    assert "1,204 have it" in size.help
    assert (tier.choices, tier.open, "1 has it" in tier.help) == (("Gold", "Silver"), True, True)
    assert (member.choices, member.open) == (("yes", "no"), False)
    assert made["attribute:tier"] is made.find("attribute:tier") is tier
    assert made.find("attribute:hat") is None


def test_labels_of_attributes_are_told_apart_and_fit_a_form() -> None:
    """Columns that read like a field, like one another, like nothing, or like a page of text."""
    labels = ["Country", "country", "COUNTRY", "a\nb\x00c", "", "x" * 200]
    rows = [(f"k{n}", label, "text", False, None, 2) for n, label in enumerate(labels)]
    shown = [field.label for field in catalogue(Kept(*rows)).fields[len(FIELDS) :]]
    assert shown == [
        "Country (custom)", "country (custom 2)", "COUNTRY (custom 3)", "a b c", "Without a name", "x" * 59 + "…",
    ]  # fmt: skip


def test_the_form_of_an_organisation_offers_its_attributes() -> None:
    """The rows for a form come from the same catalogue as everything else."""
    row = describe(catalogue(Kept(("tier", "Tier", "choice", False, ["Gold"], 1))))[-1]
    assert (row["field"], row["choices"], row["open"]) == ("attribute:tier", ["Gold"], True)
    assert Catalogue(FIELDS) == FIXED
