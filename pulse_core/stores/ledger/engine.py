"""The ledger's door: open, read, write, close."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection as Connection  # handed on: nobody else needs SQLAlchemy itself
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from pulse_core.errors import Invalid, Unavailable
from pulse_core.stores.ledger import migrate, postgres, sqlite
from pulse_core.stores.ledger.commit import Commit, DirectCommit, GroupCommit

T = TypeVar("T")

ENGINES = {"sqlite": sqlite.engines, "postgresql": postgres.engines}


class Ledger:
    """What must never be lost or done twice. One a process; its methods may be called from any thread."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader = reader
        self._writer = writer
        self._commit: Commit = GroupCommit(writer) if self.dialect == "sqlite" else DirectCommit(writer)
        self._inside = threading.local()

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Opens the ledger at an SQLAlchemy URL and brings its schema up to date.

        Raises `Invalid` for a URL that names no such store, `Unavailable` when it cannot be opened or a
        newer Pulse wrote it.
        """
        reader, writer = _engines(url)
        try:
            migrate.to_head(writer)
        except DBAPIError as error:
            writer.dispose()
            raise Unavailable(
                f"the ledger at {writer.url} cannot be opened ({error.orig})",
                remedy="check that the address is right and that the database accepts connections",
            ) from error
        except BaseException:
            writer.dispose()
            raise
        return cls(reader, writer)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    def revision(self) -> str:
        """The migration that the stored schema stands at."""
        with self.read() as conn:
            return migrate.current(conn) or ""

    def server_version(self) -> str:
        """The version of the SQLite library or of the Postgres server."""
        with self._reader.connect() as conn:
            return ".".join(map(str, conn.dialect.server_version_info or ()))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one point in time and refuses to write."""
        with self._reader.connect() as conn:
            yield conn

    def write(self, work: Callable[[Connection], T]) -> T:
        """Runs the work in a transaction; returns its result after it is committed.

        An exception takes the work's changes back and is raised here. A work is short, and it does not call
        `write` itself (RuntimeError): what belongs together goes into one work.
        """
        if getattr(self._inside, "work", False):
            raise RuntimeError("ledger.write was called inside a work: pass the work's connection on instead")
        return self._commit.run(lambda conn: self._marked(work, conn))

    def close(self) -> None:
        """Finishes the works that were handed in and closes every connection."""
        self._commit.close()
        self._reader.dispose()
        self._writer.dispose()

    def _marked(self, work: Callable[[Connection], T], conn: Connection) -> T:
        self._inside.work = True
        try:
            return work(conn)
        finally:
            self._inside.work = False


def _engines(url: str) -> tuple[Engine, Engine]:
    try:
        parsed = make_url(url)
        return ENGINES[parsed.get_backend_name()](parsed)
    except (
        ArgumentError,
        KeyError,
        ValueError,
    ):  # the address may hold a password: neither it nor the cause is told
        raise Invalid(
            f"PULSE_LEDGER_URL is not the address of a ledger (one of {', '.join(ENGINES)})",
            remedy="give sqlite:////path/to/ledger.sqlite or postgresql://user:password@host/database",
        ) from None
