"""Chooses ranges of live axes that move in steps: one that moves in every frame is dear, and restless."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.ui.panels.chart import Range, nice_ceil

Array = NDArray[Any]
#: Of a range that is extended: how many steps it has, and how many more it may grow by on each side.
STEPS, MOST_STEPS = 4, 4


class SteadyRange:
    """A range that always holds what it began with, and other values up to its own length beyond.

    Parameters
    ----------
    values : ndarray
        What it has to hold, with a little room around; numbers that are not finite are left out.
    """

    def __init__(self, values: Array) -> None:
        low, high = finite_range(values)
        room = 0.05 * (high - low) or 0.5 * abs(low) or 0.5
        self._low, self._high = low - room, high + room
        self._below = self._above = 0

    @property
    def range(self) -> Range:
        step = (self._high - self._low) / STEPS
        return self._low - self._below * step, self._high + self._above * step

    def follow(self, values: Array) -> Range:
        """Move if other values ask for it, and return the range."""
        low, high = finite_range(values)
        step = (self._high - self._low) / STEPS
        self._below = _steps(self._below, (self._low - low) / step)
        self._above = _steps(self._above, (high - self._high) / step)
        return self.range


class SteadyLimit:
    """A round limit from 0 up, slow to shrink: 0.5, 1, 2, 5."""

    def __init__(self) -> None:
        self.value = 0.0

    def follow(self, largest: float) -> float:
        """Move if the largest value asks for it, and return the limit."""
        if not self.value or largest > self.value or largest < 0.35 * self.value:
            self.value = nice_ceil(largest) if 1e-12 < largest < 1e290 else 1.0
        return self.value


def finite_range(values: Array) -> Range:
    """Return the lowest and the highest finite value; 0 and 1 where there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _steps(before: int, wanted: float) -> int:
    steps = min(max(math.ceil(wanted), 0), MOST_STEPS)
    # Back only from two steps on, or a value at the edge of one would move the range to and fro.
    return steps if steps > before or steps < before - 1 else before
