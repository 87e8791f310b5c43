"""Draws samples on a plot: classes by shape and colour, numbers as dots in the colours of the scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui.marks import marks
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import Axes, translucent
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
#: Samples that are drawn of more.
MOST = 2_000
#: Of so many, those that were painted last are always drawn.
NEWEST = 500
#: Colours in which dots of numbers are drawn.
SHADES = 32
#: So few are drawn faster than their picture is copied.
AT_ONCE = 16
#: Up to so many markers are large and have a strong rim; beyond so many they are small.
FEW, MANY = 64, 500
#: Of how many markers a heap is that is drawn at once.
HEAP = 50
#: How much is seen of the rim around numbers: a sample that is fitted well is to vanish into the surface.
_RIM = 0.22


@dataclass(frozen=True, eq=False)
class Samples:
    """The samples that are drawn.

    Attributes
    ----------
    rows : ndarray of int, shape (shown,)
        Which of all samples they are.
    points : ndarray, shape (shown, 2)
        Across and up, in the data's units.
    classes : ndarray of int or None, shape (shown,)
    numbers : ndarray or None, shape (shown,)
        The targets, where they are not classes.
    hollow : ndarray of bool, shape (shown,)
        Those that are held out of training.
    total : int
        How many there would be to draw.
    """

    rows: Array
    points: Array
    classes: Array | None
    numbers: Array | None
    hollow: Array
    total: int

    @property
    def note(self) -> str:
        """Say that some are left out; empty if none is."""
        shown = len(self.rows)
        return f"{shown:,} of {self.total:,} samples shown" if shown < self.total else ""


NO_SAMPLES = Samples(np.zeros(0, int), np.zeros((0, 2)), None, np.zeros(0), np.zeros(0, bool), 0)


def thinned(rows: Array, newest: int = 0) -> Array:
    """Return at most `MOST` of some rows in their order: always the same ones, however many others there are.

    Parameters
    ----------
    rows : ndarray of int, shape (rows,)
        In ascending order.
    newest : int
        So many from the end are kept in any case.
    """
    if len(rows) <= MOST:
        return rows
    luck = _luck(int(rows[-1]) + 1)[rows]
    luck[len(luck) - newest :] = -1.0
    return np.asarray(rows[np.sort(np.argpartition(luck, MOST)[:MOST])])


@lru_cache(maxsize=2)
def _luck(count: int) -> Array:
    return np.random.default_rng(0).random(count)


class MarkerLayer:
    """Markers at their places, kept as a picture until the samples, the plot or the look change.

    Attributes
    ----------
    places : ndarray, shape (shown, 2)
        In pixels.
    size : float
        Of a marker, in pixels.
    """

    def __init__(self) -> None:
        self._backdrop = Backdrop()
        self._version = 0
        self._basis: tuple[object, ...] = ()
        self._parts: list[tuple[QPen, QColor | None, QPainterPath]] = []
        self.places: Array = np.zeros((0, 2))
        self.size = 9.0

    def arrange(
        self, theme: Theme, axes: Axes, samples: Samples, shade: Callable[[Array], list[QColor]] | None = None
    ) -> None:
        """Find a place for each sample; `shade` gives numbers their colours."""
        basis = (theme, axes, samples)
        if basis == self._basis:
            return
        self._basis = basis
        count = len(samples.rows)
        few = count <= FEW
        self.size = theme.lines.symbol + (2 if few else -3 if count > MANY else -1)
        self.places = np.column_stack([axes.x(samples.points[:, 0]), axes.y(samples.points[:, 1])])
        self._version += 1
        self._parts = []
        if samples.classes is not None:
            # In heaps each has some of every class, so that markers that lie over one another keep their rims, and no
            # class covers the others.
            heap = np.arange(count) % max(count // HEAP, 1)
            kinds = np.unique(np.column_stack([heap, samples.classes, samples.hollow]), axis=0)
            for index, number, hollow in kinds.tolist():
                chosen = self.places[(heap == index) & (samples.classes == number) & (samples.hollow == hollow)]
                pen, brush = class_style(theme, number, bool(hollow), dense=not few)
                self._parts.append((pen, brush, marks(number, chosen, self.size)))
        elif samples.numbers is not None and shade is not None and count:
            self._arrange_numbers(theme, samples, samples.numbers, shade)

    def _arrange_numbers(
        self, theme: Theme, samples: Samples, numbers: Array, shade: Callable[[Array], list[QColor]]
    ) -> None:
        low, high = float(numbers.min()), float(numbers.max())
        bins = ((numbers - low) / ((high - low) or 1.0) * SHADES).astype(int).clip(0, SHADES - 1)
        hair = QPen(translucent(theme.color("point_outline"), _RIM), theme.lines.hair)
        used = np.unique(bins)
        colors = shade(np.array([numbers[bins == number].mean() for number in used]))
        for number, color in zip(used.tolist(), colors, strict=True):
            for hollow in (False, True):
                chosen = self.places[(bins == number) & (samples.hollow == hollow)]
                if not len(chosen):
                    continue
                if hollow:
                    # A ring: a hair on both sides of a broad line in the target's colour.
                    self._parts.append((QPen(hair.color(), 4.0), None, marks(0, chosen, self.size - 1)))
                    self._parts.append((QPen(color, 2.5), None, marks(0, chosen, self.size - 1)))
                else:
                    self._parts.append((hair, color, marks(0, chosen, self.size)))

    def paint(self, painter: QPainter, widget: QWidget, seen: QRect) -> None:
        """Draw the markers on a widget."""
        if len(self.places) <= AT_ONCE:
            self._draw(painter, seen)
        else:
            self._backdrop.paint(painter, widget, seen, QColor(0, 0, 0, 0), self._version, self._draw)

    def _draw(self, painter: QPainter, seen: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for pen, brush, path in self._parts:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush if brush is None else brush)
            painter.drawPath(path)

    def crosses(self, marked: Array) -> list[QLineF]:
        """Return the lines that cross out some of the markers, `marked` being of shape (shown,)."""
        half = self.size * (0.85 if len(self.places) <= FEW else 0.65)
        lines = []
        for x, y in self.places[marked].tolist():
            lines += [QLineF(x - half, y - half, x + half, y + half), QLineF(x - half, y + half, x + half, y - half)]
        return lines

    def nearest(self, x: float, y: float) -> int | None:
        """Return the marker under a pixel, by its number among those shown."""
        if not len(self.places):
            return None
        away = np.hypot(self.places[:, 0] - x, self.places[:, 1] - y)
        away[np.isnan(away)] = np.inf
        found = int(away.argmin())
        return found if away[found] <= self.size / 2 + 2 else None


def class_style(theme: Theme, number: int, hollow: bool, *, dense: bool = False) -> tuple[QPen, QColor]:
    """Return pen and brush for the markers of a class: those of samples that are held out are hollow."""
    color, ground = theme.class_color(number), theme.color("plot_background")
    if hollow:
        return QPen(color, 1.6 if dense else 2.5), ground
    # Among many markers dark rims would run together, and the class could no longer be seen.
    return (QPen(ground, 0.9) if dense else QPen(theme.color("point_outline"), 1.5)), color
