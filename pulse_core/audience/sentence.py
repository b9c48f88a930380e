"""From a condition tree to one English sentence; brackets show what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from pulse_core.audience.catalogue import Field
from pulse_core.audience.operators import Shape
from pulse_core.audience.tree import Condition, Tree, operator_of
from pulse_core.audience.values import Scalar, Value

Money = Callable[[Decimal], str]

LISTED = 8  # longer lists are cut: the sentence must stay readable


def sentence(tree: Tree, *, money: Money | None = None) -> str:
    """Such as "Customers whose segment is Champions or At Risk and whose revenue is at least 500."

    `money` writes an amount with its currency; without it amounts are plain numbers.
    """
    words = _Writer(money or number).clause(tree)
    return f"{_CONSTANT_SENTENCES.get(words) or f'Customers {words}'}."


def number(value: Decimal | int) -> str:
    """1,234.5"""
    return format(Decimal(value), ",f")


def day(value: date) -> str:
    """3 Nov 2026, in English whatever the machine's language."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ANYONE, _NO_ONE = "who are anyone at all", "who are no one"
_CONSTANT_SENTENCES = {_ANYONE: "All customers", _NO_ONE: "No customers"}
_EMPTY = {"and": _ANYONE, "or": _NO_ONE, "not": _ANYONE}


class _Writer:
    def __init__(self, money: Money) -> None:
        self._money = money

    def clause(self, tree: Tree) -> str:
        """A relative clause: "whose …" or "who …"."""
        if isinstance(tree, Condition):
            return self._condition(tree)
        if not tree.children:
            return _EMPTY[tree.op]
        if tree.op == "not":
            return f"who are not among those {self._joined(tree.children, ' or ')}"
        return self._joined(tree.children, f" {tree.op} ")

    def _joined(self, children: Sequence[Tree], word: str) -> str:
        if len(children) == 1:
            return self.clause(children[0])
        return word.join(self._bracketed(child) for child in children)

    def _bracketed(self, tree: Tree) -> str:
        clause = self.clause(tree)
        return f"({clause})" if _compound(tree) else clause

    def _condition(self, condition: Condition) -> str:
        field = condition.asked
        operator = operator_of(condition)
        label = field.label if field.label[1:2].isupper() else field.label[:1].lower() + field.label[1:]
        value = self._value(field, operator.shape, condition.value)
        return f"whose {label} {operator.words} {value}".rstrip()

    def _value(self, field: Field, shape: Shape, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, int):
            return _with_unit(number(value), "days", value)
        if isinstance(value, tuple):
            listed = self._list(field, value, "and" if shape == "two" else "or")
            return _with_unit(listed, field.unit, value[-1])
        return _with_unit(self._scalar(field, value), field.unit, value)

    def _list(self, field: Field, values: Sequence[Scalar], word: str) -> str:
        shown = [self._scalar(field, value) for value in values[:LISTED]]
        if len(values) > LISTED:
            shown.append(f"one of {len(values) - LISTED} more")
        return f" {word} ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))

    def _scalar(self, field: Field, value: Scalar) -> str:
        if isinstance(value, Decimal):
            return self._money(value) if field.kind == "money" else number(value)
        if isinstance(value, date):
            return day(value)
        return value if field.kind == "choice" else f"“{value}”"


def _with_unit(words: str, unit: str, last: object) -> str:
    return f"{words} {unit.removesuffix('s') if last == 1 else unit}".rstrip()


def _compound(tree: Tree) -> bool:
    if isinstance(tree, Condition) or not tree.children:
        return False
    return tree.op == "not" or len(tree.children) > 1 or _compound(tree.children[0])
