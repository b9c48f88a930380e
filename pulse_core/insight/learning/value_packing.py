"""A model of customer value as plain JSON values and back, for `files`; what comes back is checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pulse_core.insight.features import KEYS
from pulse_core.insight.learning import amounts, files, intervals
from pulse_core.insight.learning.amounts import Amounts
from pulse_core.insight.learning.buying import BgNbd
from pulse_core.insight.learning.files import Body, refuse
from pulse_core.insight.learning.spending import GammaGamma
from pulse_core.insight.learning.value import GUESSES, MODELS, Buying, Learnt, ValueModel
from pulse_core.insight.learning.value_metrics import Metrics

KIND = "value"  # of the file
SPLITS = ("time", "customers", "none")
_METRICS = ("mae", "rmse", "spearman", "total_ratio", "top_decile")
_Part = TypeVar("_Part")


def packed(model: ValueModel) -> dict[str, Any]:
    """The model as JSON holds it; the same model always gives the same values."""
    learnt, buying = model.learnt, model.learnt.buying
    return {
        "names": list(KEYS),
        "horizon_days": [learnt.horizon_days],
        "chosen": [model.chosen],
        "split": [model.split],
        "metrics": model.metrics,
        "average": list(learnt.average),
        "bgnbd": buying.orders.as_dict(),
        "gammagamma": buying.worth and buying.worth.as_dict(),
        "buying": [buying.typical, buying.kept],
        "orders": learnt.orders and learnt.orders.packed(),
        "spend": learnt.spend and learnt.spend.packed(),
        "bands": model.bands and model.bands.packed(),
    }


def unpacked(body: Body) -> ValueModel:
    """The model that predicts exactly as the one that was packed; Invalid for what is none."""
    if files.words(body, "names") != KEYS:
        refuse("the model was trained on other features than this version has")
    average = files.numbers(body, "average", length=2)
    learnt = Learnt(
        horizon_days=int(files.whole_numbers(body, "horizon_days", low=1, high=36_500)[0]),
        buying=_buying(body),
        average=(float(average[0]), float(average[1])),
        orders=_optional(body, "orders", _amounts),
        spend=_optional(body, "spend", _amounts),
    )
    chosen = _one_of(body, "chosen", learnt.names())
    bands = _optional(body, "bands", intervals.unpacked)
    return ValueModel(learnt, chosen, bands, _one_of(body, "split", SPLITS), _metrics(body))


def _amounts(body: Body) -> Amounts:
    return amounts.unpacked(body, len(KEYS) + len(GUESSES))


def _buying(body: Body) -> Buying:
    typical, kept = files.numbers(body, "buying", length=2)
    orders = _parameters(files.part(body, "bgnbd"), ("r", "alpha", "a", "b"))
    return Buying(BgNbd(**orders), _optional(body, "gammagamma", _gammagamma), float(typical), float(kept))


def _gammagamma(body: Body) -> GammaGamma:
    found = _parameters(body, ("p", "q", "gamma"))
    if found["q"] <= 1:
        refuse("the model file holds a mean order that does not exist")
    return GammaGamma(**found)


def _parameters(body: Body, names: tuple[str, ...]) -> dict[str, Any]:
    """The parameters, all above zero, and what the fit says of itself."""
    values = {name: _number(body.get(name)) for name in (*names, "customers")}
    if not all(values[name] > 0 for name in names):
        refuse("the model file holds parameters that are not above 0")
    said: dict[str, Any] = {
        "unsettled": files.words(body, "unsettled"),
        "converged": body.get("converged") is True,
    }
    if "log_likelihood" in body:
        said["log_likelihood"] = _number(body["log_likelihood"])
    return values | said


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        refuse("the model file holds something else than a number")
    return float(value)  # type: ignore[arg-type]


def _one_of(body: Body, key: str, allowed: tuple[str, ...]) -> str:
    found = files.words(body, key)
    if len(found) != 1 or found[0] not in allowed:
        refuse(f"the model file holds something unknown under {key!r}")
    return found[0]


def _optional(body: Body, key: str, make: Callable[[Body], _Part]) -> _Part | None:
    return None if body.get(key) is None else make(files.part(body, key))


def _metrics(body: Body) -> dict[str, Metrics]:
    found = files.part(body, "metrics")
    if not set(found) <= set(MODELS) or not all(isinstance(one, Mapping) for one in found.values()):
        refuse("the model file holds metrics of unknown models")
    return {
        name: {key: None if one.get(key) is None else _number(one[key]) for key in _METRICS}
        for name, one in found.items()
    }
