"""What the figures of a churn model cannot say by themselves, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pulse_core.insight.learning.samples import Sample, column

SHIFT = 0.05  # of the share who left, from which on it is told
MOST_LEAVE = 0.6  # the share from which on absolute levels of risk say little
YEAR = 365  # days
Caution = Callable[[Sample, Sequence[Sample]], str | None]


def cautions(sample: Sample, earlier: Sequence[Sample]) -> list[dict[str, str]]:
    """`code` and `text` of each that applies to the newest sample and those before it."""
    told = ((code, say(sample, earlier)) for code, say in CAUTIONS)
    return [{"code": code, "text": text} for code, text in told if text]


def _base_rate(sample: Sample, earlier: Sequence[Sample]) -> str | None:
    """The share who left, against that of the earlier samples together."""
    before = float(np.concatenate([one.churned for one in earlier]).mean()) if earlier else sample.share
    if abs(sample.share - before) < SHIFT:
        return None
    return (
        f"{sample.share:.0%} left after {sample.cutoff}, {before:.0%} after the cut-offs before: the share moves, "
        "so take the order of customers as surer than the height of their probabilities"
    )


def _season(sample: Sample, earlier: Sequence[Sample]) -> str | None:
    """A season can only be told from what lasts when the same one of the year before was learnt from."""
    oldest = float(np.max(column((earlier[-1] if earlier else sample).rows, "tenure_days"), initial=0))
    if oldest >= YEAR:
        return None
    return "less than a year is known before the oldest cut-off: what a season does cannot be told from what lasts"


def _most_leave(sample: Sample, earlier: Sequence[Sample]) -> str | None:
    """Levels of risk that nearly all share say nothing."""
    if sample.share < MOST_LEAVE:
        return None
    return (
        f"{sample.share:.0%} leave within the horizon: compare risks with this share, not with fixed levels"
    )


CAUTIONS: tuple[tuple[str, Caution], ...] = (
    ("base_rate", _base_rate),
    ("season", _season),
    ("most_leave", _most_leave),
)
