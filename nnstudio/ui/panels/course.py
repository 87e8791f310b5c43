"""Paints how each pattern's output has moved over the epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.session.run import Run
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import (
    LEFT,
    Axes,
    Range,
    axes_within,
    elided,
    epoch_range,
    fixed,
    paint_axes,
    paint_message,
    polyline,
    range_over,
    short,
)
from nnstudio.ui.panels.steady import SteadyRange
from nnstudio.ui.panels.truth_table import pattern_pen, pattern_texts
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
MOST_LABELS = 8
#: A chart that is lower is not drawn, at the usual size of type, and one with titles is higher than the second.
LOWEST, TITLED = 50, 90
#: Of labels from each other, in heights of a line.
LABEL_DISTANCE = 0.9
#: Patterns that differ in colour or line.
MOST_PENS = 32
#: Points of a curve: more than this a panel cannot show, and dashes take time.
MOST_POINTS = 256
#: Steps in which the keys go through all epochs.
STEPS = 50


class CourseChart(QWidget):
    """A curve for each of the first patterns or samples; with one output for each class, the right class's output.

    Attributes
    ----------
    axes : Axes or None
        Where things were drawn last.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self._run: Run | None = None
        self._pointer: QPointF | None = None
        self._walked: tuple[int, int] | None = None
        self._backdrop = Backdrop()
        self.axes: Axes | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font = ui_font(theme, "caption")
        self._metrics = QFontMetricsF(self._font)
        self._pens = [pattern_pen(theme, pattern) for pattern in range(MOST_PENS)]
        self.update()

    def set_run(self, run: Run) -> None:
        """Take the patterns of a new run."""
        self._run, data = run, run.dataset
        self._y_range: Range = (0.0, 1.0)
        # What outputs that are numbers range over is known only from their targets.
        self._steady = None if data.is_classification else SteadyRange(data.targets[:, 0])
        self._several = data.is_classification and data.targets.shape[1] > 1
        self._patterns = run.frame.course.shape[1]
        self._texts = pattern_texts(data, self._patterns)
        targets = data.targets[: self._patterns]
        # The right class's output of each pattern; of several numbers the first.
        self._shown = targets.argmax(axis=1) if self._several else np.zeros(len(targets), int)
        self._name = "output" if len(data.output_names) == 1 else f"output {data.output_names[0]}"
        self._epochs, self._curves = np.zeros(0), np.zeros((0, self._patterns))
        self._training, self._walked = False, None

    def set_frame(self, run: Run) -> None:
        """Show the course up to the run's latest frame."""
        frame, rows = run.frame, np.arange(self._patterns)
        self._training = frame.training
        skip = -(-len(frame.course_epochs) // MOST_POINTS) or 1
        # What is kept of the course ends at the last epoch that was due; the outputs of this moment come behind it.
        curves = frame.course[::skip, rows, self._shown]
        self._epochs = np.append(frame.course_epochs[::skip], frame.epoch)
        self._curves = np.vstack([curves, frame.outputs[rows, self._shown]])
        self._x_range = epoch_range(frame.epoch, run.spec.training.epochs)
        steady = self._steady
        self._y_range = steady.follow(self._curves) if steady else range_over(self._y_range, self._curves)
        self.update()

    @property
    def least_height(self) -> float:
        """The height from which on courses can be told apart, in pixels."""
        return 6 * self._metrics.height()

    @property
    def has_room(self) -> bool:
        """Whether it is high enough to be drawn at all."""
        return not self.is_empty and self.height() >= self._theme.scaled(LOWEST)

    @property
    def is_empty(self) -> bool:
        """Whether the run keeps the course of no pattern."""
        return self._run is None or not self._patterns

    @property
    def reading(self) -> str:
        """The epoch and the output of the curve nearest to the pointer; empty where there is none."""
        found = self._nearest()
        if found is None:
            return ""
        point, pattern = found
        output, digits = float(self._curves[point, pattern]), self._theme.digits
        value = short(float(f"{output:.{digits + 1}g}")) if self._steady else fixed(output, digits)
        return f"epoch {int(self._epochs[point]):,}   {self._texts[pattern]} → {value}"

    def walk(self, right: int, down: int) -> str:
        """Read the output so many steps of time and patterns on, at first the first pattern's latest one."""
        if self.is_empty:
            return ""
        last = len(self._epochs) - 1
        if self._walked is None:
            self._walked = last, 0
        else:
            point, pattern = self._walked
            point += right * max(last // STEPS, 1)
            self._walked = min(max(point, 0), last), min(max(pattern + down, 0), self._patterns - 1)
        self.update()
        assert self._run is not None
        pattern = self._walked[1]
        target = float(self._run.dataset.targets[pattern, self._shown[pattern]])
        return f"{self.reading.replace('   ', ', ')}, target {short(target)}"

    def end_walk(self) -> None:
        """Read nothing any longer."""
        self._walked = None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer, self._walked = event.position(), None
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self._theme.color("plot_background")
        if not self.has_room:
            painter.fillRect(self.rect(), ground)
            return
        look = (self._theme, self._x_range, self._y_range, self._texts, self._several, self._name)
        self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_axes)
        assert self.axes is not None
        if self._epochs[-1] == 0:
            paint_message(painter, self._theme, self._font, self.axes.rect, "Each output's course appears here")
            return
        xs, ys = self.axes.x(self._epochs), self._heights(self._curves)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        # As thick as the loss curve: at rest, or where curves are so wide already that wider ones take no more time.
        lines = self._theme.lines
        width = lines.strong if lines.curve >= 2 or not self._training else lines.curve
        for pattern in range(self._patterns):
            pen = self._pens[pattern % MOST_PENS]
            pen.setWidthF(width)
            painter.setPen(pen)
            painter.drawPolyline(polyline(xs, ys[:, pattern]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._patterns <= MOST_LABELS:
            self._paint_labels(painter, float(xs[-1]))
        self._paint_reading(painter)

    def _paint_axes(self, painter: QPainter, seen: QRect) -> None:
        area = QRectF(self.rect()).adjusted(4, 2, -4, -4)
        titles = self.height() >= self._theme.scaled(TITLED)
        labelled = self._patterns <= MOST_LABELS
        right = max(map(self._metrics.horizontalAdvance, self._texts)) + 7 if labelled else 0.0
        self.axes = axes_within(area, self._x_range, self._y_range, self._font, titles=titles, right=right)
        y_titles = ("output of the right class", "right class") if self._several else (self._name, "output")
        y_title = elided(self._metrics, y_titles, area.height())
        paint_axes(painter, self._theme, self._font, self.axes, "epoch" if titles else "", y_title if titles else "")

    def label_places(self) -> list[tuple[int, float]]:
        """Return which curves are named where they end, and how high, apart from each other and within the plot."""
        assert self.axes is not None
        distance, rect, ends = self._metrics.height() * LABEL_DISTANCE, self.axes.rect, self._heights(self._curves[-1])
        low = rect.bottom() - self._metrics.height() / 2 + 2  # below it is the last epoch's number
        named = apart(ends, int((low - rect.top()) / distance) + 1)
        return list(zip(named, spread(ends[named], distance, rect.top(), low), strict=True))

    def _paint_labels(self, painter: QPainter, x: float) -> None:
        line = self._metrics.height()
        painter.setFont(self._font)
        for pattern, y in self.label_places():
            # Some of the curves' colours are too pale for letters.
            painter.fillRect(QRectF(x + 3, y - line / 2 + 2, 3, line - 4), self._pens[pattern].color())
            painter.setPen(self._theme.color("text"))
            painter.drawText(QRectF(x + 9, y - line / 2, 200, line), LEFT, self._texts[pattern])

    def _heights(self, outputs: Array) -> Array:
        """Return where outputs lie in the plot; those beyond it on its edge."""
        assert self.axes is not None
        return np.asarray(self.axes.y(np.clip(outputs, *self._y_range)))

    def _nearest(self) -> tuple[int, int] | None:
        if self._walked is not None:
            return min(self._walked[0], len(self._epochs) - 1), self._walked[1]
        if self._pointer is None or self.axes is None or not self.axes.rect.contains(self._pointer):
            return None
        point = int(np.abs(self.axes.x(self._epochs) - self._pointer.x()).argmin())
        distances = np.abs(self._heights(self._curves[point]) - self._pointer.y())
        return point, int(np.nan_to_num(distances, nan=np.inf).argmin())

    def _paint_reading(self, painter: QPainter) -> None:
        found = self._nearest()
        if found is None:
            return
        assert self.axes is not None
        point, pattern = found
        rect = self.axes.rect
        at = QPointF(self.axes.x(self._epochs[point]), float(self._heights(self._curves[point, pattern])))
        painter.setPen(QPen(self._theme.color("muted"), 1))
        painter.drawLine(QLineF(at.x(), rect.top(), at.x(), rect.bottom()))
        painter.setPen(QPen(self._theme.color("text"), 1))
        painter.setBrush(self._theme.curve_color(pattern))
        painter.drawEllipse(at, 3.5, 3.5)
        width = self._metrics.horizontalAdvance(self.reading) + 10
        left = at.x() + 8 if at.x() + 8 + width < rect.right() else max(at.x() - 8 - width, rect.left())
        height = self._metrics.height() + 2
        top = rect.top() + 3 if at.y() > rect.center().y() else rect.bottom() - height - 3
        box = QRectF(left, top, width, height)
        painter.fillRect(box, self._theme.color("raised"))
        painter.setFont(self._font)
        painter.drawText(box.adjusted(5, 0, 0, 0), LEFT, self.reading)


def apart(places: Array, most: int) -> list[int]:
    """Return in their order which of some places get a label where there is room for so many: crowded ones go first."""
    order = np.argsort(places)
    order = order[np.isfinite(places[order])]
    while len(order) > most:
        order = np.delete(order, np.diff(places[order]).argmin() + 1)
    return [int(place) for place in order]


def spread(places: Array, distance: float, low: float, high: float) -> list[float]:
    """Move sorted places apart to a least distance, and keep them between two bounds as far as there is room."""
    result: list[float] = []
    for place in places.tolist():
        result.append(max(place, result[-1] + distance if result else low))
    limit = high
    for i in range(len(result) - 1, -1, -1):
        result[i] = min(result[i], limit)
        limit = result[i] - distance
    return result
