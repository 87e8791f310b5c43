"""The thin strip at the left edge into which a form folds while people watch."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QToolBar, QWidget

from nnstudio.ui.theme import Theme, ui_font

#: The pointer has to rest on the strip for so long, in milliseconds, before the form comes.
HOVER = 250


class FormStrip(QToolBar):
    """A bar of one upright button.

    Parameters
    ----------
    theme : Theme
    parent : QWidget
    text : str
        What is folded into it.
    tip : str
        What a click does, with its key.
    hovers : bool
        What is folded comes too where the pointer rests; a tooltip would lie over it, and is left out.

    Attributes
    ----------
    wanted : Signal()
        The pointer rests on it, and it hovers.
    clicked : Signal()
    """

    wanted = Signal()
    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget, text: str, tip: str, *, hovers: bool = False) -> None:
        super().__init__(text, parent, objectName="projector_strip")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setStyleSheet("QToolBar#projector_strip { padding: 0; border: none; }")
        self._hovers = hovers
        self._button = _Upright(theme, text)
        self._button.setAccessibleDescription(tip)
        self._button.setToolTip("" if hovers else tip)
        self._button.clicked.connect(self.clicked)
        self.addWidget(self._button)
        self._hover = QTimer(self, singleShot=True, interval=HOVER)
        self._hover.timeout.connect(self.wanted)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._button.set_theme(theme)

    def enterEvent(self, event: QEnterEvent) -> None:
        if self._hovers:
            self._hover.start()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover.stop()
        super().leaveEvent(event)


class _Upright(QAbstractButton):
    """A button as high as the window, with its word from the bottom up."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(objectName="projector_form")
        self.setText(text)
        self.setAccessibleName(text)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._font = ui_font(theme, "caption")
        self._metrics = QFontMetrics(self._font)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        # As high as there is room for.
        return QSize(self._metrics.height() + 4, 10_000)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._metrics.height() + 4, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("hover" if self.underMouse() else "surface"))
        painter.setFont(self._font)
        painter.setPen(theme.color("text"))
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(-90)
        length, line = self.height(), self.width()
        painter.drawText(-length // 2, -line // 2, length, line, Qt.AlignmentFlag.AlignCenter, f"{self.text()}  ▾")
        if self.hasFocus():
            painter.resetTransform()
            painter.setPen(theme.color("focus"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
