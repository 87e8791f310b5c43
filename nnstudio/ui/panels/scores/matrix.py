"""Paints the confusion matrix: which class was taken for which, with each class's recall and precision at its edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPaintEngine, QPainter, QPen

from nnstudio.insight.metrics import ClassScores, percent
from nnstudio.ui.panels.chart import CENTER, LEFT, RIGHT, image_of, packed
from nnstudio.ui.panels.scores.chart import ScoreChart
from nnstudio.ui.panels.scores.scored import Scored, ScoredClasses
from nnstudio.ui.theme import Theme, prefers_white, ui_font

Array = NDArray[Any]
COLORS = 256
INKS = (QColor("#000000"), QColor("#FFFFFF"))
#: More cells than this are one image; fewer are sharp rectangles in drawings too.
MOST_RECTANGLES = 400
WIDEST, HIGHEST = 160.0, 120.0
#: Cells are no higher than so many times their width, so that the diagonal is one.
SLENDER = 1.7
GAP = 6.0
#: Classes of which zeros are written too.
FEW = 4


class MatrixChart(ScoreChart):
    """Rows are the samples' classes, columns the answers; colours are shares of a row, blue on the diagonal.

    Parameters
    ----------
    theme : Theme
    names : sequence of str
        Of the classes.
    """

    key, title = "matrix", "Matrix"

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._scores = ClassScores(np.zeros((len(names), len(names)), int))
        super().__init__(theme)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._bold = ui_font(theme, "caption")
        self._bold.setBold(True)
        fonts = [ui_font(theme, size) for size in ("value", "heading", "body", "caption")]
        self._fonts = [(font, QFontMetricsF(font)) for font in fonts]
        lut = theme.diverging_lut(COLORS)
        self._lut, self._light_ink = packed(lut), prefers_white(lut)
        self._places()

    def least(self) -> QSizeF:
        count = min(len(self._names), 10)
        width = self._label_width(8 * self.line) + self._edge_width + count * self.metrics.horizontalAdvance("000")
        return QSizeF(width + 2 * GAP + self.line + 4, (count + 4.5) * self.line + 2 * GAP)

    def place(self, rect: QRectF) -> None:
        super().place(rect)
        self._places()

    def take(self, scored: Scored) -> None:
        assert isinstance(scored, ScoredClasses)
        most = len(f"{int(self._scores.confusion.max(initial=0)):,}")
        self._scores = scored.scores
        if len(f"{int(self._scores.confusion.max(initial=0)):,}") != most:
            self._choose_font()

    def look(self) -> tuple[str, ...]:
        return self._names

    # ---- places ----------------------------------------------------------------------------------------------------

    @property
    def _edge_width(self) -> float:
        return self.metrics.horizontalAdvance("precision") + 2

    def _label_width(self, room: float) -> float:
        return min(max(self.metrics.horizontalAdvance(name) for name in self._names), room)

    def _places(self) -> None:
        """Find room for the cells between their names and the scores at the edges."""
        count, rect, line = len(self._names), self.rect, self.line
        self._labels = self._label_width(rect.width() * 0.28)
        left = rect.left() + line + 4 + self._labels + GAP
        top = rect.top() + 2 * line + 6
        width = max(rect.right() - GAP - self._edge_width - left, count)
        height = max(rect.bottom() - line - GAP - 2 - top, count)
        self._width, self._height = min(width / count, WIDEST), min(height / count, HIGHEST)
        self._height = min(self._height, self._width * SLENDER)
        if self._width >= 8 and self._height >= 8:  # whole pixels keep the cells of one size and their edges sharp
            self._width, self._height = math.floor(self._width), math.floor(self._height)
        self._has_recalls = self._height >= line * 0.9
        self._has_precisions = self._width >= self.metrics.horizontalAdvance("99.9") + 2
        self._cells = QRectF(round(left), round(top), self._width * count, self._height * count)
        lines = []
        for i in range(1, count):
            x, y = self._cells.left() + i * self._width, self._cells.top() + i * self._height
            lines.append(QLineF(x, self._cells.top(), x, self._cells.bottom()))
            lines.append(QLineF(self._cells.left(), y, self._cells.right(), y))
        self._lines = lines
        self._choose_font()

    def _choose_font(self) -> None:
        text = f"{int(self._scores.confusion.max(initial=0)):,}"
        self._number = next(
            (
                font
                for font, metrics in self._fonts
                if metrics.horizontalAdvance(text) <= self._width - 4 and metrics.height() <= self._height + 1
            ),
            None,
        )
        two_lines = self.line + (QFontMetricsF(self._number).height() if self._number else 0)
        self._shares = two_lines + 8 <= self._height and self._edge_width + 4 <= self._width

    def _cell(self, row: int, column: int) -> QRectF:
        left, top = self._cells.left() + column * self._width, self._cells.top() + row * self._height
        return QRectF(left, top, self._width, self._height)

    # ---- painting --------------------------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter) -> None:
        cells, line, names, metrics = self._cells, self.line, self._names, self.metrics
        painter.setFont(self.font)
        painter.setPen(self.theme.color("muted"))
        painter.drawText(QRectF(cells.left(), self.rect.top(), cells.width(), line), CENTER, "predicted")
        painter.save()
        painter.translate(self.rect.left() + line / 2, cells.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-100, -line / 2, 200, line), CENTER, "target")
        painter.restore()
        edge = cells.right() + GAP
        above = cells.top() - line - 3
        if self._has_recalls:
            painter.drawText(QRectF(edge, above, self._edge_width, line), LEFT, "recall")
        if self._has_precisions:
            painter.drawText(QRectF(edge, cells.bottom() + GAP, self._edge_width, line), LEFT, "precision")
        left = cells.left() - GAP - self._labels
        painter.setPen(self.theme.color("text"))
        for row in range(0, len(names), math.ceil(line * 0.9 / self._height)):
            name = metrics.elidedText(names[row], Qt.TextElideMode.ElideRight, self._labels)
            middle = cells.top() + (row + 0.5) * self._height
            painter.drawText(QRectF(left, middle - line / 2, self._labels, line), RIGHT, name)
        every = math.ceil(metrics.horizontalAdvance("00") / self._width)
        for column in range(0, len(names), every):
            name = metrics.elidedText(names[column], Qt.TextElideMode.ElideRight, every * self._width - 2)
            middle = cells.left() + (column + 0.5) * self._width
            painter.drawText(QRectF(middle - 100, above, 200, line), CENTER, name)

    def paint(self, painter: QPainter) -> None:
        confusion = self._scores.confusion
        shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        signs = np.where(np.eye(len(confusion), dtype=bool), 1, -1)
        colors = (signs * shares * (COLORS / 2 - 1) + COLORS / 2).astype(np.intp)
        self._paint_cells(painter, colors)
        self._paint_frames(painter)
        if self._number is not None:
            self._paint_counts(painter, shares, colors)
        self._paint_edges(painter)

    def _paint_cells(self, painter: QPainter, colors: Array) -> None:
        occupied = np.argwhere(self._scores.confusion)
        drawing = painter.paintEngine().type() == QPaintEngine.Type.SVG
        if len(occupied) > MOST_RECTANGLES * (10 if drawing else 1):
            painter.drawImage(self._cells, image_of(colors, self._lut))
            return
        painter.fillRect(self._cells, QColor(int(self._lut[COLORS // 2])))
        for row, column in occupied.tolist():
            painter.fillRect(self._cell(row, column), QColor(int(self._lut[colors[row, column]])))

    def _paint_frames(self, painter: QPainter) -> None:
        """Part the cells, and frame those of right answers."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        parted = min(self._width, self._height) >= 8
        if parted:
            painter.setPen(QPen(self.theme.color("plot_background"), 1))
            painter.drawLines(self._lines)
        painter.setPen(QPen(self.theme.color("border_strong"), 1))
        painter.drawRect(self._cells)
        if parted:
            painter.setPen(QPen(self.theme.color("text"), 1.5 if self._width >= 32 else 1))
            painter.drawRects([self._cell(i, i) for i in range(len(self._names))])

    def _paint_counts(self, painter: QPainter, shares: Array, colors: Array) -> None:
        """Write how many samples each cell holds and, where there is room, what share of its row they are.

        With more than a few classes, only mistakes that were made are written: they are to stand out.
        """
        assert self._number is not None
        confusion = self._scores.confusion
        diagonal = np.eye(len(confusion), dtype=bool)
        bold = QFont(self._number)
        bold.setBold(True)
        height = QFontMetricsF(self._number).height()
        for font, which in ((bold, diagonal), (self._number, ~diagonal)):
            written = which if len(confusion) <= FEW else which & ((confusion > 0) | diagonal)
            for light, ink in enumerate((*INKS, self.theme.color("muted"))):
                inked = confusion == 0 if light == 2 else (confusion > 0) & (self._light_ink[colors] == light)
                cells = [(self._cell(*each), each) for each in np.argwhere(written & inked).tolist()]
                painter.setPen(ink)
                painter.setFont(font)
                lift = (self.line if self._shares else 0.0) / 2
                for cell, (row, column) in cells:
                    painter.drawText(cell.translated(0, -lift), CENTER, f"{int(confusion[row, column]):,}")
                if self._shares:
                    painter.setFont(self.font)
                    for cell, (row, column) in cells:
                        below = cell.translated(0, height / 2)
                        painter.drawText(below, CENTER, percent(float(shares[row, column])))

    def _paint_edges(self, painter: QPainter) -> None:
        """Write the recall behind each row, and the precision below each column."""
        cells, line, metrics = self._cells, self.line, self.metrics
        painter.setFont(self.font)
        painter.setPen(self.theme.color("text"))
        if self._has_recalls:
            for row, recall in enumerate(self._scores.recall.tolist()):
                middle = cells.top() + (row + 0.5) * self._height
                place = QRectF(cells.right() + GAP, middle - line / 2, self._edge_width, line)
                painter.drawText(place, LEFT, percent(recall))
        # Where columns are narrow, the sign goes first: the other numbers at the edges say what it would be.
        sign = metrics.horizontalAdvance("99.9 %") + 6 <= self._width
        if self._has_precisions:
            for column, precision in enumerate(self._scores.precision.tolist()):
                text = percent(precision) if sign else percent(precision).removesuffix(" %")
                middle = cells.left() + (column + 0.5) * self._width
                painter.drawText(QRectF(middle - 40, cells.bottom() + GAP, 80, line), CENTER, text)

    # ---- reading ---------------------------------------------------------------------------------------------------

    def stops(self) -> list[QPointF]:
        count, cells, beyond = len(self._names), self._cells, GAP + self.line / 2
        places = [self._cell(row, column).center() for row in range(count) for column in range(count)]
        recalls = [QPointF(cells.right() + beyond, self._cell(row, 0).center().y()) for row in range(count)]
        precisions = [QPointF(self._cell(0, column).center().x(), cells.bottom() + beyond) for column in range(count)]
        return [*places, *recalls, *precisions]

    def reading(self, point: QPointF) -> str:
        cells, scores, names = self._cells, self._scores, self._names
        row = int((point.y() - cells.top()) // self._height)
        column = int((point.x() - cells.left()) // self._width)
        in_rows, in_columns = 0 <= row < len(names), 0 <= column < len(names)
        if in_rows and in_columns:
            number, total = int(scores.confusion[row, column]), int(scores.confusion[row].sum())
            share = f" ({percent(number / total)})" if total else ""
            return f"{names[row]} taken for {names[column]}: {number:,} of {total:,}{share}"
        if in_rows and cells.right() < point.x() <= self.rect.right():
            return f"recall of {names[row]} {percent(float(scores.recall[row]))}   F1 {percent(float(scores.f1[row]))}"
        if in_columns and cells.bottom() < point.y() <= self.rect.bottom():
            precision, f1 = float(scores.precision[column]), float(scores.f1[column])
            return f"precision of {names[column]} {percent(precision)}   F1 {percent(f1)}"
        return ""
