"""What the plots of a surface have in common: samples, a legend, a line that reads what is under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.insight.surface import Surface
from nnstudio.session.run import Run
from nnstudio.ui.marks import marks
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import CENTER, LEFT, RIGHT, Axes, elided, fixed, paint_message, translucent
from nnstudio.ui.panels.surface.markers import FEW, NO_SAMPLES, MarkerLayer, Samples, class_style
from nnstudio.ui.panels.surface.subject import Subject
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
#: Steps across a plot that is read with the keys; the patterns of truth tables lie on them.
STEPS = 24
#: Above this many samples the wrong ones are crossed out only at rest.
LIVE_CROSSES = 200
#: The size of a marker in the legend.
MARKER = 8


class LegendEntry(NamedTuple):
    """One line of the legend: its text, the class whose marker it has, and whether that is hollow."""

    text: str
    number: int
    hollow: bool = False


class Tool(Protocol):
    """What takes the mouse over when something is drawn with it."""

    def press(self, point: QPointF, button: Qt.MouseButton) -> None: ...
    def move(self, point: QPointF) -> None: ...
    def release(self) -> None: ...
    def paint(self, painter: QPainter, pointer: QPointF | None) -> None: ...


class Plot(QWidget):
    """Paints what its subclasses draw, with samples, legend and reading.

    Attributes
    ----------
    axes : Axes or None
        Where things are drawn.
    subject : Subject or None
        What is shown.
    surface : Surface or None
        Whose grid it is shown over.
    samples : Samples
        Those that are drawn.
    wrong : ndarray of bool, shape (shown,)
        Which of them are crossed out.
    legend : tuple of LegendEntry
    caption : str
        What is written into the plot's corner.
    tool : Tool or None
        Who is given the mouse.
    indent : int
        From where a legend's entry begins to its text.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.axes: Axes | None = None
        self.samples: Samples = NO_SAMPLES
        self.wrong: Array = np.zeros(0, bool)
        self.legend: tuple[LegendEntry, ...] = ()
        self.caption = ""
        self.tool: Tool | None = None
        self.markers = MarkerLayer()
        self.subject: Subject | None = None
        self.surface: Surface | None = None
        self._pointer: QPointF | None = None
        self._walks = False
        self._backdrop = Backdrop()
        self._version = 0
        self.set_theme(theme)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font = ui_font(theme, "caption")
        self._metrics = QFontMetricsF(self._font)
        self.indent = theme.scaled(MARKER + 5)
        self._rearrange()

    def set_subject(self, subject: Subject) -> None:
        """Show something else from the next frame on."""
        self.subject, self.surface = subject, None

    def set_samples(self, samples: Samples, legend: Sequence[LegendEntry]) -> None:
        """Draw these samples."""
        self.samples, self.legend = samples, tuple(legend)
        self.wrong = np.zeros(len(samples.rows), bool)
        self._rearrange()

    def set_frame(self, run: Run, surface: Surface, *, at_rest: bool = False) -> None:
        """Show the run's latest frame over the grid of a surface of the subject's plane."""
        assert self.subject is not None
        self.surface = surface
        self._take_values(self.subject.values(surface, run.frame.parameters))
        rows, crossed = self.samples.rows, np.zeros(len(self.samples.rows), bool)
        # The line that samples can be on the wrong side of is the output's.
        has_sides = self.samples.classes is not None and self.subject.neuron is None
        if has_sides and (at_rest or len(rows) <= LIVE_CROSSES):
            known = rows >= 0  # points that have just been painted have no output yet
            crossed[known] = self.subject.is_wrong(rows[known])
        self.wrong = crossed
        self.update()

    def _take_values(self, values: Array) -> None:
        """Take what is to be shown, shape (outputs, rows, columns)."""
        raise NotImplementedError

    def _rearrange(self) -> None:
        self._version += 1
        if self.surface is not None:
            self._arrange()
        self.update()

    def _arrange(self) -> None:
        """Find room for everything."""
        raise NotImplementedError

    # ---- reading ---------------------------------------------------------------------------------------------------

    @property
    def reading(self) -> str:
        """What is under the pointer; without one, where other inputs are held, and how many samples are left out."""
        if self.subject is None or self.surface is None:
            return ""
        pointer = self._pointer
        if pointer is None or self.axes is None or not self.axes.rect.contains(pointer):
            return "  ".join(filter(None, (self.subject.held, self.samples.note)))
        x, y = self.axes.values_at(pointer)
        parts = [self.subject.reading(self.surface, x, y, self._theme.digits)]
        found = self.markers.nearest(pointer.x(), pointer.y())
        if found is not None:
            parts.append(self._sample_text(found))
        return "  ".join(parts)

    def walk(self, right: int, down: int) -> str:
        """Read the plot so many steps from where it was read, at first in its middle."""
        if self.axes is None or self.surface is None:
            return ""
        rect = self.axes.rect
        if self._walks and self._pointer is not None:
            x = self._pointer.x() + right * rect.width() / STEPS
            y = self._pointer.y() + down * rect.height() / STEPS
            self._pointer = QPointF(min(max(x, rect.left()), rect.right()), min(max(y, rect.top()), rect.bottom()))
        else:
            self._pointer, self._walks = rect.center(), True
        self.update()
        return self.reading.replace("  ", ", ")

    def end_walk(self) -> None:
        """Read nothing any longer."""
        self._pointer, self._walks = None, False
        self.update()

    def _sample_text(self, marker: int) -> str:
        if self.samples.classes is None:
            assert self.samples.numbers is not None
            return f"target {fixed(float(self.samples.numbers[marker]), self._theme.digits)}"
        number = self.samples.classes[marker]
        name = next((entry.text for entry in self.legend if entry.number == number and not entry.hollow), "")
        return name if name.startswith("target ") else f"sample: {name}"

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._rearrange()

    # ---- mouse -----------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._walks:
            self.end_walk()
        self._pointer = event.position()
        if self.tool is not None:
            self.tool.move(self._pointer)
            self.update()
        else:
            self._update_reading()

    def _update_reading(self) -> None:
        # Only the line of text changes; what is below it stays as it is.
        self.update(0, 0, self.width(), int(self._metrics.height()) + 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.tool is None:
            super().mousePressEvent(event)
            return
        self._pointer = event.position()
        self.tool.press(self._pointer, event.button())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.tool is None:
            super().mouseReleaseEvent(event)
            return
        self.tool.release()
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # While something is drawn, the right button erases.
        event.setAccepted(self.tool is not None and event.reason() is QContextMenuEvent.Reason.Mouse)

    def leaveEvent(self, event: QEvent) -> None:
        self.end_walk()

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, seen = QPainter(self), self._theme, event.rect()
        ground = theme.color("plot_background")
        if self.surface is None or self.axes is None:
            painter.fillRect(seen, ground)
            paint_message(painter, theme, self._font, QRectF(self.rect()), "No network yet")
            return
        reading = self.reading
        self._named = self._count_named(reading)
        self._backdrop.paint(painter, self, seen, ground, (self._version, self._named), self._paint_surroundings)
        if reading:
            painter.setFont(self._font)
            painter.setPen(theme.color("text"))
            width = self.width() - 16.0
            line = QRectF(8, 3, width, self._metrics.height())
            painter.drawText(line, RIGHT, elided(self._metrics, (reading,), width))
        if seen.bottom() < self.axes.rect.top():
            return
        self._paint_values(painter)
        self.markers.paint(painter, self, seen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._paint_above(painter)
        if self.wrong.any():
            painter.setPen(QPen(theme.color("point_outline"), 1.5 if len(self.wrong) <= FEW else 1.0))
            painter.drawLines(self.markers.crosses(self.wrong))
        self._paint_caption(painter)
        if self.tool is not None:
            self.tool.paint(painter, self._pointer)
        if self._walks and self._pointer is not None:
            self._paint_place(painter, self._pointer)

    def _paint_place(self, painter: QPainter, place: QPointF) -> None:
        """Show what the keys read: a cross-hair with a gap, so that the place itself is seen."""
        for color, width in (("plot_background", 4.0), ("text", 1.5)):
            painter.setPen(QPen(self._theme.color(color), width))
            for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                painter.drawLine(place + way * 5.0, place + way * 12.0)

    def _paint_values(self, painter: QPainter) -> None:
        """Draw what lies below the samples."""
        raise NotImplementedError

    def _paint_above(self, painter: QPainter) -> None:
        """Draw what lies above the samples."""

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        """Draw axes, scale and legend: what stays from frame to frame."""
        raise NotImplementedError

    def _row_of_legend(self) -> tuple[LegendEntry, ...]:
        """Return what of the legend stands in the line above the plot."""
        return self.legend

    def _paint_legend_row(self, painter: QPainter) -> None:
        assert self.axes is not None
        x, line = self.axes.rect.left(), self._metrics.height()
        for entry in self._row_of_legend()[: self._named]:
            self._paint_entry(painter, entry, x, 3 + line / 2, self._metrics.horizontalAdvance(entry.text) + 2)
            x += self._metrics.horizontalAdvance(entry.text) + self.indent + 13

    def _paint_entry(self, painter: QPainter, entry: LegendEntry, x: float, middle: float, width: float) -> None:
        theme, line = self._theme, self._metrics.height()
        pen, brush = class_style(theme, entry.number, entry.hollow)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.color("muted"), 2) if entry.hollow else pen)
        painter.setBrush(brush)
        size = float(theme.scaled(MARKER))
        painter.drawPath(marks(entry.number, np.array([[x + 1 + size / 2, middle]]), size))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._font)
        painter.setPen(theme.color("muted"))
        text = elided(self._metrics, (entry.text,), width)
        painter.drawText(QRectF(x + self.indent, middle - line / 2, width + 2, line), LEFT, text)

    def _count_named(self, reading: str) -> int:
        """Return how many entries have room in the line that they share with the reading."""
        assert self.axes is not None
        widths = self._metrics.horizontalAdvance
        end = self.width() - 8.0 - (widths(reading) + 16 if reading else 0.0)
        x, row = self.axes.rect.left(), self._row_of_legend()
        for number, entry in enumerate(row):
            x += widths(entry.text) + self.indent + 1
            if x > end:
                return number
            x += 12
        return len(row)

    def _paint_caption(self, painter: QPainter) -> None:
        """Write into the corner of the plot what it shows instead of the output, or what has to be done."""
        assert self.axes is not None
        if not self.caption:
            return
        rect = self.axes.rect
        text = elided(self._metrics, (self.caption,), max(rect.width() - 24, 10))
        box = QRectF(rect.left() + 6, rect.top() + 6, self._metrics.horizontalAdvance(text) + 12, 0)
        box.setHeight(self._metrics.height() + 6)
        painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.setBrush(translucent(QColor(self._theme.color("raised")), 0.92))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(self._font)
        painter.setPen(self._theme.color("text"))
        painter.drawText(box, CENTER, text)
