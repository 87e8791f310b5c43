"""Draws the cells of a sweep over two settings as a heatmap with its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui.lab.cell_view import SCALE_WIDTH, CellView, Paper, hatching, ramp
from nnstudio.ui.lab.figures import CellTable, Figure
from nnstudio.ui.lab.scales import Scale, has_order
from nnstudio.ui.lab.words import title_words, value_words
from nnstudio.ui.panels.chart import CENTER, RIGHT, TOP, elided, image_of, packed
from nnstudio.ui.theme import prefers_white

Array = NDArray[Any]

#: Texts of the rows take at most this share of the width.
MOST_LABELS = 0.3
#: Names of the columns that stand on end take at most this share of the height.
MOST_UNDER = 0.4
#: Cells with a smaller side are dots.
SMALLEST_PARTED = 5.0


class MapView(CellView):
    """The first axis across, the second up; the first value of each is on the left and below."""

    def __init__(self, paper: Paper, table: CellTable, figure: Figure) -> None:
        super().__init__(paper, table, figure)
        across, up = self.sweep.axes
        self._columns, self._rows = len(across.values), len(up.values)
        self._column_texts = [Scale.cut(value_words(across, value)) for value in across.values]
        self._row_texts = [Scale.cut(value_words(up, value)) for value in up.values]
        self._titles = title_words(across), title_words(up)
        measure, area, line = paper.metrics.horizontalAdvance, paper.area, paper.line
        self._label = min(max(map(measure, self._row_texts)) + 8, area.width() * MOST_LABELS)
        left = self._label + (line + 2 if paper.titles else 0)
        room = area.adjusted(left, 2, -self.scale_room - 14, 0)
        width = max(room.width() / self._columns, 2.0)
        # Numbers that are left out can be told from their neighbours; names cannot, and stand on end to be all there.
        widest = max(map(measure, self._column_texts))
        self._on_end = not has_order(across) and widest + 8 > width >= line
        self._under = min(widest + 2, MOST_UNDER * area.height()) if self._on_end else line
        room.adjust(0, 0, 0, -(self._under + 5 + (line if paper.titles else 0)))
        height = max(room.height() / self._rows, 2.0)
        # Whole pixels keep the cells of one size, as long as that loses little.
        self._width, self._height = (int(side) if side >= 8 else side for side in (width, height))
        self.rect = QRectF(
            round(room.left()), round(room.top()), self._columns * self._width, self._rows * self._height
        )

    def _cell(self, column: int, row: int) -> int:
        return column * self._rows + row

    def place(self, cell: int) -> QRectF:
        column, row = divmod(cell, self._rows)
        top = self.rect.bottom() - (row + 1) * self._height
        return QRectF(self.rect.left() + column * self._width, top, self._width, self._height)

    def find(self, point: QPointF) -> int | None:
        if not self.rect.contains(point):
            return None
        column = min(int((point.x() - self.rect.left()) / self._width), self._columns - 1)
        row = min(int((self.rect.bottom() - point.y()) / self._height), self._rows - 1)
        return self._cell(column, row)

    def step(self, cell: int, key: int) -> int:
        column, row = divmod(cell, self._rows)
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1)}
        moves |= {Qt.Key.Key_Home: (-self._columns, 0), Qt.Key.Key_End: (self._columns, 0)}
        right, up = moves.get(Qt.Key(key), (0, 0))
        column, row = min(max(column + right, 0), self._columns - 1), min(max(row + up, 0), self._rows - 1)
        return self._cell(column, row)

    def frame(self, painter: QPainter, cell: int, color: QColor, width: float) -> None:
        place = self.place(cell)
        # On two grounds, so that it stands out from any colour.
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.paper.theme.color("plot_background"), width + 2))
        painter.drawRect(place)
        painter.setPen(QPen(color, width))
        painter.drawRect(place)

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        shares = self.shares()
        colors = ramp(self.paper.theme, np.nan_to_num(shares))
        if min(self._width, self._height) >= SMALLEST_PARTED:
            self._paint_cells(painter, colors, np.isfinite(shares))
        else:
            self._paint_dots(painter, colors, np.isfinite(shares))
        self._paint_labels(painter)
        bar = QRectF(self.rect.right() + 14, self.rect.top(), SCALE_WIDTH, self.rect.height())
        self.paint_scale(painter, bar)

    def _paint_dots(self, painter: QPainter, colors: Array, known: Array) -> None:
        """Draw cells that are too small for hatches and texts as one picture."""
        missing = self.paper.theme.color("pressed")
        colors = np.where(known[:, None], colors, [missing.red(), missing.green(), missing.blue()])
        numbers = np.arange(len(colors)).reshape(self._columns, self._rows).T[::-1]
        painter.drawImage(self.rect, image_of(numbers, packed(colors)))

    def _paint_cells(self, painter: QPainter, colors: Array, known: Array) -> None:
        theme, white = self.paper.theme, prefers_white(colors)
        for words in (self.figure.text, self.figure.brief):
            texts = [words(float(v)) if np.isfinite(v) else "none" for v in self.value]
            with_texts = self._fit(texts)
            if with_texts:
                break
        painter.setFont(self.paper.font)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell, text in enumerate(texts):
            place = self.place(cell).adjusted(0, 0, -1, -1)
            if not self.table.done[cell]:
                painter.fillRect(place, hatching(theme))
                continue
            painter.fillRect(place, QColor(*colors[cell].tolist()) if known[cell] else theme.color("plot_background"))
            if not self.table.is_whole(cell) or not known[cell]:
                # Dotted while runs are missing, or where there is nothing to show.
                painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            if with_texts:
                ink = QColor("white" if white[cell] else "black")
                painter.setPen(ink if known[cell] else theme.color("muted"))
                painter.drawText(place, CENTER, text)

    def _fit(self, texts: list[str]) -> bool:
        longest = max(map(self.paper.metrics.horizontalAdvance, texts), default=0.0)
        return longest + 6 <= self._width and self.paper.line <= self._height

    def _paint_labels(self, painter: QPainter) -> None:
        paper, rect, measure = self.paper, self.rect, self.paper.metrics.horizontalAdvance
        painter.setFont(paper.font)
        painter.setPen(paper.theme.color("axis"))
        widest = max(map(measure, self._column_texts))
        every = 1 if self._on_end else max(int(np.ceil((widest + 8) / self._width)), 1)
        for column in range(0, self._columns, every):
            middle = rect.left() + (column + 0.5) * self._width
            if self._on_end:
                painter.save()
                painter.translate(middle, rect.bottom() + 4)
                painter.rotate(-90)
                place = QRectF(-self._under, -paper.line / 2, self._under, paper.line)
                painter.drawText(place, RIGHT, elided(paper.metrics, (self._column_texts[column],), self._under))
                painter.restore()
                continue
            painter.drawText(QRectF(middle - 90, rect.bottom() + 4, 180, paper.line), TOP, self._column_texts[column])
        every = max(int(np.ceil(paper.line / self._height)), 1)
        for row in range(0, self._rows, every):
            middle = rect.bottom() - (row + 0.5) * self._height
            place = QRectF(rect.left() - self._label, middle - paper.line / 2, self._label - 6, paper.line)
            painter.drawText(place, RIGHT, elided(paper.metrics, (self._row_texts[row],), place.width()))
        if paper.titles:
            painter.drawText(
                QRectF(rect.left(), rect.bottom() + 4 + self._under, rect.width(), paper.line), CENTER, self._titles[0]
            )
            painter.save()
            painter.translate(rect.left() - self._label - paper.line / 2 - 1, rect.center().y())
            painter.rotate(-90)
            painter.drawText(QRectF(-200, -paper.line / 2, 400, paper.line), CENTER, self._titles[1])
            painter.restore()
