"""Templates to download: small files that show which columns a customers file and an orders file may have.

They are the first people of a world of their own, so every value is invented and the two files fit together.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from pulse_core.intake.world.make import ECOMMERCE, block
from pulse_core.intake.world.process import DAYS

CUSTOMERS = 50
SEED = 50
LAST_DAY = date(2025, 12, 31)  # in the past, wherever it is tried


def template_csv() -> bytes:
    """Fifty customers, every field of the record and some of a shop's own; UTF-8 with the mark that Excel needs."""
    return _csv("customers")


def orders_template_csv() -> bytes:
    """The orders of the same customers."""
    return _csv("orders")


@cache
def _csv(name: str) -> bytes:
    first = LAST_DAY - timedelta(days=DAYS - 1)
    tables = dict(block(np.arange(CUSTOMERS), CUSTOMERS, SEED, first, (ECOMMERCE,)))
    return _written(tables[name])


def _written(table: Any) -> bytes:
    """A table as text; what is not known stays empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return out.getvalue().encode("utf-8-sig")
