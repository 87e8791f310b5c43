"""Paints how far a regression's answers are off: answers over targets, and how often each residual occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui.panels.chart import LEFT, axes_within, paint_axes, polyline, translucent
from nnstudio.ui.panels.scores.chart import ScoreChart
from nnstudio.ui.panels.scores.scored import Scored, ScoredNumbers, in_digits
from nnstudio.ui.panels.steady import SteadyLimit, SteadyRange
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
#: Points that are drawn, of however many samples.
MOST_POINTS = 2000
#: Bars of the histogram; even, so that 0 parts two of them.
BARS = 24
#: Samples that the keys read one after the other.
STOPS = 40
NEAR = 12.0  # pixels


class ScatterChart(ScoreChart):
    """A point for each sample: what it was answered over what is right; on the diagonal both are the same.

    Parameters
    ----------
    theme : Theme
    targets : ndarray, shape (samples,)
        Of all parts, so that all have the same axes.
    """

    key, title = "scatter", "Scatter"
    wants_square = True

    def __init__(self, theme: Theme, targets: Array) -> None:
        self._steady = SteadyRange(targets)
        self._range = self._steady.range
        self._targets = self._outputs = np.zeros(0)
        self._samples = 0
        super().__init__(theme)

    def place(self, rect: QRectF) -> None:
        super().place(rect)
        self._axes = axes_within(rect, self._range, self._range, self.font)

    def take(self, scored: Scored) -> None:
        assert isinstance(scored, ScoredNumbers)
        self._samples = scored.samples
        every = -(-scored.samples // MOST_POINTS) or 1
        self._targets, self._outputs = scored.targets[::every], scored.outputs[::every]
        range_ = self._steady.follow(self._outputs)
        if range_ != self._range:
            self._range = range_
            self.place(self.rect)

    def look(self) -> tuple[float, float]:
        return self._range

    def paint_still(self, painter: QPainter) -> None:
        theme, axes = self.theme, self._axes
        paint_axes(painter, theme, self.font, axes, "target", "output")
        painter.setPen(QPen(theme.color("axis"), theme.lines.hair, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(axes.rect.bottomLeft(), axes.rect.topRight()))

    def paint(self, painter: QPainter) -> None:
        rect, count = self._axes.rect, len(self._targets)
        size = 6.0 if count <= 64 else 5.0 if count <= 500 else 3.0
        pen = QPen(translucent(self.theme.curve_color(0), 0.85 if count <= 64 else 0.55), size)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.drawPoints(polyline(*self._places()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if count < self._samples:
            painter.setFont(self.font)
            painter.setPen(self.theme.color("muted"))
            note = QRectF(rect.left() + 6, rect.top() + 3, rect.width() - 12, self.line)
            painter.drawText(note, LEFT, f"every {_ordinal(-(-self._samples // count))} sample")

    def _places(self) -> tuple[Array, Array]:
        """Return where the points are; those beyond the axes on their edge."""
        low, high = self._range
        with np.errstate(invalid="ignore"):
            outputs = np.nan_to_num(self._outputs, nan=low).clip(low, high)
        return np.asarray(self._axes.x(self._targets)), np.asarray(self._axes.y(outputs))

    def reading(self, point: QPointF) -> str:
        if not self._axes.rect.adjusted(-4, -4, 4, 4).contains(point) or not len(self._targets):
            return ""
        xs, ys = self._places()
        distances = np.hypot(xs - point.x(), ys - point.y())
        nearest = int(distances.argmin())
        if distances[nearest] > NEAR:
            return ""
        target, output = float(self._targets[nearest]), float(self._outputs[nearest])
        numbers = [in_digits(value, self.theme.digits) for value in (target, output, target - output)]
        return f"target {numbers[0]}   output {numbers[1]}   residual {numbers[2]}"

    def stops(self) -> list[QPointF]:
        if not len(self._targets):
            return []
        some = np.argsort(self._targets)[np.linspace(0, len(self._targets) - 1, STOPS).astype(int)]
        xs, ys = self._places()
        return [QPointF(x, y) for x, y in zip(xs[some].tolist(), ys[some].tolist(), strict=True)]


class ResidualChart(ScoreChart):
    """How many samples have which residual: target less output."""

    key, title = "residuals", "Residuals"

    def __init__(self, theme: Theme) -> None:
        self._limit, self._most = SteadyLimit(), SteadyLimit()
        self._counts = np.zeros(BARS, int)
        self._look = (0.0, 0.0)
        super().__init__(theme)

    def place(self, rect: QRectF) -> None:
        super().place(rect)
        limit, most = self._limit.value or 1.0, self._most.value or 1.0
        self._axes = axes_within(rect, (-limit, limit), (0.0, most), self.font)

    def take(self, scored: Scored) -> None:
        assert isinstance(scored, ScoredNumbers)
        with np.errstate(over="ignore", invalid="ignore"):
            residuals = scored.targets - scored.outputs
        residuals = residuals[np.isfinite(residuals)]
        limit = self._limit.follow(float(np.abs(residuals).max(initial=0.0)))
        places = ((residuals / limit + 1) * (BARS / 2)).astype(np.intp).clip(0, BARS - 1)
        self._counts = np.bincount(places, minlength=BARS)
        most = self._most.follow(max(float(self._counts.max()), 4.0))
        if (limit, most) != self._look:
            self._look = (limit, most)
            self.place(self.rect)

    def look(self) -> tuple[float, float]:
        return self._look

    def paint_still(self, painter: QPainter) -> None:
        axes = self._axes
        paint_axes(painter, self.theme, self.font, axes, "residual: target − output", "samples")

    def paint(self, painter: QPainter) -> None:
        theme, axes = self.theme, self._axes
        limit = self._look[0]
        edges = axes.x(np.linspace(-limit, limit, BARS + 1)).tolist()
        color, base = theme.curve_color(0), axes.rect.bottom()
        for count, top, left, right in zip(
            self._counts.tolist(), axes.y(self._counts).tolist(), edges, edges[1:], strict=False
        ):
            if count:
                painter.fillRect(QRectF(left + 0.5, top, right - left - 1, base - top), color)
        painter.setPen(QPen(theme.color("text"), theme.lines.hair, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(axes.x(0.0), axes.rect.top(), axes.x(0.0), base))

    def reading(self, point: QPointF) -> str:
        if not self._axes.rect.contains(point):
            return ""
        limit = self._look[0]
        bar = min(int((self._axes.values_at(point)[0] / limit + 1) * BARS / 2), BARS - 1)
        low, high = ((edge * 2 / BARS - 1) * limit for edge in (bar, bar + 1))
        count = int(self._counts[bar])
        return f"{in_digits(low)} to {in_digits(high)}: {count:,} sample{'' if count == 1 else 's'}"

    def stops(self) -> list[QPointF]:
        middles = (np.arange(BARS) + 0.5) * (2 / BARS) - 1
        height = self._axes.rect.center().y()
        return [QPointF(x, height) for x in self._axes.x(middles * self._look[0]).tolist()]


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
