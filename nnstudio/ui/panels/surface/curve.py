"""Paints what a network gives along its one input, as curves among the samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.insight.boundaries import decision_margin, winners
from nnstudio.ui.panels.chart import Range, axes_within, paint_axes, polyline, range_over, translucent
from nnstudio.ui.panels.surface.plot import Plot
from nnstudio.ui.panels.surface.shading import STEPS, ValueShading
from nnstudio.ui.panels.surface.subject import Subject, number_range
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
#: Of the range of the targets, the room above and below them.
_ROOM = 0.12


class CurveView(Plot):
    """The output over the one input; with several classes, a curve for each.

    Attributes
    ----------
    xs : ndarray, shape (points,)
    curves : ndarray, shape (curves, points)
        In the order of the outputs.
    """

    def __init__(self, theme: Theme) -> None:
        self.xs: Array = np.zeros(0)
        self.curves: Array = np.zeros((0, 0))
        self._y_range: Range = (0.0, 1.0)
        self._is_new = True
        super().__init__(theme)

    def set_subject(self, subject: Subject) -> None:
        super().set_subject(subject)
        self._is_new = True

    def _take_values(self, values: Array) -> None:
        subject, surface = self.subject, self.surface
        assert subject is not None and surface is not None
        values = values[:, 0]
        before, was_new = self._y_range, self._is_new
        if self._is_new:
            self._is_new = False
            self._y_range = self._first_range(values)
        self.xs, self.curves = surface.xs, self._answers(values) if subject.discretized else values
        if subject.neuron is None and subject.output is not None:
            self.curves = self.curves[[subject.output]]
        self._y_range = range_over(self._y_range, self.curves)
        if was_new or self._y_range != before:
            self._rearrange()

    def _first_range(self, values: Array) -> Range:
        subject = self.subject
        assert subject is not None and self.surface is not None
        if subject.neuron is not None:
            shading = subject.shading(self._theme, self.surface, values)
            assert isinstance(shading, ValueShading)
            low, high = shading.low, shading.high
        else:
            low, high = self._targets_range()
        room = _ROOM * (high - low)
        return low - room, high + room

    def _targets_range(self) -> tuple[float, float]:
        assert self.subject is not None
        targets = self.subject.run.dataset.targets
        return number_range(targets if self.subject.output is None else targets[:, self.subject.output])

    def _answers(self, values: Array) -> Array:
        """Return the classes' targets in place of outputs, or numbers in steps; shape (outputs, points)."""
        subject = self.subject
        assert subject is not None
        if subject.neuron is not None:
            return values
        low, high = self._targets_range()
        if not subject.run.dataset.is_classification:
            step = (high - low) / STEPS
            return low + (np.floor((values - low) / step).clip(0, STEPS - 1) + 0.5) * step
        if subject.output is None:
            chosen = np.arange(len(values))[:, None] == winners(values)[0]
        else:
            chosen = np.broadcast_to(decision_margin(values, subject.output, subject.threshold) > 0, values.shape)
        return np.where(chosen, high, low)

    def _arrange(self) -> None:
        assert self.subject is not None
        area = QRectF(self.rect()).adjusted(4, self._metrics.height() + 4, -8, -4)
        self.axes = axes_within(area, self.subject.plane.x_range, self._y_range, self._font)
        muted = translucent(self._theme.color("muted"), 0.8)
        self.markers.arrange(self._theme, self.axes, self.samples, lambda numbers: [muted] * len(numbers))

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        assert self.axes is not None and self.subject is not None
        paint_axes(painter, self._theme, self._font, self.axes, self.subject.names[0], self.subject.value_name)
        self._paint_legend_row(painter)

    def _paint_values(self, painter: QPainter) -> None:
        assert self.axes is not None and self.subject is not None
        subject, rect = self.subject, self.axes.rect
        if subject.neuron is None and len(subject.run.dataset.output_names) == 1 and subject.run.dataset.class_names:
            painter.setPen(QPen(self._theme.color("axis"), self._theme.lines.hair, Qt.PenStyle.DashLine))
            y = self.axes.y(subject.threshold)
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))

    def _paint_above(self, painter: QPainter) -> None:
        # Curves have to be seen among fifty thousand samples.
        assert self.axes is not None
        axes = self.axes
        painter.setClipRect(axes.rect)
        for number, curve in enumerate(self.curves):
            painter.setPen(QPen(self._curve_color(number), self._theme.lines.strong))
            finite = np.isfinite(curve)
            painter.drawPolyline(polyline(axes.x(self.xs[finite]), axes.y(curve[finite].clip(-1e9, 1e9))))
        painter.setClipping(False)

    def _curve_color(self, number: int) -> QColor:
        return self._theme.class_color(number) if len(self.curves) > 1 else self._theme.color("accent")
