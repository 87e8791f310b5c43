"""Decides who gets a key that is both a shortcut of the window and of use to the widget that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

_NOT_IN_NUMBERS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Home,
    Qt.Key.Key_N,
    Qt.Key.Key_K,
    Qt.Key.Key_L,
    Qt.Key.Key_Question,
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
)


class ShortcutKeys(QObject):
    """Watches the keys of whichever widget of a window has the focus.

    Space, Home, N and the like belong to the run even while the cursor stands in a field of the form: no number has
    them in it, and a person who has just typed 4 hidden neurons wants to rewind and train. Undo and redo take back
    settings, not letters, unless there are letters that are not entered yet. Whoever walks with the Tab key to a
    button or a combo box, however, presses it with Space, and moves the speed dial with the arrows, as everywhere.

    Only the widget with the focus is watched. A filter on the application would call Python for every event there is,
    some fifty in a frame, and each call would have to wait for the training thread to let go of the interpreter.
    """

    def __init__(self, *, application: QApplication, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        self._focused: QWidget | None = None
        self._walking = self._walked_to = False
        application.focusChanged.connect(self._follow_focus)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        # The list of a combo box is a window of its own: the box still counts as the place where the focus is.
        if new is None or new is self._focused or new.window() is not self._window:
            return
        if self._focused is not None:
            self._focused.removeEventFilter(self)
        self._focused = new
        self._walked_to, self._walking = self._walking, False
        new.installEventFilter(self)
        new.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._focused = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            self._walking = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if isinstance(watched, QLineEdit | QAbstractSpinBox):
                return self._give_to_window(watched, event)
            if self._walked_to and event.key() in _keys_of(watched):
                event.accept()  # the key is the widget's
                return True
        entered = event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and isinstance(watched, QAbstractSpinBox):
            QTimer.singleShot(0, self, self._leave_field)
        return False

    def _give_to_window(self, field: QLineEdit | QAbstractSpinBox, event: QKeyEvent) -> bool:
        """Let the window's shortcut have a key that is of no use in a number."""
        line = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
        undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        if undo and line is not None and not line.isModified():
            event.ignore()
            return True
        if event.key() in _NOT_IN_NUMBERS and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            field.editingFinished.emit()  # what has been typed counts
            event.ignore()
            return True
        return False

    @Slot()
    def _leave_field(self) -> None:
        """Give the keys back to the run after Enter, unless the field has something to say about what was entered."""
        if self._focused is not None and not self._focused.property("invalid"):
            self._home.setFocus()


def _keys_of(widget: QWidget) -> tuple[Qt.Key, ...]:
    if isinstance(widget, QAbstractSlider):
        return (Qt.Key.Key_Left, Qt.Key.Key_Right)
    return (Qt.Key.Key_Space,) if isinstance(widget, QAbstractButton | QComboBox) else ()
