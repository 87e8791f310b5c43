"""The curves of compared runs as they are drawn: smoothed or not, in decades or not, and read at an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.ui.panels.chart import Range, nice_ceil
from nnstudio.ui.panels.loss_axes import linear_range, log_range

Array = NDArray[Any]


def smoothed(losses: Array, weight: float) -> Array:
    """Return an exponential moving average that gives the first losses no more than their share.

    Parameters
    ----------
    losses : ndarray, shape (points,)
    weight : float
        Of what came before, from 0 (nothing is smoothed) to below 1.

    Notes
    -----
    The mean of the losses so far with weights ``weight**age``: the average of D. P. Kingma and J. Ba (2015), "Adam: a
    method for stochastic optimization", section 3, with its correction of the start.
    """
    if weight <= 0 or len(losses) < 2:
        return losses
    result, total, norm = np.empty(len(losses)), 0.0, 0.0
    for place, loss in enumerate(losses.tolist()):
        total = weight * total + loss
        norm = weight * norm + 1.0
        result[place] = total / norm
    return result


@dataclass(frozen=True, eq=False)
class OverlaidCurve:
    """One run on the chart.

    Attributes
    ----------
    pin : PinnedRun
    pen : QPen
    epochs : ndarray, shape (points,)
    raw, losses : ndarray, shape (points,)
        As they were, and as they are drawn.
    """

    pin: PinnedRun
    pen: QPen
    epochs: Array
    raw: Array
    losses: Array

    @classmethod
    def of(cls, pin: PinnedRun, pen: QPen, smoothing: float) -> OverlaidCurve:
        """Return the curve of a pinned run."""
        return cls(pin, pen, pin.curve_epochs.astype(float), pin.curve, smoothed(pin.curve, smoothing))

    def place(self, epoch: float) -> int | None:
        """Return which of the points is nearest to an epoch; None before the first and behind the last."""
        if not len(self.epochs) or not self.epochs[0] <= epoch <= self.epochs[-1]:
            return None
        after = int(np.searchsorted(self.epochs, epoch))
        before = max(after - 1, 0)
        return before if epoch - self.epochs[before] < self.epochs[after] - epoch else after


def epochs_range(curves: Sequence[OverlaidCurve]) -> Range:
    """Return from 0 to the last epoch of the longest run, or a round one close to it."""
    last = max((float(each.epochs[-1]) for each in curves if len(each.epochs)), default=100.0)
    round_one = nice_ceil(max(last, 1.0))
    return 0.0, round_one if round_one < 1.1 * last else max(last, 1.0)


def losses_range(curves: Sequence[OverlaidCurve], log: bool) -> Range:
    """Return the range of the y axis: losses, or their decimal logarithms."""
    values = np.concatenate([*(each.raw for each in curves), *(each.losses for each in curves), np.ones(0)])
    values = values[np.isfinite(values)]
    high = float(values.max(initial=0.0)) or 1.0
    if not log:
        return linear_range(high)
    above = values[values > 0]
    low = float(above.min()) if above.size else high / 10
    return log_range(low, high)


def on_axis(losses: Array, log: bool, y_range: Range) -> Array:
    """Return losses as they lie on the y axis; a loss of 0 has no logarithm and lies at its lower end."""
    if not log:
        return losses
    return np.log10(np.maximum(losses, 10 ** y_range[0]))
