"""The files of a deleted organisation, and whether somebody writes to a file."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
from workshop import HEADER, Workshop

from pulse_core.errors import Unavailable
from pulse_core.stores import removal
from pulse_core.stores.leases import is_written_to
from pulse_core.stores.ledger import deletions
from pulse_core.stores.removal import Removal


def shop(home: Path) -> Workshop:
    """Two organisations whose ids begin alike, with files in every folder."""
    made = Workshop(home)
    made.add("acme-2")
    for org_id in ("acme", "acme-2"):
        made.load(HEADER + "1,2020-01-01,5,a\n", org_id=org_id)
        for folder in removal.FOLDERS:
            (home / folder / org_id).mkdir(parents=True, exist_ok=True)
            (home / folder / org_id / "some.file").write_text("x")
    (home / "warehouse" / "acme.duckdb.broken-20260101").write_text("x")
    return made


def named(home: Path, org_id: str) -> list[str]:
    """Paths that hold the name."""
    return [str(path) for path in home.rglob("*") if org_id == path.name or f"{org_id}." in path.name]


def test_every_file_goes_and_no_neighbours(tmp_path: Path) -> None:
    """The warehouse, what was kept of damaged ones, and each folder; an id that begins alike is another's."""
    made = shop(tmp_path)
    neighbours = sorted(named(tmp_path, "acme-2"))
    made.ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    remover = Removal(made.ledger, tmp_path, made.warehouses)
    remover.finish()
    remover.finish()
    assert named(tmp_path, "acme") == []
    assert sorted(named(tmp_path, "acme-2")) == neighbours
    assert made.rows("SELECT count(*) FROM order_lines", "acme-2") == [(1,)]
    made.close()


def test_links_go_and_what_they_lead_to_stays(tmp_path: Path) -> None:
    """A folder that somebody moved to another disk is only unlinked."""
    made = shop(tmp_path)
    (tmp_path / "outbox" / "acme").rename(tmp_path / "moved")
    (tmp_path / "outbox" / "acme").symlink_to(tmp_path / "moved")
    removal.remove_files(tmp_path, made.warehouses, "acme")
    assert not (tmp_path / "outbox" / "acme").is_symlink()
    assert (tmp_path / "moved" / "some.file").exists()
    made.close()


def test_what_cannot_be_deleted_is_named_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion stays open until every file is gone."""
    made = shop(tmp_path)
    made.ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    remover = Removal(made.ledger, tmp_path, made.warehouses)
    with monkeypatch.context() as broken:

        def fails(path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        broken.setattr(removal.shutil, "rmtree", fails)
        with pytest.raises(Unavailable, match=r"batches/acme cannot be deleted \(Permission denied\)"):
            remover.finish()
    with made.ledger.read() as conn:
        assert len(deletions.pending(conn)) == 1
    remover.finish()
    assert named(tmp_path, "acme") == []
    made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_linux_knows_who_writes(tmp_path: Path) -> None:
    """Readers do not count, and looking changes nothing."""
    path = tmp_path / "a.csv"
    with path.open("w"):
        assert is_written_to(path)
    with path.open():
        assert not is_written_to(path)
    assert not is_written_to(path)
    with pytest.raises(OSError, match="No such file"):
        is_written_to(tmp_path / "none")
