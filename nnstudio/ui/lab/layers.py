"""Draws the curves of some runs as one picture, and goes on drawing it as they grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnstudio.ui.lab.curves import Curves
from nnstudio.ui.lab.density import BLOCK, Density, ink_image
from nnstudio.ui.panels.chart import Axes

Array = NDArray[Any]


class Layer:
    """The density of some of the curves in a plot.

    Parameters
    ----------
    curves : Curves
    members : ndarray of int
        Which of them, by their places in `curves.runs`.
    axes : Axes
        Epochs across, decimal logarithms of losses up; whole pixels.
    ratio : float
        Pixels of the device for each of these.
    """

    def __init__(self, curves: Curves, members: Array, axes: Axes, ratio: float) -> None:
        self.axes, self.ratio, self._curves, self._members = axes, ratio, curves, members
        columns, rows = round(axes.rect.width() * ratio), round(axes.rect.height() * ratio)
        places = (axes.x(curves.epochs.astype(float)) - axes.rect.left()) * ratio
        self.density = Density(columns, rows, places, max(round(ratio), 1))
        self._drawn = np.zeros(len(members), int)
        self.most = 0
        self._color = QColor()
        self._picture: QImage | None = None

    def grow(self) -> bool:
        """Count a block of what the curves have grown by; return whether that was all, so that nobody waits long."""
        reached = self._curves.reached[self._members]
        growing = np.flatnonzero(reached > self._drawn)
        if not len(growing):
            return True
        drawn = int(self._drawn[growing[0]])
        rows = growing[self._drawn[growing] == drawn][:BLOCK]
        # The piece up to the first new point is missing as well.
        first, last = max(drawn - 1, 0), int(reached[rows].max()) - 1
        origin = self.density.first_needed(first)
        self.density.add(self._heights(origin, last, self._members[rows]), first, last, origin)
        self._drawn[rows] = reached[rows]
        self._picture = None
        return len(rows) == len(growing)

    def picture(self, color: QColor) -> QImage:
        """Return all that has been counted, in a colour."""
        if self._picture is None or color != self._color:
            counts = self.density.counts
            self.most, self._color = int(counts.max(initial=0)), color
            self._picture = ink_image(counts, color)
            self._picture.setDevicePixelRatio(self.ratio)
        return self._picture

    def at(self, ratio: float) -> Layer:
        """Return the same curves for a device of another resolution, all counted."""
        if ratio == self.ratio:
            return self
        layer = Layer(self._curves, self._members, self.axes, ratio)
        while not layer.grow():
            pass
        return layer

    def _heights(self, first: int, last: int, members: Array) -> Array:
        """Return how far below the upper edge some points lie, in pixels."""
        bottom, top = self.axes.y_range
        levels = self._curves.levels[first : last + 1]
        levels = levels.take(members, axis=1) if len(members) < levels.shape[1] else levels.copy()
        # What is not finite would not be joined; what is far out is not seen anyway.
        np.clip(levels, bottom - 1, top + 1, out=levels)
        np.subtract(np.float32(top), levels, out=levels)
        levels *= np.float32(self.density.rows / (top - bottom))
        return np.asarray(levels)
