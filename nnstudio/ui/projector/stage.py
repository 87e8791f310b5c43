"""Fills the projector's screen with a window beside the main one, and gives it its own place back when it is done."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid


class Stage(QObject):
    """Shows the lab, or what compares, to people who watch; Escape closes it and the main window is there again.

    Parameters
    ----------
    window : QMainWindow
        On whose screen they are shown.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._active = False
        self._known: set[QWidget] = set()
        self._places: dict[QWidget, QByteArray] = {}  # at the desk
        self._shown: dict[QWidget, Qt.WindowState] = {}

    def open(self) -> None:
        """Take every window that comes up from now on; call it while all have the sizes of the desk."""
        self._active = True
        self._known = {guest for guest in self._known if isValid(guest)}
        self._places = {guest: guest.saveGeometry() for guest in self._known}

    def close(self) -> None:
        """Give all windows their places back, and take no more."""
        self._active = False
        for guest in tuple(self._shown):
            self._release(guest)
        # With large letters in it a window may not have become as small as it was.
        QTimer.singleShot(0, self, self._settle)

    @Slot()
    def _settle(self) -> None:
        for guest, place in () if self._active else self._places.items():
            if isValid(guest):
                guest.restoreGeometry(place)

    @Slot(object)
    def take(self, guest: QWidget) -> None:
        """Fill the screen with a window that is about to be shown, if people watch."""
        self._known.add(guest)
        if not self._active or guest in self._shown:
            return
        self._places.setdefault(guest, guest.saveGeometry())
        self._shown[guest] = guest.windowState()
        guest.installEventFilter(self)
        screen = self._window.screen()
        guest.setScreen(screen)
        guest.move(screen.geometry().topLeft())
        guest.setWindowState(guest.windowState() | Qt.WindowState.WindowFullScreen)

    def _release(self, guest: QWidget) -> None:
        guest.removeEventFilter(self)
        guest.setWindowState(self._shown.pop(guest))
        guest.restoreGeometry(self._places[guest])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget) or watched not in self._shown:
            return False
        if event.type() == QEvent.Type.Close:
            # Hidden it has its place back at once, and remembers that one.
            watched.hide()
            self._release(watched)
            self._window.raise_()
            self._window.activateWindow()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            # Only what nothing in the window has wanted comes here.
            is_end = event.key() == Qt.Key.Key_Escape
            if is_end:
                watched.close()
            return is_end
        return False
