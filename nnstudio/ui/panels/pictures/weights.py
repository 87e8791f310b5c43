"""Shows what each neuron of the first layer looks for: its weights as a picture, and one of them enlarged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import Answer
from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.chart import CENTER, LEFT, elided, fixed, paint_message, paint_scale, short
from nnstudio.ui.panels.heatmap import unit_names
from nnstudio.ui.panels.pictures.bars import Bars
from nnstudio.ui.panels.pictures.canvas import MARGIN, picture_place
from nnstudio.ui.panels.pictures.grid import PictureGrid
from nnstudio.ui.panels.pictures.signed import SignedInk, stepped_limit
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

_BACK = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NEIGHBOURS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class WeightPictures(PictureGrid):
    """A picture for each neuron of the first layer, all on one scale.

    Attributes
    ----------
    neuron : int or None
        The one that is enlarged.
    weights : ndarray, shape (neurons, pixels)
    limit : float
        The weight that has the strongest colour.
    """

    keys = PictureGrid.keys | {Qt.Key.Key_Escape}
    evenly = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self.neuron: int | None = None
        self.weights: Array = np.empty((0, 0))
        self.limit = 0.0
        self._names: tuple[str, ...] = ()
        self._targets: tuple[str, ...] = ()
        self._pointed: tuple[int, int] | None = None
        self._bars = Bars(theme, signed=True, truths=False)
        self._large = (QRectF(), 1)
        self.setObjectName("pictures_weights")
        self.setAccessibleName("Weights as pictures")
        self.setToolTip("A click enlarges a neuron's picture")
        self.back = QToolButton(
            self,
            text="All neurons",
            objectName="pictures_all_neurons",
            toolTip="Back to the pictures of all neurons (Esc)",
        )
        self.back.clicked.connect(self.show_all)
        self.back.hide()
        self.opened.connect(self.enlarge)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._ink = SignedInk(theme)
        self._bars.set_theme(theme)
        super().set_theme(theme)

    def set_run(self, run: Run, framing: Framing) -> None:
        """Take the network of a new run."""
        before, units = self._names, unit_names(run)
        self._run, self._shape, self.limit = run, framing.shape, 0.0
        self._names = units[1]
        self._targets = units[2] if len(units) > 2 else ()
        self.count, self.picked, self._pointed = len(self._names), None, None
        if before != self._names:
            self._first_row = 0
            self.show_all()
        self._bars.set_names(self._targets)
        self.set_frame(run)
        self.arrange()

    def set_frame(self, run: Run) -> None:
        """Show the weights as they are now."""
        self._run = run
        blocks = run.layout.blocks(run.frame.parameters)
        self.weights, self._biases = blocks[0][:-1].T, blocks[0][-1]
        self._outgoing = blocks[1][:-1] if len(blocks) > 1 else np.empty((self.count, 0))
        self.limit = stepped_limit(self.limit, self.weights)
        self._set_bars()
        self.update()

    def enlarge(self, neuron: int) -> None:
        """Show one neuron large, with its bias and where it leads."""
        self.neuron, self._pointed, self.picked = neuron, None, None
        self.back.show()
        self._set_bars()
        self.setAccessibleDescription(self.heading)
        self.arrange()

    def show_all(self) -> None:
        """Show all neurons again."""
        self.neuron, self._pointed = None, None
        self.back.hide()
        self.arrange()

    @property
    def heading(self) -> str:
        """What is shown, in words."""
        if self._run is None:
            return ""
        if self.neuron is not None:
            return f"{self._names[self.neuron]}, bias {fixed(float(self._biases[self.neuron]), self._theme.digits)}"
        hidden = len(self._run.layout.sizes) - 2
        into = "the outputs" if not hidden else "the hidden layer" if hidden == 1 else "the first hidden layer"
        return f"Weights into {into}"

    @property
    def reading(self) -> str:
        """The weight under the pointer."""
        if self._pointed is None or self._run is None:
            return self._names[self.picked] if self.picked is not None else ""
        neuron, pixel = self._pointed
        name = self._run.spec.encoding().names[pixel]
        value = fixed(float(self.weights[neuron, pixel]), self._theme.digits)
        return f"weight {name} → {self._names[neuron]} = {value}"

    def caption(self) -> str:
        """Return what is shown, in words."""
        return self.heading

    def pictured(self) -> Sequence[WeightPictures]:
        """Return what pictures show."""
        return (self,)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return the weights of all neurons, or of the one that is enlarged, as a table."""
        header = ("neuron", "from", "to", "weight")
        if self._run is None:
            return header, ()
        sources, rows = self._run.spec.encoding().names, []
        for neuron in range(self.count) if self.neuron is None else (self.neuron,):
            name = self._names[neuron]
            values = [*self.weights[neuron].tolist(), float(self._biases[neuron])]
            rows += [(name, source, name, value) for source, value in zip((*sources, "bias"), values, strict=True)]
            onward = zip(self._targets, self._outgoing[neuron].tolist(), strict=True)
            rows += [(name, name, target, value) for target, value in onward]
        return header, rows

    # ---- places and events -----------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        above, below = self._heading_height + 4, self._line + 2
        scale = self._scale_width + 2 * MARGIN
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN / 2 + above, -MARGIN - scale, -MARGIN / 2 - below)

    @property
    def _heading_height(self) -> float:
        return max(self._bold_metrics.height(), 24.0 if self.neuron is not None else 0.0)

    @property
    def _scale_width(self) -> float:
        return 12 + 6 + self._metrics.horizontalAdvance(MINUS + "0.02")

    def arrange(self) -> None:
        super().arrange()
        area = self._area
        if self.neuron is not None and area.width() > 8 and area.height() > 8:
            share = min(area.height(), area.width() * (0.55 if self._targets else 1.0))
            self._large = picture_place(QRectF(area.left(), area.top(), share, area.height()), self._shape)
            left = area.left() + share + 2 * MARGIN
            top = area.top() + self._line + 2
            self._bars.arrange(QRectF(left, top, max(area.right() - left, 1.0), max(area.bottom() - top, 1.0)))
        self.back.adjustSize()
        self.back.move(int(self.width() - self.back.width() - MARGIN / 2), int(MARGIN / 2))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.neuron is None:
            super().mouseMoveEvent(event)
        pointed = self._weight_at(event.position())
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.neuron is None:
            super().mouseReleaseEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self._large[0].contains(event.position()):
            self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.neuron is None or not self._is_own(event):
            super().keyPressEvent(event)
        elif event.key() in _BACK:
            neuron = self.neuron
            self.show_all()
            self.pick(neuron)
        else:
            self.enlarge((self.neuron + _NEIGHBOURS[event.key()]) % self.count)

    def tell_picked(self) -> None:
        self.setAccessibleDescription(self.reading or self.heading)

    def _weight_at(self, point: QPointF) -> tuple[int, int] | None:
        neuron = self.picked if self.neuron is None else self.neuron
        if neuron is None:
            return None
        place = self.place(neuron) if self.neuron is None else self._large[0]
        if not place.contains(point) or place.isEmpty():
            return None
        rows, columns = self._shape
        row = min(int((point.y() - place.top()) * rows / place.height()), rows - 1)
        column = min(int((point.x() - place.left()) * columns / place.width()), columns - 1)
        return neuron, row * columns + column

    def _set_bars(self) -> None:
        if self.neuron is not None and self._targets:
            values = tuple(self._outgoing[self.neuron].tolist())
            self._bars.set_answer(Answer(self._targets, values, -1, "output", "weight"), None)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self), self._theme.color("plot_background")
        if self._run is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, self._theme, self._font, QRectF(self.rect()), "No network yet")
            return
        if self.neuron is None:
            look: tuple[object, ...] = (self._theme, self._names, self.limit, self.in_sight)
            self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_names)
            self._paint_pictures(painter)
            self.paint_picked(painter)
        else:
            look = (self._theme, self._names, self.limit, self.neuron, self._bars.look)
            self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_large_names)
            self._paint_large(painter)
        self._paint_texts(painter)
        self.paint_focus(painter)

    def _paint_names(self, painter: QPainter, seen: QRect) -> None:
        painter.setFont(self._font)
        painter.setPen(self._theme.color("muted"))
        # Every so many, where all would run into one another.
        widest = self._metrics.horizontalAdvance(self._names[-1]) + 3
        apart = max(math.ceil(widest / self._cell[0]), 1)
        for index in self.in_sight:
            if index % self._columns % apart == 0:
                middle = self.text_place(index)
                painter.drawText(middle.adjusted(-widest, 0, widest, 0), CENTER, self._names[index])
        self._paint_scale(painter)

    def _paint_scale(self, painter: QPainter) -> None:
        area = self._area
        if area.height() < 2 * self._line:
            return
        rect = QRectF(area.right() + 2 * MARGIN, area.top() + 2, 12, min(area.height() - 4, 200.0))
        labels = [(0.0, MINUS + short(self.limit)), (0.5, "0"), (1.0, "+" + short(self.limit))]
        paint_scale(painter, self._theme, self._font, rect, self._ink.lut, labels)

    def _paint_pictures(self, painter: QPainter) -> None:
        shown, (rows, columns) = self.in_sight, self._shape
        if not shown:
            return
        image = self._ink.image(self.weights[shown.start : shown.stop], columns, self._side, self.limit)
        height, places = rows * self._side, [self.place(index) for index in shown]
        for number, place in enumerate(places):
            painter.drawImage(place, image, QRectF(0, number * height, image.width(), height))
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.drawRects(places)

    def _paint_large_names(self, painter: QPainter, seen: QRect) -> None:
        self._paint_scale(painter)
        if not self._targets:
            return
        left = self._area.left() + min(self._area.height(), self._area.width() * 0.55) + 2 * MARGIN
        painter.setFont(self._font)
        painter.setPen(self._theme.color("muted"))
        to = "weights to the outputs" if self._run and len(self._run.layout.sizes) == 3 else "weights to the next layer"
        line = QRectF(left, self._area.top(), max(self._area.right() - left, 1.0), self._line)
        painter.drawText(line, LEFT, elided(self._metrics, (to, "weights onward"), line.width()))
        self._bars.paint_names(painter)

    def _paint_large(self, painter: QPainter) -> None:
        assert self.neuron is not None
        place, side = self._large
        image = self._ink.image(self.weights[self.neuron], self._shape[1], side, self.limit)
        painter.drawImage(place, image)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.drawRect(place)
        if self._targets:
            self._bars.paint(painter)

    def _paint_texts(self, painter: QPainter) -> None:
        """Write the heading, whose bias changes, and the weight under the pointer."""
        width = self.width() - 2 * MARGIN
        painter.setFont(self._bold)
        painter.setPen(self._theme.color("text"))
        above = QRectF(MARGIN, MARGIN / 2, width, self._heading_height)
        painter.drawText(above, LEFT, elided(self._bold_metrics, (self.heading,), width))
        shown = self.in_sight
        hidden = f"{self._names[shown.start]} to {self._names[shown.stop - 1]} of {self.count:,}" if shown else ""
        text = self.reading or (hidden if self.neuron is None and len(shown) < self.count else "")
        if text:
            painter.setFont(self._font)
            painter.setPen(self._theme.color("muted"))
            below = QRectF(MARGIN, self.height() - self._line - 4, width, self._line)
            painter.drawText(below, LEFT, elided(self._metrics, (text,), width))
