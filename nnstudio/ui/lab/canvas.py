"""What the charts of the lab share: a pointer with a read-out, keys of their own, and words where there is nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from nnstudio.lab.results import Results
from nnstudio.session.run import Run
from nnstudio.ui.lab.words import is_judged_by_loss, learned_words, loss_standing
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.chart import LEFT, elided, paint_message, short
from nnstudio.ui.panels.pictures.canvas import MARGIN, Canvas
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

NOTHING = "Nothing trained yet: Start trains one network from each seed."
NO_RUNS: Array = np.zeros(0, np.int64)
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class LabCanvas(Canvas):
    """A painted chart of runs. Whoever inherits from it says what is under the pointer, and what a click opens.

    Attributes
    ----------
    results : Results or None
    runs : ndarray of int64
        The runs that are shown.
    highlighted : ndarray of int64
        Runs that another chart points at.
    """

    run_chosen = Signal(int, int)
    """A run is to be opened, at an epoch; -1 is its end."""
    runs_hovered = Signal(object)
    """The runs that are pointed at, an ndarray of int64; empty when none are any longer."""
    seen = Signal(int, int)
    """Top and height of what a key has moved to, so that it is scrolled to."""

    keys = frozenset((*ARROWS, *ENTER, *_ENDS, Qt.Key.Key_Escape))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results: Results | None = None
        self.runs = NO_RUNS
        self.highlighted = NO_RUNS
        self.pointer: QPointF | None = None
        self.empty_text = NOTHING
        self._hovered = NO_RUNS
        self.set_theme(theme)

    # ---- what each chart does on its own ---------------------------------------------------------------------------

    def set_results(self, results: Results | None, runs: Array) -> None:
        """Show other runs."""
        self.results, self.runs, self.highlighted = results, runs, NO_RUNS
        self.pointer = None
        self._hovered = NO_RUNS

    def follow(self) -> None:
        """Take what the results have grown by."""

    def complete(self) -> None:
        """Draw at once what was put off, for a picture."""

    def set_highlight(self, runs: Array) -> None:
        """Point out some runs; none of them, where there are none, and where they are all that is shown."""
        if len(runs) >= len(self.runs) and np.isin(self.runs, runs).all():
            runs = NO_RUNS
        if not np.array_equal(runs, self.highlighted):
            self.highlighted = runs
            self.mark()
            self.update()

    def mark(self) -> None:
        """Prepare to draw the highlighted runs."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return self.results is None

    def paint(self, painter: QPainter, seen: QRect) -> None:
        """Draw what lies in a rectangle, on the ground and below the read-out; called only where there is something."""
        raise NotImplementedError

    def point(self) -> None:
        """Follow the pointer to where it is now, if anywhere."""

    def walk(self, key: int, far: bool) -> None:
        """Move what is chosen by a key: an arrow, Home, End, Page up or down; farther with Shift."""

    def let_go(self) -> None:
        """Choose nothing any longer."""

    def choose(self) -> None:
        """Open what is chosen."""

    @property
    def reading(self) -> Sequence[str]:
        """What is to be said about what is chosen, in lines."""
        return ()

    @property
    def anchor(self) -> QPointF | None:
        """Where what is chosen lies; the read-out keeps aside of it."""
        return self.pointer

    @property
    def tip(self) -> str:
        """What a click does."""
        return ""

    # ---- pointer and keys ------------------------------------------------------------------------------------------

    def tell_hovered(self, runs: Array) -> None:
        """Say which runs are pointed at, if they are others."""
        if not np.array_equal(runs, self._hovered):
            self._hovered = runs
            self.runs_hovered.emit(runs)

    def _moved(self, pointer: QPointF | None) -> None:
        self.pointer = pointer
        if not self.is_empty:
            self.point()
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.tip else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._moved(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._moved(event.position())
            if self.tip:
                QToolTip.hideText()
                self.choose()
            event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click has opened what there is: the second would open it, or another, once more.
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._moved(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self._takes(key):
            super().keyPressEvent(event)
            return
        if key in ENTER:
            if self.tip:
                self.choose()
        elif key == Qt.Key.Key_Escape:
            self.let_go()
        else:
            self.pointer = None
            self.walk(key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            # Who cannot see the read-out has it read out.
            self.setAccessibleDescription(", ".join([*self.reading, self.tip]))
        self.update()

    def _takes(self, key: int) -> bool:
        # Where nothing is read, Escape is for the window.
        return not self.is_empty and key in self.keys and (key != Qt.Key.Key_Escape or bool(self.reading))

    def _is_own(self, event: QKeyEvent) -> bool:
        allowed = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        return self._takes(event.key()) and not event.modifiers() & ~allowed

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason) and not self.is_empty:
            self.let_go()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            # Where there is a read-out, it says so itself, and a tooltip would lie on it.
            if self.tip and self.pointer is not None and not self.readout:
                QToolTip.showText(event.globalPos(), self.tip, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            if self.is_empty:
                painter.fillRect(self.rect(), self._theme.color("plot_background"))
                place = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
                paint_message(painter, self._theme, self._font, place, self.empty_text)
            else:
                self.paint(painter, event.rect())
                if not self.exporting:
                    self._paint_reading(painter)
            self.paint_focus(painter)
        finally:
            painter.end()  # Qt crashes where a painter outlives an error

    @property
    def readout(self) -> Sequence[str]:
        """The lines of the read-out; none where none is shown."""
        if not self.reading or self.anchor is None:
            return ()
        return (*self.reading, self.tip) if self.tip and self.pointer is not None else self.reading

    def _paint_reading(self, painter: QPainter) -> None:
        """Draw the read-out, aside of what it is about, with what a click would do."""
        lines, anchor = self.readout, self.anchor
        if not lines or anchor is None:
            return
        whole = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        width = min(max(map(self._metrics.horizontalAdvance, lines)) + 14, whole.width())
        height = len(lines) * self._line + 8
        box = QRectF(aside(anchor, QSizeF(width, height), whole), QSizeF(width, height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._font)
        for number, line in enumerate(lines):
            painter.setPen(self._theme.color("muted" if number else "text"))
            place = QRectF(box.left() + 7, box.top() + 4 + number * self._line, box.width() - 14, self._line)
            painter.drawText(place, LEFT, elided(self._metrics, (line,), place.width()))


class LabChart(Panel):
    """A chart of runs as a panel: its picture and numbers can be saved and copied.

    Parameters
    ----------
    canvas : LabCanvas
    theme : Theme
    parent : QWidget, optional

    Attributes
    ----------
    results : Results or None
    runs : ndarray of int64
        What is shown.
    scrolls : bool
        Whether the canvas may be higher than there is room.
    """

    scrolls: ClassVar[bool] = False
    run_chosen = Signal(int, int)
    """A run is to be opened, at an epoch; -1 is its end."""
    runs_hovered = Signal(object)
    """The runs that are pointed at, an ndarray of int64; empty when none are any longer."""

    def __init__(self, canvas: LabCanvas, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.canvas = canvas
        canvas.setObjectName(f"{self.key}_canvas")
        canvas.setAccessibleName(self.title)
        canvas.setAccessibleDescription(self.help)
        canvas.run_chosen.connect(self.run_chosen)
        canvas.runs_hovered.connect(self.runs_hovered)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the canvas itself
        self.setFocusProxy(canvas)
        self.set_content(self._framed(), canvas)
        self.results: Results | None = None
        self.runs = NO_RUNS
        self._name = ""
        self._behind = False

    def _framed(self) -> QWidget:
        """Return what the canvas is put into; itself, where it always fits."""
        if not self.scrolls:
            return self.canvas
        area = QScrollArea(objectName=f"{self.key}_area", widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.canvas)
        self.canvas.seen.connect(lambda top, height: area.ensureVisible(0, top + height // 2, 0, height))
        return area

    def show_results(self, results: Results, runs: Array, title: str) -> None:
        """Show some runs of a sweep.

        Parameters
        ----------
        results : Results
        runs : ndarray of int64
        title : str
            What they are, in words; files are named after it.
        """
        self.results, self.runs, self._name = results, np.asarray(runs, np.int64), title
        self._behind = False
        self.canvas.set_results(results, self.runs)
        self.canvas.update()
        self._rest.start()

    def clear(self, text: str = NOTHING) -> None:
        """Show nothing but a word on what there is to do."""
        self.results, self.runs, self._name = None, NO_RUNS, ""
        self.canvas.empty_text = text
        self.canvas.set_results(None, NO_RUNS)
        self.canvas.update()
        self._rest.start()

    def summary(self) -> str:
        results, runs = self.results, self.runs
        done = 0 if results is None else int(np.count_nonzero(results.done[runs]))
        if results is None or not done:
            return ""
        if is_judged_by_loss(results, runs):
            return f"{loss_standing(results, runs)}."
        parts = [learned_words(int(np.count_nonzero(results.learned[runs])), done)]
        epochs, losses = results.epochs_to_learn[runs], results.final_loss[runs]
        if (epochs >= 0).any():
            parts.append(f"half of those by epoch {np.median(epochs[epochs >= 0]):,.0f}")
        if np.isfinite(losses).any():
            parts.append(f"half of the final losses are below {short(float(np.median(losses[np.isfinite(losses)])))}")
        return f"{'; '.join(parts)}."

    def speakers(self) -> Sequence[QWidget]:
        # While a key has chosen something of the chart, the chart speaks of that.
        return (self,) if self.canvas.reading else (self, self.canvas)

    def refresh(self, run: Run | None = None) -> None:
        """Draw what the results have grown by; while nobody sees it, only once somebody does."""
        self._behind = not self.isVisible()
        if self.results is not None and not self._behind:
            self.canvas.follow()
            self._rest.start()

    def set_highlight(self, runs: Array) -> None:
        """Point out some of the runs; none of them, where there are none."""
        self.canvas.set_highlight(np.asarray(runs, np.int64))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.canvas.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._behind:
            self.refresh()

    def file_stem(self) -> str:
        name = re.sub(r"(?<=\d),(?=\d{3})", "", self._name.lower())
        words = re.sub(r"[^a-z0-9.]+", "-", name).strip("-.") or "nnstudio"
        return f"{words[:80].rstrip('-.')}-{self.key.removeprefix('lab_').replace('_', '-')}"

    def paint_picture(self, painter: QPainter) -> None:
        self.canvas.exporting = True
        try:
            super().paint_picture(painter)
        finally:
            self.canvas.exporting = False

    def _prepared(self) -> QWidget:
        if self._behind and self.results is not None:
            self._behind = False
            self.canvas.follow()
        self.canvas.complete()
        return super()._prepared()


def aside(anchor: QPointF, size: QSizeF, whole: QRectF) -> QPointF:
    """Return where a box goes, within a whole, so that it does not cover what it is about."""
    right, left = anchor.x() + 14, anchor.x() - 14 - size.width()
    x = right if right + size.width() <= whole.right() else max(left, whole.left())
    below, above = anchor.y() + 14, anchor.y() - 14 - size.height()
    if right + size.width() <= whole.right() or left >= whole.left():
        # There is room beside it: as high as it is.
        y = min(max(anchor.y() - size.height() / 2, whole.top()), whole.bottom() - size.height())
    else:
        y = below if below + size.height() <= whole.bottom() else max(above, whole.top())
    return QPointF(round(x), round(y))
