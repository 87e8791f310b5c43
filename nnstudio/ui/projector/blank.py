"""Makes the screen black while people are to look at the speaker."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class Blank(QWidget):
    """Covers a window in black until any key or a click; training goes on below."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("projector_blank")
        self.setAccessibleName("Blank screen")
        self.setAccessibleDescription("Any key brings the window back.")
        self.setStyleSheet("QWidget#projector_blank { background: black; }")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: QWidget | None = None
        self.hide()

    def cover(self) -> None:
        """Make the window black."""
        self._before = self.window().focusWidget()
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()
        self.setFocus()

    def uncover(self) -> None:
        """Show the window again, with the focus where it was."""
        if self.isHidden():
            return
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no key does anything but to end it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.uncover()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover()
