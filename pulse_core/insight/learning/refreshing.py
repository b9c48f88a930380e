"""What the child process of a refresh does: learns who leaves and what customers are worth, and writes both down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pulse_core.insight.learning import churn_work, value_work
from pulse_core.insight.learning.churn import Report

Result = dict[str, Any]


def learn(
    *, folder: str, models: str, cutoffs: Sequence[str], horizon_days: int, report: Report
) -> list[Result]:
    """Learn from the samples of `cutoffs` in `folder` (the newest first), and write `churn.parquet` and `clv.parquet`.

    Answers with a row of the registry for each kind of model, but for day and number; model files go into `models`.
    """
    draft = Path(folder) / "churn.model"
    told = churn_work.train(
        folder=folder, cutoffs=cutoffs, horizon_days=horizon_days, model_file=str(draft), report=report
    )
    churn = _row("churn", told["verdict"], _churn_metrics(told, horizon_days), draft, Path(models))
    report("Working out what customers are worth", 2, 3)
    draft = Path(folder) / "value.model"
    verdict, metrics = value_work.learn(Path(folder), cutoffs, horizon_days, draft)
    return [churn, _row("value", verdict, metrics, draft, Path(models))]


def _churn_metrics(told: Result, horizon_days: int) -> Result:
    """The numbers of a training as the registry keeps them."""
    judged = told["evaluation"] or {}
    whole = sum(row["strength"] for row in told.get("importance", ())) or 1.0
    return {
        "split": judged.get("split"), "cutoff": judged.get("cutoff"), "horizon_days": horizon_days,
        "learnt_from": judged.get("learnt_from", []), "customers": judged.get("customers"),
        "base_rate": judged.get("churned"), "models": judged.get("models", {}), "curves": told["curves"],
        "drivers": [
            {"feature": row["feature"], "label": row["label"], "weight": row["strength"] / whole}
            for row in told.get("importance", ())
        ],
        "warnings": [{"code": row["code"], "message": row["text"]} for row in told["warnings"]],
    }  # fmt: skip


def _row(kind: str, verdict: str, metrics: Result, draft: Path, models: Path) -> Result:
    """The file goes under the name of its content, so that the same learning is the same file."""
    if not draft.exists():
        said = hashlib.sha256(json.dumps([kind, verdict, metrics], sort_keys=True).encode()).hexdigest()
        return {"kind": kind, "verdict": verdict, "metrics": metrics, "file": None, "sha256": said}
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    name = f"{kind}-{digest[:16]}.model"
    draft.replace(models / name)
    return {"kind": kind, "verdict": verdict, "metrics": metrics, "file": name, "sha256": digest}
