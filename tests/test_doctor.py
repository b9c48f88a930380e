"""The doctor looks at everything that a working installation needs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from workshop import HEADER, Workshop

from pulse_core import doctor
from pulse_core.doctor import Finding, examine
from pulse_core.settings import Settings
from pulse_core.stores.ledger import deletions


def found(settings: Settings) -> dict[str, Finding]:
    """The findings by name."""
    return {finding.name: finding for finding in examine(settings)}


def test_a_fresh_installation_is_sound(tmp_path: Path) -> None:
    """Before anything was imported, nothing is amiss."""
    findings = found(Settings(home=tmp_path / "new"))
    assert all(finding.ok for finding in findings.values())
    assert findings["home"].value == str((tmp_path / "new").resolve())
    assert (findings["owner"].value, findings["batches"].value) == ("nobody", "0 of 0 whole")


def test_every_organisations_batches_are_looked_for(tmp_path: Path) -> None:
    """One lost file among many is told, with what to do."""
    shop = Workshop(tmp_path)
    shop.add("other")
    shop.load(HEADER + "1,2020-01-01,5,a\n")
    shop.load(HEADER + "2,2020-01-01,5,a\n", org_id="other")
    shop.close()
    [batch] = [path for path in (tmp_path / "batches" / "other").iterdir() if ".aside." not in path.name]
    batch.unlink()
    batches = found(Settings(home=tmp_path))["batches"]
    assert (batches.ok, batches.value) == (False, "1 of 2 whole (import 2 of other is missing)")
    assert "restore" in batches.remedy


def test_a_batch_that_was_altered_is_told(tmp_path: Path) -> None:
    """A file of the right name that is not what was imported is as bad as a lost one, and so is a lost half."""
    shop = Workshop(tmp_path)
    shop.load(HEADER + "1,2020-01-01,5,a\n")
    shop.load(HEADER + "2,2020-01-01,5,a\n")
    shop.close()
    first, second = sorted((tmp_path / "batches" / "acme").glob("*.aside.parquet"))
    batch = first.with_name(first.name.replace(".aside", ""))
    batch.write_bytes(batch.read_bytes()[:-1])
    second.unlink()
    batches = found(Settings(home=tmp_path))["batches"]
    assert not batches.ok
    assert "is not what was imported" in batches.value
    assert "has lost the rows that were left out" in batches.value


def test_the_drop_folders_are_looked_at(tmp_path: Path) -> None:
    """What waits is counted, a folder of nobody is named, one that cannot be used is amiss."""
    Workshop(tmp_path).close()
    (tmp_path / "inbox" / "acme").mkdir(parents=True)
    (tmp_path / "inbox" / "acne").mkdir()
    (tmp_path / "inbox" / "acme" / "a.csv").write_text("x")
    folders = found(Settings(home=tmp_path))["drop folders"]
    assert (folders.ok, folders.value) == (True, "1 waiting; of no organisation: inbox/acne")
    (tmp_path / "inbox" / "acme" / "a.csv").unlink()
    (tmp_path / "inbox" / "acme").rmdir()
    (tmp_path / "inbox" / "acme").write_text("a file in the way")
    assert not found(Settings(home=tmp_path))["drop folders"].ok


def test_a_deletion_that_was_interrupted_is_told(tmp_path: Path) -> None:
    """Files of an organisation that is gone must not lie there unnoticed."""
    shop = Workshop(tmp_path)
    shop.ledger.write(partial(deletions.begin, org_id="acme", by="ada"))
    shop.close()
    told = found(Settings(home=tmp_path))["deletions"]
    assert (told.ok, told.remedy) == (False, "start the studio, or: pulse delete-organisation acme --yes")


def test_a_ledger_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    """The doctor goes on where another command stops."""
    url = SecretStr("postgresql+psycopg://nobody:s3cret@127.0.0.1:1/none")
    ledger = found(Settings(home=tmp_path, ledger_url=url))["ledger"]
    assert not ledger.ok
    assert ledger.remedy
    assert "s3cret" not in ledger.value


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports and refreshes need room: the doctor says so while there is some left."""
    monkeypatch.setattr(doctor, "LOW_DISK", 1 << 60)
    disk = found(Settings(home=tmp_path))["free disk"]
    assert (disk.ok, disk.remedy) == (False, "free some disk: imports and refreshes need room")
