"""Lets the keys read from a panel's drawing what the pointer reads, so that it can be heard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui.theme import Theme

#: How many steps an arrow goes together with Shift.
FAR = 10
HINT = "The arrow keys read values."
_STEPS = {
    Qt.Key.Key_Left.value: (-1, 0),
    Qt.Key.Key_Right.value: (1, 0),
    Qt.Key.Key_Up.value: (0, -1),
    Qt.Key.Key_Down.value: (0, 1),
}
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
#: A menu or another window gives the focus back.
_PASSING = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class KeyReading(QWidget):
    """A view that Tab reaches, and in which the arrows then go from value to value.

    Once a key has given it the focus it is framed, and the arrows are its own rather than the window's, with Shift ten
    steps at a time. Escape gives them back to the window. What is read becomes the view's accessible description, which
    screen readers say.

    Attributes
    ----------
    theme : Theme
    read : str
        What was read last; empty while nothing is.
    """

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.read = ""
        self._walks = self._has_walked = False
        self._frame = _Frame(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def walk(self, right: int, down: int) -> str:
        """Go on by so many values to the right and down, and show where; return what is to be read there."""
        return ""

    def end_walk(self) -> None:
        """Show no longer what the keys have read."""

    def description(self) -> str:
        """Return what is to be said of the view as a whole."""
        raise NotImplementedError

    def words(self) -> str:
        """Return what is to be said of the view now, and to whom that may be new, what the arrows do."""
        return f"{self.description()} {HINT}" if self._walks and not self._has_walked else self.description()

    @property
    def _can_walk(self) -> bool:
        return type(self).walk is not KeyReading.walk

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_KEY:
            self._walks = self._can_walk
            if self._walks:
                self.installEventFilter(self)
            self._frame.show()
            self._frame.raise_()
            self._describe()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self._frame.hide()
            self._end()
            # Screen readers would say the summary now, were they not told first where the focus has gone.
            QTimer.singleShot(0, self, self._describe)

    def _end(self) -> None:
        if self._walks:
            self._walks, self.read = False, ""
            self.removeEventFilter(self)
            self.end_walk()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Its own events, while the keys walk: whoever asks first keeps a key from being taken as a shortcut. Overriding
        # `event` would hand Python every event there is.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return False

    def _takes(self, event: QKeyEvent) -> bool:
        allowed = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        own = event.key() in _STEPS or event.key() == Qt.Key.Key_Escape
        return self._walks and own and not event.modifiers() & ~allowed

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._takes(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._end()
            self._describe()
        else:
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            right, down = _STEPS[event.key()]
            self._has_walked = True
            self.read = self.walk(far * right, far * down)
            self.setAccessibleDescription(self.read or self.description())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._frame.fit()


def next_stop(stops: Sequence[QPointF], at: QPointF, right: int, down: int) -> QPointF:
    """Return the nearest of some places in the direction of a step; where there is none, where it stands."""

    def way(stop: QPointF) -> tuple[float, float]:
        away = stop - at
        along, aside = (away.x() * right, away.y()) if right else (away.y() * down, away.x())
        return along, abs(aside)

    ahead = [stop for stop in stops if way(stop)[0] > 0.5]
    return min(ahead, key=lambda stop: way(stop)[0] + 3 * way(stop)[1], default=at)


class _Frame(QWidget):
    """Shows that a view has the focus: only its edges, so that what is painted below does not have it painted too."""

    WIDTH = 2

    def __init__(self, view: KeyReading) -> None:
        super().__init__(view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def fit(self) -> None:
        rect = self._view.rect()
        self.setGeometry(rect)
        self.setMask(QRegion(rect) - QRegion(rect.adjusted(self.WIDTH, self.WIDTH, -self.WIDTH, -self.WIDTH)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._view.theme.color("focus"))
