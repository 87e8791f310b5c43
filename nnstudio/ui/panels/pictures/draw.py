"""Lets a person draw a picture, and shows what the network sees of it and answers to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import Answer, Reader
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import LEFT, elided, paint_message
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.pictures.bars import Bars
from nnstudio.ui.panels.pictures.canvas import MARGIN, Canvas, inked, picture_place
from nnstudio.ui.panels.pictures.pad import Pad
from nnstudio.ui.panels.pictures.sample import halves
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: The pen's width, as a multiple of the one that the data's pictures are drawn with.
PENS = {"thin": 0.7, "medium": 1.0, "thick": 1.4}
#: How wide the eraser is, as a multiple of the pen.
ERASER = 1.6
#: Milliseconds from a stroke to its picture: a mouse moves more often than a screen can show.
PAUSE = 30
PREVIEW = 72.0
#: From this width on there is room for a preview beside the bars.
WIDE = 260.0
HINT = "Draw here: the left button draws, the right one erases"


class DrawView(QWidget):
    """A pad with its buttons, what the network sees, and its answer as bars.

    Attributes
    ----------
    picture : ndarray, shape (inputs,), or None
        What the network sees, in the data's units; None while the pad is empty.
    answer : Answer or None
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Array | None = None
        self.answer: Answer | None = None
        self._run: Run | None = None
        self._framing: Framing | None = None
        self.pens = Segments(
            "pictures_pen",
            (
                ("thin", "Thin", "A pen thinner than the data's"),
                ("medium", "Medium", "A pen as the data's pictures are drawn with"),
                ("thick", "Thick", "A pen thicker than the data's"),
            ),
        )
        self.pens.choose("medium")
        self.undo = QToolButton(
            text="Undo stroke", objectName="pictures_undo", toolTip="Take back the last stroke (Backspace on the pad)"
        )
        self.clear = QToolButton(text="Clear", objectName="pictures_clear", toolTip="Empty the pad (Delete on the pad)")
        self.canvas = DrawCanvas(theme)
        row = QHBoxLayout()
        row.setContentsMargins(int(MARGIN), 4, int(MARGIN), 0)
        row.setSpacing(4)
        row.addWidget(QLabel("Pen"))
        row.addWidget(self.pens)
        row.addStretch(1)
        row.addWidget(self.undo)
        row.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.canvas, 1)
        self._later = QTimer(self, singleShot=True, interval=PAUSE)
        self._later.timeout.connect(self.read)
        self.canvas.drawn.connect(self._await)
        self.undo.clicked.connect(self.canvas.undo)
        self.clear.clicked.connect(self.canvas.clear)
        self.pens.chosen.connect(self._choose_pen)
        self._enable()

    def set_run(self, run: Run, reader: Reader, framing: Framing) -> None:
        """Take another network; what is drawn stays as long as the data's pictures are of one size."""
        if self._framing is None or self._framing.shape != framing.shape:
            self.canvas.pad.reset()
        self._run, self._reader, self._framing = run, reader, framing
        nothing = np.zeros(run.frame.outputs.shape[1])
        self.canvas.set_framing(framing, Answer.of(run.spec, nothing).names)
        self.read()

    def set_frame(self, run: Run) -> None:
        """Show what the network answers now."""
        self._run = run
        if self.picture is None:
            self.answer = None
        else:
            self.answer = Answer.of(run.spec, self._reader.outputs(run.frame.parameters, self.picture[None])[0])
        self.canvas.set_answer(self.answer, run.dataset.class_names)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.canvas.set_theme(theme)

    def read(self) -> None:
        """Make the picture of what has been drawn, and have it read."""
        self._later.stop()
        self._enable()
        if self._run is None or self._framing is None:
            return
        strokes = self.canvas.pad.strokes
        self.picture = self._framing.picture(strokes, PENS[self.pens.value]) if strokes else None
        self.canvas.set_picture(self.picture)
        self.set_frame(self._run)

    def caption(self) -> str:
        """Return what is shown, in words."""
        return "Drawn by hand"

    def pictured(self) -> Sequence[Canvas]:
        """Return what pictures show."""
        return (self.canvas,)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return the answer to what is drawn as a table."""
        if self._run is None or self.answer is None:
            return ("class", "probability", "read as"), ()
        read = self._run.dataset.class_names[self.answer.chosen]
        rows = zip(self.answer.names, self.answer.values, strict=True)
        return ("class", self.answer.kind, "read as"), [(name, value, read) for name, value in rows]

    def _await(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _choose_pen(self, pen: str) -> None:
        self.canvas.set_thickness(PENS[pen])
        self.read()

    def _enable(self) -> None:
        self.undo.setEnabled(self.canvas.pad.can_undo)
        self.clear.setEnabled(bool(self.canvas.pad.strokes))


class DrawCanvas(Canvas):
    """Paints the pad, what the network sees, and the bars."""

    drawn = Signal()
    """The strokes have changed."""

    keys = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pad = Pad()
        self._framing: Framing | None = None
        self._answer: Answer | None = None
        self._classes: tuple[str, ...] = ()
        self._picture: Array | None = None
        self._pictures = 0
        self._image = QImage()
        self._thickness = 1.0
        self._button = Qt.MouseButton.NoButton
        self._bars = Bars(theme, truths=False)
        self._pad_place, self._preview_place, self._texts = QRectF(), QRectF(), QRectF()
        self.setObjectName("pictures_pad")
        self.setAccessibleName("Pad to draw on")
        self.setToolTip("The left button draws, the right one erases; Backspace takes back, Delete clears")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._bars.set_theme(theme)
        super().set_theme(theme)

    def set_framing(self, framing: Framing, names: tuple[str, ...]) -> None:
        """Take another kind of pictures, and other bars."""
        self._framing = framing
        self._bars.set_names(names)
        self.arrange()

    def set_thickness(self, thickness: float) -> None:
        """Take another pen."""
        self._thickness = thickness
        self.update()

    def set_picture(self, picture: Array | None) -> None:
        """Show another picture as the one that the network sees."""
        self._picture = picture
        self._pictures += 1
        self.arrange()

    def set_answer(self, answer: Answer | None, classes: tuple[str, ...]) -> None:
        """Show what the network answers to it."""
        before, self._answer, self._classes = self._answer, answer, classes
        if answer is not None:
            self._bars.set_answer(answer, None)
        if (before and before.chosen) != (answer and answer.chosen):
            self.setAccessibleDescription(self.heading)
        self.update()

    @property
    def heading(self) -> str:
        """What is read: "Reads 3"."""
        return f"Reads {self._classes[self._answer.chosen]}" if self._answer is not None else "Nothing drawn yet"

    def undo(self) -> None:
        """Take back the last stroke."""
        self.pad.undo()
        self._tell()

    def clear(self) -> None:
        """Empty the pad."""
        self.pad.clear()
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.drawn.emit()

    # ---- places and events -----------------------------------------------------------------------------------------

    def arrange(self) -> None:
        if self._framing is None:
            return
        rows, columns = self._framing.shape
        left, right = halves(QRectF(self.rect()), 0.0, 0.0)
        scale = max(min(left.width() / columns, left.height() / rows), 0.01)
        width, height = columns * scale, rows * scale
        self._pad_place = QRectF(round(left.center().x() - width / 2), round(left.top()), width, height)
        texts = self._heading_metrics.height() + 2 * self._line + 2
        above = max(texts, PREVIEW) + MARGIN
        if right.height() - above < self._bars.least_height and right.width() > WIDE:
            # Texts, and the preview below them, stand beside the bars.
            beside = PREVIEW * 1.5
            room = QRectF(right.left(), right.top() + texts + MARGIN, PREVIEW, PREVIEW)
            self._texts = QRectF(right.left(), right.top(), beside, texts)
            bars = right.adjusted(beside + MARGIN, 0, 0, 0)
        else:
            room = QRectF(right.right() - PREVIEW, right.top(), PREVIEW, PREVIEW)
            self._texts = QRectF(right.left(), right.top(), max(right.width() - PREVIEW - MARGIN, 1.0), texts)
            bars = right.adjusted(0, above, 0, 0)
        self._preview_place, side = picture_place(room, self._framing.shape)
        self._bars.arrange(QRectF(bars.left(), bars.top(), max(bars.width(), 1.0), max(bars.height(), 1.0)))
        blank = np.full(rows * columns, self._framing.blank)
        amounts = self._framing.amounts(blank if self._picture is None else self._picture)
        self._image = inked(amounts, self._framing.shape, side, self._paper)
        self.update()

    @property
    def pad_place(self) -> QRectF:
        """Where the pad lies."""
        return self._pad_place

    @property
    def _scale(self) -> float:
        """Dots of the screen for a pixel of the picture."""
        assert self._framing is not None
        return self._pad_place.width() / self._framing.shape[1]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if self._framing is None or event.button() not in buttons or not self._pad_place.contains(event.position()):
            return
        self._button = event.button()
        self.pad.press()
        self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inside = self._pad_place.contains(event.position())
        self.setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
        if self._button != Qt.MouseButton.NoButton:
            self._go_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == self._button:
            self._button = Qt.MouseButton.NoButton
            self.pad.release()
            self._tell()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse and self._pad_place.contains(QPointF(event.pos())):
            event.accept()  # the right button erases
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_own(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Backspace:
            self.undo()
        else:
            self.clear()

    def _go_to(self, position: QPointF) -> None:
        assert self._framing is not None
        rows, columns = self._framing.shape
        x = (position.x() - self._pad_place.left()) / self._scale
        y = (position.y() - self._pad_place.top()) / self._scale
        point = min(max(x, 0.0), float(columns)), min(max(y, 0.0), float(rows))
        if self._button == Qt.MouseButton.LeftButton:
            self.pad.draw(point)
        else:
            self.pad.erase(point, self._framing.pen * self._thickness * ERASER / 2)
        self._tell()

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self), self._theme.color("plot_background")
        if self._framing is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, self._theme, self._font, QRectF(self.rect()), "No network yet")
            return
        answered = self._bars.look if self._answer is not None else None
        look = (self._theme, self.pad.changes, self._thickness, self._pictures, self.heading, answered)
        self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_surroundings)
        if self._answer is not None:
            self._bars.paint(painter)
        self.paint_focus(painter)

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        """Draw what changes only with what is drawn, and with the class that is read."""
        assert self._framing is not None
        theme, texts = self._theme, self._texts
        self._paint_pad(painter)
        painter.drawImage(self._preview_place, self._image)
        painter.setPen(QPen(theme.color("border_strong"), theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._preview_place)
        room, line = texts.width(), self._heading_metrics.height()
        painter.setFont(self._heading)
        painter.setPen(theme.color("text"))
        place = QRectF(texts.left(), texts.top(), room, line)
        painter.drawText(place, LEFT, elided(self._heading_metrics, (self.heading, "Empty"), room))
        painter.setFont(self._font)
        painter.setPen(theme.color("muted"))
        rows, columns = self._framing.shape
        meaning = self._answer.meaning if self._answer is not None else ""
        for number, words in enumerate(((f"sees {rows} × {columns} pixels", f"{rows} × {columns}"), (meaning,))):
            place = QRectF(texts.left(), texts.top() + line + 2 + number * self._line, room, self._line)
            painter.drawText(place, LEFT, elided(self._metrics, words, room))
        if self._answer is not None:
            self._bars.paint_names(painter)

    def _paint_pad(self, painter: QPainter) -> None:
        assert self._framing is not None
        theme, place, scale = self._theme, self._pad_place, self._scale
        painter.fillRect(place, theme.color("field"))
        painter.setPen(QPen(theme.color("border_strong"), theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        if not self.pad.strokes:
            inner = place.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            paint_message(painter, theme, self._font, inner, HINT)
            return
        painter.save()
        painter.setClipRect(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = QPen(theme.color("text"), max(self._framing.pen * self._thickness * scale, 1.0))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self.pad.strokes:
            points = [QPointF(place.left() + x * scale, place.top() + y * scale) for x, y in stroke.tolist()]
            if len(points) > 1:
                painter.drawPolyline(QPolygonF(points))
            else:
                painter.drawPoint(points[0])
        painter.restore()
