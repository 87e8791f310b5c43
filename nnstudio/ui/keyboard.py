"""Decides who gets a key that is both a shortcut of the window and of use to the widget that has the focus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

_NOT_IN_NUMBERS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Home,
    Qt.Key.Key_N,
    Qt.Key.Key_P,
    Qt.Key.Key_B,
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


class TabOrder:
    """Lets Tab go through a window as it is read: from part to part, and in each from its title to its content.

    Qt's own order has two faults here. A widget that hands its focus on to one within it, before it is put into a
    window, keeps that one in a ring apart, which Tab never leaves; and docks that lie behind others as tabs count as
    visible, so that Tab gets lost in them (Qt 6.10).

    Parameters
    ----------
    form : QWidget
        Knows the order of its own fields, which come and go.
    parts : sequence of QWidget
        Tool bar and docks, in their order; the form is in one of them.
    """

    def __init__(self, *, form: QWidget, parts: Sequence[QWidget]) -> None:
        self._form, self._parts = form, parts

    def step(self, window: QWidget, forward: bool) -> bool:
        """Give the focus to the next of what can be seen, or to the one before; return whether there is one."""
        stops = [each for each in self.stops(window) if each.isEnabled() and each.isVisible()]
        if not stops:
            return False
        focused = window.focusWidget()
        at = next((number for number, each in enumerate(stops) if each is focused), -1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stop = stops[(at + (1 if forward else -1)) % len(stops)]
        stop.setFocus(reason)
        around = stop.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(stop)
            around = around.parentWidget()
        return True

    def stops(self, window: QWidget) -> list[QWidget]:
        """Return everything in a window that Tab may reach, in its order."""
        found: list[QWidget] = []
        for part in self._parts:
            content = part.widget() if isinstance(part, QDockWidget) else part
            place = QRect(content.mapTo(window, QPoint()), content.size()) if part.window() is window else QRect()
            if not place.intersects(window.rect()):
                continue  # a dock that floats is a window of its own, and one behind another lies outside
            if isinstance(part, QDockWidget):
                found += _tab_stops(part.titleBarWidget())
            found += self._form_stops() if content is self._form else _tab_stops(content)
        return [*found, *(bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window)]

    def _form_stops(self) -> list[QWidget]:
        inside = {id(stop): stop for stop in _tab_stops(self._form)}
        ring: list[QWidget] = []
        stop = self._form.nextInFocusChain()
        while stop is not None and stop is not self._form:
            if id(stop) in inside:
                ring.append(stop)
            stop = stop.nextInFocusChain()
        return ring


def _tab_stops(widget: QWidget) -> list[QWidget]:
    """Return what Tab reaches in a widget, in the order in which it was made."""
    return [
        each
        for each in (widget, *widget.findChildren(QWidget))
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
        and each.window() is widget.window()
    ]


def _keys_of(widget: QWidget) -> tuple[Qt.Key, ...]:
    if isinstance(widget, QAbstractSlider):
        return (Qt.Key.Key_Left, Qt.Key.Key_Right)
    return (Qt.Key.Key_Space,) if isinstance(widget, QAbstractButton | QComboBox) else ()
