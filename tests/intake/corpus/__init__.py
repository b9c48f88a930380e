"""Broken and odd files, made in code, each with the verdict that follows from the rules of reading."""

from __future__ import annotations

from . import (
    again,
    amounts,
    combined,
    containers,
    customers,
    dates,
    dates_asked,
    encoded,
    headers,
    hostile,
    ids,
    kinds,
    lines,
    monsters,
    parquets,
    products,
    programs,
    rows,
    workbooks,
)
from .case import Case

SUBJECTS: dict[str, tuple[Case, ...]] = {
    module.__name__.rpartition(".")[2]: module.CASES
    for module in (
        *(
            encoded,
            containers,
            workbooks,
            parquets,
            headers,
            lines,
            dates,
            dates_asked,
            amounts,
            products,
            ids,
            rows,
        ),
        *(again, kinds, customers, hostile, programs, combined, monsters),
    )
}
CASES = tuple(case for cases in SUBJECTS.values() for case in cases)
