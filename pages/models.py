"""Models: every version with its figures over time, what it learnt from, and what it was held against."""

from __future__ import annotations

from functools import partial

from pages.parts import blocks
from pages.parts.outlook import history, plain

ABOUT = "Every version of every model: what it learnt from, how it was judged, and what it was held against."


def page() -> None:
    """A tab for each kind of model."""
    blocks.header("Models", ABOUT)
    blocks.tabs(
        "models-tab",
        {
            "Churn": partial(history.draw, "churn"),
            "Customer value": partial(history.draw, "value"),
            "Plain tables": plain.draw,
        },
    )


page()
