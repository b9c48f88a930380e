"""Rows of the registry as a training leaves them, for tests of what is made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pulse_core.stores.ledger.models import Model

CURVES = {
    "roc": {
        "threshold": [1.0, 0.6, 0.0],
        "false_positive_rate": [0.0, 0.2, 1.0],
        "true_positive_rate": [0.0, 0.7, 1.0],
    },
    "pr": {"threshold": [0.6, 0.0], "recall": [0.7, 1.0], "precision": [0.8, 0.4]},
    "calibration": {
        "predicted": [0.3],
        "observed": [0.35],
        "low": [0.3],
        "high": [0.4],
        "rows": [100.0],
    },
    "lift": {"share": [0.5, 1.0], "captured": [0.8, 1.0], "lift": [1.6, 1.0]},
    "thresholds": {
        "threshold": [0.0, 0.5, 1.0],
        "selected": [1.0, 0.5, 0.0],
        "true_positives": [0.4, 0.3, 0.0],
        "false_positives": [0.6, 0.2, 0.0],
        "false_negatives": [0.0, 0.1, 0.4],
    },
}
JUDGED = {
    "auc": 0.742,
    "auc_low": 0.7,
    "auc_high": 0.78,
    "pr_auc": 0.6,
    "log_loss": 0.58,
    "brier": 0.2,
    "accuracy": 0.7,
    "calibration_error": 0.03,
}
CHURN = {
    "split": "time",
    "cutoff": "2026-08-22",
    "horizon_days": 90,
    "customers": 500,
    "base_rate": 0.4,
    "models": {"constant": {**JUDGED, "auc": 0.5}, "pulse": JUDGED, "unheard_of": JUDGED},
    "curves": CURVES,
    "drivers": [{"feature": "recency_days", "label": "Recency", "weight": 0.7}],
    "warnings": [{"code": "season", "message": "less than a year is known"}],
}
VALUE = {
    "split": "time",
    "cutoff": "2026-08-22",
    "horizon_days": 90,
    "customers": 500,
    "models": {
        "mean": {"mae": 48.7, "rmse": 99.0, "spearman": 0.0, "total_ratio": 1.0, "top_decile": 0.1},
        "pulse": {"mae": 32.8, "rmse": 93.1, "spearman": 0.41, "total_ratio": 1.02, "top_decile": 0.5},
    },
    "chosen": "pulse",
    "deciles": [{"customers": 50, "predicted": 5.0, "spent": 4.0}],
    "interval": {"level": 0.8, "coverage": 0.79},
    "warnings": [],
}


def model(kind: str, verdict: str, metrics: dict[str, Any], *, version: int = 1) -> Model:
    """One row of the registry."""
    return Model(
        id=version,
        org_id="acme",
        kind=kind,
        version=version,
        as_of=date(2026, 11, 20),
        horizon_days=90,
        verdict=verdict,
        metrics=metrics,
        file=None,
        sha256="0" * 64,
        made_by="ada",
        made_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
    )
