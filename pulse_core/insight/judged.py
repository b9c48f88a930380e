"""What the registry says of a model, as tables and rows for pages: how it was judged, and against what.

The keys of `Model.metrics` are explained here, once; what a version lacks (too little data, an older version) is left
out, never made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from pulse_core.stores.ledger.models import Model

USABLE, NO_SIGNAL, TOO_LITTLE = "usable", "no usable signal", "too little data"

Kind = Literal["share", "number", "money"]


@dataclass(frozen=True, slots=True)
class Named:
    """A model or metric by its key in the registry: what it is called, and what it is."""

    key: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class Metric(Named):
    """`kind` says how its values are written, `better` which are better."""

    kind: Kind
    better: Literal["higher", "lower", "near 1"]


CHURN_MODELS = (
    Named(
        "constant",
        "Everybody alike",
        "Gives every customer the share that left before: what any model has to beat",
    ),
    Named("recency", "Last order only", "Knows only how long ago the last order was"),
    Named("rfm_logistic", "RFM", "Logistic regression on recency, frequency and money"),
    Named(
        "bgnbd",
        "BG/NBD",
        "The classic 'buy till you die' model of purchase counts (Fader, Hardie and Lee 2005)",
    ),
    Named(
        "pulse",
        "Pulse",
        "Average of a logistic regression and small boosted trees over all features, calibrated",
    ),
)
TABLE_MODELS = (
    CHURN_MODELS[0],
    Named("logistic", "Logistic regression", "Adds up one weight for each column"),
    Named("trees", "Boosted trees", "Many small decision trees, each correcting those before"),
    CHURN_MODELS[-1],
)
VALUE_MODELS = (
    Named("mean", "Everybody alike", "Gives every customer the average: what any model has to beat"),
    Named(
        "bgnbd",
        "BG/NBD with Gamma-Gamma",
        "Counts of orders times average amounts (Fader, Hardie and Lee 2005)",
    ),
    Named("pulse", "Pulse", "Mean of BG/NBD with Gamma-Gamma and of amounts learnt from all features"),
)
MODELS = {"churn": CHURN_MODELS, "table": TABLE_MODELS, "value": VALUE_MODELS}

RISK_METRICS = (
    Metric("auc", "AUC", "How often one who left has a higher risk than one who stayed; 50 % is a guess",
           "share", "higher"),
    Metric("pr_auc", "PR-AUC", "Average share of leavers among those chosen, over all thresholds", "share", "higher"),
    Metric("log_loss", "Log-loss", "Penalty for probabilities far from what happened; sure and wrong costs most",
           "number", "lower"),
    Metric("brier", "Brier", "Mean squared distance of probability and what happened", "number", "lower"),
    Metric("accuracy", "Accuracy", "Share on the right side of 50 %; says little where nearly all leave or stay",
           "share", "higher"),
    Metric("calibration_error", "Calibration error", "How far predicted and observed shares lie apart, over ten groups",
           "share", "lower"),
)  # fmt: skip
VALUE_METRICS = (
    Metric("mae", "Error each (MAE)", "How far prediction and spend lie apart, on average", "money", "lower"),
    Metric("rmse", "RMSE", "As MAE, but large misses count more", "money", "lower"),
    Metric("spearman", "Rank", "How well the order of customers is kept (Spearman): 1 is perfect, 0 is chance",
           "number", "higher"),
    Metric("total_ratio", "Total", "All that was predicted against all that was spent: 100 % is exact",
           "share", "near 1"),
    Metric("top_decile", "Top tenth", "Share of all spend that came from the tenth with the highest predictions",
           "share", "higher"),
)  # fmt: skip
METRICS = {"churn": RISK_METRICS, "table": RISK_METRICS, "value": VALUE_METRICS}

# Which curve of a model each chart draws.
CURVES = {"roc": "roc", "precision_recall": "pr", "calibration": "calibration", "lift": "lift"}


def is_usable(model: Model) -> bool:
    """Whether what it predicts may be published."""
    return model.verdict == USABLE


def compared(model: Model) -> list[dict[str, Any]]:
    """One row a model that was judged beside it: `model` (Named) and its metrics by key, in the order of `MODELS`."""
    judged = model.metrics.get("models") or {}
    return [{"model": named, **judged[named.key]} for named in MODELS[model.kind] if judged.get(named.key)]


def figures(model: Model) -> dict[str, float | None]:
    """The metrics of the model itself: Pulse's own, or of customer value the one that was chosen."""
    judged = model.metrics.get("models") or {}
    return dict(judged.get(model.metrics.get("chosen", "pulse")) or {})


def curve(model: Model, chart: str) -> pa.Table | None:
    """The table of one of `CURVES`; None where the model has none."""
    return _columns((model.metrics.get("curves") or {}).get(CURVES[chart]))


def thresholds(model: Model) -> dict[str, list[float]] | None:
    """The curve of shares by threshold, for `threshold.net_values`; None where the model has none."""
    found = (model.metrics.get("curves") or {}).get("thresholds")
    return dict(found) if found else None


def drivers(model: Model) -> pa.Table:
    """One row a feature: label, and the weight as a share of the whole."""
    rows = model.metrics.get("drivers") or []
    schema = pa.schema({"label": pa.string(), "weight": pa.float64()})
    return pa.Table.from_pylist([{key: row[key] for key in schema.names} for row in rows], schema)


def deciles(model: Model) -> pa.Table:
    """One row a tenth of customers by predicted value: decile, customers, predicted and observed money."""
    schema = pa.schema(
        {"decile": pa.int64(), "customers": pa.int64(), "predicted": pa.float64(), "observed": pa.float64()}
    )
    found = enumerate(model.metrics.get("deciles") or [], 1)
    rows = [{"decile": number, "observed": row["spent"], **row} for number, row in found]
    return pa.Table.from_pylist([{key: row[key] for key in schema.names} for row in rows], schema)


def warnings(model: Model) -> list[str]:
    """What to bear in mind with this version, in words."""
    return [row["message"] for row in model.metrics.get("warnings") or []]


def versions(models: Sequence[Model]) -> pa.Table:
    """One row a version: number, day, AUC with its interval (None where it was not judged), verdict."""
    schema = pa.schema(
        {
            "version": pa.int64(),
            "made_on": pa.date32(),
            "auc": pa.float64(),
            "auc_low": pa.float64(),
            "auc_high": pa.float64(),
            "verdict": pa.string(),
        }
    )
    rows = [
        {"version": m.version, "made_on": m.made_at.date(), "verdict": m.verdict, **figures(m)}
        for m in models
    ]
    return pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows], schema)


def value_versions(models: Sequence[Model]) -> pa.Table:
    """One row a version of customer value: number, day, error of the chosen model and of the average, which it was."""
    schema = pa.schema(
        {
            "version": pa.int64(),
            "made_on": pa.date32(),
            "mae": pa.float64(),
            "mean_mae": pa.float64(),
            "chosen": pa.string(),
        }
    )
    labels = {named.key: named.label for named in VALUE_MODELS}
    rows = [
        {
            "version": m.version,
            "made_on": m.made_at.date(),
            "mae": figures(m).get("mae"),
            "mean_mae": ((m.metrics.get("models") or {}).get("mean") or {}).get("mae"),
            "chosen": labels.get(m.metrics.get("chosen", "")),
        }
        for m in models
    ]
    return pa.Table.from_pylist(rows, schema)


def _columns(found: dict[str, list[float]] | None) -> pa.Table | None:
    if not found:
        return None
    return pa.table({key: pa.array(values, pa.float64()) for key, values in found.items()})
