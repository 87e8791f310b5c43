"""Paints the ROC curve: what a network would give up for fewer false alarms if its threshold were another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnstudio.insight.metrics import Roc, coefficient, percent
from nnstudio.ui.panels.chart import (
    LEFT,
    RIGHT,
    Axes,
    axes_within,
    fixed,
    paint_axes,
    paint_message,
    polyline,
    short,
    translucent,
)
from nnstudio.ui.panels.scores.chart import ScoreChart
from nnstudio.ui.panels.scores.scored import Scored, ScoredClasses
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
#: Points of the curve that are drawn; a panel cannot show more.
MOST_POINTS = 400
#: Points of the curve that the keys read one after the other.
STOPS = 40


class RocChart(ScoreChart):
    """The curve of two classes, and the point at the present threshold.

    Parameters
    ----------
    theme : Theme
    positive : str
        Name of the second class.
    threshold : float or None
        What a single output is compared with; None where each class has an output.
    """

    key, title = "roc", "ROC"
    wants_square = True

    def __init__(self, theme: Theme, positive: str, threshold: float | None) -> None:
        self._positive, self._threshold = positive, threshold
        self._roc: Roc | None = None
        self._curve = np.zeros((0, 3))
        self._present = (0.0, 0.0)
        self._auc = 0.0
        super().__init__(theme)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._large = ui_font(theme, "heading")
        self._large.setBold(True)

    def place(self, rect: QRectF) -> None:
        super().place(rect)
        axes = axes_within(rect, (0.0, 1.0), (0.0, 1.0), self.font)
        side = min(axes.rect.width(), axes.rect.height())
        square = QRectF(axes.rect.left(), axes.rect.top(), side, side)
        self._axes = Axes(square, (0.0, 1.0), (0.0, 1.0))

    def take(self, scored: Scored) -> None:
        assert isinstance(scored, ScoredClasses)
        self._roc = roc = scored.roc
        if roc is None:
            return
        corners = _corners(roc)
        self._curve = np.column_stack([roc.false_positives, roc.true_positives, roc.thresholds])[corners]
        (true_negatives, false_positives), (false_negatives, true_positives) = scored.scores.confusion.tolist()
        self._present = (
            false_positives / (false_positives + true_negatives),
            true_positives / (true_positives + false_negatives),
        )
        self._auc = roc.auc

    def paint_still(self, painter: QPainter) -> None:
        theme, axes = self.theme, self._axes
        paint_axes(painter, theme, self.font, axes, "false positive rate", "true positive rate")
        painter.setPen(QPen(theme.color("muted"), theme.lines.hair, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(axes.rect.bottomLeft(), axes.rect.topRight()))

    def paint(self, painter: QPainter) -> None:
        theme, axes, rect = self.theme, self._axes, self._axes.rect
        if self._roc is None:
            painter.fillRect(rect.adjusted(1, 1, 0, 0), theme.color("plot_background"))
            paint_message(painter, theme, self.font, rect, "A curve needs samples of both classes")
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.curve_color(0), theme.lines.strong))
        painter.drawPolyline(polyline(axes.x(self._curve[:, 0]), axes.y(self._curve[:, 1])))
        at = QPointF(axes.x(self._present[0]), axes.y(self._present[1]))
        painter.setPen(QPen(theme.color("plot_background"), 1.5))
        painter.setBrush(theme.color("text"))
        painter.drawEllipse(at, 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_words(painter, at)

    def _paint_words(self, painter: QPainter, at: QPointF) -> None:
        """Name the point, and write the area under the curve where the curve hardly ever is."""
        theme, rect, line = self.theme, self._axes.rect, self.line
        painter.setFont(self.font)
        painter.setPen(theme.color("text"))
        name = self._threshold_text
        width = self.metrics.horizontalAdvance(name) + 2
        # The curve never falls: below it on the right there is room, and above it on the left.
        rightwards = at.x() + 9 + width <= rect.right()
        left = at.x() + 9 if rightwards else max(at.x() - 9 - width, rect.left() + 2)
        middle = at.y() + line * (0.8 if rightwards else -0.8)
        middle = min(max(middle, rect.top() + line / 2), rect.bottom() - line / 2)
        painter.drawText(QRectF(left, middle - line / 2, width, line), LEFT, name)
        inner = rect.adjusted(6, 0, -6, -4)
        large = QFontMetricsF(self._large).height()
        positive = self.metrics.elidedText(f"positive: {self._positive}", Qt.TextElideMode.ElideRight, inner.width())
        words = max(self.metrics.horizontalAdvance(positive), 8 * line)
        bottom = inner.bottom()
        if middle + line / 2 > bottom - line - large and left + width > inner.right() - words:
            bottom = middle - line / 2 - 2  # the name of the point stands in their place
        below = QRectF(inner.left(), bottom - line, inner.width(), line)
        # A curve below the diagonal runs through here.
        ground = QRectF(inner.right() - words - 4, below.top() - large, words + 8, large + line)
        painter.fillRect(ground, translucent(theme.color("plot_background"), 0.75))
        painter.setPen(theme.color("muted"))
        painter.drawText(below, RIGHT, positive)
        painter.setFont(self._large)
        painter.setPen(theme.color("text"))
        areas = [f"AUC {coefficient(self._auc, digits)}" for digits in range(theme.digits, 1, -1)]
        wide = QFontMetricsF(self._large).horizontalAdvance
        area = next((text for text in areas if wide(text) <= inner.width()), areas[-1])
        painter.drawText(QRectF(inner.left(), below.top() - large, inner.width(), large), RIGHT, area)

    @property
    def _threshold_text(self) -> str:
        return "larger output" if self._threshold is None else f"threshold {short(self._threshold)}"

    def reading(self, point: QPointF) -> str:
        if self._roc is None or not self._axes.rect.adjusted(-4, -4, 4, 4).contains(point):
            return ""
        present = QPointF(self._axes.x(self._present[0]), self._axes.y(self._present[1]))
        if (point - present).manhattanLength() < 9:
            false, true, name = *self._present, self._threshold_text
        else:
            distances = np.hypot(
                self._axes.x(self._curve[:, 0]) - point.x(), self._axes.y(self._curve[:, 1]) - point.y()
            )
            false, true, threshold = self._curve[int(distances.argmin())].tolist()
            name = "above all outputs" if np.isinf(threshold) else f"threshold {fixed(threshold, self.theme.digits)}"
        return f"{name}   true positives {percent(true)}   false positives {percent(false)}"

    def stops(self) -> list[QPointF]:
        if self._roc is None:
            return []
        some = np.unique(np.linspace(0, len(self._curve) - 1, STOPS).astype(int))
        points = [QPointF(self._axes.x(false), self._axes.y(true)) for false, true, _ in self._curve[some].tolist()]
        return [*points, QPointF(self._axes.x(self._present[0]), self._axes.y(self._present[1]))]


def _corners(roc: Roc) -> Array:
    """Return the points where the curve turns, or of many some: between them it is straight."""
    false, true = roc.false_positives, roc.true_positives
    straight = np.diff(false)[1:] * np.diff(true)[:-1] == np.diff(false)[:-1] * np.diff(true)[1:]
    corners = np.flatnonzero(np.concatenate([[True], ~straight, [True]]))
    if len(corners) > MOST_POINTS:
        corners = corners[np.linspace(0, len(corners) - 1, MOST_POINTS).astype(int)]
    return np.asarray(corners)
