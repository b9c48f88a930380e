"""Pitches: what is said to each lifecycle group, with merge fields in double braces."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pulse_core.errors import Invalid
from pulse_core.message.fields import BY_KEY, MERGE_FIELDS, clean

__all__ = ["MERGE_FIELDS", "PITCHES", "Pitch", "Rendered", "check", "check_pitch", "render"]

MAX_SUBJECT_LENGTH = 200
MAX_BODY_LENGTH = 20_000

# Messages are plain text: nothing is escaped, because nothing is ever read as HTML.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


@dataclass(frozen=True, slots=True)
class Pitch:
    """What one lifecycle group is told: templates of a subject and of a plain-text body."""

    group: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished message: a subject of one line and a plain text."""

    subject: str
    text: str


_VIP = """\
Hello {{ first_name }},

You are one of the people who keep {{ shop }} going, and we wanted to thank you properly.

From {{ top_product }} to everything else you have picked, your orders tell us what belongs on our shelves. \
If there is something you would like to see there, reply to this message: we read every answer.

With thanks,
{{ shop }}
"""

_RETURNING = """\
Hello {{ first_name }},

Thank you for coming back to us. Your last order was on {{ last_order_on }}, and much has arrived since.

Whether you would like {{ top_product }} again or something new to go with your last order, we are here \
to help you find it.

Warm regards,
{{ shop }}
"""

_NEW = """\
Hello {{ first_name }},

Thank you for choosing us. We hope that everything arrived as you expected and that you like what you found.

If anything is not right, reply to this message and we will sort it out. If all is well, we look forward to \
showing you more.

Warm regards,
{{ shop }}
"""

_AT_RISK = """\
Hello {{ first_name }},

It has been a while: your last order with us was on {{ last_order_on }}. We would be glad to see you again.

If you would like {{ top_product }} once more, or something different this time, you will find us where you \
left us. And if we let you down, please tell us by replying, so that we can put it right.

Warm regards,
{{ shop }}
"""

PITCHES: Mapping[str, Pitch] = {
    pitch.group: pitch
    for pitch in (
        Pitch("VIP", "A thank-you from {{ shop }}", _VIP),
        Pitch("Returning", "What is new at {{ shop }}", _RETURNING),
        Pitch("New", "Welcome to {{ shop }}", _NEW),
        Pitch("At-Risk", "It has been a while: greetings from {{ shop }}", _AT_RISK),
    )
}


def check(template: str, *, place: str = "the text") -> frozenset[str]:
    """The merge fields that a template uses. Raises Invalid, naming the place and line, for a fault."""
    try:
        tree = _ENVIRONMENT.parse(template)
    except TemplateSyntaxError as error:
        raise _fault(place, error.lineno, error.message or "syntax") from error
    except RecursionError as error:
        raise _fault(place, 1, "nested too deeply") from error
    names = [node for node in tree.find_all(nodes.Node) if not _is_text(node)]
    for node in names:
        if not isinstance(node, nodes.Name):
            raise _fault(place, node.lineno, "only text and merge fields are allowed")
        if node.name not in BY_KEY:
            raise _unknown_field(place, node.lineno, node.name)
    return frozenset(node.name for node in names if isinstance(node, nodes.Name))


def check_pitch(pitch: Pitch) -> frozenset[str]:
    """The merge fields that a pitch uses. Raises Invalid for an empty, overlong or faulty subject or body."""
    _check_length(pitch.group, "subject", pitch.subject, MAX_SUBJECT_LENGTH)
    _check_length(pitch.group, "body", pitch.body, MAX_BODY_LENGTH)
    if len(pitch.subject.strip().splitlines()) > 1:
        raise Invalid(f"the subject of {pitch.group} has a line break", remedy="write it on one line")
    subject = check(pitch.subject, place=f"the subject of {pitch.group}")
    return subject | check(pitch.body, place=f"the body of {pitch.group}")


def render(pitch: Pitch, values: Mapping[str, str]) -> Rendered:
    """The message for one customer. A value that is missing or empty gives way to its field's fallback.

    Values are data: template syntax in them is shown, not evaluated. Raises Invalid for a faulty pitch.
    """
    filled = {key: clean(values.get(key)) or field.fallback for key, field in BY_KEY.items()}
    subject = _compiled(pitch.subject).render(filled)
    return Rendered(subject=" ".join(subject.split()), text=_compiled(pitch.body).render(filled))


@lru_cache(maxsize=256)
def _compiled(template: str) -> Template:
    check(template)
    return _ENVIRONMENT.from_string(template)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output | nodes.TemplateData)


def _fault(place: str, line: int, what: str) -> Invalid:
    return Invalid(
        f"{place}, line {line}: {what.rstrip('.')}",
        remedy="write a merge field as {{ first_name }} and everything else as plain text",
        place=place,
        line=line,
    )


def _unknown_field(place: str, line: int, name: str) -> Invalid:
    close = difflib.get_close_matches(name, BY_KEY, n=1)
    choose = f"did you mean '{close[0]}'? " if close else ""
    return Invalid(
        f"{place}, line {line}: merge field '{name}' is not known",
        remedy=f"{choose}choose one of {', '.join(BY_KEY)}",
        place=place,
        line=line,
        field=name,
    )


def _check_length(group: str, part: str, text: str, limit: int) -> None:
    if not text.strip():
        raise Invalid(f"the {part} of {group} is empty", remedy=f"write a {part}", group=group)
    if len(text) > limit:
        raise Invalid(
            f"the {part} of {group} has {len(text)} characters", remedy=f"keep it to {limit}", group=group
        )
