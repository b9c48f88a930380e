"""What the child process of a churn training does: files in, files and plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pulse_core.insight.learning import churn, files, samples, scoring, value_work
from pulse_core.insight.learning.churn import Report
from pulse_core.insight.learning.contenders import Churn
from pulse_core.insight.learning.packing import packed, unpacked

KIND = "churn"


def evaluate(
    *, folder: str, cutoff: str, earlier: Sequence[str], horizon_days: int, report: Report
) -> dict[str, Any]:
    """Judge every model on the sample of the day `cutoff`; see `churn.evaluate`, for `clv` `value_work.evaluate`."""
    sample, *before = samples.read(Path(folder), [cutoff, *earlier])
    told = churn.evaluate(sample, before, horizon_days, report=report)
    report("Comparing models of value", 2, 3)
    return told | {"clv": value_work.evaluate(Path(folder), cutoff, earlier, horizon_days)}


def train(
    *, folder: str, cutoffs: Sequence[str], horizon_days: int, model_file: str, report: Report
) -> dict[str, Any]:
    """Learn from the samples of `cutoffs` (the newest first) and score `present.parquet` into `churn.parquet`.

    Neither that file nor the model's is written unless the verdict is "usable".
    """
    trained = churn.train(samples.read(Path(folder), cutoffs), horizon_days, report=report)
    result: dict[str, Any] = {"verdict": trained.verdict, "warnings": trained.warnings}
    result |= {"evaluation": None, "curves": None}
    if trained.judged:
        result |= {"evaluation": trained.judged.as_dict(), "curves": trained.judged.curves()}
    if trained.model:
        report("Scoring customers", 2, 3)
        scoring.score(trained.model, Path(folder) / "present.parquet", Path(folder) / "churn.parquet")
        kept = files.write(Path(model_file), KIND, packed(trained.model.blend))
        result |= {"importance": scoring.importance(trained.model), "sha256": kept}
    return result


def rescore(*, folder: str, model_file: str, report: Report) -> dict[str, Any]:
    """Score `present.parquet` into `churn.parquet` with a model that was kept."""
    report("Scoring customers", 0, 1)
    model = Churn(unpacked(files.read(Path(model_file), KIND)))
    rows = scoring.score(model, Path(folder) / "present.parquet", Path(folder) / "churn.parquet")
    return {"customers": rows}
