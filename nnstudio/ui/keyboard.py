"""Decides who gets a key that is both a shortcut of the window and of use to the widget that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)


class ShortcutKeys(QObject):
    """Watches the keys of whichever widget of a window has the focus.

    Space and Home belong to the run even while the cursor stands in a field of the form: no number has a space in it,
    and a person who has just typed 4 hidden neurons wants to rewind and train. Whoever walks with the Tab key to a
    button, a combo box or the speed dial, however, presses it with Space and moves it with the arrows, as everywhere.

    Only the widget with the focus is watched. A filter on the application would call Python for every event there is,
    some fifty in a frame, and each call would have to wait for the training thread to let go of the interpreter.
    """

    def __init__(self, *, application: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._focused: QWidget | None = None
        self._walked_to = False
        application.focusChanged.connect(self._follow_focus)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        # The list of a combo box is a window of its own: the box still counts as the place where the focus is.
        if new is None or new is self._focused or new.window() is not self._window:
            return
        if self._focused is not None:
            self._focused.removeEventFilter(self)
        self._focused = new
        self._walked_to = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
        new.installEventFilter(self)
        new.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._focused = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        key = event.key()
        if isinstance(watched, QLineEdit | QAbstractSpinBox) and key in (Qt.Key.Key_Space, Qt.Key.Key_Home):
            watched.editingFinished.emit()  # what has been typed counts
            event.ignore()  # the key is the shortcut's
            return True
        if self._walked_to and key in self._keys_of(watched):
            event.accept()  # the key is the widget's
            return True
        return False

    @staticmethod
    def _keys_of(widget: QObject) -> tuple[Qt.Key, ...]:
        if isinstance(widget, QAbstractSlider):
            return (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right)
        return (Qt.Key.Key_Space,) if isinstance(widget, QAbstractButton | QComboBox) else ()
