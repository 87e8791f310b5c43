"""Turns outputs over the plane into colours: a number by its size, or several classes by the one that wins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnstudio.engine.choices.activations import Activation
from nnstudio.insight.boundaries import class_boundaries, contour, decision_margin, refined, winners
from nnstudio.insight.neuron_maps import bounds_of
from nnstudio.ui.panels.chart import RUNAWAY, image_of, nice_ceil, nice_ticks, packed, short
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
COLORS = 256
#: Steps into which a discretized number falls.
STEPS = 10
#: Grid steps between two points where an edge has to be sharp; fewer where there are many outputs.
FINER, FINER_CLASSES = 3, 2
#: Colours of one class, from hardly ahead of the next one to certain, and how much of its own colour each has.
LEVELS, PALEST, STRONGEST = 32, 0.06, 0.62


class ValueShading:
    """One number by its size, from low to high on a scale of colours.

    Parameters
    ----------
    theme : Theme
    output : int
        Which of the outputs.
    low, high : float
    boundary : float or None
        What the answer changes at, in the middle of the scale, which then grows to both sides with what it is given;
        with several outputs, the line is where this one becomes the largest. None: the scale and the colours are all.
    has_line : bool
        Whether that line is drawn.

    Attributes
    ----------
    lut : ndarray of uint32, shape (colours,)
    discretized : bool
        Whether there are only the answers to be seen, or a few steps.
    """

    def __init__(
        self,
        theme: Theme,
        output: int,
        low: float,
        high: float,
        boundary: float | None = None,
        *,
        has_line: bool = True,
    ) -> None:
        self.output, self.low, self.high = output, low, high
        self._boundary, self._has_line = boundary, has_line
        self.discretized = False
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.lut = packed(theme.surface_lut(COLORS))

    @property
    def scale(self) -> tuple[Array, list[tuple[float, str]]]:
        """The colours from low to high, and texts with their places from 0 to 1."""
        low, high = self.low, self.high
        if self._boundary is not None:
            colors = self.lut[[0, -1]] if self.discretized else self.lut
            return colors, [(place, short(low + place * (high - low))) for place in (0.0, 0.5, 1.0)]
        ticks = [float(f"{tick:.12g}") for tick in nice_ticks(low, high, 6)]
        colors = self.lut[_stepped(np.linspace(0, 1, COLORS))] if self.discretized else self.lut
        return colors, [((tick - low) / (high - low), short(tick)) for tick in ticks]

    def take(self, outputs: Array) -> bool:
        """Make room on the scale for these outputs, shape (outputs, rows, columns); return whether it has moved."""
        if self._boundary is None:
            return False
        reach = float(np.abs(outputs[self.output] - self._boundary).max())
        if not reach > self.high - self._boundary or not np.isfinite(reach):
            return False
        span = nice_ceil(reach)
        self.low, self.high = self._boundary - span, self._boundary + span
        return True

    def image(self, outputs: Array) -> QImage:
        """Return the picture of these outputs, the lowest row at the bottom."""
        if not self.discretized:
            return image_of(self.places(outputs[self.output])[::-1], self.lut)
        fine = refined(outputs, FINER)
        if self._boundary is None:
            shares = (fine[self.output] - self.low) / (self.high - self.low)
            return image_of(_stepped(shares)[::-1], self.lut)
        above = decision_margin(fine, self.output, self._boundary) > 0
        return image_of(above[::-1].astype(np.uint8), self.lut[[0, -1]])

    def places(self, values: Array) -> Array:
        """Return the number of each value's colour; what is not a number has the middle one."""
        with np.errstate(invalid="ignore", over="ignore"):
            places = (values - self.low) * (COLORS / (self.high - self.low))
        if not np.isfinite(places).all():
            places = np.nan_to_num(places, nan=COLORS / 2)
        return places.clip(0, COLORS - 1).astype(np.uint8)

    def color(self, place: int) -> QColor:
        """Return the colour of this number."""
        return QColor.fromRgb(int(self.lut[place]))

    def lines(self, outputs: Array, xs: Array, ys: Array) -> list[Array]:
        """Return the lines on which the answer changes, shape (points, 2) each."""
        if self._boundary is None or not self._has_line:
            return []
        return contour(decision_margin(outputs, self.output, self._boundary), 0.0, xs, ys)

    def segments(self, outputs: Array, xs: Array, ys: Array) -> Array:
        """Return no pieces of lines: this shading has whole ones."""
        return np.empty((0, 2, 2))


class ClassShading:
    """Several classes: the colour of the one that wins, the stronger the further it is ahead of the next.

    Parameters
    ----------
    theme : Theme
    classes : int
    span : float
        The lead that has the full colour; it grows with what it is given.
    """

    scale = None

    def __init__(self, theme: Theme, classes: int, span: float) -> None:
        self._classes, self._span = classes, span
        self.discretized = False
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        ground = _rgb(theme.color("plot_background"))
        colors = np.array([_rgb(theme.class_color(index)) for index in range(self._classes)])
        shares = np.linspace(PALEST, STRONGEST, LEVELS)[:, None]
        self.lut = packed((ground + (colors[:, None] - ground) * shares).reshape(-1, 3).round())

    def take(self, outputs: Array) -> bool:
        """Look at some outputs, shape (classes, rows, columns); there is no scale that could move."""
        self._winner, self._lead = winners(outputs)
        lead = float(self._lead.max())
        if self._span < lead < RUNAWAY:
            self._span = nice_ceil(lead)
        return False

    def image(self, outputs: Array) -> QImage:
        """Return the picture of the outputs that were taken, the lowest row at the bottom."""
        if self.discretized:
            levels = winners(refined(outputs, FINER_CLASSES))[0] * LEVELS + LEVELS * 3 // 4
        else:
            with np.errstate(invalid="ignore"):
                lead = np.nan_to_num(self._lead * (LEVELS / self._span)).clip(0, LEVELS - 1)
            levels = self._winner * LEVELS + lead.astype(np.intp)
        return image_of(levels[::-1], self.lut)

    def lines(self, outputs: Array, xs: Array, ys: Array) -> list[Array]:
        """Return no whole lines: this shading has pieces."""
        return []

    def segments(self, outputs: Array, xs: Array, ys: Array) -> Array:
        """Return the pieces of the lines between the classes, shape (pieces, 2, 2), for the outputs that were taken."""
        return class_boundaries(outputs, self._winner, xs, ys)


Shading = ValueShading | ClassShading


def neuron_shading(theme: Theme, activation: Activation | None, values: Array) -> ValueShading:
    """Return the shading for what one neuron gives: within the bounds of its activation, or else to both sides of 0.

    Parameters
    ----------
    theme : Theme
    activation : Activation or None
        Inputs have none.
    values : ndarray
        What it gives now.
    """
    bounds = None if activation is None else bounds_of(activation)
    if bounds is not None:
        return ValueShading(theme, 0, *bounds, boundary=sum(bounds) / 2)
    reach = float(np.abs(values).max())
    span = nice_ceil(reach) if 1e-6 < reach < RUNAWAY else 1.0
    # Where a ReLU begins to be 0 it is so exactly: a line there would follow the grid, not the neuron.
    has_line = activation is None or activation.name != "relu"
    return ValueShading(theme, 0, -span, span, boundary=0.0, has_line=has_line)


def _stepped(shares: Array) -> Array:
    """Return the colours' numbers for shares of a scale, from 0 to 1, that fall into a few steps."""
    step = (shares * STEPS).clip(0, STEPS - 1).astype(np.intp)
    return step * (COLORS - 1) // (STEPS - 1)


def _rgb(color: QColor) -> Array:
    return np.array([color.red(), color.green(), color.blue()], float)
