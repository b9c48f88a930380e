from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulse_core.errors import Invalid
from pulse_core.message.fields import BY_KEY
from pulse_core.message.pitch import (
    MAX_BODY_LENGTH,
    MAX_SUBJECT_LENGTH,
    PITCHES,
    Pitch,
    check,
    check_pitch,
    render,
)

EXAMPLES = {key: field.example for key, field in BY_KEY.items()}


def test_each_lifecycle_group_has_a_pitch() -> None:
    """No customer of a group is left without words."""
    assert list(PITCHES) == ["VIP", "Returning", "New", "At-Risk"]


@pytest.mark.parametrize("pitch", PITCHES.values(), ids=lambda pitch: pitch.group)
@pytest.mark.parametrize("values", [EXAMPLES, {}], ids=["known", "unknown"])
def test_shipped_pitches_are_finished_plain_prose(pitch: Pitch, values: dict[str, str]) -> None:
    """Our own words hold to our own style, whether or not anything is known about the customer."""
    check_pitch(pitch)
    rendered = render(pitch, values)
    assert not re.search(r"[{}!]|\s[,.]|  |\bNone\b", rendered.subject + rendered.text)
    assert rendered.text.startswith(f"Hello {values.get('first_name', 'there')},\n\n")
    assert len(rendered.subject) < 78


def test_check_returns_the_fields_that_are_used() -> None:
    """Planning freezes exactly these."""
    assert check("{{ first_name }} at {{shop}}, {{ first_name }}") == {"first_name", "shop"}
    assert check("plain") == frozenset()


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("Hi {{ frist_name }}", 1, "did you mean 'first_name'?"),
        ("Hi\n\n{{ email }}", 3, "merge field 'email' is not known"),
        ("Hi\n{{ first_name", 2, "unexpected end"),
        ("{% for a in b %}{% endfor %}", 1, "only text and merge fields"),
        ("{{ first_name.__class__ }}", 1, "only text and merge fields"),
        ("{{ 'a' * 1000000000 }}", 1, "only text and merge fields"),
        ("a\n{{ first_name|upper }}", 2, "only text and merge fields"),
        ("{{ " + "(" * 9000, 1, "nested too deeply"),
    ],
)
def test_a_faulty_template_names_place_and_line(template: str, line: int, words: str) -> None:
    """A marketer finds the fault; nothing but merge fields is ever evaluated."""
    with pytest.raises(Invalid, match=re.escape(words)) as caught:
        check(template, place="the body of VIP")
    assert f"the body of VIP, line {line}: " in str(caught.value)
    assert caught.value.details["line"] == line


@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("", "x", "the subject of VIP is empty"),
        ("x", " \n", "the body of VIP is empty"),
        ("x\ny", "x", "line break"),
        ("x" * (MAX_SUBJECT_LENGTH + 1), "x", "keep it to 200"),
        ("x", "x" * (MAX_BODY_LENGTH + 1), "keep it to 20000"),
        ("{{ x }}", "x", "the subject of VIP, line 1"),
        ("x", "{{ x }}", "the body of VIP, line 1"),
    ],
)
def test_a_pitch_that_cannot_be_sent_is_refused(subject: str, body: str, words: str) -> None:
    """A campaign is never planned with a subject or body that would fail at sending."""
    with pytest.raises(Invalid, match=words):
        check_pitch(Pitch("VIP", subject, body))


def test_template_syntax_in_a_name_is_shown_not_evaluated() -> None:
    """A customer called {{ 7 * 7 }} is greeted as such."""
    rendered = render(Pitch("VIP", "{{ name }}", "Hi {{ name }}"), {"name": "{{ 7 * 7 }}{% raw %}"})
    assert rendered.subject == "{{ 7 * 7 }}{% raw %}"
    assert rendered.text == "Hi {{ 7 * 7 }}{% raw %}"


def test_a_value_in_the_body_stays_within_its_line() -> None:
    """A name with line breaks cannot write paragraphs of its own into our text."""
    rendered = render(Pitch("VIP", "x", "Hi {{ name }},"), {"name": "Eve\n\nPay here: evil\x00"})
    assert rendered.text == "Hi Eve Pay here: evil,"


@given(template=st.text(st.sampled_from("{}%# \nabc|.('\"first_name"), max_size=40))
def test_what_check_accepts_renders(template: str) -> None:
    """Whatever is typed: check raises Invalid, or rendering works."""
    try:
        check(template)
    except Invalid:
        return
    render(Pitch("VIP", template, template), {})


@given(value=st.text())
def test_a_subject_has_one_line_whatever_the_value(value: str) -> None:
    """No value can add a header."""
    subject = render(Pitch("VIP", "For {{ name }}:\n{{ top_product }}", "x"), {"name": value}).subject
    assert len(subject.splitlines()) == 1
    subject.encode()
