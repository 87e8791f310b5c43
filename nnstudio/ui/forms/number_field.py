"""Edits a number as people write numbers: 10,000 or 1e-3 or "full", with steps that suit the setting."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from nnstudio.engine.registry import Number, SettingError
from nnstudio.ui.forms.steps import stepped
from nnstudio.ui.theme import set_look

_Step = QAbstractSpinBox.StepEnabledFlag


class NumberField(QAbstractSpinBox):
    """A spin box for a `Number`: any text may be typed, and what it becomes is for others to say.

    It commits on Return, on leaving the field and on each step, and then shows what it is told to show.

    Parameters
    ----------
    parameter : Number
        What is edited.
    parent : QWidget, optional
    """

    edited = Signal(object)
    """The number that was entered, or the text where it is none."""
    restored = Signal()
    """The text says the present value again, without an edit."""

    def __init__(self, parameter: Number, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parameter = parameter
        self._value: float | None = parameter.default
        self._shown = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel: a form that scrolls must not change numbers
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._commit)
        self._show(parameter.default)

    def value(self) -> float | None:
        """The number that the text says; the present value where it says none."""
        try:
            return self._parameter.parse(self.text())
        except SettingError:
            return self._value

    def setValue(self, value: float | str | None) -> None:
        """Enter a number, or the text of one, as the user would."""
        self.setText(value if isinstance(value, str) else self._parameter.format(value))
        self._commit()

    def setText(self, text: str) -> None:
        """Type a text; Return or leaving the field commits it."""
        self.lineEdit().setText(text)

    def show_value(self, value: float | None) -> None:
        """Show the present value, unless the user is in the middle of typing another."""
        self._value = value
        if not (self.hasFocus() and self.text() != self._shown):
            self._show(value)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the text as one that will not do."""
        set_look(self, invalid=invalid)

    # ---- stepping -------------------------------------------------------------------------------------------------

    def stepBy(self, steps: int) -> None:
        value = stepped(self._parameter, self.value(), steps)
        if self._words(value) != self.text():
            self.setText(self._words(value))
            self._commit()
        self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        value = self.value()
        enabled = _Step.StepNone
        if stepped(self._parameter, value, 1) != value:
            enabled |= _Step.StepUpEnabled
        if stepped(self._parameter, value, -1) != value:
            enabled |= _Step.StepDownEnabled
        return enabled

    # ---- Qt's events ----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_fold(event):
            event.ignore()
            return True
        return super().event(event)

    def _is_fold(self, event: QKeyEvent) -> bool:
        """Return whether a key folds the form rather than be typed: an E that no number could begin with."""
        line = self.lineEdit()
        begins = not line.text()[: line.selectionStart() if line.hasSelectedText() else line.cursorPosition()]
        return begins and event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.NoModifier

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.text() != self._words(self._value):
            self._show(self._value)
            self.selectAll()
            self.restored.emit()
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(6 * self.fontMetrics().height(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(round(3.5 * self.fontMetrics().height()), super().sizeHint().height())

    # ---- inside ---------------------------------------------------------------------------------------------------

    @Slot()
    def _commit(self) -> None:
        text = self.text()
        if text == self._shown:
            return
        self._shown = text
        try:
            value = self._parameter.parse(text)
        except SettingError:
            self.edited.emit(text)
            return
        if value == self._value:
            self._show(value)
            self.restored.emit()
        else:
            self.edited.emit(value)

    def _show(self, value: float | None) -> None:
        self._shown = self._words(value)
        if self.text() != self._shown:
            self.setText(self._shown)

    def _words(self, value: float | None) -> str:
        """A number as it is shown: whole ones with thousands separators."""
        text = self._parameter.format(value)
        return f"{value:,}" if isinstance(value, int) else text
