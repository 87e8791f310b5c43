"""Decides who gets a key that is both a shortcut of the window and of use to the widget that has the focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

from nnstudio.ui.panels.base import Panel

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


class Home(QObject):
    """Where the focus rests, so that the keys are the run's: a window's first panel that is in sight.

    What is out of sight cannot keep it: Qt would pass it on to some button as soon as the window is active again.

    Parameters
    ----------
    window : QWidget
    panels : sequence of Panel
        In the order in which they are asked.
    """

    def __init__(self, window: QWidget, panels: Sequence[Panel]) -> None:
        super().__init__(window)
        self._window, self._panels = window, panels

    @Slot()
    def take_focus(self) -> None:
        """Give the keys to the run."""
        for panel in self._panels:
            if panel.isVisible() and panel.window() is self._window and _lies_in_its_window(panel):
                panel.setFocus()
                return
        self._window.setFocus()


class ShortcutKeys(QObject):
    """Watches the keys of whichever widget of a window has the focus.

    Space, Home, N and the like belong to the run even while the cursor stands in a field of the form: no number has
    them in it, and a person who has just typed 4 hidden neurons wants to rewind and train. Undo and redo take back
    settings, not letters, unless there are letters that are not entered yet. Whoever walks with Tab or F6 to a button
    or a combo box, however, presses it with Space or Enter, and moves the speed dial with the arrows, as everywhere;
    Escape gives the keys back to the run.

    Only the widget with the focus is watched. A filter on the application would call Python for every event there is,
    some fifty in a frame, and each call would have to wait for the training thread to let go of the interpreter.
    """

    def __init__(self, *, application: QApplication, window: QWidget, go_home: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._go_home = window, go_home
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
            self._focused.destroyed.disconnect(self._forget)
        self._focused = new
        # A click counts as none: whoever clicks goes on with Space as the run's key.
        self._walked_to = self._walking and QApplication.mouseButtons() == Qt.MouseButton.NoButton
        self._walking = False
        new.installEventFilter(self)
        new.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._focused = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            self._walking = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_F6)
            if isinstance(watched, QLineEdit | QAbstractSpinBox):
                return self._give_to_window(watched, event)
            if self._walked_to and event.key() in _keys_of(watched):
                event.accept()  # the key is the widget's
                return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(watched, QAbstractSpinBox):
                QTimer.singleShot(0, self, self._leave_field)
            elif isinstance(watched, QAbstractButton) and not event.isAutoRepeat():
                watched.click()
                return True
        elif event.key() == Qt.Key.Key_Escape and isinstance(watched, QAbstractButton | QAbstractSlider):
            self._go_home()
            return True
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
            self._go_home()


def go_to_part(parts: Sequence[QWidget], *, forward: bool) -> None:
    """Give the focus to the next part of a window that can be seen, or to the one before.

    Each part gives it to what had it last there, or at first to its content rather than to its title.
    """
    seen = [part for part in parts if part.isVisible() and _lies_in_its_window(part)]
    focused = QApplication.focusWidget()
    here = next((part for part in seen if focused and (part is focused or part.isAncestorOf(focused))), None)
    for part in _onward(seen, here, forward=forward):
        stop = _entrance(part)
        if stop is not None:
            if not stop.isActiveWindow():
                stop.window().activateWindow()  # a part that floats is a window of its own
            _give_focus(stop, Qt.FocusReason.TabFocusReason)
            return


def _onward(ring: Sequence[QWidget], here: QWidget | None, *, forward: bool) -> list[QWidget]:
    """Return what comes after one of some widgets, or before it, all the way around: itself last."""
    way = list(ring if forward else reversed(ring))
    after = next((number for number, each in enumerate(way, start=1) if each is here), 0)
    return [*way[after:], *way[:after]]


def _lies_in_its_window(part: QWidget) -> bool:
    """Return whether a part is in sight; a dock that lies behind another as a tab counts as visible, but is not."""
    window = part.window()
    return QRect(part.mapTo(window, QPoint()), part.size()).intersects(window.rect())


def _entrance(part: QWidget) -> QWidget | None:
    """Return what gets the focus in a part; None where nothing can."""
    content = part.widget() if isinstance(part, QDockWidget) else part.findChild(Panel) or part
    last = part.focusWidget()
    candidates = [*([last] if last is not None else []), content, *_tab_stops(content), *_tab_stops(part)]
    return next((each for each in candidates if _takes_focus(each)), None)


def _takes_focus(widget: QWidget) -> bool:
    able = widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None
    # What only scrolls would have it and not show it.
    return bool(able) and not isinstance(widget, QScrollArea) and widget.isEnabled() and widget.isVisible()


def _give_focus(stop: QWidget, reason: Qt.FocusReason) -> None:
    """Give a widget the focus, and bring it into sight where it can be scrolled to."""
    stop.setFocus(reason)
    around = stop.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(stop)
        around = around.parentWidget()


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
        Tool bar, docks and what else there is, in their order; the form is in one of them.
    home : Home
        Gets the focus from what can no longer have it.
    """

    def __init__(self, *, form: QWidget, parts: Sequence[QWidget], home: Home) -> None:
        self._form, self.parts, self._home = form, parts, home

    def step(self, window: QWidget, forward: bool) -> bool:
        """Give the focus to the next of what can be seen, or to the one before; return whether there is one."""
        focused = window.focusWidget()
        if focused is not None and not (focused.isEnabled() and focused.isVisible()):
            is_field = self._form.isAncestorOf(focused) and not isinstance(focused, QAbstractButton)
            if not is_field:  # what is next to it is of something else: it is not meant
                self._home.take_focus()
                return True
        way = _onward(self.stops(window), focused, forward=forward)
        goal = next((each for each in way if each.isEnabled() and each.isVisible()), None)
        if goal is None:
            return False
        _give_focus(goal, Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def stops(self, window: QWidget) -> list[QWidget]:
        """Return everything in a window that Tab may reach, in its order."""
        found: list[QWidget] = []
        tabs = [bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window]
        for part in self.parts:
            if part is self.parts[-1]:
                found += tabs  # of the docks, which it lies below
            content = part.widget() if isinstance(part, QDockWidget) else part
            if part.window() is not window or not _lies_in_its_window(part):
                continue  # what floats is a window of its own
            if isinstance(part, QDockWidget):
                found += _tab_stops(part.titleBarWidget())
            found += self._form_stops() if content is self._form else _tab_stops(content)
        return found

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
