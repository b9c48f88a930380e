"""A blend as plain JSON values and back; what comes back is checked so that no walk leaves its tree."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from pulse_core.insight.learning import files
from pulse_core.insight.learning.blend import Blend
from pulse_core.insight.learning.files import Body, refuse
from pulse_core.insight.learning.logistic import Logistic
from pulse_core.insight.learning.trees import Forest

MOST_FEATURES = 10_000
MOST_NODES = 500_000


def packed(model: Blend) -> dict[str, Any]:
    """The model as JSON holds it; the same model always gives the same values."""
    return {
        "names": list(model.names),
        "logistic": arrays(model.logistic),
        "forest": arrays(model.forest),
        "mix": files.plain(model.mix),
        "strength": files.plain(model.strength),
    }


def unpacked(body: Body) -> Blend:
    """The model that predicts exactly as the one that was packed; Invalid for what is none."""
    names = files.words(body, "names")
    if not 0 < len(names) <= MOST_FEATURES:
        refuse(f"the model file names {len(names)} features")
    return Blend(
        names=names,
        logistic=logistic_of(files.part(body, "logistic"), len(names)),
        forest=forest_of(files.part(body, "forest"), len(names)),
        mix=files.numbers(body, "mix", length=3),
        strength=files.numbers(body, "strength", length=len(names)),
    )


def arrays(model: Logistic | Forest) -> dict[str, Any]:
    """A part of a model as JSON holds it."""
    return {field.name: files.plain(getattr(model, field.name)) for field in fields(model)}


def logistic_of(body: Body, features: int) -> Logistic:
    """The regression that was packed, over so many features; Invalid for what is none."""
    missing = files.whole_numbers(body, "missing", low=0, high=features - 1)
    values = features + len(missing)
    scale = files.numbers(body, "scale", length=values)
    if (scale <= 0).any():
        refuse("the model file holds a deviation that is not above 0")
    return Logistic(
        intercept=files.numbers(body, "intercept", length=1),
        weight=files.numbers(body, "weight", length=values),
        low=files.numbers(body, "low", length=features),
        high=files.numbers(body, "high", length=features),
        centre=files.numbers(body, "centre", length=values),
        scale=scale,
        missing=missing,
    )


def forest_of(body: Body, features: int) -> Forest:
    """The trees that were packed, over so many features; Invalid for what are none."""
    value = files.numbers(body, "value")
    nodes = len(value)
    if nodes > MOST_NODES:
        refuse(f"the model file holds {nodes:,} nodes")
    forest = Forest(
        base=files.numbers(body, "base", length=1),
        start=files.whole_numbers(body, "start", low=0, high=nodes),
        feature=files.whole_numbers(body, "feature", low=0, high=features - 1),
        threshold=files.numbers(body, "threshold", length=nodes),
        missing_left=files.flags(body, "missing_left"),
        left=files.whole_numbers(body, "left", low=0, high=nodes),
        right=files.whole_numbers(body, "right", low=0, high=nodes),
        rows=files.whole_numbers(body, "rows", low=0, high=2**53),
        value=value,
    )
    if not _is_sound(forest, nodes):
        refuse("the trees in the model file are damaged")
    return forest


def _is_sound(forest: Forest, nodes: int) -> bool:
    """Whether every walk ends: each tree has a node, and children stand behind their parent within the tree."""
    columns = (forest.feature, forest.missing_left, forest.left, forest.right, forest.rows)
    start = forest.start
    if any(len(column) != nodes for column in columns) or not len(start):
        return False
    if start[0] != 0 or start[-1] != nodes or (np.diff(start) < 1).any():
        return False
    sizes = np.diff(start)
    place = np.arange(nodes) - np.repeat(start[:-1], sizes)
    leaf = (forest.left == 0) & (forest.right == 0)
    inside = [(place < child) & (child < np.repeat(sizes, sizes)) for child in (forest.left, forest.right)]
    return bool((leaf | (inside[0] & inside[1])).all())
