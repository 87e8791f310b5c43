"""Paints what a network gives over a plane of two inputs, with the lines on which its answer changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph.functions as fn
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from nnstudio.ui.panels.chart import axes_within, paint_axes, paint_scale, polyline
from nnstudio.ui.panels.surface.plot import LegendEntry, Plot
from nnstudio.ui.panels.surface.shading import Shading
from nnstudio.ui.panels.surface.subject import Subject
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
#: What the names of classes beside the plane may take: pixels, and of its width.
WIDEST_NAMES, NAMES_SHARE = 110.0, 0.3
_GAP = 12.0
_USUAL = "−0.5"


class PlaneView(Plot):
    """The plane as a picture.

    Attributes
    ----------
    lines : list of ndarray, shape (points, 2)
        Where the answer changes, in the inputs' units.
    segments : ndarray, shape (pieces, 2, 2)
        The same between several classes: the ends of each piece.
    values : ndarray, shape (outputs, rows, columns)
        What is shown, over the surface's grid.
    shading : Shading or None
    """

    def __init__(self, theme: Theme) -> None:
        self.lines: list[Array] = []
        self.segments: Array = np.empty((0, 2, 2))
        self.shading: Shading | None = None
        self.values: Array = np.empty((1, 1, 1))
        self._image = QImage()
        super().__init__(theme)

    def set_theme(self, theme: Theme) -> None:
        if self.shading is not None:
            self.shading.set_theme(theme)
            self._image = self.shading.image(self.values)
        super().set_theme(theme)

    def set_subject(self, subject: Subject) -> None:
        super().set_subject(subject)
        self.shading = None

    def _take_values(self, values: Array) -> None:
        assert self.subject is not None and self.surface is not None
        self.values, first = values, self.shading is None
        if self.shading is None:
            self.shading = self.subject.shading(self._theme, self.surface, values)
        if self.shading.take(values) or first:
            self._rearrange()
        xs, ys = self.surface.xs, self.surface.ys
        self.lines = self.shading.lines(values, xs, ys)
        self.segments = self.shading.segments(values, xs, ys)
        self._image = self.shading.image(values)

    @property
    def _beside(self) -> tuple[LegendEntry, ...]:
        """What of the legend stands on the right, where there is no scale."""
        return () if self.shading is None or self.shading.scale else self.legend

    def _row_of_legend(self) -> tuple[LegendEntry, ...]:
        return () if self._beside else self.legend

    def _arrange(self) -> None:
        assert self.subject is not None and self.shading is not None
        metrics, plane = self._metrics, self.subject.plane
        if self.shading.scale:
            # Room for a usual number, so that the plane stays where it is when a neuron is shown for a moment.
            texts = (_USUAL, *(text for _, text in self.shading.scale[1]))
            right = 12 + 6 + 12 + max(map(metrics.horizontalAdvance, texts))
        else:
            widest = max((metrics.horizontalAdvance(entry.text) for entry in self.legend), default=0.0)
            self._name_width = min(widest + 2, WIDEST_NAMES, self.width() * NAMES_SHARE)
            right = _GAP + self.indent + self._name_width
        area = QRectF(self.rect()).adjusted(4, metrics.height() + 4, -8, -4)
        self.axes = axes_within(area, plane.x_range, plane.y_range, self._font, right=right)
        self.markers.arrange(self._theme, self.axes, self.samples, self.shades)

    def shades(self, numbers: Array) -> list[QColor]:
        """Return the colour of each number, a target of the regression that is shown."""
        assert self.subject is not None
        shading = self.subject.target_shading(self._theme)
        return [shading.color(place) for place in shading.places(numbers).tolist()]

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        assert self.axes is not None and self.subject is not None and self.shading is not None
        rect, line = self.axes.rect, self._metrics.height()
        paint_axes(painter, self._theme, self._font, self.axes, *self.subject.names, grid=False)
        if self.shading.scale:
            colors, labels = self.shading.scale
            bar = QRectF(rect.right() + _GAP + 2, rect.top(), 12, rect.height())
            paint_scale(painter, self._theme, self._font, bar, colors, labels)
        for number, entry in enumerate(self._beside):
            middle = rect.top() + line * (0.5 + 1.35 * number)
            if middle + line / 2 <= rect.bottom():
                self._paint_entry(painter, entry, rect.right() + _GAP, middle, self._name_width)
        self._paint_legend_row(painter)

    def _paint_values(self, painter: QPainter) -> None:
        assert self.axes is not None
        theme, rect = self._theme, self.axes.rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        # The grid's outer points lie on the edges of the plane: half a pixel of the image hangs over on each side.
        width, height = self._image.width() - 1, self._image.height() - 1
        painter.drawImage(rect, self._image, QRectF(0.5, 0.5, width, height))
        painter.setPen(QPen(theme.color("grid"), theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.color("text"), theme.lines.strong))
        for points in self.lines:
            painter.drawPolyline(polyline(self.axes.x(points[:, 0]), self.axes.y(points[:, 1])))
        if len(self.segments):
            painter.drawPath(self._path(self.segments.reshape(-1, 2)))

    def _path(self, ends: Array) -> QPainterPath:
        assert self.axes is not None
        xs, ys = np.ascontiguousarray(self.axes.x(ends[:, 0])), np.ascontiguousarray(self.axes.y(ends[:, 1]))
        return fn.arrayToQPath(xs, ys, connect="pairs", finiteCheck=False)
