"""Even SQL that got in by a mistake of ours finds nothing beyond its own organisation."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pulse_core.stores.warehouse.warehouse import Warehouse
from pulse_core.stores.warehouse.warehouses import Warehouses


@pytest.fixture
def world(tmp_path: Path, warehouses: Warehouses) -> Path:
    """A home folder with a neighbour, and files inside and outside of it."""
    with warehouses.use("other") as other:
        row = "(1, 'orders', 1, 'sum', 'gone.parquet', 1)"
        other.write(lambda w: w.execute(f"INSERT INTO applied_batches VALUES {row}"))
    for place in ("batches/other", "batches/acme", "uploads/acme", "."):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "secret.csv").write_text("a\n1\n")
    (tmp_path / "uploads" / "acme" / "link.csv").symlink_to("/etc/passwd")
    return tmp_path


FORBIDDEN = {
    "a system file": "SELECT * FROM read_csv('/etc/passwd')",
    "a system file as text": "SELECT * FROM read_text('/etc/passwd')",
    "a neighbour's batch": "SELECT * FROM read_csv('{home}/batches/other/secret.csv')",
    "the ledger's folder": "SELECT * FROM read_csv('{home}/secret.csv')",
    "a path with dots": "SELECT * FROM read_csv('{home}/uploads/acme/../../secret.csv')",
    "a folder that begins alike": "SELECT * FROM read_csv('{home}/uploads/acme-2/secret.csv')",
    "all files": "SELECT * FROM glob('{home}/*')",
    "a neighbour's warehouse": "ATTACH '{home}/warehouse/other.duckdb' AS other",
    "a new database": "ATTACH '{home}/new.duckdb' AS new",
    "its own file again": "ATTACH '{home}/warehouse/acme.duckdb' AS again",
    "writing outside": "COPY (SELECT 1) TO '{home}/out.csv'",
    "exporting": "EXPORT DATABASE '{home}/out'",
    "a web address": "SELECT * FROM read_csv('https://example.com/x.csv')",
    "installing an extension": "INSTALL httpfs",
    "loading an extension": "LOAD httpfs",
    "opening up": "SET enable_external_access = true",
    "unlocking": "SET lock_configuration = false",
    "another folder": "SET allowed_directories = ['/']",
    "more threads": "SET threads = 64",
    "another temp folder": "SET temp_directory = '/tmp'",
    "a secret": "CREATE SECRET s (TYPE s3)",
    "the environment": "SELECT getenv('HOME')",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_outside_can_be_reached(world: Path, warehouse: Warehouse, what: str) -> None:
    """Files, other databases, settings, extensions and the net are out of reach, to a writer too."""
    with warehouse.scratch() as writer, pytest.raises(duckdb.Error):
        writer.rows(FORBIDDEN[what].format(home=world))


def test_its_own_folders_can_be_read(world: Path, warehouse: Warehouse) -> None:
    """The walls do not stand in the way of the work."""
    with warehouse.scratch() as writer:
        for folder in ("batches", "uploads"):
            assert writer.rows(f"SELECT a FROM read_csv('{world}/{folder}/acme/secret.csv')") == [(1,)]


def test_two_organisations_cannot_see_each_others_rows(world: Path, warehouses: Warehouses) -> None:
    """The same query in two warehouses finds two organisations' rows, and no name reaches the other's."""
    with warehouses.use("acme") as acme, warehouses.use("other") as other:
        with acme.snapshot() as reader:
            assert reader.rows("SELECT * FROM applied_batches") == []
            assert [
                name for (name,) in reader.rows("SELECT path FROM duckdb_databases() WHERE NOT internal")
            ] == [str(acme.path)]
        with other.snapshot() as reader:
            assert reader.rows("SELECT * FROM applied_batches") == [
                (1, "orders", 1, "sum", "gone.parquet", 1)
            ]
        assert acme.data_version != other.data_version


@pytest.mark.parametrize("name", ["it's", "a b", "ünï"])
def test_a_home_folder_with_any_name(tmp_path: Path, name: str) -> None:
    """Quotes and blanks in the path are part of a name, never of SQL."""
    warehouses = Warehouses(tmp_path / name, memory=1 << 28)
    with warehouses.use("acme") as warehouse:
        (tmp_path / name / "uploads" / "acme" / "x.csv").write_text("a\n1\n")
        with warehouse.scratch() as writer:
            path = str(tmp_path / name / "uploads" / "acme" / "x.csv")
            assert writer.rows("SELECT a FROM read_csv($path)", {"path": path}) == [(1,)]
    warehouses.close()
