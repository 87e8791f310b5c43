"""Takes a value for one weight or bias, typed in the middle of the drawing."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.ui.panels.network.targets import Target
from nnstudio.ui.speech import set_tip
from nnstudio.ui.theme import Theme, set_look


class ValueEditor(QFrame):
    """A field for the value of one weight or bias; Enter applies it, Escape closes it.

    Attributes
    ----------
    entered : Signal(float)
        A value that was typed, which is finite.
    closed : Signal()
        It has been closed, whether a value was entered or not.
    stepped : Signal(int)
        Another of the same neuron is asked for: 1 for the next, -1 for the one before.
    target : Target or None
        What is edited.
    """

    entered = Signal(float)
    closed = Signal()
    stepped = Signal(int)

    def __init__(self, drawing: QWidget) -> None:
        super().__init__(drawing)
        self._drawing = drawing
        self.setObjectName("network_editor")
        self.target: Target | None = None
        self._opening = ""
        self._label = QLabel()
        self.field = _Field()
        self.field.setObjectName("network_value")
        self.field.setAccessibleName("Value")
        set_tip(
            self.field,
            "<p>Any number, such as 0.5, -1.25 or 1e-3. Enter applies it, and training goes on from there; Escape "
            "leaves it as it is.</p><p>Up and down go to the other weights of this neuron.</p>",
        )
        self.field.setMaximumWidth(110)
        self._message = QLabel(wordWrap=True, objectName="network_value_error")
        set_look(self._message, role="error")
        self._message.setMaximumWidth(190)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._label)
        row.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._message)
        self.field.editingFinished.connect(self._finish)
        self.field.escaped.connect(self.close)
        self.field.stepped.connect(self._step)
        self.field.left.connect(self.leave)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        ground, line = theme.colors["raised"], theme.colors["border_strong"]
        self.setStyleSheet(
            f"QFrame#network_editor {{ background: {ground}; border: 1px solid {line}; border-radius: 4px; }}"
        )

    def open(self, target: Target, name: str, value: float, beside: QRectF) -> None:
        """Ask for the value of a target, beside its place in the drawing."""
        self.target, self._opening = target, f"{value:.6g}"
        self._label.setText(name)
        self.field.setAccessibleName(f"Value of {name}")
        self.field.setText(self._opening)
        self._say("")
        self.show()
        self._place(beside)
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def close(self) -> bool:
        """Close without a change."""
        if self.target is not None:
            # Without the target, losing the focus does not count as entering what is there.
            self.target = None
            if self.field.hasFocus():
                # Before it hides: Qt would pass the focus on as the Tab key does, and the drawing show its ring.
                self._drawing.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.closed.emit()
        return True

    @Slot()
    def leave(self) -> None:
        """Close if nothing has been typed, because something else has the person's attention."""
        if self.field.text() == self._opening:
            self.close()

    @Slot()
    def _finish(self) -> None:
        if self.target is None:
            return
        if self.field.text() == self._opening or self._commit():
            self.close()

    @Slot(int)
    def _step(self, by: int) -> None:
        if self.field.text() == self._opening or self._commit():
            self.stepped.emit(by)

    def _commit(self) -> bool:
        """Give away the value that the text says, or say why there is none."""
        text = self.field.text().strip().replace("−", "-")
        try:
            value = float(text)
        except ValueError:
            self._say(_expected(text))
            return False
        if not math.isfinite(value):
            self._say("Expected a finite number: training cannot go on from any other.")
            return False
        self._say("")
        self.entered.emit(value)
        return True

    def _say(self, message: str) -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))
        set_look(self.field, invalid=bool(message))
        self.field.setAccessibleDescription(message)
        self.adjustSize()
        self._keep_inside()

    def _place(self, beside: QRectF) -> None:
        self.adjustSize()
        self.move(round(beside.right() + 8), round(beside.center().y() - self.height() / 2))
        self._keep_inside()

    def _keep_inside(self) -> None:
        room = self._drawing.rect()
        x = max(min(self.x(), room.right() - self.width()), 0)
        self.move(x, max(min(self.y(), room.bottom() - self.height()), 0))


class _Field(QLineEdit):
    """A line that tells of Escape, Up, Down and of losing the focus."""

    escaped = Signal()
    stepped = Signal(int)
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu, or another window, takes the focus only for a while.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)
            # A line edit passes Enter on, and the drawing below it would take it too.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()


def _expected(text: str) -> str:
    """Return what would be right instead of a text that is no number."""
    try:
        float(text.replace(",", ".", 1))
    except ValueError:
        return "Expected a number, such as 0.5, -1.25 or 1e-3." if text else "Expected a number, such as 0.5."
    return f"Expected a number with a point instead of the comma: {text.replace(',', '.', 1)}"
