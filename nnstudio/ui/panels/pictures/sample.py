"""Shows one sample enlarged beside what the network answers, and goes from sample to sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from nnstudio.engine.evaluation import is_right
from nnstudio.engine.split import PARTS
from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import Answer, Reader
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import LEFT, RIGHT, elided, paint_mark, paint_message, short
from nnstudio.ui.panels.pictures.bars import Bars
from nnstudio.ui.panels.pictures.canvas import MARGIN, Canvas, inked, picture_place
from nnstudio.ui.speech import name_box
from nnstudio.ui.theme import Theme, set_look

Array = NDArray[Any]

ALL, MISTAKES = "all", "mistakes"
LEAP = 10
#: How far each key goes.
STEPS: dict[int, int] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -LEAP,
    Qt.Key.Key_PageDown: LEAP,
}


class SampleView(QWidget):
    """A sample, its true class, and the network's answer as bars.

    Attributes
    ----------
    sample : int
        The row of the sample that is shown.
    answer : Answer or None
        What the network says to it.
    sample_changed : Signal(int)
        Another sample is shown.
    """

    sample_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = 0
        self.answer: Answer | None = None
        self._run: Run | None = None
        self.which = QComboBox(objectName="pictures_which", toolTip="Which samples to go through")
        name_box(self.which, "Samples to go through")
        self.number = _SampleNumber()
        self.about = QLabel(objectName="pictures_about")
        set_look(self.about, role="muted")
        self.canvas = SampleCanvas(theme)
        row = QHBoxLayout()
        row.setContentsMargins(int(MARGIN), 4, int(MARGIN), 0)
        row.setSpacing(6)
        row.addWidget(self.which)
        row.addWidget(self.number)
        row.addWidget(self.about, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.canvas, 1)
        self.which.activated.connect(self._choose_which)
        self.number.stepped.connect(self.step)
        self.number.valueChanged.connect(self._take_number)
        self.canvas.stepped.connect(self.step)
        self.canvas.scrolled.connect(self.step)

    def set_run(self, run: Run, reader: Reader, framing: Framing) -> None:
        """Take the samples of a new run."""
        same = self._run is not None and self._run.dataset == run.dataset
        self._run, self._reader, self._framing = run, reader, framing
        self._parts = run.spec.parts()
        self._fill_which()
        self.canvas.set_run(run, framing)
        self.number.blockSignals(True)
        self.number.setRange(1, run.dataset.samples)
        self.number.blockSignals(False)
        self.show_sample(self.sample if same else 0)

    def set_frame(self, run: Run) -> None:
        """Show what the network answers now."""
        self._run = run
        outputs = self._reader.outputs(run.frame.parameters, run.dataset.inputs[self.sample : self.sample + 1])
        self.answer = Answer.of(run.spec, outputs[0])
        self.canvas.set_answer(self.answer)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.canvas.set_theme(theme)

    def show_sample(self, sample: int) -> None:
        """Show the sample of this row."""
        assert self._run is not None
        before = self.sample
        self.sample = min(max(sample, 0), self._run.dataset.samples - 1)
        self.number.blockSignals(True)
        self.number.setValue(self.sample + 1)
        self.number.blockSignals(False)
        self.canvas.set_sample(self.sample)
        self._describe()
        self.set_frame(self._run)
        if self.sample != before:
            self.sample_changed.emit(self.sample)

    def step(self, by: int) -> None:
        """Go on by so many of the samples that are gone through, and round at the end."""
        rows = self._rows()
        if not len(rows):
            self._describe()
            return
        if by > 0:
            place = int(np.searchsorted(rows, self.sample, "right")) + by - 1
        else:
            place = int(np.searchsorted(rows, self.sample, "left")) + by
        self.show_sample(int(rows[place % len(rows)]))

    def caption(self) -> str:
        """Return what is shown, in words."""
        return f"Sample {self.sample + 1:,} {self.about.text()}" if self._run is not None else ""

    def pictured(self) -> Sequence[Canvas]:
        """Return what pictures show."""
        return (self.canvas,)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return the answer as a table."""
        run, answer = self._run, self.answer
        if run is None or answer is None:
            return (), ()
        classes = run.dataset.class_names
        truth = classes[int(run.dataset.labels[self.sample])]
        header = ("sample", "class", answer.kind, "true class", "read as")
        rows = zip(answer.names, answer.values, strict=True)
        return header, [(self.sample + 1, name, value, truth, classes[answer.chosen]) for name, value in rows]

    def _fill_which(self) -> None:
        """Offer all samples, those that are read wrong, and the parts that there are."""
        chosen = self.which.currentData()
        self.which.clear()
        self.which.addItem("All samples", ALL)
        self.which.addItem("Mistakes", MISTAKES)
        present = set(self._parts.tolist())
        if len(present) > 1:
            for number in sorted(present):
                self.which.addItem(PARTS[number].capitalize(), number)
        self.which.setCurrentIndex(max(self.which.findData(chosen), 0))

    def _rows(self) -> Array:
        """Return the samples that are gone through."""
        run, which = self._run, self.which.currentData()
        assert run is not None
        if which == ALL:
            return np.arange(run.dataset.samples)
        if which == MISTAKES:
            return np.flatnonzero(~is_right(run.frame.outputs, run.dataset.targets, run.spec.threshold))
        return np.flatnonzero(self._parts == which)

    def _choose_which(self) -> None:
        if self._run is None:
            return
        rows = self._rows()
        if len(rows) and self.sample not in rows:
            self.step(1)
        else:
            self._describe()

    def _take_number(self, number: int) -> None:
        self.show_sample(number - 1)

    def _describe(self) -> None:
        assert self._run is not None
        parts = [f"of {self._run.dataset.samples:,}"]
        if self._parts.any():
            parts.append(PARTS[self._parts[self.sample]])
        if self.which.currentData() == MISTAKES and not len(self._rows()):
            parts.append("no mistakes")
        self.about.setText(", ".join(parts))


class _SampleNumber(QSpinBox):
    """Says which sample is shown; its arrows go through those that were chosen, not through all numbers."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__(objectName="pictures_number", accessibleName="Sample", toolTip="The number of the sample")
        self.setGroupSeparatorShown(True)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWrapping(True)

    def stepBy(self, steps: int) -> None:
        self.stepped.emit(steps)
        self.selectAll()


class SampleCanvas(Canvas):
    """Paints the sample, and the answer beside it or below."""

    stepped = Signal(int)
    keys = frozenset(STEPS)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._answer: Answer | None = None
        self._bars = Bars(theme)
        self._image = QImage()
        self._place = QRectF()
        self._pixel: tuple[int, int] | None = None
        self.setObjectName("pictures_sample")
        self.setAccessibleName("Sample")
        self.setToolTip("The arrow keys or the mouse wheel go from sample to sample")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._bars.set_theme(theme)
        super().set_theme(theme)

    def set_run(self, run: Run, framing: Framing) -> None:
        """Take the samples of a new run."""
        self._run, self._framing, self._answer = run, framing, None
        self._sample = 0

    def set_sample(self, sample: int) -> None:
        """Show another sample."""
        self._sample, self._answer = sample, None
        self.arrange()

    def set_answer(self, answer: Answer) -> None:
        """Show what the network answers to it."""
        assert self._run is not None
        before, self._answer = self._answer, answer
        self._bars.set_names(answer.names)
        self._bars.set_answer(answer, self._truth)
        if before is None or before.chosen != answer.chosen:
            self.setAccessibleDescription(f"Sample {self._sample + 1}: {self.heading}")
        self.update()

    @property
    def heading(self) -> str:
        """What is read, and what is true: "Reads 3, true 8"."""
        if self._run is None or self._answer is None:
            return ""
        names = self._run.dataset.class_names
        return f"Reads {names[self._answer.chosen]}, true {names[self._truth]}"

    @property
    def reading(self) -> str:
        """The pixel under the pointer."""
        if self._pixel is None or self._run is None:
            return ""
        row, column = self._pixel
        index = row * self._framing.shape[1] + column
        return f"{self._run.dataset.input_names[index]} = {short(float(self._run.dataset.inputs[self._sample, index]))}"

    @property
    def _truth(self) -> int:
        assert self._run is not None
        return int(self._run.dataset.labels[self._sample])

    def arrange(self) -> None:
        if self._run is None:
            return
        left, right = halves(QRectF(self.rect()), self._heading_metrics.height() + 4, self._line + 2)
        self._place, side = picture_place(left, self._framing.shape)
        amounts = self._framing.amounts(self._run.dataset.inputs[self._sample])
        self._image = inked(amounts, self._framing.shape, side, self._paper)
        self._bars.arrange(right)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = STEPS.get(event.key())
        if by is None or not self._is_own(event):
            super().keyPressEvent(event)
        else:
            self.stepped.emit(by)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pixel = self._pixel_at(event.position())
        if pixel != self._pixel:
            self._pixel = pixel
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pixel = None
        self.update()

    def _pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        if self._run is None or not self._place.contains(point) or self._place.isEmpty():
            return None
        rows, columns = self._framing.shape
        row = int((point.y() - self._place.top()) * rows / self._place.height())
        column = int((point.x() - self._place.left()) * columns / self._place.width())
        return min(row, rows - 1), min(column, columns - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self), self._theme.color("plot_background")
        if self._run is None or self._answer is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, self._theme, self._font, QRectF(self.rect()), "No network yet")
            return
        look = (self._theme, self._run, self._sample, self.reading, self._bars.look)
        self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_surroundings)
        self._bars.paint(painter)
        self.paint_focus(painter)

    def _paint_surroundings(self, painter: QPainter, seen: QRect) -> None:
        """Draw what changes only with the sample, the class that is read, or the pointer."""
        assert self._answer is not None
        theme, width = self._theme, self.width() - 2 * MARGIN
        line = self._heading_metrics.height()
        right = self._answer.chosen == self._truth
        paint_mark(painter, theme, QPointF(MARGIN + 6, MARGIN / 2 + line / 2), 12, right)
        painter.setFont(self._heading)
        painter.setPen(theme.color("text"))
        place = QRectF(MARGIN + 18, MARGIN / 2, width - 18, line)
        painter.drawText(place, LEFT, elided(self._heading_metrics, (self.heading,), place.width()))
        room = width - 18 - self._heading_metrics.horizontalAdvance(self.heading) - MARGIN
        if self._metrics.horizontalAdvance(self._answer.meaning) <= room:
            painter.setFont(self._font)
            painter.setPen(theme.color("muted"))
            painter.drawText(place, RIGHT, self._answer.meaning)
        painter.drawImage(self._place, self._image)
        painter.setPen(QPen(theme.color("border_strong"), theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._place)
        self._bars.paint_names(painter)
        painter.setFont(self._font)
        painter.setPen(theme.color("muted"))
        below = QRectF(MARGIN, self.height() - self._line - 4, width, self._line)
        painter.drawText(below, LEFT, elided(self._metrics, (self.reading,), width))


def halves(rect: QRectF, above: float, below: float) -> tuple[QRectF, QRectF]:
    """Return room for a picture and for bars: side by side, or one below the other where it is narrow."""
    area = rect.adjusted(MARGIN, MARGIN / 2 + above, -MARGIN, -MARGIN / 2 - below)
    if area.width() < 1.15 * area.height():
        share = min(area.height() * 0.5, area.width())
        upper = QRectF(area.left(), area.top(), area.width(), share)
        return upper, QRectF(area.left(), area.top() + share + MARGIN, area.width(), area.height() - share - MARGIN)
    share = min(area.height(), area.width() * 0.46)
    left = QRectF(area.left(), area.top(), share, area.height())
    return left, QRectF(area.left() + share + 2 * MARGIN, area.top(), area.width() - share - 2 * MARGIN, area.height())
