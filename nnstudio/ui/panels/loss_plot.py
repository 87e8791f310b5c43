"""The plot of the loss: its axes, its ranges that move in steps, and a crosshair that leaves the curves alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.engine.timeline import LossOutline
from nnstudio.ui.panels.chart import (
    Axes,
    Range,
    paint_axes,
    paint_message,
    polyline,
)
from nnstudio.ui.panels.loss_axes import EpochAxis, LossAxis, linear_range, log_range
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
#: Epochs that fill the plot when it is looked at as closely as can be.
CLOSEST = 10.0


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
        self._x_axis, self._y_axis = EpochAxis("bottom"), LossAxis("left")
        super().__init__(parent, axisItems={"bottom": self._x_axis, "left": self._y_axis})
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        # A cached background would be a bitmap in a drawing.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel has one
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.box = self.getViewBox()
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self.box.setMouseEnabled(x=True, y=False)  # the losses follow what is visible
        self._bounds: tuple[float, float, float, float] | None = None
        self._y_label = ""
        self._floor, self._ceiling = 1e-12, 1.0
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
            axis.setStyle(tickFont=font, tickLength=0, tickTextOffset=theme.scaled(6), hideOverlappingLabels=False)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(theme.color("grid"), width=theme.lines.hair))
            axis.setTickPen(pg.mkPen(theme.color("grid"), width=theme.lines.hair))
            axis.setTextPen(theme.color("axis"))
            axis.setGrid(255)
            axis.setZValue(-1000)  # the grid lies behind the curves
            axis.label.setFont(font)
        # Fixed sizes, so that the plot does not jump when a text gets longer.
        self._y_axis.setWidth(metrics.horizontalAdvance("0.0005") + metrics.height() + 10 + theme.scaled(6))
        self._x_axis.setHeight(2 * metrics.height() + 6 + theme.scaled(6))
        self._x_axis.setLabel("epoch", color=theme.colors["axis"])
        self.getPlotItem().layout.setContentsMargins(
            0, metrics.height() / 2, metrics.horizontalAdvance("10,000") / 2 + 6, 0
        )
        self.set_loss_name(self._y_label)
        self._overlay.update()

    def set_loss_name(self, name: str) -> None:
        """Name the y axis after the loss; a low plot says just "loss"."""
        self._y_label = name
        room = QFontMetricsF(self._y_axis.label.font()).horizontalAdvance(name) + 60 < self.height()
        self._y_axis.setLabel(name if room else "loss", color=self.theme.colors["axis"])
        self._y_axis.resizeEvent()  # pyqtgraph 0.14 centres a label only when the axis gets another size

    def to_axis(self, losses: Array) -> Array:
        """Return losses as they are plotted: their logarithms on a logarithmic axis, where 0 lies below all else."""
        if not self.log:
            return np.minimum(losses, self._ceiling * 1e6)  # Qt draws no lines that reach farther
        # Not the lower end of now: curves of earlier runs are not drawn again when it moves down.
        return np.log10(np.maximum(losses, min(self._floor, 1e-12)))

    @property
    def epochs(self) -> Range:
        """The epochs that are visible."""
        left, right = self.box.viewRange()[0]
        return left, right

    def set_bounds(self, x: Range, low: float, high: float) -> None:
        """Tell from where to where the curves reach; the range moves only when they leave it.

        Parameters
        ----------
        x : (float, float)
            All epochs; they are shown unless a person looks at some of them.
        low, high : float
            The lowest loss above 0 and the highest, of the epochs that are visible.
        """
        self._floor, self._ceiling = low / 10, high
        bounds = (*x, *(log_range(low, high) if self.log else linear_range(high)))
        if bounds != self._bounds:
            self._bounds = bounds
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

    def point_at(self, epoch: float, height: float) -> None:
        """Point at an epoch, at a height (as plotted); at the plot's edge, where it does not reach so far."""
        place, rect = self.box.mapViewToScene(QPointF(epoch, height)), self.plot_rect()
        x, y = min(max(place.x(), rect.left()), rect.right()), min(max(place.y(), rect.top()), rect.bottom())
        self._point(QPointF(x, y))

    def point_at_nothing(self) -> None:
        """Point no longer."""
        self._point(None)

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
        self.point_at_nothing()

    def _point(self, place: QPointF | None) -> None:
        self.pointer = place
        self.pointed.emit()

    def _apply(self) -> None:
        if self._bounds is not None:
            left, right, bottom, top = self._bounds
            width = right - left
            self.box.setLimits(xMin=left, xMax=right, minXRange=min(CLOSEST, width), maxXRange=width)
            shown = {"xRange": (left, right)} if self.fitting else {}
            self.box.setRange(**shown, yRange=(bottom, top), padding=0, disableAutoRange=True)

    def paint(self, painter: QPainter, curves: Sequence[Curve]) -> None:
        """Paint the plot in pixels, for pictures: in its own units, lines would not grow with them, or grow too much.

        Parameters
        ----------
        painter : QPainter
        curves : sequence of Curve
            The first lies at the bottom.
        """
        (left, right), (bottom, top) = self.box.viewRange()
        axes = Axes(self.plot_rect(), (left, right), (bottom, top))
        _, ticks = self._y_axis.tickValues(bottom, top, axes.rect.height())[0]
        font, title = ui_font(self.theme, "caption"), self._y_axis.labelText
        paint_axes(
            painter, self.theme, font, axes, "epoch", title, y_ticks=np.array(ticks), y_text=self._y_axis.tick_text
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve in curves:
            x, y = curve.getData()
            if x is None or len(x) < 2:
                continue
            x, y, connected = clipped(x, y, axes.x_range, axes.y_range)
            pen = QPen(curve.opts["pen"])
            pen.setCosmetic(False)
            painter.setPen(pen)
            ends = np.flatnonzero(connected == 0) + 1
            for xs, ys in zip(np.split(axes.x(x), ends), np.split(axes.y(y), ends), strict=True):
                painter.drawPolyline(polyline(xs, ys))

    def _leave_fit(self, *_: object) -> None:
        self.fitting = self._bounds is not None and self.epochs == self._bounds[:2]
        self.fitted.emit(self.fitting)


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
