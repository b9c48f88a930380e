"""How values are stored: times in UTC, plain JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

# What json.dumps takes and json.loads gives.
Json: TypeAlias = Any

# NaN is not JSON: Postgres would refuse what SQLite takes.
to_json = partial(json.dumps, ensure_ascii=False, allow_nan=False)


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time goes in, the same instant in UTC comes out; a naive time is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Times as UTC; SQLite keeps them as text of one fixed width, so that they compare in order."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
