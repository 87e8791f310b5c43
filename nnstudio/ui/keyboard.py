"""Decides who gets a key that is both a shortcut of the window and of use to the widget that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class ShortcutKeys(QObject):
    """An event filter for the application, on behalf of one window.

    Space and Home belong to the run even while the cursor stands in a field of the form: no number has a space in it,
    and a person who has just typed 4 hidden neurons wants to rewind and train. Whoever walks with the Tab key to a
    button, a combo box or the speed dial, however, presses it with Space and moves it with the arrows, as everywhere.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._walked_to: QWidget | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget):
            return False
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            tabbed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
            self._walked_to = watched if tabbed else None
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._decide(watched, event)
        return False

    def _decide(self, widget: QWidget, event: QKeyEvent) -> bool:
        if widget.window() is not self._window or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        key = event.key()
        if isinstance(widget, QLineEdit | QAbstractSpinBox):
            if key in (Qt.Key.Key_Space, Qt.Key.Key_Home):
                widget.editingFinished.emit()  # what has been typed counts
                event.ignore()  # the key is the shortcut's
                return True
        elif widget is self._walked_to:
            pressed = key == Qt.Key.Key_Space and isinstance(widget, QAbstractButton | QComboBox | QAbstractSlider)
            if pressed or (key in _ARROWS and isinstance(widget, QAbstractSlider)):
                event.accept()  # the key is the widget's
                return True
        return False
