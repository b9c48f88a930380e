"""The command line: what programs may rely on, and who does the work. What concerns processes runs in real ones."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli

ROOT = Path(__file__).parents[1]
TIMEOUT = 60
ORDERS = "customer_id,date,amount\n1,2020-01-01,5\n1,2020-02-01,-1\n,2020-01-01,5\n2,2020-01-03,x\n2,2020-01-03,7\n"
STUDIO = """
import sys
import wiring
pulse = wiring.studio()
print("owning", flush=True)
sys.stdin.readline()
pulse.close()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, given by the environment."""
    monkeypatch.setenv("PULSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PULSE_SAMPLE_ON_START", "false")
    monkeypatch.setenv("PULSE_INBOX_SETTLE_SECONDS", "0.3")
    monkeypatch.delenv("PULSE_ORG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def orders(tmp_path: Path) -> str:
    """A small file of orders."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return str(path)


def pulse(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", *arguments],
        capture_output=True, text=True, timeout=TIMEOUT, env=os.environ | environment, check=False,
    )  # fmt: skip


def program(*arguments: str) -> Any:
    """The JSON that a command prints as a process; nothing else may stand beside it."""
    done = pulse("--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def answer(*arguments: str, **environment: str) -> Any:
    """The JSON that a command prints, run in this process, which is quicker."""
    done = CliRunner().invoke(cli.main, ["--json", *arguments], env=environment)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return json.loads(done.stdout)


def complaint(*arguments: str) -> dict[str, Any]:
    """The error that a command ends with, in this process: one line of JSON and status 1."""
    done = CliRunner().invoke(cli.main, ["--json", *arguments])
    assert (done.exit_code, done.stdout) == (1, "")
    error: dict[str, Any] = json.loads(done.stderr)["error"]
    return error


@contextmanager
def owning() -> Iterator[subprocess.Popen[str]]:
    """A living studio's process: it owns the home folder and runs its jobs."""
    child = subprocess.Popen(
        [sys.executable, "-c", STUDIO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child:
        try:
            assert child.stdout.readline() == "owning\n"
            yield child
            child.communicate("\n", timeout=TIMEOUT)
        finally:
            child.kill()
            child.wait(timeout=TIMEOUT)


def test_from_a_file_to_a_customer(home: Path, orders: str) -> None:
    """Import, segments, customer, refresh, rebuild: each prints the JSON that programs rely on."""
    report = program("import", orders)
    assert {key: report[key] for key in ("rows", "accepted", "rejected", "set_aside", "returns")} == {
        "rows": 5, "accepted": 3, "rejected": 1, "set_aside": {"no_customer": 1}, "returns": 1,
    }  # fmt: skip
    assert report["rejects"] == [
        {
            "row": 5, "column": "amount", "value": "x", "reason": "is not a number that fits",
            "cells": ["2", "2020-01-03", "x"],
        }
    ]  # fmt: skip
    assert type(report["rejects"][0]["row"]) is int
    assert answer("import", orders)["unchanged"] is True
    rows = answer("segments")["segments"]
    assert (len(rows), sum(row["customers"] for row in rows)) == (11, 2)
    known = program("customer", "1")
    assert (known["customer_id"], known["frequency"], known["monetary"]) == ("1", 1, 4.0)
    assert [order["amount"] for order in known["orders"]] == [-1.0, 5.0]
    assert answer("refresh")["customers"] == 2
    rebuilt = answer("rebuild")
    assert rebuilt["equal"] is True
    assert rebuilt["before"] == rebuilt["after"]
    assert rebuilt["before"]["order_lines"].startswith("3:")


def test_models_are_compared(home: Path, tmp_path: Path) -> None:
    """`evaluate` prints every model with its metrics as JSON, and as tables for people."""
    lines = ["customer_id,date,amount"]
    for n in range(240):
        months = range(1, 13) if n % 2 else (1, 1 + n % 5)
        lines += [f"c{n},2024-{month:02}-{1 + n % 27:02},{10 + n % 7}" for month in months]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines))
    assert answer("import", str(path))["rejected"] == 0
    told = answer("evaluate", "--cutoff", "2024-08-31", "--horizon", "60")
    assert (told["verdict"], told["cutoff"], told["horizon_days"]) == ("usable", "2024-08-31", 60)
    assert {
        "auc",
        "auc_low",
        "auc_high",
        "pr_auc",
        "log_loss",
        "brier",
        "accuracy",
        "calibration_error",
    } == set(told["models"]["pulse"])
    text = CliRunner().invoke(cli.main, ["evaluate", "--cutoff", "2024-08-31", "--horizon", "60"]).stdout
    assert "Verdict: usable" in text
    assert "Learnt from earlier days" in text
    assert complaint("evaluate", "--cutoff", "2024-12-20")["code"] == "invalid"


def labelled(path: Path) -> str:
    """A table of 300 customers of whom those with a monthly contract leave more often."""
    rows = [
        (number, "month" if number % 2 else "year", number % 10 < 2 + 4 * (number % 2))
        for number in range(300)
    ]
    path.write_text(
        "contract,calls,gone\n" + "".join(f"{plan},{n % 7},{int(left)}\n" for n, plan, left in rows)
    )
    return str(path)


def test_a_table_with_a_label_is_learnt_without_an_organisation(home: Path, tmp_path: Path) -> None:
    """Whoever only wants to know whether a table holds a signal imports nothing; only the version stays."""
    table = labelled(tmp_path / "t.csv")
    found = answer("train-table", table, "--label", "gone")
    assert (found["rows"], found["label"]["leaves"], found["verdict"]) == (300, "1", "usable")
    assert set(found["models"]["pulse"]) >= {
        "auc",
        "auc_low",
        "auc_high",
        "pr_auc",
        "log_loss",
        "brier",
        "accuracy",
    }
    assert found["warnings"] == []
    assert not list(home.glob("warehouses/*"))
    spoken = CliRunner().invoke(cli.main, ["train-table", table, "--label", "gone", "--leaves", "0"])
    assert "what matters most: contract" in spoken.stdout
    assert complaint("train-table", table, "--label", "left")["column"] == "left"
    assert complaint("train-table", f"{table}x", "--label", "left")["message"] == f"there is no file {table}x"


def test_json_may_be_asked_for_behind_the_command_too(home: Path, orders: str) -> None:
    """Both places give the same, of results and of errors; where it does not stand, people are spoken to."""
    before = answer("import", orders)
    assert before["accepted"] == 3
    for arguments, status in (
        (["refresh", "--as-of", "2020-01-02", "--json"], 0),
        (["refresh", "--as-of", "x", "--json"], 1),
    ):
        done = CliRunner().invoke(cli.main, arguments)
        assert done.exit_code == status
        told = json.loads(done.stderr if status else done.stdout)
        assert told.get("as_of") == (None if status else "2020-01-02")
    assert not CliRunner().invoke(cli.main, ["refresh"]).stdout.startswith("{")


def test_a_dry_run_on_a_fresh_machine(home: Path, orders: str) -> None:
    """Looking before leaping works first thing, tells the same figures, and makes nothing, not even an organisation."""
    told = answer("import", orders, "--dry-run")
    assert (told["rows"], told["accepted"], told["rejected"], told["batch_id"]) == (5, 3, 1, None)
    assert complaint("refresh")["code"] == "not_found"
    assert answer("--org", "acme", "import", "--sample", "cdnow", "--dry-run")["accepted"] == 69_659
    assert complaint("--org", "cdnow", "refresh")["code"] == "not_found"
    assert answer("import", orders)["unchanged"] is False


def test_a_mapping_and_a_date_format_by_hand(home: Path, tmp_path: Path) -> None:
    """--map and --dates say what no program can know."""
    path = tmp_path / "foreign.csv"
    path.write_text("who,wann,total\nA,03/04/2020,5\nB,05/06/2020,6\n")
    assert complaint("import", str(path))["message"].startswith(
        "foreign.csv: no column was found for Customer"
    )
    mapped = ("import", str(path), "--map", "customer_id=who, ordered_at=wann")
    assert complaint(*mapped)["code"] == "ambiguous_dates"
    report = answer(*mapped, "--dates", "day_first")
    assert (report["accepted"], report["first_day"], report["last_day"]) == (2, "2020-04-03", "2020-06-05")


def test_several_files_at_once(home: Path, orders: str, tmp_path: Path) -> None:
    """Each file has its own report, in the order given."""
    (tmp_path / "more.csv").write_text("customer_id,date,amount\n9,2020-01-01,5\n")
    reports = answer("import", orders, str(tmp_path / "more.csv"))["files"]
    assert [(report["file"], report["accepted"]) for report in reports] == [
        ("orders.csv", 3),
        ("more.csv", 1),
    ]


def test_one_bad_file_does_not_hide_the_others(home: Path, orders: str, tmp_path: Path) -> None:
    """What was imported before and after it is told, with status 1 and the error where programs look for it."""
    more = tmp_path / "more.csv"
    more.write_text("customer_id,date,amount\n9,2020-01-01,5\n")
    done = CliRunner().invoke(cli.main, ["--json", "import", orders, "nix.csv", str(more)])
    first, bad, last = json.loads(done.stdout)["files"]
    assert (done.exit_code, first["accepted"], bad["file"], last["accepted"]) == (1, 3, "nix.csv", 1)
    assert bad["error"] == json.loads(done.stderr)["error"]
    told = CliRunner().invoke(cli.main, ["import", orders, "nix.csv"])
    assert "orders.csv: imported before (import 1)" in told.stdout
    assert told.stderr.startswith("pulse: there is no file")


@pytest.mark.parametrize("asked", [("--json",), ()])
def test_a_name_that_is_no_text_is_no_reason_to_fail(
    home: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    """Any file can be imported or missed, and is told in a name that can be printed."""
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text(ORDERS)
    done = pulse(*asked, "import", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "caf�.csv" in done.stdout
    missed = pulse(*asked, "import", os.fsdecode(b"nix\xe9.csv"))
    assert missed.returncode == 1
    assert "nix�.csv" in missed.stderr
    assert "Traceback" not in missed.stderr


def drop(home: Path, name: str, content: str, org: str = "my-shop") -> Path:
    """A file in the drop folder."""
    path = home / "inbox" / org / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_the_drop_folders_are_emptied_once(home: Path, orders: str) -> None:
    """For cron: every organisation's files, each with its outcome; status 1 while one waits for an answer."""
    answer("import", orders)
    answer("--org", "other", "import", orders)
    assert answer("inbox") == {"files": [], "unknown_folders": []}
    drop(home, "a.csv", "customer_id,date,amount\n9,2020-01-01,5\n")
    drop(home, "b.csv", "customer_id,date,amount,what\n9,03/04/2020,5,mug\n", "other")
    drop(home, "c.csv", "", "nobody")
    assert [file["moved_to"] for file in answer("--org", "my-shop", "inbox")["files"]] == ["done/a.csv"]
    done = CliRunner().invoke(cli.main, ["--json", "inbox"])
    found = json.loads(done.stdout)
    [file] = found["files"]
    assert (done.exit_code, done.stderr, found["unknown_folders"]) == (1, "", ["nobody"])
    assert (file["organisation"], file["moved_to"]) == ("other", "failed/b.csv")
    assert file["error"]["code"] == "ambiguous_dates"
    assert (home / "inbox" / "nobody" / "c.csv").exists()
    assert answer("refresh")["customers"] == 3
    drop(home, "d.csv", "x", "other")
    told = CliRunner().invoke(cli.main, ["inbox"])
    assert told.stdout.startswith("other: d.csv")
    assert "(see failed/d.csv.report.txt)" in told.stdout


def test_two_runs_over_one_drop_folder(home: Path, orders: str) -> None:
    """Two crons at once: every file is taken once, and none has two names."""
    answer("import", orders)
    for number in range(6):
        drop(home, f"{number}.csv", f"customer_id,date,amount\nd{number},2020-01-01,5\n")
    command = [sys.executable, "-c", "import cli; cli.main()", "--json", "inbox"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    taken = []
    for child in [subprocess.Popen(command, **pipes) for _ in range(2)]:
        out, err = child.communicate(timeout=TIMEOUT)
        assert (child.returncode, err) == (0, "")
        taken += [file["moved_to"] for file in json.loads(out)["files"]]
    assert sorted(taken) == [f"done/{number}.csv" for number in range(6)]
    assert len(list((home / "inbox" / "my-shop").rglob("*.csv"))) == 6
    assert answer("refresh")["customers"] == 8


def test_the_sample_world_is_made_by_a_command(home: Path) -> None:
    """An organisation of its own, used again by the next call; real data has no place in it."""
    made = answer("sample", "--customers", "60", "--seed", "7")
    assert made["organisation"] == "sample-world"
    assert [file["kind"] for file in made["files"]] == ["customers", "orders", "visits"]
    again = answer("sample", "--customers", "60", "--seed", "7")
    assert (again["organisation"], all(file["unchanged"] for file in again["files"])) == (
        "sample-world",
        True,
    )
    assert complaint("--org", "acme", "sample")["message"] == "the sample world is an organisation of its own"
    assert complaint("sample", "--industry", "mining")["code"] == "invalid"
    assert complaint("sample", "--customers", "0")["code"] == "invalid"


def test_the_template_is_a_file_that_loads(home: Path, tmp_path: Path) -> None:
    """Fifty customers, no row rejected; a file that is there is never written over."""
    path = str(tmp_path / "template.csv")
    assert answer("template", path)["customers"] == 50
    assert complaint("template", path)["code"] == "refused"
    assert complaint("template", str(tmp_path / "no" / "where.csv"))["code"] == "invalid"
    assert answer("import", path)["accepted"] == 50


def test_an_organisation_is_deleted_with_everything(home: Path, orders: str) -> None:
    """Only when it is said; rows and files go, and an organisation of the same id begins with nothing."""
    answer("import", orders)
    answer("--org", "other", "import", orders)
    drop(home, "a.csv", ORDERS)
    assert complaint("delete-organisation", "my-shop")["remedy"].endswith("--yes")
    assert complaint("delete-organisation", "acne", "--yes")["code"] == "not_found"
    gone = answer("delete-organisation", "my-shop", "--yes")
    assert (gone["name"], gone["rows"]["import_log"]) == ("My shop", 1)
    assert [path for path in home.rglob("*") if path.name.startswith("my-shop")] == []
    assert answer("--org", "other", "refresh")["customers"] == 2
    assert answer("import", orders)["unchanged"] is False
    assert answer("refresh")["customers"] == 2


def test_a_living_studio_deletes_for_a_command(home: Path, orders: str) -> None:
    """The studio has the warehouse open: it closes it and deletes the files, and the command waits for that."""
    with owning():
        answer("import", orders)
        answer("delete-organisation", "my-shop", "--yes")
        assert [path for path in home.rglob("*") if path.name.startswith("my-shop")] == []
        assert answer("import", orders)["unchanged"] is False
        assert answer("refresh")["customers"] == 2


def test_a_living_studio_watches_the_drop_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is put there is imported without anybody asking, whatever bytes its name has."""
    monkeypatch.setenv("PULSE_INBOX_SECONDS", "0.2")
    name = os.fsdecode(b"caf\xe9.csv")
    with owning():
        assert (home / "inbox" / "my-shop").is_dir()
        drop(home, name, ORDERS)
        deadline = time.monotonic() + TIMEOUT
        while not (home / "inbox" / "my-shop" / "done" / f"{name}.report.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert answer("refresh")["customers"] == 2


def test_a_sample_is_an_organisation_of_its_own(home: Path) -> None:
    """Sample data is never mixed with one's own."""
    assert answer("import", "--sample", "cdnow")["accepted"] == 69_659
    assert complaint("segments")["code"] == "not_found"
    assert sum(row["customers"] for row in answer("--org", "cdnow", "segments")["segments"]) == 23_570


def test_two_organisations_have_nothing_in_common(home: Path, orders: str, tmp_path: Path) -> None:
    """--org and PULSE_ORG choose whose rows are worked on."""
    (tmp_path / "more.csv").write_text("customer_id,date,amount\n9,2020-01-01,5\n")
    answer("--org", "acme", "import", orders)
    answer("import", str(tmp_path / "more.csv"), PULSE_ORG="other")
    assert answer("--org", "acme", "refresh")["customers"] == 2
    assert answer("--org", "other", "refresh")["customers"] == 1
    assert complaint("--org", "acme", "customer", "9")["code"] == "not_found"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["segments"], "not_found", "there is no organisation 'my-shop': import a file"),
        (["--org", "No Such", "import", "x.csv"], "invalid", "cannot be an organisation's id"),
        (["import"], "invalid", "no file was named"),
        (["import", "/no/such.csv"], "invalid", "there is no file /no/such.csv"),
        (["import", "--sample", "nonesuch"], "not_found", "choose one of: online_retail, cdnow"),
        (["import", "x.csv", "--map", "amount"], "invalid", "--map 'amount' is not OURS=THEIRS"),
        (["import", "x.csv", "--map", "=Total"], "invalid", "--map '=Total' is not OURS=THEIRS"),
    ],
)
def test_errors_are_json_too(home: Path, arguments: list[str], code: str, words: str) -> None:
    """A program gets code, message and remedy; nothing is printed that is not JSON."""
    error = complaint(*arguments)
    assert error["code"] == code
    assert words in f"{error['message']}: {error['remedy']}"


def test_errors_are_one_line_for_people(home: Path) -> None:
    """No traceback: what is wrong and what to do, on standard error, with status 1."""
    done = pulse("customer", "7")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pulse: there is no organisation 'my-shop': import a file: that makes it\n"


def test_a_bad_setting_is_told_by_its_name(home: Path) -> None:
    """A slip in the environment is one line that names the variable."""
    done = pulse("doctor", PULSE_WAREHOUSE_OPEN="many")
    assert done.returncode == 1
    assert done.stderr.startswith("pulse: the setting PULSE_WAREHOUSE_OPEN cannot be 'many'")


def test_people_get_a_few_lines(home: Path, orders: str) -> None:
    """Without --json the figures stand in sentences and columns."""
    done = CliRunner().invoke(cli.main, ["import", orders])
    assert "orders.csv: 5 rows, 3 accepted (1 returns), 1 rejected, 1 set aside" in done.stdout
    assert "set aside: 1 name no customer" in done.stdout
    assert "row 5: amount 'x' is not a number that fits" in done.stdout
    assert len(CliRunner().invoke(cli.main, ["segments"]).stdout.splitlines()) == 11
    assert "frequency         1" in CliRunner().invoke(cli.main, ["customer", "1"]).stdout


def test_doctor_finds_a_sound_installation_sound(home: Path, orders: str) -> None:
    """Versions, stores, locks, disk: all looked at, all well."""
    answer("import", orders)
    found = answer("doctor")
    assert found["ok"] is True
    values = {finding["name"]: finding["value"] for finding in found["findings"]}
    assert values["owner"] == "nobody"
    assert values["batches"] == "1 of 1 whole"
    assert {"python", "duckdb", "home", "free disk", "ledger"} <= set(values)


def test_doctor_names_what_is_amiss(home: Path, orders: str) -> None:
    """A lost batch file is told before a rebuild needs it, with status 1."""
    answer("import", orders)
    for batch in (home / "batches").rglob("*.parquet"):
        batch.unlink()
    done = CliRunner().invoke(cli.main, ["--json", "doctor"])
    [bad] = [finding for finding in json.loads(done.stdout)["findings"] if not finding["ok"]]
    assert (done.exit_code, bad["name"], bad["value"]) == (
        1,
        "batches",
        "0 of 1 whole (import 1 of my-shop is missing)",
    )
    assert "backup" in bad["remedy"]


@pytest.mark.parametrize("harm", ["delete", "scribble", "damage"])
def test_a_lost_or_damaged_warehouse_comes_back(home: Path, orders: str, harm: str) -> None:
    """`pulse rebuild` makes the same rows again, whatever became of the file; the damaged one is kept."""
    answer("import", orders)
    before = answer("rebuild")["after"]
    path = home / "warehouse" / "my-shop.duckdb"
    if harm == "delete":
        path.unlink()
    elif harm == "scribble":
        path.write_bytes(b"scribble" * 5_000)
    else:
        content = bytearray(path.read_bytes())
        for at in range(12_288, len(content), 8_192):
            content[at : at + 64] = os.urandom(64)
        path.write_bytes(content)
    result = answer("rebuild")
    assert result["after"] == before
    kept = [other.name for other in path.parent.iterdir() if "broken" in other.name]
    assert kept == ([] if harm == "delete" else [result["set_aside"]])
    assert answer("refresh")["customers"] == 2


def runners(home: Path) -> set[str]:
    """Who ran the jobs that are in the ledger."""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as ledger:
        return {runner.partition("#")[0] for (runner,) in ledger.execute("SELECT runner FROM jobs")}


def test_a_living_studio_does_a_commands_work(home: Path, orders: str) -> None:
    """The command hands its job over and follows it; it never opens the warehouse that the studio holds."""
    with owning() as child:
        note = json.loads((home / "owner.json").read_text())
        assert (note["pid"], note["role"]) == (child.pid, "studio")
        assert program("import", orders)["accepted"] == 3
        assert answer("refresh")["customers"] == 2
        assert complaint("customer", "7")["message"] == "there is no customer '7'"
        assert runners(home) == {note["runner"]}
        [owner] = [f for f in answer("doctor")["findings"] if f["name"] == "owner"]
        assert f"process {child.pid} (studio" in owner["value"]
    assert answer("refresh")["customers"] == 2  # the studio is gone: the command does it itself
    assert len(runners(home)) == 2


def test_a_second_studio_is_refused_with_who_is_there(home: Path) -> None:
    """Two studios would fight over the warehouses: the second names the first and ends."""
    with owning() as child:
        second = subprocess.run(
            [sys.executable, "-c", STUDIO],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            input="",
        )
    assert second.returncode != 0
    assert f"held by process {child.pid} (studio, since " in second.stderr


def test_a_killed_studio_stands_in_nobodys_way(home: Path, orders: str) -> None:
    """After kill -9 the next command works at once, and doctor names no dead owner."""
    with owning() as child:
        child.kill()
        child.wait(timeout=TIMEOUT)
        [owner] = [f for f in answer("doctor")["findings"] if f["name"] == "owner"]
        assert owner["value"] == "nobody"
        assert answer("import", orders)["accepted"] == 3


def test_two_commands_at_once_both_get_done(home: Path, tmp_path: Path) -> None:
    """One owns the folder, the other hands over or waits: neither fails, neither is lost."""
    answer("import", "--dry-run", str(ROOT / "data" / "cdnow.txt.gz"))
    files = [tmp_path / f"{number}.csv" for number in range(3)]
    for number, path in enumerate(files):
        path.write_text(f"customer_id,date,amount\n{number},2020-01-01,5\n")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", "import cli; cli.main()", "--json", "import", str(path)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for path in files
    ]  # fmt: skip
    for child in started:
        out, err = child.communicate(timeout=TIMEOUT)
        assert (child.returncode, err) == (0, "")
        assert json.loads(out)["accepted"] == 1
    assert answer("refresh")["customers"] == 3


def test_starting_a_command_makes_nothing(home: Path) -> None:
    """Help and a wrong word touch no disk: importing the modules builds nothing."""
    assert pulse("--help").returncode == 0
    assert pulse("nonsense").returncode == 2
    assert not home.exists()
