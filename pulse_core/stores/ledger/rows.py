"""From rows to dataclasses, and from a broken rule to an error that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from pulse_core.errors import Invalid, NotFound, PulseError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


def many(conn: Connection, statement: Executable, kind: type[T]) -> list[T]:
    """The statement's rows as `kind`, whose fields are named as the columns."""
    return [kind(**row._mapping) for row in conn.execute(statement)]


def first(conn: Connection, statement: Executable, kind: type[T]) -> T | None:
    """The statement's first row as `kind`, or None."""
    row = conn.execute(statement).first()
    return None if row is None else kind(**row._mapping)


def exactly(conn: Connection, statement: Executable, kind: type[T], thing: str) -> T:
    """The statement's one row as `kind`; `NotFound` that names the thing where there is none."""
    found = first(conn, statement, kind)
    if found is None:
        raise NotFound(f"{thing} does not exist", remedy="reload the page: it may have been removed")
    return found


def values(item: DataclassInstance) -> dict[str, Any]:
    """The fields of a dataclass as column values."""
    return {field.name: getattr(item, field.name) for field in fields(item)}


def inserted(conn: Connection, table: Table, given: Mapping[str, Any], kind: type[T]) -> T:
    """Adds a row and returns it as stored, its number included."""
    row = conn.execute(table.insert().values(given).returning(table)).one()
    return kind(**row._mapping)


def affected(result: CursorResult[Any]) -> int:
    """How many rows the statement changed."""
    return max(result.rowcount, 0)


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the connection's dialect."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


@contextmanager
def unique(conn: Connection, taken: PulseError) -> Iterator[None]:
    """Raises `taken` where the block breaks a unique rule, and leaves the transaction usable."""
    try:
        with conn.begin_nested():
            yield
    except IntegrityError as error:
        if _is_taken(error):
            raise taken from error
        raise


def _is_taken(error: IntegrityError) -> bool:
    # Postgres words its messages in the server's language, so its code counts; SQLite has only the words.
    return getattr(error.orig, "sqlstate", "") == "23505" or "UNIQUE constraint" in str(error.orig)


def one_of(value: str, choices: tuple[str, ...], what: str) -> str:
    """The value, if it is among the choices; `Invalid` that lists them otherwise."""
    if value not in choices:
        raise Invalid(f"{what} {value!r} is not known", remedy=f"choose one of {', '.join(choices)}")
    return value
