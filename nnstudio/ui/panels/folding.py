"""A row of small controls that becomes two where a panel is narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

NARROWEST = 120


class FoldingRow(QWidget):
    """Two groups of widgets, side by side while there is room for both, else one above the other.

    Attributes
    ----------
    first, second : QHBoxLayout
        Where the widgets of each group go.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(8, 4, 8, 0)
        self._rows.setSpacing(8)
        self.first, self.second = QHBoxLayout(), QHBoxLayout()
        for group in (self.first, self.second):
            group.setSpacing(4)
            self._rows.addLayout(group)
        # Without it, the one long row would not let the panel become narrow enough to fold it.
        self.setMinimumWidth(NARROWEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fold()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return super().event(event)

    def _fold(self) -> None:
        margins = self._rows.contentsMargins()
        needed = self.first.sizeHint().width() + self.second.sizeHint().width() + self._rows.spacing()
        way = QBoxLayout.Direction
        fits = needed + margins.left() + margins.right() <= self.width()
        direction = way.LeftToRight if fits else way.TopToBottom
        if direction != self._rows.direction():
            self._rows.setDirection(direction)
