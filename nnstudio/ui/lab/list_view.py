"""Lists the cells of a sweep over many settings, the best first, each with a bar."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui.lab.cell_view import CellView, Paper, hatching
from nnstudio.ui.lab.figures import CellTable, Figure
from nnstudio.ui.lab.words import title_words, value_words
from nnstudio.ui.panels.chart import LEFT, RIGHT, elided

Array = NDArray[Any]

GAP, BAR = 12.0, 10.0
#: A bar has at least so much room, and settings that leave it less share one column.
LEAST_BAR, MOST_SETTINGS = 60.0, 0.6
#: Columns are as wide as the widest text of so many cells.
MOST_MEASURED = 300


class ListView(CellView):
    """A row a cell: its settings in columns, the figure as a bar with its spread, and as a number."""

    def __init__(self, paper: Paper, table: CellTable, figure: Figure) -> None:
        super().__init__(paper, table, figure)
        self._order = table.best_first(figure).tolist()
        self._ranks = {cell: rank for rank, cell in enumerate(self._order)}
        self._row = math.ceil(paper.line) + 7
        self._head = math.ceil(paper.line) + 8
        measure, axes = paper.metrics.horizontalAdvance, self.sweep.axes
        self._titles = [title_words(axis) for axis in axes]
        texts = [
            [value_words(axis, cell[i]) for cell in self.sweep.cells[:MOST_MEASURED]] for i, axis in enumerate(axes)
        ]
        self._widths = [
            max(measure(title), *(measure(text) for text in sorted(set(column), key=len)[-3:])) + 2
            for title, column in zip(self._titles, texts, strict=True)
        ]
        self._apart = len(axes) > 0 and sum(self._widths) + GAP * len(axes) <= paper.area.width() * MOST_SETTINGS
        if not self._apart:
            room = paper.area.width() * MOST_SETTINGS
            self._titles = [", ".join(self._titles)]
            names = [*self._titles, *(self._name(cell) for cell in self._order[:MOST_MEASURED])]
            self._widths = [min(max(map(measure, names)) + 2, room)]
        self._number = max(measure(self._text(cell)) for cell in self._order[:MOST_MEASURED]) + 2
        settings = sum(self._widths) + GAP * len(self._widths)
        left = paper.area.left() + settings
        right = max(paper.area.right() - self._number - GAP, left + LEAST_BAR)
        self._bar = QRectF(left, 0, right - left, BAR)
        self._range = figure.range(*self.known_range())

    @property
    def height(self) -> float:
        return self._head + len(self._order) * self._row + 4

    def _text(self, cell: int) -> str:
        if not self.table.done[cell]:
            return "not yet"
        value = float(self.value[cell])
        return self.figure.text(value) if math.isfinite(value) else "none"

    def _settings(self, cell: int) -> list[str]:
        return [value_words(axis, value) for axis, value in zip(self.sweep.axes, self.sweep.cells[cell], strict=True)]

    def _name(self, cell: int) -> str:
        return ", ".join(self._settings(cell)) or self.table.name(cell)

    def place(self, cell: int) -> QRectF:
        top = self._head + self._ranks[cell] * self._row
        return QRectF(self.paper.area.left() - 4, top, self.paper.area.width() + 8, self._row)

    def find(self, point: QPointF) -> int | None:
        rank = math.floor((point.y() - self._head) / self._row)
        return self._order[rank] if 0 <= rank < len(self._order) else None

    @property
    def first(self) -> int:
        return int(self._order[0])

    def step(self, cell: int, key: int) -> int:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
        moves |= {Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        moves |= {Qt.Key.Key_Home: -len(self._order), Qt.Key.Key_End: len(self._order)}
        rank = self._ranks[cell] + moves.get(Qt.Key(key), 0)
        return int(self._order[min(max(rank, 0), len(self._order) - 1)])

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        paper, line = self.paper, self.paper.line
        painter.setFont(paper.font)
        painter.setPen(paper.theme.color("muted"))
        x = paper.area.left()
        for title, width in zip(self._titles, self._widths, strict=True):
            painter.drawText(QRectF(x, 4, width, line), LEFT, elided(paper.metrics, (title,), width))
            x += width + GAP
        title, room = self.figure.title, paper.area.right() - x
        text = elided(paper.metrics, (f"{title}, best first", title), room) if len(self._order) > 1 else title
        painter.drawText(QRectF(x, 4, room, line), LEFT, text)
        first = max(int((seen.top() - self._head) // self._row), 0)
        last = max(math.ceil((seen.bottom() - self._head) / self._row), 0)
        for cell in self._order[first:last]:
            self._paint_row(painter, cell, self.place(cell))

    def _paint_row(self, painter: QPainter, cell: int, place: QRectF) -> None:
        paper, theme = self.paper, self.paper.theme
        painter.setPen(QPen(theme.color("border"), theme.lines.hair))
        painter.drawLine(QLineF(paper.area.left(), place.top(), paper.area.right(), place.top()))
        painter.setPen(theme.color("text"))
        x = paper.area.left()
        texts = self._settings(cell) if self._apart else [self._name(cell)]
        for text, width in zip(texts, self._widths, strict=True):
            painter.drawText(QRectF(x, place.top(), width, place.height()), LEFT, elided(paper.metrics, (text,), width))
            x += width + GAP
        number = QRectF(place.left(), place.top(), place.width() - 4, place.height())
        painter.setPen(theme.color("text" if np.isfinite(self.value[cell]) else "muted"))
        painter.drawText(number, RIGHT, self._text(cell))
        bar = QRectF(round(self._bar.left()), round(place.center().y() - BAR / 2), round(self._bar.width()), BAR)
        painter.fillRect(bar, theme.color("pressed"))
        if not self.table.done[cell]:
            painter.fillRect(bar, hatching(theme))
        elif np.isfinite(self.value[cell]):
            filled = QRectF(bar)
            filled.setRight(self._across(float(self.value[cell])))
            if self.table.is_whole(cell):
                painter.fillRect(filled, theme.curve_color(0))
            else:  # hollow, as points are
                painter.fillRect(filled, theme.color("plot_background"))
                painter.setPen(QPen(theme.curve_color(0), 1.5))
                painter.drawRect(filled.adjusted(0.75, 0.75, -0.75, -0.75))
            ends = [self._across(float(end)) for end in (self.low[cell], self.high[cell])]
            middle = bar.center().y()
            for pen in (QPen(theme.color("plot_background"), 3.5), QPen(theme.color("text"), 1.5)):
                painter.setPen(pen)
                painter.drawLine(QLineF(ends[0], middle, ends[1], middle))

    def _across(self, value: float) -> float:
        low, high = self._range
        share = (float(self.figure.place(value)) - low) / (high - low)
        return round(self._bar.left()) + min(max(share, 0.0), 1.0) * round(self._bar.width())
