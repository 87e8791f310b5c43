"""Lays small pictures out in rows and columns, of which one can be picked by mouse or keys."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui.panels.pictures.canvas import MARGIN, Canvas

GAP = 6.0
SMALLEST, LARGEST = 24.0, 160.0

#: Columns and rows that each key goes by.
_KEYS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PictureGrid(Canvas):
    """Pictures with a line of text below each; those that there is no room for are scrolled to.

    Attributes
    ----------
    count : int
        Number of pictures.
    picked : int or None
        The picture under the pointer, or the one that keys have gone to.
    """

    opened = Signal(int)
    """A picture was clicked, or Enter was pressed on it."""

    keys = frozenset({*_KEYS, *_ENTER})
    #: The last row is to be as full as the others; otherwise columns stay as the pictures get more and fewer.
    evenly: ClassVar[bool] = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self.picked: int | None = None
        self._shape = (1, 1)
        self._columns = self._rows_in_sight = 1
        self._first_row = 0
        self._cell = (1.0, 1.0)
        self._side = 1
        self._size = (1.0, 1.0)
        self._area = QRectF()
        self.scrolled.connect(self._scroll)

    # ---- what a kind of grid says ----------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Return what there is room in."""
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def wanted_side(self, area: QRectF) -> float:
        """Return how wide pictures are to be: as wide as lets all of them be seen."""
        best = SMALLEST
        for columns in range(1, max(int((area.width() + GAP) // (SMALLEST + GAP)), 1) + 1):
            rows = math.ceil(self.count / columns)
            width = (area.width() + GAP) / columns - GAP
            height = (area.height() + GAP) / rows - GAP - self._line
            best = max(best, min(width, height * self._shape[1] / self._shape[0]))
        return min(best, LARGEST)

    # ---- places ----------------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        self._area = area = self.area()
        if not self.count or area.width() < 4 or area.height() < 4:
            self._rows_in_sight = 0
            return
        rows, columns = self._shape
        scale = self.wanted_side(area) / columns
        # Whole dots keep the pixels of one size and their edges sharp.
        self._side = max(int(scale), 1)
        scale = self._side if scale >= 1 else scale
        self._size = columns * scale, rows * scale
        least = self._size[0] + GAP, self._size[1] + self._line + GAP
        self._columns = max(min(int((area.width() + GAP) // least[0]), self.count), 1)
        all_rows = math.ceil(self.count / self._columns)
        if self.evenly:
            self._columns = math.ceil(self.count / all_rows)
        self._rows_in_sight = max(min(int((area.height() + GAP) // least[1]), all_rows), 1)
        # What is left over goes between them, as far as it does not tear them apart.
        spare = (area.width() + GAP) / self._columns, (area.height() + GAP) / self._rows_in_sight
        self._cell = min(spare[0], least[0] * 1.4), min(spare[1], least[1] * 1.25)
        self._first_row = min(self._first_row, all_rows - self._rows_in_sight)
        self.update()

    @property
    def in_sight(self) -> range:
        """The pictures that can be seen."""
        first = self._first_row * self._columns
        return range(first, min(first + self._rows_in_sight * self._columns, self.count))

    def place(self, index: int) -> QRectF:
        """Return where a picture lies."""
        row, column = divmod(index, self._columns)
        width, height = self._cell
        left = self._area.left() + column * width + (width - GAP - self._size[0]) / 2
        top = self._area.top() + (row - self._first_row) * height
        return QRectF(round(left), round(top), *self._size)

    def text_place(self, index: int) -> QRectF:
        """Return where the text below a picture lies."""
        place, width = self.place(index), self._cell[0] - 2
        return QRectF(place.center().x() - width / 2, place.bottom() + 1, width, self._line)

    def picture_at(self, point: QPointF) -> int | None:
        """Return the picture at a point, its text included."""
        for index in self.in_sight:
            if self.place(index).united(self.text_place(index)).contains(point):
                return index
        return None

    # ---- picking ---------------------------------------------------------------------------------------------------

    def pick(self, index: int | None) -> None:
        """Mark a picture, and bring it into sight."""
        if index is not None and self.count:
            row = index // self._columns
            self._first_row = min(max(self._first_row, row - self._rows_in_sight + 1), row)
        if index != self.picked:
            self.picked = index
            self.tell_picked()
        self.update()

    def tell_picked(self) -> None:
        """Say to those who cannot see it which picture is marked."""

    def paint_picked(self, painter: QPainter) -> None:
        """Frame the picture that is marked."""
        if self.exporting or self.picked is None or self.picked not in self.in_sight:
            return
        painter.setPen(QPen(self._theme.color("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.place(self.picked).adjusted(-2, -2, 2, 2))

    def _scroll(self, by: int) -> None:
        last = math.ceil(self.count / self._columns) - self._rows_in_sight
        self._first_row = min(max(self._first_row + by, 0), max(last, 0))
        self.picked = None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.picture_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
        if index != self.picked:
            self.pick(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.picture_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.opened.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        self.pick(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pick(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_own(event) or not self.count:
            super().keyPressEvent(event)
        elif event.key() in _ENTER:
            if self.picked is not None:
                self.opened.emit(self.picked)
        elif self.picked is None:
            self.pick(self.in_sight[0] if self.in_sight else 0)
        else:
            across, down = _KEYS[event.key()]
            index = self.picked + across + down * self._columns
            if 0 <= index < self.count:
                self.pick(index)
