"""The plot of the loss: its axes, its ranges that move in steps, and a crosshair that leaves the curves alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.engine.timeline import LossOutline
from nnstudio.ui.panels.chart import nice_ceil, nice_ticks, paint_message, short
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]


def curve_of(outline: LossOutline, epochs: int, most: int | None = None) -> tuple[Array, Array]:
    """Return a line through the highest and the lowest loss of each bucket, so that no peak is lost.

    Parameters
    ----------
    outline : LossOutline
    epochs : int
        How many losses the outline stands for.
    most : int, optional
        At most about so many points; neighbours are joined without losing peaks.

    Returns
    -------
    epochs, losses : ndarray, shape (points,)
    """
    first, low, high, stride = outline.first, outline.low, outline.high, outline.stride
    join = -(-2 * len(low) // most) if most and len(low) > most else 1
    if join > 1:
        starts = np.arange(0, len(low), join)
        first, stride = first[starts], stride * join
        low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    starts = np.arange(len(low)) * stride
    if stride == 1:
        return starts.astype(float), low
    # A falling bucket goes from its highest to its lowest loss, a rising one the other way: what is smooth stays so.
    falls = high - first <= first - low
    ends = np.minimum(starts + stride - 1, epochs - 1)
    x = np.column_stack([starts, ends]).ravel()
    y = np.column_stack([np.where(falls, high, low), np.where(falls, low, high)]).ravel()
    return np.append(x, epochs - 1).astype(float), np.append(y, outline.last)


def clipped(
    x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Cut a line at the edges of a rectangle (Liang and Barsky, ACM Transactions on Graphics 3, 1984).

    Returns
    -------
    x, y : ndarray, shape (points,)
    connected : ndarray of int32, shape (points,)
        Whether each point is joined to the next.
    """
    start, end = np.column_stack([x[:-1], y[:-1]]), np.column_stack([x[1:], y[1:]])
    low, high = np.array([x_range, y_range]).T
    way = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / way, (high - start) / way
    # Along an axis on which a piece does not move, it is inside for all of its length or for none of it.
    still, inside = way == 0, (start >= low) & (start <= high)
    enters = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, other)).max(axis=1).clip(0, None)
    leaves = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, other)).min(axis=1).clip(None, 1)
    seen = enters <= leaves
    start, way, enters, leaves = start[seen], way[seen], enters[seen, None], leaves[seen, None]
    points = np.stack([start + enters * way, start + leaves * way], axis=1).reshape(-1, 2)
    connected = np.ones(len(points), np.int32)
    connected[1:-1:2] = (points[1:-1:2] == points[2::2]).all(axis=1)
    return points[:, 0], points[:, 1], connected


class Curve(pg.PlotCurveItem):
    """A curve that claims all of the plot: to find out how far it reaches would take as long as to draw it."""

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True)
        self.hide()

    def set_data(self, x: Array, y: Array, **options: Any) -> None:
        """Show other points; without any the curve is hidden, since hidden items take no time."""
        self.setVisible(len(x) > 0)
        self.setData(x, y, **options)

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return QRectF() if view is None else view.viewRect()


class LossPlot(pg.PlotWidget):
    """A plot whose y axis is linear or logarithmic; curves are given in the loss's own unit.

    Attributes
    ----------
    pointed : Signal()
        The pointer has moved or left, or the plot has moved under it.
    fitted : Signal(bool)
        The range follows the curves, or is the person's own choice.
    """

    pointed = Signal()
    fitted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._x_axis, self._y_axis = _EpochAxis("bottom"), _LossAxis("left")
        super().__init__(parent, axisItems={"bottom": self._x_axis, "left": self._y_axis})
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        # A cached background would be a bitmap in a drawing.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel has one
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.box = self.getViewBox()
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self._bounds: tuple[float, float, float, float] | None = None
        self._y_label = ""
        self.fitting = True
        self.pointer: QPointF | None = None
        self.message = ""
        self._overlay = _Overlay(self)
        self.box.sigRangeChangedManually.connect(self._leave_fit)
        for moved in (self.box.sigRangeChanged, self.box.sigResized):
            moved.connect(lambda *_: self.pointed.emit() if self.pointer is not None else None)
        self.scene().sigMouseMoved.connect(self._point)
        self.scene().sigMouseClicked.connect(lambda event: self.fit() if event.double() else None)
        self.set_theme(theme)

    @property
    def log(self) -> bool:
        return self._y_axis.decades

    def set_log(self, log: bool) -> None:
        """Choose the y axis; the curves have to be drawn anew."""
        self._y_axis.decades = log
        self._y_axis.picture = None
        self._bounds = None
        self.fit()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.theme = theme
        self.setBackground(theme.color("plot_background"))
        font = ui_font(theme, "caption")
        metrics = QFontMetricsF(font)
        for axis in (self._x_axis, self._y_axis):
            axis.setStyle(tickFont=font, tickLength=0, tickTextOffset=6, hideOverlappingLabels=False)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(theme.color("grid"), width=theme.lines.hair))
            axis.setTickPen(pg.mkPen(theme.color("grid"), width=theme.lines.hair))
            axis.setTextPen(theme.color("axis"))
            axis.setGrid(255)
            axis.setZValue(-1000)  # the grid lies behind the curves
            axis.label.setFont(font)
        # Fixed sizes, so that the plot does not jump when a text gets longer.
        self._y_axis.setWidth(metrics.horizontalAdvance("0.0005") + metrics.height() + 16)
        self._x_axis.setHeight(2 * metrics.height() + 12)
        self._x_axis.setLabel("epoch", color=theme.colors["axis"])
        self.getPlotItem().layout.setContentsMargins(
            0, metrics.height() / 2, metrics.horizontalAdvance("0,000") / 2 + 6, 0
        )
        self.set_loss_name(self._y_label)
        self._overlay.update()

    def set_loss_name(self, name: str) -> None:
        """Name the y axis after the loss; a low plot says just "loss"."""
        self._y_label = name
        room = QFontMetricsF(self._y_axis.label.font()).horizontalAdvance(name) + 60 < self.height()
        self._y_axis.setLabel(name if room else "loss", color=self.theme.colors["axis"])

    def to_axis(self, losses: Array) -> Array:
        """Return losses as they are plotted: their logarithms on a logarithmic axis, where 0 lies at the lower end."""
        if not self.log:
            return losses
        return np.log10(np.maximum(losses, self._floor))

    _floor = 1e-12

    def set_bounds(self, x: tuple[float, float], low: float, high: float) -> None:
        """Tell from where to where the curves reach; the range moves only when they leave it.

        Parameters
        ----------
        x : (float, float)
            The epochs to be shown.
        low, high : float
            The lowest loss above 0 and the highest.
        """
        self._floor = low / 10
        if self.log:
            bottom, top = math.log10(1 / nice_ceil(1 / low)), math.log10(nice_ceil(high))
            if top - bottom < 0.3:
                bottom -= 0.3
        else:
            bottom, top = 0.0, nice_ceil(high)
        bounds = (*x, bottom, top)
        if bounds != self._bounds:
            self._bounds = bounds
            if self.fitting:
                self._apply()

    def fit(self) -> None:
        """Show all of it, and follow it again."""
        self.fitting = True
        self._apply()
        self.fitted.emit(True)

    def values_at_pointer(self) -> tuple[float, float] | None:
        """Return epoch and height (as plotted) under the pointer, or None where it is not in the plot."""
        if self.pointer is None or not self.plot_rect().contains(self.pointer):
            return None
        point = self.box.mapSceneToView(self.pointer)
        return point.x(), point.y()

    def height_per_pixel(self) -> float:
        """Return how much of the y axis a pixel covers."""
        return float(self.box.viewPixelSize()[1])

    def plot_rect(self) -> QRectF:
        """Return where the curves are, in pixels."""
        return self.box.sceneBoundingRect()

    def show_cross(self, place: tuple[float, float] | None) -> None:
        """Put the crosshair on a point of the plot, or take it away."""
        self._overlay.show_cross(None if place is None else self.box.mapViewToScene(QPointF(*place)))

    def say(self, message: str) -> None:
        """Write something in the middle of the plot, or nothing."""
        if message != self.message:
            self.message = message
            self._overlay.show_message()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_overlay"):
            self._overlay.setGeometry(self.viewport().rect())
            self.set_loss_name(self._y_label)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def _point(self, place: QPointF | None) -> None:
        self.pointer = place
        self.pointed.emit()

    def _apply(self) -> None:
        if self._bounds is not None:
            left, right, bottom, top = self._bounds
            self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True)

    def _leave_fit(self, *_: object) -> None:
        self.fitting = False
        self.fitted.emit(False)


class _Overlay(QWidget):
    """Lies over the plot with what moves with the pointer, so that moving it computes no curve anew."""

    def __init__(self, plot: LossPlot) -> None:
        super().__init__(plot.viewport())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot = plot
        self._cross: QPointF | None = None

    def show_cross(self, cross: QPointF | None) -> None:
        if self._cross != cross:
            for place in filter(None, (self._cross, cross)):
                x, y = int(place.x()), int(place.y())
                self.update(x - 6, 0, 12, self.height())
                self.update(0, y - 6, self.width(), 12)
        self._cross = cross
        self._hide_if_empty()

    def show_message(self) -> None:
        self.update()
        self._hide_if_empty()

    def _hide_if_empty(self) -> None:
        # While it is hidden, frames of the curves below do not paint it.
        self.setVisible(self._cross is not None or bool(self._plot.message))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, rect = QPainter(self), self._plot.theme, self._plot.plot_rect()
        if self._plot.message:
            paint_message(painter, theme, ui_font(theme, "body"), rect, self._plot.message)
        if self._cross is not None:
            x, y = self._cross.x(), self._cross.y()
            painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, rect.top(), x, rect.bottom()))
            if rect.top() <= y <= rect.bottom():
                painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(QPen(theme.color("plot_background"), 1.5))
                painter.setBrush(theme.color("text"))
                painter.drawEllipse(self._cross, 4, 4)


class _Axis(pg.AxisItem):
    """An axis whose outermost texts may reach beyond it; pyqtgraph leaves them out where there is a grid."""

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-40, -20, 40, 20)


class _EpochAxis(_Axis):
    """Whole epochs, thousands set apart."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        text = QFontMetricsF(self.style["tickFont"]).horizontalAdvance if self.style["tickFont"] else len
        widest = max(text(short(minVal)), text(short(maxVal))) + 24
        ticks = nice_ticks(minVal, maxVal, max(int(size // widest), 1))
        return [(None, [v for v in ticks.tolist() if v == int(v)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [short(value) for value in values]


class _LossAxis(_Axis):
    """Losses, or with `decades` their decimal logarithms written as losses."""

    decades = True

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        count = max(int(size // 28), 2)
        if not self.decades:
            return [(None, nice_ticks(minVal, maxVal, min(count, 6)).tolist())]
        return [(None, log_ticks(minVal, maxVal, count))]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [short(10**value if self.decades else value) for value in values]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about so many round ticks between two decimal logarithms: more of each decade, the fewer there are."""
    decades = range(math.floor(low - 1e-9), math.ceil(high + 1e-9) + 1)
    span = high - low
    if span < 0.5:
        return [math.log10(v) for v in nice_ticks(10**low, 10**high, count).tolist() if v > 0]
    steps: tuple[int, ...]
    if span * 7 <= count:
        steps = (1, 2, 3, 4, 5, 6, 8)
    else:
        steps = (1, 2, 5) if span * 3 <= count + 1 else (1, 3) if span * 2 <= count else (1,)
    every = max(math.ceil(span / count), 1)
    ticks = [d + math.log10(s) for d in decades if d % every == 0 for s in steps]
    # A tick at the very end must not fall outside by a rounding error.
    return [min(max(t, low), high) for t in ticks if low - 1e-9 <= t <= high + 1e-9]
