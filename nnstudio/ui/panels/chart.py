"""Draws axes, curves and read-outs with a painter, for the panels that are painted rather than plotted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph.functions as fn
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from nnstudio.ui.numbers import DIGITS, MINUS, scientific
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
Range = tuple[float, float]

# Looked up once: PySide's enumerations are slow to combine in a paint event.
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
#: Outputs beyond this are those of a run that diverges.
RUNAWAY = 1e4


def nice_ceil(value: float, steps: Sequence[int] = (2, 5, 10)) -> float:
    """Return the lowest of 1, 2, 5, 10, 20, ... (and their parts) that is not below a positive value."""
    decade = 10.0 ** math.floor(math.log10(value))
    # The tolerance keeps 0.2 at 0.2 although 0.2 / 0.1 is not quite 2.
    return next(decade * step for step in (1, *steps) if decade * step >= value * (1 - 1e-9))


def nice_ticks(low: float, high: float, count: int) -> Array:
    """Return at most about `count` round values from low to high."""
    if not high > low:
        return np.array([low])
    step = nice_ceil((high - low) / max(count, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return np.arange(first, last + 1) * step


def stepped_range(range_: Range, low: float, high: float) -> Range:
    """Return the range, or where values leave it, one that reaches round values beyond them."""
    if low < range_[0]:
        range_ = (-nice_ceil(-low) if low < 0 else 0.0, range_[1])
    if high > range_[1]:
        range_ = (range_[0], nice_ceil(high))
    return range_


def range_over(range_: Range, values: Array) -> Range:
    """Return a range that holds all finite values, in steps; but none so large that the others could not be seen."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return range_
    low, high = float(finite.min()), float(finite.max())
    if max(-low, high) > RUNAWAY:
        low, high = max(low, -10.0), min(high, 10.0)
        range_ = max(range_[0], -10.0), min(range_[1], 10.0)
    return stepped_range(range_, low, high)


def epoch_range(epoch: int, planned: int) -> Range:
    """Return from 0 to a round number of epochs beyond the present one, at most to the planned end of the run.

    The range grows in steps, because a plot that rescales its axes in every frame costs more than twice as much.
    """
    return 0.0, float(max(min(nice_ceil(max(epoch * 1.02, 100)), max(planned, epoch)), 1))


def short(value: float, digits: int = 4) -> str:
    """Return a number as it is written beside an axis: no more digits than it needs, thousands set apart."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    size = abs(value)
    if size >= 1e7 or size < 1e-4:
        return scientific(value, 1).replace(".0e", "e")
    text = f"{value:,.0f}" if size >= 1000 else f"{value:.{digits}g}"
    return text.replace("-", MINUS)


def fixed(value: float, digits: int = DIGITS) -> str:
    """Return a number with so many digits behind the point, and a large one in hardly more room: 3e153."""
    if not math.isfinite(value):
        return str(value).replace("-", MINUS)
    size = abs(value)
    if size >= 1e4:
        return scientific(value, 1 if size < 9.95e9 else 0).replace(".0e", "e")
    # Large numbers need fewer digits behind the point, so that all take about the same room.
    text = f"{value:.{digits - sum(size >= limit for limit in (10, 100, 1000)[:digits])}f}"
    return text.replace("-", MINUS)


@dataclass(frozen=True)
class Axes:
    """A rectangle of pixels that shows a range of values each way."""

    rect: QRectF
    x_range: Range
    y_range: Range

    def x(self, values: Any) -> Any:
        """Return where values lie across, in pixels."""
        low, high = self.x_range
        return self.rect.left() + (values - low) * (self.rect.width() / (high - low))

    def y(self, values: Any) -> Any:
        """Return where values lie up, in pixels."""
        low, high = self.y_range
        return self.rect.bottom() - (values - low) * (self.rect.height() / (high - low))

    def values_at(self, point: QPointF) -> tuple[float, float]:
        """Return the values that a pixel stands for."""
        across = (point.x() - self.rect.left()) / self.rect.width()
        up = (self.rect.bottom() - point.y()) / self.rect.height()
        return (
            self.x_range[0] + across * (self.x_range[1] - self.x_range[0]),
            self.y_range[0] + up * (self.y_range[1] - self.y_range[0]),
        )


def axes_within(
    area: QRectF, x_range: Range, y_range: Range, font: QFont, *, titles: bool = True, right: float = 0.0
) -> Axes:
    """Return axes that leave room in an area for tick texts and titles, and on the right for so many pixels more."""
    metrics = QFontMetricsF(font)
    line = metrics.height()
    widest = max(metrics.horizontalAdvance(short(t)) for t in nice_ticks(*y_range, 5))
    left = widest + 8 + (line + 4 if titles else 0)
    half = metrics.horizontalAdvance(short(x_range[1])) / 2
    below = line + _tick_gap(line) + 1 + (line if titles else 0)
    rect = area.adjusted(left, line / 2, -max(half, 4.0) - right, -below)
    return Axes(QRectF(rect.left(), rect.top(), max(rect.width(), 1.0), max(rect.height(), 1.0)), x_range, y_range)


def paint_axes(
    painter: QPainter,
    theme: Theme,
    font: QFont,
    axes: Axes,
    x_title: str,
    y_title: str,
    *,
    grid: bool = True,
    x_ticks: Array | None = None,
    x_text: Callable[[float], str] = short,
    y_ticks: Array | None = None,
    y_text: Callable[[float], str] = short,
) -> None:
    """Draw the frame, ticks with their values, and titles; ticks keep enough distance for their texts."""
    metrics = QFontMetricsF(font)
    rect, line = axes.rect, metrics.height()
    gap = _tick_gap(line)
    painter.setFont(font)
    frame, ink = QPen(theme.color("grid"), theme.lines.hair), QPen(theme.color("axis"))
    if x_ticks is None:
        across = max(metrics.horizontalAdvance(x_text(v)) for v in axes.x_range) + 24
        x_ticks = nice_ticks(*axes.x_range, max(int(rect.width() // across), 1))
    if y_ticks is None:
        y_ticks = nice_ticks(*axes.y_range, max(min(int(rect.height() // (line * 1.6)), 5), 1))
    painter.setPen(frame)
    if grid:
        for y in axes.y(y_ticks):
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        for x in axes.x(x_ticks):
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    painter.drawRect(rect)
    painter.setPen(ink)
    for value, x in zip(x_ticks, axes.x(x_ticks), strict=True):
        painter.drawText(QRectF(x - 150, rect.bottom() + gap, 300, line), TOP, x_text(float(value)))
    for value, y in zip(y_ticks, axes.y(y_ticks), strict=True):
        painter.drawText(QRectF(rect.left() - 6 - 5 * line, y - line / 2, 5 * line, line), RIGHT, y_text(float(value)))
    if x_title:
        painter.drawText(QRectF(rect.left(), rect.bottom() + gap + line, rect.width(), line), CENTER, x_title)
    if y_title:
        widest = max(metrics.horizontalAdvance(y_text(float(t))) for t in y_ticks)
        painter.save()
        painter.translate(rect.left() - widest - 8 - line / 2 - 4, rect.center().y())
        painter.rotate(-90)
        # It may hang over both ends of its axis a little, where there is nothing beside it.
        room = rect.height() + line
        titles = (y_title, y_title.partition(" (")[0])
        painter.drawText(QRectF(-room / 2, -line / 2, room, line), CENTER, elided(metrics, titles, room))
        painter.restore()


def _tick_gap(line: float) -> float:
    """Return how far below an axis its numbers stand: the first must be clear of the lowest one beside the axis."""
    return max(4.0, 0.3 * line)


def polyline(xs: Array, ys: Array) -> QPolygonF:
    """Return the curve through some points, in pixels."""
    return fn.arrayToQPolygonF(np.ascontiguousarray(xs, float), np.ascontiguousarray(ys, float))


def image_of(rows: Array, lut: Array) -> QImage:
    """Return a picture of some rows of colour numbers, the first at the top.

    Parameters
    ----------
    rows : ndarray of int, shape (height, width)
    lut : ndarray of uint32, shape (colours,)
        As `packed` makes it.
    """
    pixels = np.ascontiguousarray(lut[rows])
    height, width = pixels.shape
    # Copied, because QImage does not keep the array alive.
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()


def packed(lut: Array) -> Array:
    """Return colours of shape (n, 3) as one number each, the way QImage holds them."""
    red, green, blue = lut.astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, np.uint32)


def paint_scale(
    painter: QPainter, theme: Theme, font: QFont, rect: QRectF, lut: Array, labels: Sequence[tuple[float, str]]
) -> None:
    """Draw an upright colour bar with texts on its right; their places go from 0 at the bottom to 1 at the top."""
    painter.drawImage(rect, image_of(np.arange(len(lut))[::-1, None], lut))
    painter.setPen(QPen(theme.color("axis"), theme.lines.hair))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    painter.setFont(font)
    line = QFontMetricsF(font).height()
    for place, text in labels:
        y = rect.bottom() - place * rect.height()
        painter.drawLine(QPointF(rect.right(), y), QPointF(rect.right() + 3, y))
        y = min(max(y, rect.top() + line / 2 - 3), rect.bottom() - line / 2 + 3)
        painter.drawText(QRectF(rect.right() + 6, y - line / 2, 6 * line, line), LEFT, text)


def paint_mark(painter: QPainter, theme: Theme, center: QPointF, size: float, right: bool) -> None:
    """Draw a tick for a right answer, or a cross for a wrong one."""
    half = size / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("success" if right else "error"), max(2.0, size / 6)))
    x, y = center.x(), center.y()
    if right:
        points = ((x - half, y), (x - half * 0.3, y + half * 0.7), (x + half, y - half * 0.7))
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))
    else:
        half *= 0.8
        painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
        painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_message(painter: QPainter, theme: Theme, font: QFont, rect: QRectF, text: str) -> None:
    """Write in the middle what there is to know instead of a picture, where there is room for all of it."""
    painter.setFont(font)
    painter.setPen(theme.color("muted"))
    flags = CENTER | Qt.TextFlag.TextWordWrap
    if rect.contains(painter.boundingRect(rect, flags, text)):
        painter.drawText(rect, flags, text)


def elided(metrics: QFontMetricsF, texts: Sequence[str], width: float) -> str:
    """Return the first of some texts, from long to short, that fits; the last one cut where none does."""
    for text in texts:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, width)


def translucent(color: QColor, alpha: float) -> QColor:
    """Return a colour through which what is behind it can be seen."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result
