"""Keeps windows in sight: on a screen that is there, no larger than it, and first on the one that is looked at."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

#: What a window is not made smaller than by hand, where the screen is larger.
LEAST = QSize(900, 540)
#: What a window manager puts above a window, as far as is known before it is shown.
TITLE_BAR_HEIGHT = 40
#: The same and the desktop's own bar, which Wayland keeps to itself.
BARS_HEIGHT = 80
#: How long, in milliseconds, a desktop moves windows about after a screen has come or gone.
SETTLING = 300
#: The kinds of windows that a person moves: no menus, no tooltips.
_KINDS = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)


def place(window: QWidget, size: tuple[int, int], geometry: object, least: QSize = LEAST) -> None:
    """Give a window its first size and place, on the screen of the window in use.

    Parameters
    ----------
    window : QWidget
        Not shown yet.
    size : tuple of (int, int)
        Width and height, where there is room and nothing is remembered.
    geometry : object
        What `QWidget.saveGeometry` gave earlier, as the settings return it; anything else is left aside.
    least : QSize
        The smallest size.
    """
    bars = BARS_HEIGHT if QGuiApplication.platformName() == "wayland" else TITLE_BAR_HEIGHT
    active, title = QApplication.activeWindow(), QSize(0, bars)
    for screen in QGuiApplication.screens():
        least = least.boundedTo(screen.availableSize() - title)
    window.setMinimumSize(least)
    looked_at = window.screen() if active is None else active.screen()
    room = looked_at.availableGeometry()
    window.resize(QSize(*size).boundedTo(room.size() - title))
    if looked_at is not window.screen():
        # Left to itself it would come up on the first screen, whatever `setScreen` says (Qt 6.10).
        window.move(room.center() - window.rect().center())
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)


def is_seen(place: QRect) -> bool:
    """Return whether so much of a window is on a screen that a person can take hold of it: its middle."""
    return any(screen.geometry().contains(place.center()) for screen in QGuiApplication.screens())


def fitted(frame: QRect, screen: QScreen) -> QRect:
    """Return a window's place with its frame, moved and made smaller as far as it must be to lie on a screen."""
    room = screen.availableGeometry()
    size = frame.size().boundedTo(room.size())
    last = room.bottomRight() - QPoint(size.width() - 1, size.height() - 1)
    left, top = max(room.left(), min(frame.left(), last.x())), max(room.top(), min(frame.top(), last.y()))
    return QRect(QPoint(left, top), size)


def bring_into_sight(window: QWidget) -> None:
    """Move a window so that all of it is on its screen, and make it smaller where it has to be."""
    if window.windowState() & (Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMaximized):
        return
    frame, inside = window.frameGeometry(), window.geometry()
    seen = fitted(frame, window.screen())
    if seen != frame:
        # What the frame adds on each side stays as it is.
        bars = (inside.topLeft() - frame.topLeft(), inside.bottomRight() - frame.bottomRight())
        window.setGeometry(QRect(seen.topLeft() + bars[0], seen.bottomRight() + bars[1]))


class Places(QObject):
    """Brings windows back that a screen took with it: a projector that is unplugged, a desktop that is made smaller.

    Parameters
    ----------
    parent : QObject
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self._look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(self._wait)
        app.screenAdded.connect(self._attend)
        for screen in app.screens():
            self._attend(screen)

    @Slot(QScreen)
    def _attend(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._wait)

    @Slot()
    def _wait(self) -> None:
        self._settled.start()

    @Slot()
    def _look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.windowType() in _KINDS:
                bring_into_sight(window)
