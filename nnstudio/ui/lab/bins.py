"""Sorts runs into bars by their loss, on a logarithmic scale."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.lab.results import KINDS, Results
from nnstudio.ui.lab.curves import LEAST_LOSS
from nnstudio.ui.lab.plot_axes import loss_words
from nnstudio.ui.panels.chart import nice_ceil

Array = NDArray[Any]

#: Bars of a decade: as many as there is room for.
PER_DECADE = (1, 2, 3, 4, 5, 8, 10, 15, 20, 30, 50, 100)
MOST_BARS = 48
#: Bars that are no range of losses.
ZERO, DIVERGED = "0", "diverged"
_DIVERGED = KINDS.index("diverged")


@dataclass(frozen=True, eq=False)
class Bar:
    """The runs of one bar.

    Attributes
    ----------
    name : str
        `ZERO` or `DIVERGED`, or empty for a range of losses.
    low, high : float
        Decimal logarithms of the range.
    members : ndarray of int
        The runs, by their places among those that are shown, the lowest loss first.
    counts : tuple of int
        How many of each kind, in the order of `KINDS`, and how many that have not ended.
    holds_lower : bool
        Whether it has runs below its range, too, which are all the same to whoever looks.
    """

    name: str
    low: float
    high: float
    members: Array
    counts: tuple[int, ...]
    holds_lower: bool = False

    @property
    def range_words(self) -> str:
        """Which losses the bar stands for."""
        if self.name == ZERO:
            return "loss exactly 0"
        if self.name == DIVERGED:
            return "diverged: no finite loss in the end"
        if self.holds_lower:
            return f"loss below {loss_words(10**self.high)}"
        return f"loss {loss_words(10**self.low)} to {loss_words(10**self.high)}"


def present_losses(results: Results, runs: Array) -> tuple[Array, Array]:
    """Return the loss that each run has ended with, or has come to, and its kind: its number in `KINDS`, then one more.

    Returns
    -------
    losses : ndarray of float64, shape (runs,)
        nan for those that have not begun.
    kinds : ndarray of int, shape (runs,)
    """
    losses, done = results.final_loss[runs], results.done[runs]
    kinds = np.where(done, results.kind[runs], len(KINDS))
    under_way = np.flatnonzero(~done)
    under_way = under_way[~np.isnan(results.curves[runs[under_way], 0])]
    if len(under_way):
        curves = results.curves[runs[under_way]]
        last = np.count_nonzero(~np.isnan(curves), axis=1) - 1
        losses[under_way] = curves[np.arange(len(last)), last]
    return losses, kinds


def bars_of(losses: Array, kinds: Array, most: int) -> list[Bar]:
    """Return at most about so many bars from the lowest to the highest loss, then the one of diverged runs.

    Bars of losses exactly 0, and of diverged runs, are there only if there are such runs.

    Parameters
    ----------
    losses, kinds : ndarray, shape (runs,)
        As `present_losses` gives them.
    most : int
    """
    ended = kinds < len(KINDS)
    diverged = (kinds == _DIVERGED) | (ended & ~np.isfinite(losses))
    zero = (losses == 0) & ~diverged
    usual = np.isfinite(losses) & (losses > 0) & ~diverged
    bars = [_bar(ZERO, -math.inf, -math.inf, np.flatnonzero(zero), losses, kinds)] if zero.any() else []
    if usual.any():
        chosen = np.flatnonzero(usual)
        levels = np.log10(losses[chosen])
        lowest, highest = float(levels.min()), float(levels.max())
        least = max(lowest, min(math.log10(LEAST_LOSS), highest - 1.0))
        edges = edges_of(least, highest, most)
        which = np.clip(np.searchsorted(edges, levels, side="right") - 1, 0, len(edges) - 2)
        for number in range(len(edges) - 1):
            bar = _bar("", float(edges[number]), float(edges[number + 1]), chosen[which == number], losses, kinds)
            bars.append(replace(bar, holds_lower=not number and lowest < edges[0]))
    if diverged.any():
        bars.append(_bar(DIVERGED, math.inf, math.inf, np.flatnonzero(diverged), losses, kinds))
    return bars


def _bar(name: str, low: float, high: float, members: Array, losses: Array, kinds: Array) -> Bar:
    ordered = members[np.argsort(losses[members], kind="stable")]
    return Bar(name, low, high, ordered, tuple(np.bincount(kinds[members], minlength=len(KINDS) + 1).tolist()))


def edges_of(low: float, high: float, most: int) -> Array:
    """Return decimal logarithms from a round loss up, evenly apart, that hold a range in at most so many steps."""
    bottom = -math.log10(nice_ceil(10.0 ** min(-low, 290.0)))
    top = max(high, bottom + 0.3)
    decades = top - bottom
    fitting = [n for n in PER_DECADE if math.ceil(decades * n + 1e-9) <= max(most, 1)]
    each = 1 / fitting[-1] if fitting else float(math.ceil(decades / max(most - 1, 1)))
    count = max(math.ceil((top - bottom) / each + 1e-9), 1)
    return bottom + each * np.arange(count + 1)
