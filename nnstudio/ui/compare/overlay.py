"""Draws the losses of compared runs over each other, with a name at the end of each and all values at the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui.compare.curves import (
    OverlaidCurve,
    epochs_range,
    losses_range,
    on_axis,
)
from nnstudio.ui.numbers import loss_text
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import (
    LEFT,
    RIGHT,
    Axes,
    axes_within,
    elided,
    paint_axes,
    paint_message,
    polyline,
    short,
    translucent,
)
from nnstudio.ui.panels.loss_axes import log_ticks, loss_tick
from nnstudio.ui.theme import Theme, ui_font

#: Of the chart's width, what names beside it may take at the most.
NAMES_SHARE = 0.3
SAMPLE = 22.0  # pixels of line before a name
#: Steps in which the keys go through all epochs.
STEPS = 50
# Smooth edges of more points than this take too long.
SMOOTH_POINTS = 40_000


class OverlayChart(QWidget):
    """The chart itself.

    Attributes
    ----------
    log : bool
        Whether losses are drawn in decades.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlay_chart")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = theme
        self._backdrop = Backdrop()
        self._version = 0
        self.curves: tuple[OverlaidCurve, ...] = ()
        self.loss_name, self.message = "loss", ""
        self.log = True
        self._pointer: QPointF | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._redraw()

    def show_curves(self, curves: Sequence[OverlaidCurve], loss_name: str, message: str) -> None:
        """Draw these curves, or a message where there are none.

        Parameters
        ----------
        curves : sequence of OverlaidCurve
            The first lies on top, and has its name before all others.
        loss_name : str
            Of the y axis.
        message : str
        """
        self.curves, self.loss_name, self.message = tuple(curves), loss_name, message
        self._redraw()

    def set_log(self, log: bool) -> None:
        """Choose the y axis."""
        self.log = log
        self._redraw()

    def _redraw(self) -> None:
        self._version += 1
        self.update()

    # ---- painting --------------------------------------------------------------------------------------------------

    def axes(self) -> Axes:
        """Return where the curves lie."""
        y_range = losses_range(self.curves, self.log)
        area = QRectF(self.rect()).adjusted(4, 2, -4, -2)
        metrics = QFontMetricsF(ui_font(self._theme, "caption"))
        longest = max((metrics.horizontalAdvance(each.pin.name) for each in self.curves), default=0.0)
        room = min(longest + SAMPLE + 16, NAMES_SHARE * area.width())
        # The texts of decades are no wider than these.
        widths = (0.0, 0.0001) if self.log else y_range
        axes = axes_within(area, epochs_range(self.curves), widths, ui_font(self._theme, "caption"), right=room)
        return Axes(axes.rect, axes.x_range, y_range)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self._theme.color("plot_background")
        self._backdrop.paint(painter, self, event.rect(), ground, self._version, self._paint_all)
        if self._pointer is not None and self.curves:
            self._paint_reading(painter, self._pointer)

    def _paint_all(self, painter: QPainter, _seen: QRect) -> None:
        theme, font = self._theme, ui_font(self._theme, "caption")
        if not self.curves:
            paint_message(
                painter, theme, ui_font(theme, "body"), QRectF(self.rect()).adjusted(24, 8, -24, -8), self.message
            )
            return
        axes = self.axes()
        ticks = None
        if self.log:
            ticks = np.array(log_ticks(*axes.y_range, max(int(axes.rect.height() // 28), 2)))
        text = self._log_text if self.log else short
        paint_axes(painter, theme, font, axes, "epoch", self.loss_name, y_ticks=ticks, y_text=text)
        points = sum(len(each.epochs) for each in self.curves)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, points < SMOOTH_POINTS)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setClipRect(axes.rect.adjusted(-1, -1, 1, 1))
        for each in reversed(self.curves):
            if each.losses is not each.raw:
                painter.setPen(QPen(translucent(each.pen.color(), 0.3), 1.0))
                self._paint_line(painter, axes, each, each.raw)
        for each in reversed(self.curves):
            painter.setPen(each.pen)
            self._paint_line(painter, axes, each, each.losses)
        painter.restore()
        self._paint_names(painter, axes)

    @staticmethod
    def _log_text(value: float) -> str:
        return loss_tick(10**value)

    def _paint_line(self, painter: QPainter, axes: Axes, each: OverlaidCurve, losses: np.ndarray) -> None:
        xs, ys = axes.x(each.epochs), axes.y(on_axis(losses, self.log, axes.y_range))
        if len(xs) == 1:
            painter.drawLine(QLineF(xs[0], ys[0], xs[0] + 3, ys[0]))
        else:
            painter.drawPolyline(polyline(xs, ys))

    def _paint_names(self, painter: QPainter, axes: Axes) -> None:
        """Write each run's name at the end of its curve, as near as there is room; leave out what has none."""
        theme, font = self._theme, ui_font(self._theme, "caption")
        metrics, line = QFontMetricsF(font), QFontMetricsF(font).height()
        edge, right = axes.rect.right(), self.width() - 6.0
        room = right - edge - SAMPLE - 12
        taken: list[QRectF] = []
        left_out = 0
        painter.setFont(font)
        for each in self.curves:
            if not len(each.epochs):
                continue
            end = QPointF(axes.x(each.epochs[-1]), float(axes.y(on_axis(each.losses[-1:], self.log, axes.y_range))[0]))
            text = elided(metrics, (each.pin.name,), room)
            width = metrics.horizontalAdvance(text) + SAMPLE + 8
            # Inside the chart, where a run ended early; else beside it.
            x = end.x() + 8 if end.x() + width + 16 < edge else edge + 8
            place = _free_place(QRectF(x, end.y() - line / 2, width, line), taken, axes.rect)
            if place is None:
                left_out += 1
                continue
            taken.append(place)
            middle = place.center().y()
            if x < edge:
                painter.fillRect(place, translucent(theme.color("plot_background"), 0.9))
            painter.setPen(QPen(translucent(each.pen.color(), 0.6), 1.0))
            painter.drawLine(QLineF(end.x(), end.y(), place.left() - 1, middle))
            painter.setPen(each.pen)
            painter.drawLine(QLineF(place.left(), middle, place.left() + SAMPLE, middle))
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(SAMPLE + 5, 0, 8, 0), LEFT, text)
        if left_out:
            painter.setPen(theme.color("muted"))
            rest = f"{left_out} more: see the table’s lines"
            painter.drawText(
                QRectF(edge + 8, axes.rect.bottom() + 4 + line, room + SAMPLE + 4, line),
                LEFT,
                elided(metrics, (rest, f"+{left_out}"), room + SAMPLE),
            )

    # ---- reading ---------------------------------------------------------------------------------------------------

    def reading_at(self, point: QPointF) -> tuple[float, list[tuple[OverlaidCurve, int]]]:
        """Return the epoch at a point, and the curves that reach it, the highest first, each with its nearest point."""
        axes = self.axes()
        epoch = axes.values_at(point)[0]
        found = [(each, place) for each in self.curves if (place := each.place(epoch)) is not None]
        found.sort(key=lambda pair: -pair[0].losses[pair[1]])
        return epoch, found

    def walk(self, right: int) -> str:
        """Read all curves so many steps of epochs on, at first at the end."""
        if not self.curves:
            return ""
        rect = self.axes().rect
        x = rect.right() if self._pointer is None else self._pointer.x() + right * rect.width() / STEPS
        self._point(QPointF(min(max(x, rect.left()), rect.right()), rect.center().y()))
        assert self._pointer is not None
        epoch, found = self.reading_at(self._pointer)
        runs = [f"{each.pin.name}: loss {self._value_text(each, place)}" for each, place in found]
        return "; ".join([f"epoch {round(epoch):,}", *(runs or ["no run has come so far"])])

    def end_walk(self) -> None:
        """Read nothing any longer."""
        self._point(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, point: QPointF | None) -> None:
        if point is not None and not (self.curves and self.axes().rect.contains(point)):
            point = None
        if point != self._pointer:
            self._pointer = point
            self.update()

    def _paint_reading(self, painter: QPainter, point: QPointF) -> None:
        theme, font, axes = self._theme, ui_font(self._theme, "caption"), self.axes()
        epoch, found = self.reading_at(point)
        painter.setFont(font)
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(point.x(), axes.rect.top(), point.x(), axes.rect.bottom()))
        if not found:
            return
        line = QFontMetricsF(font).height() + 2
        nearest = min(found, key=lambda pair: abs(self._height(axes, *pair) - point.y()))
        rows, hidden = self._rows_that_fit(found, nearest, axes.rect.height() - 20, line)
        texts = [self._value_text(each, place) for each, place in rows]
        bold = ui_font(theme, "caption")
        bold.setBold(True)
        widest = QFontMetricsF(bold).horizontalAdvance  # the nearest curve is written in bold
        name_width = min(max(widest(each.pin.name) for each, _ in rows), 240.0)
        value_width = max(widest(text) for text in texts) + 8
        width = SAMPLE + 8 + name_width + 12 + value_width + 12
        height = line * (len(rows) + 1 + bool(hidden)) + 10
        x = point.x() + 14 if point.x() + 14 + width < self.width() else point.x() - 14 - width
        y = min(max(point.y() - height / 2, 2.0), max(self.height() - height - 2, 2.0))
        box = QRectF(max(x, 2.0), y, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each, place in rows:
            center = QPointF(axes.x(each.epochs[place]), self._height(axes, each, place))
            painter.setPen(QPen(theme.color("plot_background"), 1.2))
            painter.setBrush(each.pen.color())
            painter.drawEllipse(center, 3.5, 3.5)
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(box, 4, 4)
        inner = box.adjusted(8, 5, -8, -5)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), line), LEFT, f"epoch {round(epoch):,}")
        for number, ((each, place), text) in enumerate(zip(rows, texts, strict=True), 1):
            row = QRectF(inner.left(), inner.top() + number * line, inner.width(), line)
            painter.setPen(each.pen)
            painter.drawLine(QLineF(row.left(), row.center().y(), row.left() + SAMPLE, row.center().y()))
            painter.setFont(bold if (each, place) == nearest else font)
            painter.setPen(theme.color("text"))
            name = elided(QFontMetricsF(painter.font()), (each.pin.name,), name_width)
            painter.drawText(row.adjusted(SAMPLE + 6, 0, 0, 0), LEFT, name)
            painter.drawText(row, RIGHT, text)
        painter.setFont(font)
        if hidden:
            painter.setPen(theme.color("muted"))
            last = QRectF(inner.left(), inner.bottom() - line, inner.width(), line)
            painter.drawText(last, LEFT, f"and {hidden} more")

    def _height(self, axes: Axes, each: OverlaidCurve, place: int) -> float:
        return float(axes.y(on_axis(each.losses[place : place + 1], self.log, axes.y_range))[0])

    @staticmethod
    def _rows_that_fit(
        found: list[tuple[OverlaidCurve, int]], nearest: tuple[OverlaidCurve, int], height: float, line: float
    ) -> tuple[list[tuple[OverlaidCurve, int]], int]:
        """Return as many curves as there are lines for, those around the nearest one, and how many are left out."""
        most = max(int(height // line) - 2, 1)
        if len(found) <= most:
            return found, 0
        first = min(max(found.index(nearest) - most // 2, 0), len(found) - most)
        return found[first : first + most], len(found) - most

    def _value_text(self, each: OverlaidCurve, place: int) -> str:
        text, digits = loss_text(float(each.losses[place]), self._theme.digits), self._theme.digits
        return text if each.losses is each.raw else f"{text} (raw {loss_text(float(each.raw[place]), digits)})"


def _free_place(wanted: QRectF, taken: Sequence[QRectF], within: QRectF) -> QRectF | None:
    """Return the nearest place above or below at which a name covers no other."""
    line = wanted.height()
    in_the_way = next((other for other in taken if wanted.intersects(other)), wanted)
    # Away from the name that is in the way, so that names keep the order of their curves.
    away = 0.75 * line if wanted.center().y() >= in_the_way.center().y() else -0.75 * line
    for step in range(9):
        shifts = (0.0,) if not step else (step * away, -step * away)
        for shift in shifts:
            place = wanted.translated(0, shift)
            inside = within.top() - line / 2 <= place.top() and place.bottom() <= within.bottom() + line / 2
            if inside and not any(place.intersects(other) for other in taken):
                return place
    return None
