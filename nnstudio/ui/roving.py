"""Makes one stop of the Tab key out of a row of buttons, with the arrow keys from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_PRESSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = (*_STEPS, *_ENDS, *_PRESSES, Qt.Key.Key_Space)
_CHANGES = (QEvent.Type.EnabledChange, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class Roving(QObject):
    """Gives the keys of the focus to a row of buttons, as tool bars of the desktop have them.

    Tab comes to the button that was used last, Left and Right go along the row and around its ends, Home and End to
    them; Space and Enter press. A click takes no focus, so that Space goes on training.

    Parameters
    ----------
    row : QWidget
        What holds the buttons.
    buttons : callable
        Returns them in their order.
    """

    def __init__(self, row: QWidget, buttons: Callable[[], Sequence[QAbstractButton]]) -> None:
        super().__init__(row)
        self._row, self._buttons = row, buttons
        self._stop: QObject | None = None
        # Not at once: buttons are hidden, too, while the row that they are in is being destroyed.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._choose)
        self.renew()

    def renew(self) -> None:
        """Take note of other buttons."""
        for button in self._buttons():
            button.installEventFilter(self)
        self._choose()

    def _usable(self) -> list[QAbstractButton]:
        return [each for each in self._buttons() if each.isEnabled() and each.isVisibleTo(self._row)]

    @Slot()
    def _choose(self) -> None:
        """Let Tab come to the last one that was used, or to the first where that is gone."""
        buttons = self._buttons()
        usable = self._usable() or buttons  # before the row is shown, none is
        if usable and not any(each is self._stop for each in usable):
            self._stop = usable[0]
        for each in buttons:
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus if each is self._stop else Qt.FocusPolicy.NoFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _CHANGES:
            self._later.start()
        elif kind == QEvent.Type.FocusIn:
            self._stop = watched
            self._choose()
        elif isinstance(event, QKeyEvent) and isinstance(watched, QAbstractButton) and _is_plain(event):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()  # else it would be a shortcut of the window
                return True
            if kind == QEvent.Type.KeyPress:
                return self._press(watched, Qt.Key(event.key()))
        return False

    def _press(self, button: QAbstractButton, key: Qt.Key) -> bool:
        if key in _PRESSES:
            button.click()
        elif key in _STEPS or key in _ENDS:
            usable = self._usable()
            if key in _STEPS:
                at = next((number for number, each in enumerate(usable) if each is button), 0)
                goal = usable[(at + _STEPS[key]) % len(usable)]
            else:
                goal = usable[_ENDS[key]]
            goal.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            return False  # Space goes down and up, as Qt has it
        return True


def buttons_in(*widgets: QWidget) -> list[QAbstractButton]:
    """Return the buttons among some widgets, and those that they hold."""
    found = []
    for widget in widgets:
        found += [widget] if isinstance(widget, QAbstractButton) else widget.findChildren(QAbstractButton)
    return found


def _is_plain(event: QKeyEvent) -> bool:
    return event.key() in _KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
