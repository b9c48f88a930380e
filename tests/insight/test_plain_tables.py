"""Plain tables with a label, from the file to the verdict, in the child process as in the studio."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from workshop import Workshop

from pulse_core.errors import Invalid, NotFound
from pulse_core.insight.learning.tables import train
from pulse_core.insight.plain_tables import LABEL, Desk, Wish, train_file, train_imported
from pulse_core.jobs import Silent

METRICS = ("auc", "auc_low", "auc_high", "pr_auc", "log_loss", "brier", "accuracy", "calibration_error")


def telecom(rows: int = 600, *, seed: int = 0, signal: float = 1.0) -> pa.Table:
    """A table in which the contract and the tenure decide, with an id and a leak."""
    rng = np.random.default_rng(seed)
    tenure, monthly = rng.integers(0, 72, rows), rng.choice(["month", "year"], rows)
    odds = signal * (1.5 * (monthly == "month") - tenure / 24) - 0.3
    left = rng.random(rows) < 1 / (1 + np.exp(-odds))
    return pa.table(
        {
            "Customer ID": [f"{number:05}-X" for number in range(rows)],
            "tenure": pa.array(tenure, mask=rng.random(rows) < 0.05),
            "contract": monthly,
            "charges": np.round(rng.gamma(4, 20, rows), 2),
            "churn_reason": np.where(left, rng.choice(["price", "moved"], rows), None),
            "churn": np.where(left, "Yes", "No"),
        }
    )


def in_process(path: Path, label: str = "churn", **more: Any) -> dict[str, Any]:
    """The training without a child process: the same function."""
    source = {"path": str(path), "workspace": str(path.parent / "work"), "name": None, "sheet": None}
    given = {"leaves": None, "keep": [], "rows_file": None, **more}
    return train(source=source, label=label, report=lambda *_: None, **given)


def as_csv(table: pa.Table, path: Path) -> Path:
    pc.write_csv(table, path)
    return path


def as_workbook(table: pa.Table, path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for place, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
            sheet.write_column(0, place, [name, *column.to_pylist()])
    return path


def as_semicolons(table: pa.Table, path: Path) -> Path:
    lines = [";".join(table.column_names)]
    rows = (
        [("" if cell is None else str(cell).replace(".", ",")) for cell in row.values()]
        for row in table.to_pylist()
    )
    lines += [";".join(row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return path


def as_gz(table: pa.Table, path: Path) -> Path:
    path.write_bytes(gzip.compress(as_csv(table, path.with_suffix(".tmp")).read_bytes()))
    return path


def as_parquet(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path)
    return path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of the table as CSV, by the child process, with its rows."""
    folder = tmp_path_factory.mktemp("tables")
    desk = Desk(folder / "work", Silent(), folder / "rows.parquet")
    result = train_file(as_csv(telecom(), folder / "telecom.csv"), Wish("Churn"), desk)
    assert not list((folder / "work").iterdir())
    return result | {"said": pq.read_table(folder / "rows.parquet")}


def test_every_model_has_every_metric(told: dict[str, Any]) -> None:
    """Programs may rely on these names."""
    assert list(told["models"]) == ["constant", "logistic", "trees", "pulse"]
    assert all(tuple(metrics) == METRICS for metrics in told["models"].values())
    assert told["models"]["constant"]["auc"] == 0.5
    assert told["verdict"] == "usable"
    assert told["models"]["pulse"]["auc"] > 0.7
    assert told["label"] == {"column": "churn", "leaves": "Yes", "rows": 165, "share": 0.275}


def test_the_leak_is_told_and_left_out(told: dict[str, Any]) -> None:
    """With the reason for leaving the AUC would be 1."""
    assert {(w["code"], w["column"]) for w in told["warnings"]} == {
        ("leak", "churn_reason"),
        ("id", "Customer ID"),
    }
    assert told["models"]["pulse"]["auc"] < 0.9
    used = {column["name"]: column["use"] for column in told["columns"]}
    assert used == {
        "Customer ID": "id", "tenure": "number", "contract": "choice", "charges": "number", "churn_reason": "left out",
    }  # fmt: skip


def test_what_decides_comes_first(told: dict[str, Any]) -> None:
    """The columns that the table was made from."""
    assert list(told["importance"])[2] == "charges"
    assert max(len(column) for curve in told["curves"].values() for column in curve.values()) <= 101


def test_each_row_has_its_probability_and_reasons(told: dict[str, Any]) -> None:
    """In the words of the table, said by a model that had not seen the row."""
    rows, source = told["said"].to_pylist(), telecom().to_pylist()
    assert [row["row"] for row in rows[:2]] == [2, 3]
    assert [row["churned"] for row in rows] == [row["churn"] == "Yes" for row in source]
    risky = max(rows, key=lambda row: row["probability"])
    assert {reason["column"]: reason["value"] for reason in risky["reasons"]}["contract"] == "month"
    assert all(
        reason["effect"] > 0 for reason in risky["reasons"] if reason["column"] in ("contract", "tenure")
    )


@pytest.mark.parametrize("write", [as_workbook, as_semicolons, as_gz, as_parquet])
def test_any_file_that_the_intake_opens(
    told: dict[str, Any], tmp_path: Path, write: Callable[[pa.Table, Path], Path]
) -> None:
    """The same table gives the same figures, whatever it comes in."""
    found = in_process(write(telecom(), tmp_path / "telecom.dat"))
    for model, metrics in told["models"].items():
        assert found["models"][model] == pytest.approx(metrics), model
    assert [w["column"] for w in found["warnings"]] == [w["column"] for w in told["warnings"]]


def test_a_column_that_is_kept_is_used(tmp_path: Path) -> None:
    """A person may know better; the warning stays."""
    found = in_process(as_csv(telecom(), tmp_path / "t.csv"), keep=["Churn Reason"])
    assert found["models"]["pulse"]["auc"] > 0.99
    assert "because you said so" in found["warnings"][0]["text"]


@pytest.mark.slow
def test_noise_has_no_usable_signal(tmp_path: Path) -> None:
    """No table is flattered: at least 19 of 20 of noise are called what they are."""
    verdicts = []
    for seed in range(20):
        table = telecom(300, seed=seed, signal=0).drop(["churn_reason"])
        verdicts.append(in_process(as_csv(table, tmp_path / "t.csv"))["verdict"])
    assert verdicts.count("no usable signal") >= 19


def test_too_few_of_a_label_are_no_data(tmp_path: Path) -> None:
    """A dozen leavers teach nothing, and nothing is claimed of them."""
    table = telecom(300)
    rare = np.where(np.arange(300) % 25 == 0, "Yes", "No")
    found = in_process(as_csv(table.set_column(5, "churn", pa.array(rare)), tmp_path / "t.csv"))
    assert (found["verdict"], found["models"]) == ("too little data", {})
    assert "only 12 rows" in found["warnings"][-1]["text"]


def test_twins_are_judged_together(tmp_path: Path) -> None:
    """A table that holds each row twice must not look better than the half of it."""
    once = telecom(400, signal=0).drop(["churn_reason", "Customer ID"])
    found = in_process(as_csv(pa.concat_tables([once] * 4), tmp_path / "t.csv"))
    assert found["models"]["pulse"]["auc"] < 0.6
    assert found["warnings"][-1]["code"] == "twins"


def test_people_who_are_alike_in_a_coarse_table_are_no_twins(tmp_path: Path) -> None:
    """With two columns of a few words there are only four kinds of rows, and each part needs some of all."""
    words = telecom(400).select(["contract"]).append_column("left", telecom(400)["churn"])
    found = in_process(as_csv(words, tmp_path / "t.csv"), label="left")
    assert found["models"]["pulse"]["auc"] > 0.6
    assert found["warnings"] == []


def test_broken_lines_are_told(tmp_path: Path) -> None:
    """Lines of other lengths are left out, not shifted."""
    path = as_csv(telecom(), tmp_path / "t.csv")
    path.write_text(path.read_text() + '"00700-X",1,2\n')
    found = in_process(path)
    assert (found["rows"], found["warnings"][-1]["code"]) == (600, "broken")


def test_a_large_table_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows must not take an hour; what was drawn is said."""
    monkeypatch.setattr("pulse_core.insight.learning.tables.MOST_ROWS", 400)
    rows = tmp_path / "rows.parquet"
    found = in_process(as_csv(telecom(), tmp_path / "t.csv"), rows_file=str(rows))
    assert found["warnings"][-1]["text"] == "400 of 600 rows were drawn to learn from"
    assert found["label"]["rows"] == 165
    assert pq.read_table(rows)["row"].to_pylist() == sorted(set(pq.read_table(rows)["row"].to_pylist()))


def test_a_fault_of_the_file_comes_back_from_the_child(tmp_path: Path) -> None:
    """What the person can mend is told as it is, and nothing is left over."""
    path = as_csv(telecom(), tmp_path / "t.csv")
    with pytest.raises(Invalid, match=r"t\.csv has no column 'gone'"):
        train_file(path, Wish("gone"), Desk(tmp_path / "work", Silent()))
    assert not list((tmp_path / "work").iterdir())


def test_imported_tables_are_learnt_too(shop: Workshop, tmp_path: Path) -> None:
    """What was imported as a table with a label needs no file any more."""
    desk = Desk(tmp_path / "work", Silent(), tmp_path / "rows.parquet")
    with (
        shop.warehouses.use("acme") as warehouse,
        warehouse.snapshot() as reader,
        pytest.raises(NotFound, match="import one"),
    ):
        train_imported(reader, desk)
    shop.load(as_csv(telecom(), tmp_path / "telecom.csv"), name="telecom.csv")
    with shop.warehouses.use("acme") as warehouse, warehouse.snapshot() as reader:
        found = train_imported(reader, desk)
    assert found["label"] == {"column": LABEL, "leaves": "yes", "rows": 165, "share": 0.275}
    assert found["models"]["pulse"]["auc"] > 0.7
    assert pq.read_table(tmp_path / "rows.parquet")["customer_id"][0].as_py() == "00000-X"
