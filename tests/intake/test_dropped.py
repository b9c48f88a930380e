"""The drop folder: what is taken, what is left, and what lies beside it afterwards."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshop import TODAY, Workshop

from pulse_core.errors import Unavailable
from pulse_core.intake import dropped, filing, inbox
from pulse_core.intake.dropped import Looks, Taken
from pulse_core.intake.names import kept, real, shown
from pulse_core.intake.watching import RETRY_SECONDS, Watcher
from pulse_core.jobs import Silent

ORDERS = "customer_id,date,amount\n1,2020-01-01,5\n2,2020-01-03,x\n"
ASKING = "customer_id,date,amount\n1,03/04/2020,5\n"
NOW = datetime.combine(TODAY, datetime.min.time())


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    """An organisation with its drop folder."""
    made = Workshop(tmp_path)
    dropped.prepare(tmp_path, ["acme"])
    yield made
    made.close()


def box(shop: Workshop) -> Path:
    """The drop folder."""
    return dropped.folder(shop.home, "acme")


def put(shop: Workshop, name: str | bytes, content: str = ORDERS) -> Path:
    """A file in the drop folder."""
    path = box(shop) / os.fsdecode(name)
    path.write_text(content)
    return path


def empty(shop: Workshop) -> list[Taken]:
    """Take what lies there."""
    with shop.importer() as importer:
        looks = dropped.look(box(shop))
        return inbox.empty(importer, looks, by="ada", now=NOW, progress=Silent(), command="pulse import")


def lies(shop: Workshop) -> list[str]:
    """Everything in the drop folder, by path."""
    return sorted(shown(path.relative_to(box(shop))) for path in box(shop).rglob("*") if not path.is_dir())


def report(shop: Workshop, path: str) -> dict[str, Any]:
    """The report beside a file that was moved."""
    told: dict[str, Any] = json.loads((box(shop) / f"{path}.report.json").read_text())
    return told


def test_a_file_is_imported_and_moved_with_its_report(shop: Workshop) -> None:
    """Programs read the JSON, people the text; both tell every row."""
    put(shop, "orders.csv")
    [taken] = empty(shop)
    assert (taken.moved_to, taken.error, taken.left) == ("done/orders.csv", None, None)
    assert lies(shop) == ["done/orders.csv", "done/orders.csv.report.json", "done/orders.csv.report.txt"]
    told = report(shop, "done/orders.csv")["report"]
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 1, 1)
    assert "1 accepted" in (box(shop) / "done/orders.csv.report.txt").read_text()
    assert shop.rows("SELECT customer_id FROM order_lines") == [("1",)]


def test_a_question_is_told_with_the_command_that_answers_it(shop: Workshop) -> None:
    """Nobody has to find out how; once answered, files of the same shape go through by themselves."""
    put(shop, "it's.csv", ASKING)
    [taken] = empty(shop)
    assert taken.error is not None
    assert (taken.moved_to, taken.error["code"]) == ("failed/it's.csv", "ambiguous_dates")
    text = (box(shop) / "failed/it's.csv.report.txt").read_text()
    assert "What to do: choose the day-first or the month-first format" in text
    assert "--dates day_first" in text
    assert "'\"'\"'" in text, "the name is quoted for the shell"
    shop.load(box(shop) / "failed/it's.csv", answers={"dates": "day_first"})
    put(shop, "next.csv", ASKING.replace("5", "6"))
    assert [file.moved_to for file in empty(shop)] == ["done/next.csv"]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ('customer_id,date,amount\n1,2020-01-01,"1,234"\n', "--numbers comma"),
        ("Client;Date;Sum\nada;2020-01-01;5\n", "--map amount=COLUMN"),
        (
            "order_id,customer_id,date,product,amount\na,1,2020-01-01,x,5\na,1,2020-01-01,y,5\nb,1,2020-01-02,x,7\n",
            "--amounts order",
        ),
    ],
)
def test_every_question_has_an_answer(shop: Workshop, content: str, answer: str) -> None:
    """Whatever is asked, the report says which option answers it."""
    put(shop, "x.csv", content)
    [taken] = empty(shop)
    assert taken.error is not None
    assert answer in (box(shop) / "failed/x.csv.report.txt").read_text()


def test_an_overlap_is_a_question_too(shop: Workshop) -> None:
    """Rows of an earlier import are never counted twice in silence."""
    shop.load(ORDERS)
    put(shop, "again.csv", ORDERS + "3,2020-01-04,7\n")
    [taken] = empty(shop)
    assert taken.error is not None
    assert taken.error["code"] == "overlapping_rows"
    text = (box(shop) / "failed/again.csv.report.txt").read_text()
    assert text.index("--overlap skip") < text.index("--overlap keep")
    assert "After the first, files with the same columns go through by themselves." in text
    shop.load(box(shop) / "failed/again.csv", answers={"overlap": "skip"})
    put(shop, "later.csv", ORDERS + "4,2020-01-04,8\n")
    assert [file.moved_to for file in empty(shop)] == ["done/later.csv"]
    assert shop.rows("SELECT count(*) FROM order_lines") == [(3,)]


def test_files_are_taken_in_the_order_of_their_names(shop: Workshop) -> None:
    """An export numbered by day is loaded day by day; one bad file stands in no other's way."""
    for name, content in (("b.csv", ""), ("c.csv", ORDERS), ("a.csv", ORDERS.replace("5", "7"))):
        put(shop, name, content)
    assert [taken.moved_to for taken in empty(shop)] == ["done/a.csv", "failed/b.csv", "done/c.csv"]


def test_nothing_is_overwritten(shop: Workshop) -> None:
    """A second file of the same name gets a number, and so do its reports."""
    for amount in (5, 6, 7):
        put(shop, "orders.csv.gz", ORDERS.replace("5", str(amount)))
        empty(shop)
    names = [name for name in lies(shop) if "report" not in name]
    assert names == ["done/orders-2.csv.gz", "done/orders-3.csv.gz", "done/orders.csv.gz"]
    assert report(shop, "done/orders-3.csv.gz")["report"]["batch_id"] == 3


def test_a_file_called_as_a_report_is_no_report(shop: Workshop) -> None:
    """A name that a report would get may be taken already by a file that somebody dropped."""
    put(shop, "a.csv.report.txt", ORDERS)
    empty(shop)
    put(shop, "a.csv", ORDERS.replace("5", "6"))
    empty(shop)
    assert (box(shop) / "done/a.csv.report.txt").read_text() == ORDERS
    assert (box(shop) / "done/a-2.csv.report.txt").exists()


@pytest.mark.parametrize(
    "name", ["a.csv.part", "b.TMP", "c.crdownload", "d.filepart", ".hidden.csv", "~$book.xlsx"]
)
def test_what_is_not_finished_by_its_name_is_left(shop: Workshop, name: str) -> None:
    """Browsers, copy programs and spreadsheets say by the name that they are still at it."""
    put(shop, name)
    assert (empty(shop), lies(shop)) == ([], [name])


def test_what_changes_between_two_looks_is_left(shop: Workshop) -> None:
    """A file that is still being copied is taken when it has come to rest."""
    path = put(shop, "a.csv")
    before = dropped.look(box(shop))
    path.write_text(ORDERS + "3,2020-01-05,1\n")
    assert dropped.settled(box(shop), before) == []
    assert dropped.settled(box(shop), dropped.look(box(shop))) == ["a.csv"]


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux tells who writes to a file")
def test_what_somebody_has_open_for_writing_is_left(shop: Workshop) -> None:
    """A copy that stalls for long is not taken for whole."""
    path = put(shop, "a.csv")
    with path.open("a"):
        assert empty(shop) == []
    with path.open():
        assert [taken.moved_to for taken in empty(shop)] == ["done/a.csv"]


def test_a_file_written_to_while_it_is_read_does_not_count(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an export is taken out again, and the file waits for the next look."""
    path = put(shop, "a.csv")
    run = inbox.Importer.run

    def and_somebody_writes(self: Any, *given: Any, **named: Any) -> Any:
        made = run(self, *given, **named)
        path.write_text(ORDERS + "3,2020-01-05,1\n")
        return made

    monkeypatch.setattr(inbox.Importer, "run", and_somebody_writes)
    [taken] = empty(shop)
    assert (taken.left, lies(shop)) == ("it was written to while it was read", ["a.csv"])
    assert shop.rows("SELECT count(*) FROM order_lines") == [(0,)]
    monkeypatch.undo()
    empty(shop)
    assert shop.rows("SELECT count(*) FROM order_lines") == [(2,)]


def test_links_and_folders_are_not_followed(shop: Workshop, tmp_path: Path) -> None:
    """Who may drop files may not read others: nothing outside of the folder is opened, moved or told."""
    secret = shop.file(ORDERS, "secret.csv")
    (box(shop) / "link.csv").symlink_to(secret)
    (box(shop) / "more").mkdir()
    put(shop, "more/inner.csv")
    os.mkfifo(box(shop) / "pipe.csv")
    assert (empty(shop), secret.exists()) == ([], True)
    (tmp_path / "elsewhere").mkdir()
    (box(shop) / "done").symlink_to(tmp_path / "elsewhere")
    put(shop, "a.csv")
    [taken] = empty(shop)
    assert taken.left == "a folder is needed there, not a link or a file"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_is_a_link_is_left_alone(shop: Workshop, tmp_path: Path) -> None:
    """A link in the place of a drop folder leads nowhere."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_text(ORDERS)
    box(shop).rmdir()
    box(shop).symlink_to(tmp_path / "elsewhere")
    assert dropped.look(box(shop)) == {}


@pytest.mark.parametrize(
    "name", [b"caf\xe9.csv", b"a\nb\x1b[2J.csv", b"x" * 250 + b".csv", "ü".encode() * 125 + b".csv"]
)
def test_any_name_that_a_file_can_have_is_taken(shop: Workshop, name: bytes) -> None:
    """Bytes that are no text, signs that move a cursor, the longest names: moved under it, told in plain text."""
    put(shop, name)
    [taken] = empty(shop)
    assert taken.file.isprintable()
    taken.file.encode()
    [moved] = [path for path in (box(shop) / "done").iterdir() if ".report." not in path.name]
    assert (box(shop) / "done" / f"{moved.name}.report.json").exists()
    if len(name) < 200:
        assert os.fsencode(moved.name) == name


@given(st.binary(min_size=1, max_size=60))
def test_names_come_back_as_they_were(raw: bytes) -> None:
    """What a job keeps of a name leads to the same file again, and can be stored as UTF-8."""
    name = os.fsdecode(raw)
    assert os.fsencode(real(kept(name))) == raw
    kept(name).encode()
    assert shown(name).isprintable()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("where", ["load", "move"])
def test_a_fault_of_the_machine_leaves_the_file(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    """A full disk is no fault of the file: it stays, is named with the reason, and is taken when there is room."""
    put(shop, "a.csv")
    with monkeypatch.context() as broken:

        def fails(*_: Any, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        broken.setattr(*((inbox.Importer, "run") if where == "load" else (filing, "settle")), fails)
        taken = empty(shop)
    assert (taken[0].left, (box(shop) / "a.csv").exists()) == (os.strerror(number), True)
    with pytest.raises(Unavailable, match=r"1 of 1 files stay in the drop folder \(a.csv: "):
        inbox.result(taken)
    assert [file.moved_to for file in empty(shop)] == ["done/a.csv"]
    assert shop.rows("SELECT count(*) FROM order_lines") == [(1,)]


def test_a_defect_of_ours_does_not_stop_the_others(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that brings the importer down is put aside with a plain sentence; the next one is taken."""
    put(shop, "a.csv")
    put(shop, "b.csv", ORDERS.replace("5", "6"))
    run = inbox.Importer.run

    def falls(self: Any, path: Path, **named: Any) -> Any:
        if path.name == "a.csv":
            raise ZeroDivisionError
        return run(self, path, **named)

    monkeypatch.setattr(inbox.Importer, "run", falls)
    first, second = empty(shop)
    assert first.error is not None
    assert (first.moved_to, first.error["code"], second.moved_to) == (
        "failed/a.csv",
        "internal",
        "done/b.csv",
    )


@pytest.mark.parametrize("content", [ORDERS, ASKING])
@pytest.mark.parametrize("step", range(6))
def test_a_run_that_died_is_continued(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, step: int, content: str
) -> None:
    """Wherever it stopped: one file, one report, one import, and no second name."""
    put(shop, "a.csv", content)
    calls = 0

    class Died(BaseException):
        pass

    def counted(work: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal calls
            if calls == step:
                raise Died
            calls += 1
            return work(*given, **named)

        return call

    with monkeypatch.context() as dying:
        for module, name in (
            (filing, "settle"),
            (filing, "sync_folder"),
            (filing.os, "link"),
            (filing, "_move"),
        ):
            dying.setattr(module, name, counted(getattr(module, name)))
        with pytest.raises(Died):
            empty(shop)
    told = {path: path.read_bytes() for path in box(shop).rglob("*.report.json")}
    empty(shop)
    assert all(path.read_bytes() == before for path, before in told.items()), "the first report knows more"
    fate = "done" if content == ORDERS else "failed"
    assert lies(shop) == [f"{fate}/a.csv", f"{fate}/a.csv.report.json", f"{fate}/a.csv.report.txt"]
    assert shop.rows("SELECT count(*) FROM order_lines") == [(1 if content == ORDERS else 0,)]


def test_folders_of_nobody_are_found(shop: Workshop) -> None:
    """A slip in the folder's name is told, and nothing in it is touched."""
    (shop.home / "inbox" / "acne").mkdir()
    assert dropped.unknown(shop.home, ["acme"]) == ["acne"]
    assert dropped.unknown(shop.home / "nowhere", ["acme"]) == []


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    """A studio starts without its drop folders too."""
    (tmp_path / "inbox").write_text("in the way")
    dropped.prepare(tmp_path, ["acme"])
    assert dropped.look(dropped.folder(tmp_path, "acme")) == {}


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_watcher_hands_over_what_came_to_rest_once(
    shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """Not before its time, not twice, again when it changed or much later; folders of nobody are logged once."""
    clock, given_over = Clock(), list[tuple[str, Looks]]()

    def take(org_id: str, looks: Looks) -> bool:
        given_over.append((org_id, looks))
        return True

    watcher = Watcher(shop.home, lambda: ["acme"], take, settle_seconds=3, clock=clock)
    (shop.home / "inbox" / "acne").mkdir()
    path = put(shop, "a.csv")
    for seconds, count in ((0, 0), (2, 0), (1, 1), (5, 1), (RETRY_SECONDS, 2)):
        clock.now += seconds
        watcher.look()
        assert len(given_over) == count, seconds
    path.write_text(ORDERS * 2)
    for seconds, count in ((1, 2), (3, 3)):
        clock.now += seconds
        watcher.look()
        assert len(given_over) == count, seconds
    assert given_over[-1] == ("acme", dropped.look(box(shop)))
    assert [r.getMessage() for r in caplog.records].count(
        "the folder inbox/acne belongs to no organisation and is left alone"
    ) == 1


def test_the_watcher_offers_again_what_was_not_taken(shop: Workshop) -> None:
    """While a job of the drop folder runs, the next file waits for it."""
    clock, asked = Clock(), list[str]()
    watcher = Watcher(
        shop.home, lambda: ["acme"], lambda o, _l: bool(asked.append(o)), settle_seconds=0, clock=clock
    )
    put(shop, "a.csv")
    watcher.look()
    watcher.look()
    assert asked == ["acme", "acme"]
