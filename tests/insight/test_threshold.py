"""What it earns to write from a risk on."""

from __future__ import annotations

import numpy as np
import pytest

from pulse_core.errors import Invalid
from pulse_core.insight import threshold
from pulse_core.insight.learning.metrics import curves
from pulse_core.insight.threshold import Stakes
from tests.insight.registered import CURVES

THRESHOLDS = CURVES["thresholds"]


def test_net_value_is_what_is_saved_less_what_is_sent() -> None:
    """success · worth · leavers written to − contact · customers written to, for each customer there is."""
    values = threshold.net_values(THRESHOLDS, Stakes(contact=2, worth=50, success=0.1))
    assert values == pytest.approx([0.1 * 50 * 0.4 - 2, 0.1 * 50 * 0.3 - 2 * 0.5, 0])


def test_the_best_threshold_is_where_a_message_pays_for_itself() -> None:
    """With right probabilities that is contact / (worth · success), whatever the data."""
    rng = np.random.default_rng(10)
    p = rng.random(200_000)
    y = (rng.random(len(p)) < p).astype(float)
    shares = curves(y, p)["thresholds"]
    made = threshold.by_threshold(shares, Stakes(contact=2, worth=50, success=0.1), 1000)
    best, value = threshold.best(made)
    assert best == pytest.approx(2 / 5, abs=0.03)
    assert value == pytest.approx(max(threshold.net_values(shares, Stakes(2, 50, 0.1))) * 1000)


def test_where_nothing_pays_nobody_is_written_to() -> None:
    """Of thresholds that earn the same the highest is best: it asks fewest customers."""
    made = threshold.by_threshold(THRESHOLDS, Stakes(contact=100, worth=1, success=0.1), 10)
    assert threshold.best(made) == (1.0, 0.0)
    free = threshold.by_threshold(THRESHOLDS, Stakes(contact=0, worth=0, success=0), 10)
    assert threshold.best(free) == (1.0, 0.0)


@pytest.mark.parametrize(("contact", "worth", "success"), [(-1, 1, 0.5), (1, -1, 0.5), (1, 1, 1.5)])
def test_stakes_that_make_no_sense_are_refused(contact: float, worth: float, success: float) -> None:
    """A cost below zero would advise to write to everybody for ever."""
    with pytest.raises(Invalid, match="below zero"):
        Stakes(contact, worth, success)
