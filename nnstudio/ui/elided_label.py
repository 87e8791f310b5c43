"""A label that gives way: a line that says how things stand is never what widens a window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """A label that ends in an ellipsis where it has no room, and has all of its text in its tooltip."""

    def __init__(self, **properties: str) -> None:
        super().__init__(**properties)
        self._lines = 1
        # It gives way before it widens the window.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        self.setToolTip(text)
        super().setText(text)

    def set_lines(self, lines: int) -> None:
        """Choose how many lines there are to break the text into."""
        self._lines = lines
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, self._lines * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        text = _broken(self.text(), self.fontMetrics(), room.width(), self._lines)
        painter.drawText(room, self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)


def _broken(text: str, metrics: QFontMetrics, width: int, lines: int) -> str:
    """Break a text into so many lines at most; the last one ends in an ellipsis where it has no room."""
    broken: list[str] = []
    words = text.split(" ")
    while len(broken) < lines - 1 and metrics.horizontalAdvance(" ".join(words)) > width:
        taken = next(
            n for n in range(len(words), 0, -1) if n == 1 or metrics.horizontalAdvance(" ".join(words[:n])) <= width
        )
        broken.append(" ".join(words[:taken]))
        words = words[taken:]
    last = metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)
    return "\n".join([*broken, last])
