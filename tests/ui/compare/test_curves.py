"""Curves on the chart of compared runs: smoothed by a formula, in ranges that hold them, read at an epoch."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QPen

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.ui.compare.curves import OverlaidCurve, epochs_range, losses_range, on_axis, smoothed


def curve(epochs: list[int], losses: list[float], smoothing: float = 0.0) -> OverlaidCurve:
    pin = PinnedRun(
        "a", ExperimentSpec(), np.array(epochs), np.array(losses), losses[-1], "", "learned", epochs[-1] + 1
    )
    return OverlaidCurve.of(pin, QPen(), smoothing)


@pytest.mark.parametrize("weight", [0.3, 0.9, 0.99])
def test_smoothing_is_the_mean_weighted_by_age(weight: float) -> None:
    losses = np.random.default_rng(0).random(40)
    result = smoothed(losses, weight)
    for place in range(len(losses)):
        weights = weight ** np.arange(place, -1, -1)
        assert result[place] == pytest.approx(np.average(losses[: place + 1], weights=weights), rel=1e-12)


def test_nothing_is_smoothed_at_weight_0_and_a_constant_stays_constant() -> None:
    losses = np.array([3.0, 1.0, 2.0])
    assert smoothed(losses, 0.0) is losses
    assert smoothed(np.full(9, 0.25), 0.95) == pytest.approx(np.full(9, 0.25))


def test_nearest_point_of_an_epoch() -> None:
    each = curve([0, 10, 20, 29], [4.0, 3.0, 2.0, 1.0])
    assert [each.place(epoch) for epoch in (0, 4, 6, 25, 29)] == [0, 0, 1, 3, 3]
    assert each.place(-1) is None
    assert each.place(29.5) is None


def test_ranges_hold_all_curves() -> None:
    curves = [curve([0, 9_999], [0.4, 1e-5]), curve([0, 499], [0.25, 0.0])]
    assert epochs_range(curves) == (0.0, 10_000.0)
    low, high = losses_range(curves, log=True)
    assert low <= -5
    assert 10**high >= 0.4
    assert losses_range(curves, log=False) == (0.0, pytest.approx(0.5))
    # A loss of 0 lies at the lower end of an axis in decades.
    assert on_axis(np.array([0.0, 0.1]), True, (low, high)) == pytest.approx([low, -1.0])
