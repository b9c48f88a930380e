"""The condition tree: what an analyst, a program or a language model says about whom to speak to.

A tree is JSON: a condition `{"field": "monetary", "op": "ge", "value": "500"}` or a group
`{"op": "and" | "or" | "not", "children": […]}`. "and" wants all of its children, "or" at least one, "not"
none; an empty "and" is everybody. A tree that exists is valid: its fields, operators and values were checked
when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_serializer,
    field_validator,
)

from pulse_core.audience.catalogue import ATTRIBUTE, FIXED, Catalogue
from pulse_core.audience.catalogue import Field as Asked
from pulse_core.audience.faults import invalid
from pulse_core.audience.operators import Operator, find, operators_for
from pulse_core.audience.values import Value, fault, normalise, plain, show
from pulse_core.errors import Invalid

MAX_DEPTH = 8
MAX_CONDITIONS = 100
MAX_GROUPS = 100

_Json = str | int | float
_HOLDS = {"number": "numbers", "date": "days", "choice": "a few words to choose from", "text": "text"}


class Condition(BaseModel):
    """One comparison. `value` is a Decimal, day or text, a tuple of these, a number of days, or None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    op: str
    value: Value = Field(default=None, validate_default=True)
    _asked: Asked = PrivateAttr()

    @property
    def asked(self) -> Asked:
        """The row of the catalogue that the condition asks about."""
        return self._asked

    def model_post_init(self, context: Any, /) -> None:
        """Keep the field as it was when the condition was checked."""
        self._asked = (context or FIXED)[self.field]

    @field_validator("field")
    @classmethod
    def _known_field(cls, key: str, info: ValidationInfo) -> str:
        known: Catalogue = info.context or FIXED
        if key in known:
            return key
        if key.startswith(ATTRIBUTE):
            raise fault(
                f"no customer has the attribute {show(key.removeprefix(ATTRIBUTE))}",
                "choose another field, or import customers who have it",
            )
        raise fault(f"field {show(key)} is not known", f"choose one of {', '.join(row.key for row in FIXED)}")

    @field_validator("op")
    @classmethod
    def _fitting_operator(cls, key: str, info: ValidationInfo) -> str:
        field = _asked(info)
        if field and not find(key, field.kind):
            fitting = ", ".join(row.key for row in operators_for(field.kind))
            holds = f", which holds {_HOLDS[field.kind]} now" if field.attribute else ""
            raise fault(
                f"operator {show(key)} does not fit field '{field.key}'{holds}", f"choose one of {fitting}"
            )
        return key

    @field_validator("value", mode="plain", json_schema_input_type=_Json | list[_Json] | None)
    @classmethod
    def _exact_value(cls, raw: object, info: ValidationInfo) -> Value:
        field = _asked(info)
        operator = field and find(info.data.get("op", ""), field.kind)
        return normalise(field, operator, raw) if field and operator else None

    @field_serializer("value", when_used="json")
    def _plain_value(self, value: Value) -> str | int | list[str] | None:
        return plain(value)


def _asked(info: ValidationInfo) -> Asked | None:
    """The field of the condition that is being checked; None where it is not known."""
    known: Catalogue = info.context or FIXED
    return known.find(info.data.get("field", ""))


class Group(BaseModel):
    """Conditions and groups together: all of them ("and"), at least one ("or") or none ("not")."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op: Literal["and", "or", "not"]
    children: tuple[Tree, ...]


def _branch(raw: object) -> str | None:
    names = raw if isinstance(raw, Mapping) else getattr(type(raw), "model_fields", ())
    return "group" if "children" in names else "condition" if "field" in names else None


Tree = Annotated[
    Annotated[Condition, Tag("condition")] | Annotated[Group, Tag("group")], Discriminator(_branch)
]
Group.model_rebuild()
_TREE: TypeAdapter[Condition | Group] = TypeAdapter(Tree)

EVERYBODY = Group(op="and", children=())


def parse(raw: str | bytes | dict[str, Any], catalogue: Catalogue = FIXED) -> Tree:
    """The tree in JSON text or in plain values; Invalid names the place, such as "condition 2 of group 1".

    `catalogue` holds the organisation's fields; without it there are the fixed ones alone.
    """
    values = _read(raw) if isinstance(raw, str | bytes) else raw
    _measure(values)
    try:
        return _TREE.validate_python(values, context=catalogue)
    except ValidationError as error:
        raise invalid(error) from None


def dump(tree: Tree) -> dict[str, Any]:
    """The tree as plain JSON values, numbers and days as text; `parse` reads it."""
    return tree.model_dump(mode="json", exclude_none=True)


def operator_of(condition: Condition) -> Operator:
    """The row of the operator table that the condition uses."""
    operator = find(condition.op, condition.asked.kind)
    if operator is None:
        raise Invalid(
            f"operator {show(condition.op)} does not fit '{condition.field}'", remedy="parse the tree"
        )
    return operator


def _read(raw: str | bytes) -> object:
    try:
        return json.loads(raw, parse_float=Decimal)
    except RecursionError:
        raise _too("nested too deeply", MAX_DEPTH, "groups inside one another") from None
    except ValueError as error:
        raise Invalid(f"the segment is not JSON ({error})", remedy="correct the text") from None


def _measure(values: object) -> None:
    """Refuse what is too deep or too large before anything recursive touches it."""
    level, depth, conditions, groups = [values], 0, 0, 0
    while level:
        nested = [item for item in level if isinstance(item, Mapping) and "children" in item]
        groups, conditions = groups + len(nested), conditions + len(level) - len(nested)
        depth += bool(nested)
        if depth > MAX_DEPTH:
            raise _too("nested too deeply", MAX_DEPTH, "groups inside one another")
        if groups > MAX_GROUPS or conditions > MAX_CONDITIONS:
            raise _too("too large", MAX_CONDITIONS, f"conditions in at most {MAX_GROUPS} groups")
        level = [child for item in nested for child in _children(item)]


def _children(item: Mapping[str, Any]) -> list[Any]:
    children = item["children"]
    return list(children) if isinstance(children, list | tuple) else []


def _too(what: str, limit: int, of: str) -> Invalid:
    return Invalid(f"the segment is {what}", remedy=f"use at most {limit} {of}")
