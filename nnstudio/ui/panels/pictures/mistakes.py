"""Shows the samples that are read wrong, the worst first."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.split import PARTS
from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import mistakes
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import CENTER, LEFT, elided, fixed, paint_message
from nnstudio.ui.panels.pictures.canvas import MARGIN, inked
from nnstudio.ui.panels.pictures.grid import PictureGrid
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: Milliseconds from one order of the mistakes to the next: what is read while it trains must stand still for a while.
PAUSE = 250
SIDE = 44.0
#: The mark of samples that are held out of training.
HELD_OUT = "\N{WHITE CIRCLE}"


class MistakesView(PictureGrid):
    """A grid of wrong answers.

    Attributes
    ----------
    rows : ndarray of int
        The samples that are read wrong, those with the highest loss first.
    losses : ndarray
        The loss of each.
    """

    sample_chosen = Signal(int)
    """The row of a sample that was clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self.rows: Array = np.empty(0, int)
        self.losses: Array = np.empty(0)
        self._read: Array = np.empty(0, int)
        self._orders = 0
        self._next = 0.0
        self.setObjectName("pictures_mistakes")
        self.setAccessibleName("Mistakes")
        self.setToolTip("A click shows the sample; while the pointer is here, the order stays")
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.sort)
        self.opened.connect(self._choose)
        self.set_theme(theme)

    def set_run(self, run: Run, framing: Framing) -> None:
        """Take the samples of a new run."""
        self._run, self._framing, self._shape = run, framing, framing.shape
        self._parts = run.spec.parts()
        self.picked, self._first_row = None, 0
        self.sort()

    def set_frame(self, run: Run) -> None:
        """Take other answers, and put the mistakes in order before long."""
        self._run = run
        wait = self._next - time.perf_counter()
        if self.underMouse() and self.picked is not None and run.frame.training:
            return  # nobody can click on what jumps away
        if wait <= 0:
            self.sort()
        elif not self._later.isActive():
            self._later.start(int(1000 * wait) + 1)

    def sort(self) -> None:
        """Find the mistakes of the latest frame, and put them in order."""
        if self._run is None:
            return
        self._later.stop()
        run = self._run
        self._next = time.perf_counter() + PAUSE / 1000
        self.rows, self.losses = mistakes(run.spec, run.frame.outputs)
        self._read = class_of(run.frame.outputs[self.rows], run.spec.threshold)
        self.count = len(self.rows)
        if self.picked is not None and self.picked >= self.count:
            self.picked = None
        self._orders += 1
        self.arrange()
        self.update()

    @property
    def heading(self) -> str:
        """How many mistakes there are, in words."""
        if self._run is None:
            return ""
        samples = self._run.dataset.samples
        if not len(self.rows):
            return f"No mistakes among {samples:,} samples"
        count = f"{len(self.rows):,} mistake{'s' if len(self.rows) > 1 else ''} among {samples:,} samples"
        held_out = int((self._parts[self.rows] > 0).sum())
        return f"{count}, {HELD_OUT} {held_out:,} held out" if self._parts.any() else count

    def caption(self) -> str:
        """Return what is shown, in words."""
        return self.heading

    def pictured(self) -> Sequence[MistakesView]:
        """Return what pictures show."""
        return (self,)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return all mistakes as a table."""
        header = ("sample", "part", "true class", "read as", "loss")
        if self._run is None:
            return header, ()
        names, labels = self._run.dataset.class_names, self._run.dataset.labels[self.rows]
        columns = (self.rows.tolist(), labels.tolist(), self._read.tolist(), self.losses.tolist())
        return header, [
            (row + 1, PARTS[self._parts[row]], names[true], names[read], loss)
            for row, true, read, loss in zip(*columns, strict=True)
        ]

    def text(self, index: int) -> str:
        """Return what stands below a mistake: the true class and the one that was read."""
        assert self._run is not None
        names, row = self._run.dataset.class_names, self.rows[index]
        circle = HELD_OUT if self._parts[row] else ""
        return f"{circle}{names[self._run.dataset.labels[row]]} → {names[self._read[index]]}"

    # ---- events ----------------------------------------------------------------------------------------------------

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.sort()

    def tell_picked(self) -> None:
        self.setAccessibleDescription(self._reading or self.heading)

    def _choose(self, index: int) -> None:
        self.sample_chosen.emit(int(self.rows[index]))

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        above, below = self._bold_metrics.height() + 6, self._line + 2
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN / 2 + above, -MARGIN, -MARGIN / 2 - below)

    def wanted_side(self, area: QRectF) -> float:
        # Always the same, so that nothing jumps as there are fewer.
        names = self._run.dataset.class_names if self._run is not None else ()
        text = self._metrics.horizontalAdvance(HELD_OUT + " → ") + 2 * self._metrics.averageCharWidth()
        longest = max((self._metrics.horizontalAdvance(name) for name in names), default=0.0)
        side = max(SIDE, min(text + 2 * longest, 2 * SIDE) if longest > 20 else 0.0)
        return math.ceil(side / self._shape[1]) * self._shape[1]

    @property
    def _reading(self) -> str:
        if self.picked is None or self.picked >= self.count or self._run is None:
            shown = self.in_sight
            return f"{shown.start + 1:,} to {shown.stop:,}" if 0 < len(shown) < self.count else ""
        row = int(self.rows[self.picked])
        part = f", {PARTS[self._parts[row]]}" if self._parts.any() else ""
        loss = fixed(float(self.losses[self.picked]), self._theme.digits)
        return f"sample {row + 1:,}{part}: {self.text(self.picked)}, loss {loss}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self), self._theme.color("plot_background")
        if self._run is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, self._theme, self._font, QRectF(self.rect()), "No network yet")
            return
        look = (self._theme, self._orders, self._first_row, self._reading)
        self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_all)
        self.paint_picked(painter)
        self.paint_focus(painter)

    def _paint_all(self, painter: QPainter, seen: QRect) -> None:
        assert self._run is not None
        theme, width = self._theme, self.width() - 2 * MARGIN
        painter.setFont(self._bold)
        painter.setPen(theme.color("text"))
        short = self.heading.split(", ")[0]
        above = QRectF(MARGIN, MARGIN / 2, width, self._bold_metrics.height())
        painter.drawText(above, LEFT, elided(self._bold_metrics, (self.heading, short), width))
        painter.setFont(self._font)
        rows, shown = self._shape[0], self.in_sight
        inputs = self._run.dataset.inputs[self.rows[shown.start : shown.stop]]
        image = inked(self._framing.amounts(inputs), self._shape, self._side, self._paper)
        height = rows * self._side
        for number, index in enumerate(shown):
            place = self.place(index)
            painter.drawImage(place, image, QRectF(0, number * height, image.width(), height))
            painter.drawText(self.text_place(index), CENTER, elided(self._metrics, (self.text(index),), self._cell[0]))
        painter.setPen(QPen(theme.color("border"), theme.lines.hair))
        for index in shown:
            painter.drawRect(self.place(index))
        painter.setPen(theme.color("muted"))
        below = QRectF(MARGIN, self.height() - self._line - 4, width, self._line)
        painter.drawText(below, LEFT, elided(self._metrics, (self._reading,), width))
