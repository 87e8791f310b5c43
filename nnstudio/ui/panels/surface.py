"""Shows the output for every point of the input plane, with the samples and the line where the answer changes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.engine.evaluation import is_right
from nnstudio.insight.surface import Plane, Surface, contour, decision_margin, resolution_for
from nnstudio.session.run import Run
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.chart import (
    LEFT,
    RIGHT,
    Axes,
    axes_within,
    elided,
    fixed,
    image_of,
    nice_ceil,
    packed,
    paint_axes,
    paint_message,
    paint_scale,
    polyline,
    short,
)
from nnstudio.ui.panels.outputs import threshold_of
from nnstudio.ui.panels.plane_picker import PlanePicker
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
COLORS = 256
#: Seconds for one picture; a dearer one is drawn less often, so that it never takes more than a tenth of the time.
BUDGET = 0.004


class SurfacePanel(Panel):
    """The output over the plane of two inputs."""

    key = "surface"
    title = "Decision surface"
    help = (
        "The output for every point of the input plane, with the samples on it. "
        "The line is where the answer changes; a sample with a cross is on the wrong side of it."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.picker = PlanePicker()
        self.view = SurfaceView(theme)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picker)
        column.addWidget(self.view, 1)
        self.set_content(content, pictured=self.view)
        self._surface: Surface | None = None
        self._finer: Surface | None = None
        self._cost, self._drawn = 0.0, 0.0
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._draw)
        self.picker.changed.connect(self._change_plane)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self.picker.set_dataset(run.dataset)
        self._change_plane()

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        wait = self._drawn + 10 * self._cost - time.perf_counter() if self._cost > BUDGET else 0.0
        if wait <= 0:
            self._draw()
        elif not self._later.isActive():
            self._later.start(int(1000 * wait) + 1)

    def settle(self, run: Run) -> None:
        if self._surface is None:
            return
        if self._finer is None:
            resolution = resolution_for(run.layout, at_rest=True)
            self._finer = Surface(run.spec, self._surface.plane, resolution)
        self._later.stop()
        self.view.set_frame(run, self._finer)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None or self._surface is None:
            return (), ()
        surface, data = self._surface, run.dataset
        surface.outputs(run.frame.parameters)
        y, x = (grid.ravel() for grid in np.meshgrid(surface.ys, surface.xs, indexing="ij"))
        header = (data.input_names[surface.plane.x], data.input_names[surface.plane.y], *data.output_names)
        return header, np.column_stack([x, y, surface.at(x, y)]).tolist()

    def _change_plane(self) -> None:
        if self.run is None:
            return
        run = self.run
        self._surface, self._finer = Surface(run.spec, self.picker.plane()), None
        self.view.set_plane(run, self._surface.plane, self.picker.output, self.picker.held_text())
        self._draw()
        self._await_rest(run)

    def _draw(self) -> None:
        if self.run is None or self._surface is None:
            return
        start = time.perf_counter()
        self.view.set_frame(self.run, self._surface)
        self._drawn = time.perf_counter()
        self._cost = self._drawn - start


class SurfaceView(QWidget):
    """Paints the plane, and reads it under the pointer.

    Attributes
    ----------
    axes : Axes or None
        Where the plane is drawn.
    lines : list of ndarray, shape (points, 2)
        The decision boundary, in the inputs' units.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self._run: Run | None = None
        self._pointer: QPointF | None = None
        self.axes: Axes | None = None
        self.lines: list[Array] = []
        self._backdrop = Backdrop()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font = ui_font(theme, "caption")
        self._metrics = QFontMetricsF(self._font)
        self._lut = packed(theme.surface_lut(COLORS))
        if self._run is not None:
            self._arrange()
            self._color()
        self.update()

    def set_plane(self, run: Run, plane: Plane, output: int, held: str) -> None:
        """Take another run, plane or output."""
        self._run, self._plane, self._output, self._held = run, plane, output, held
        data = run.dataset
        self._names = (data.input_names[plane.x], data.input_names[plane.y] if plane.x != plane.y else "")
        self._several = len(data.output_names) > 1
        self._class_names = data.output_names if self._several else ("target 0", "target 1")
        self._output_name = data.output_names[output] if self._several else "output"
        self._threshold = threshold_of(run)
        self._span = 0.5
        # Of a table of all patterns only those that lie in this plane; the others are in front of it or behind.
        rows = plane.contains(data.inputs) if data.enumerates else np.ones(data.samples, bool)
        self._rows = np.flatnonzero(rows)
        self._points = data.inputs[self._rows][:, [plane.x, plane.y]]
        targets = data.targets[self._rows]
        self._held_out = (run.spec.parts() > 0)[self._rows]
        self._legend = (*self._class_names, *(("held out",) if self._held_out.any() else ()))
        self._classes = targets.argmax(axis=1) if self._several else (targets[:, 0] > 0.5).astype(int)
        self._arrange()

    def set_frame(self, run: Run, surface: Surface) -> None:
        """Show the run's latest frame, computed over the grid of a surface of this plane."""
        assert self._run is not None
        self._surface = surface
        self._values = self._surface.outputs(run.frame.parameters)
        reach = float(np.abs(self._values[self._output] - self._threshold).max())
        if np.isfinite(reach) and reach > self._span:
            self._span = nice_ceil(reach)
            self._arrange()
        margin = decision_margin(self._values, self._output, self._threshold)
        self.lines = contour(margin, 0.0, self._surface.xs, self._surface.ys)
        self._wrong = ~is_right(run.frame.outputs, run.dataset.targets, self._threshold)[self._rows]
        self._color()
        self.update()

    @property
    def reading(self) -> str:
        """Inputs and output under the pointer: "x1 0.25  x2 0.75  output 0.430"; without a pointer, what is held."""
        if self._run is None:
            return ""
        if self._pointer is None or self.axes is None or not self.axes.rect.contains(self._pointer):
            return self._held
        x, y = self.axes.values_at(self._pointer)
        output = fixed(float(self._surface.at([x], [y])[0, self._output]))
        across, up = self._names
        parts = [f"{across} {fixed(x, 2)}", f"{up} {fixed(y, 2)}" if up else "", f"{self._output_name} {output}"]
        return "  ".join(filter(None, parts))

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._run is not None:
            self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        # Only the line of text changes; the plane below it stays as it is.
        self.update(0, 0, self.width(), int(self._metrics.height()) + 8)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Find room for the plane, its scale and the samples."""
        low, high = self._threshold - self._span, self._threshold + self._span
        self._scale_labels = [(0.0, short(low)), (0.5, short(self._threshold)), (1.0, short(high))]
        scale = 12 + 6 + 12 + max(self._metrics.horizontalAdvance(text) for _, text in self._scale_labels)
        area = QRectF(self.rect()).adjusted(4, self._metrics.height() + 4, -8, -4)
        plane = self._plane
        axes = self.axes = axes_within(area, plane.x_range, plane.y_range, self._font, right=scale)
        count = len(self._points)
        self._point_size = self._theme.lines.symbol + (2 if count <= 64 else -3 if count > 500 else 0)
        self._places = np.column_stack([axes.x(self._points[:, 0]), axes.y(self._points[:, 1])])
        self._shapes = [
            (number, hollow, _shape(number, self._places[rows], self._point_size))
            for number in np.unique(self._classes).tolist()
            for hollow in (False, True)
            if (rows := (self._classes == number) & (self._held_out == hollow)).any()
        ]

    def _color(self) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            places = (self._values[self._output] - self._threshold) * (COLORS / 2 / self._span) + COLORS / 2
        if not np.isfinite(places).all():
            places = np.nan_to_num(places, nan=COLORS / 2)
        places = places.clip(0, COLORS - 1).astype(np.uint8)
        self._image = image_of(places[::-1], self._lut)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, seen = QPainter(self), self._theme, event.rect()
        ground = theme.color("plot_background")
        if self._run is None or self.axes is None:
            painter.fillRect(seen, ground)
            paint_message(painter, theme, self._font, QRectF(self.rect()), "No network yet")
            return
        rect, reading = self.axes.rect, self.reading
        self._classes_named = self._count_named(reading)
        look = (theme, self._run, self._plane, self._output, self._span, self._classes_named)
        self._backdrop.paint(painter, self, seen, ground, look, self._paint_surroundings)
        if reading:
            painter.setFont(self._font)
            painter.setPen(theme.color("text"))
            width = self.width() - 16.0
            line = QRectF(8, 3, width, self._metrics.height())
            painter.drawText(line, RIGHT, elided(self._metrics, (reading,), width))
        if seen.bottom() < rect.top():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        # The grid's outer points lie on the edges of the plane: half a pixel of the image hangs over on each side.
        size = self._image.width() - 1
        painter.drawImage(rect, self._image, QRectF(0.5, 0.5, size, size))
        painter.setPen(QPen(theme.color("grid"), theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._paint_lines(painter)
        self._paint_points(painter)

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        """Draw the axes, the scale, and what the shapes mean."""
        assert self.axes is not None
        theme, rect, line = self._theme, self.axes.rect, self._metrics.height()
        paint_axes(painter, theme, self._font, self.axes, *self._names, grid=False)
        bar = QRectF(rect.right() + 14, rect.top(), 12, rect.height())
        paint_scale(painter, theme, self._font, bar, self._lut, self._scale_labels)
        x, middle = rect.left(), 3 + line / 2
        for number, name in enumerate(self._legend[: self._classes_named]):
            width = self._metrics.horizontalAdvance(name)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            hollow = number == len(self._class_names)
            self._style_points(painter, number, hollow)
            if hollow:
                painter.setPen(QPen(theme.color("muted"), 2))
            painter.drawPath(_shape(0 if hollow else number, np.array([[x + 5, middle]]), 8.0))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(x + 13, 3, width + 2, line), LEFT, name)
            x += width + 26

    def _count_named(self, reading: str) -> int:
        """Return how many classes can be named in the line that they share with the read-out."""
        assert self.axes is not None
        widths = self._metrics.horizontalAdvance
        end = self.width() - 8.0 - (widths(reading) + 16 if reading else 0.0)
        x = self.axes.rect.left()
        for number, name in enumerate(self._legend):
            x += widths(name) + 14
            if x > end:
                return number
            x += 12
        return len(self._legend)

    def _paint_lines(self, painter: QPainter) -> None:
        assert self.axes is not None
        painter.setPen(QPen(self._theme.color("text"), self._theme.lines.strong))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for points in self.lines:
            painter.drawPolyline(polyline(self.axes.x(points[:, 0]), self.axes.y(points[:, 1])))

    def _style_points(self, painter: QPainter, number: int, hollow: bool) -> None:
        """Choose pen and brush for a class's points: those of samples that are held out are hollow."""
        color = self._theme.class_color(number)
        painter.setPen(QPen(color, 2.5) if hollow else QPen(self._theme.color("point_outline"), 1.5))
        painter.setBrush(self._theme.color("plot_background") if hollow else color)

    def _paint_points(self, painter: QPainter) -> None:
        for number, hollow, shape in self._shapes:
            self._style_points(painter, number, hollow)
            painter.drawPath(shape)
        self._style_points(painter, 0, False)
        half = self._point_size * 0.85
        crosses = []
        for x, y in self._places[self._wrong].tolist():
            crosses += [QLineF(x - half, y - half, x + half, y + half), QLineF(x - half, y + half, x + half, y - half)]
        painter.drawLines(crosses)


def _shape(number: int, centers: Array, size: float) -> QPainterPath:
    """Return the outlines of a class's points: circles, squares, triangles, diamonds."""
    path, half = QPainterPath(), size / 2
    path.setFillRule(Qt.FillRule.WindingFill)
    for x, y in centers.tolist():
        match number % 4:
            case 0:
                path.addEllipse(QPointF(x, y), half, half)
            case 1:
                path.addRect(QRectF(x - half * 0.9, y - half * 0.9, size * 0.9, size * 0.9))
            case 2:
                corners = ((x, y - half * 1.2), (x + half * 1.1, y + half * 0.8), (x - half * 1.1, y + half * 0.8))
                path.addPolygon(QPolygonF([QPointF(*corner) for corner in (*corners, corners[0])]))
            case _:
                corners4 = ((x, y - half * 1.25), (x + half * 1.25, y), (x, y + half * 1.25), (x - half * 1.25, y))
                path.addPolygon(QPolygonF([QPointF(*corner) for corner in (*corners4, corners4[0])]))
    return path
