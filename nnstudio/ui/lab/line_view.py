"""Draws the cells of a sweep over one setting: a point with its spread at each value, joined by a line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui.lab.cell_view import NEAR, CellView, Paper, hatching
from nnstudio.ui.lab.figures import SHARE, CellTable, Figure
from nnstudio.ui.lab.plot_axes import axes_in, loss_text, loss_ticks
from nnstudio.ui.lab.scales import Scale
from nnstudio.ui.panels.chart import TOP, nice_ticks, paint_axes, polyline, short

Array = NDArray[Any]

#: Half the width of a spread's ends.
_END = 4.0
#: Room for points at 0 and 100 %.
SHARE_RANGE = (-0.04, 1.08)


class LineView(CellView):
    """Values of a setting across, a figure up.

    Attributes
    ----------
    xs, ys : ndarray, shape (cells,)
        Where the points are; nan where there are none.
    """

    def __init__(self, paper: Paper, table: CellTable, figure: Figure) -> None:
        super().__init__(paper, table, figure)
        (axis,) = self.sweep.axes
        self._joined = self.sweep.is_grid
        self._scale = Scale(axis, drawn=not self._joined)
        y_range = figure.range(*self.known_range())
        self._y_ticks = self._ticks_of(y_range)
        if figure is SHARE:
            y_range = SHARE_RANGE
        texts = [self._y_text(float(tick)) for tick in self._y_ticks]
        self.axes = axes_in(paper.area, self._scale.range, y_range, paper.metrics, texts, titles=paper.titles)
        self._places = self._scale.places([cell[0] for cell in self.sweep.cells])
        self.xs = np.asarray(self.axes.x(self._places))
        self.ys, self._tops, self._bottoms = (self._height(each) for each in (self.value, self.high, self.low))
        ordered = np.sort(self.xs)
        self._apart = float(np.diff(ordered).min()) if len(ordered) > 1 else self.axes.rect.width()

    def _ticks_of(self, y_range: tuple[float, float]) -> Array:
        if self.figure.is_log:
            return loss_ticks(y_range, self.paper.area.height(), 2 * self.paper.line)
        return nice_ticks(*y_range, 5 if self.paper.area.height() > 160 else 2)

    def _y_text(self, value: float) -> str:
        if self.figure.key == "share":
            return f"{100 * value:.0f} %"
        return loss_text(value) if self.figure.is_log else short(value)

    def _height(self, values: Array) -> Array:
        places = self.figure.place(values)
        return np.asarray(self.axes.y(np.clip(places, *self.axes.y_range)))

    def place(self, cell: int) -> QRectF:
        x, y = float(self.xs[cell]), float(self.ys[cell])
        if np.isnan(y):
            y = self.axes.rect.bottom() - 8
        return QRectF(x - 8, y - 8, 16, 16)

    def find(self, point: QPointF) -> int | None:
        rect = self.axes.rect.adjusted(-NEAR / 2, -NEAR / 2, NEAR / 2, NEAR / 2)
        if not rect.contains(point) or not len(self.xs):
            return None
        away = np.abs(self.xs - point.x())
        near = np.flatnonzero(away <= away.min() + 1)
        # Points above each other are told apart by their height.
        heights = np.nan_to_num(np.abs(self.ys[near] - point.y()), nan=np.inf)
        best = int(near[heights.argmin()])
        return best if away[best] <= max(self._apart / 2, NEAR) else None

    def step(self, cell: int, key: int) -> int:
        order = np.argsort(self.xs, kind="stable")
        at = int(np.flatnonzero(order == cell)[0])
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
        moves |= {Qt.Key.Key_Home: -len(order), Qt.Key.Key_End: len(order)}
        return int(order[min(max(at + moves.get(Qt.Key(key), 0), 0), len(order) - 1)])

    def frame(self, painter: QPainter, cell: int, color: QColor, width: float) -> None:
        rect = self.axes.rect
        painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
        x = round(float(self.xs[cell]))
        painter.drawLine(QLineF(x, rect.top(), x, rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self.place(cell))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        theme, rect = self.paper.theme, self.axes.rect
        ticks = self._scale.ticks(rect.width(), self.paper.metrics.horizontalAdvance)
        texts = dict(ticks)
        paint_axes(
            painter,
            theme,
            self.paper.font,
            self.axes,
            self._scale.title if self.paper.titles else "",
            self.figure.title if self.paper.titles else "",
            x_ticks=np.array([place for place, _ in ticks]),
            x_text=lambda place: texts.get(place, ""),
            y_ticks=self._y_ticks,
            y_text=self._y_text,
        )
        self._paint_missing(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        color = theme.curve_color(0)
        known = np.flatnonzero(np.isfinite(self.ys))
        if self._joined and len(known) > 1:
            known = known[np.argsort(self.xs[known])]
            painter.setPen(QPen(color, theme.lines.strong))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polyline(self.xs[known], self.ys[known]))
        for cell in known.tolist():
            self._paint_point(painter, cell, color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_texts(painter, known)

    def _paint_missing(self, painter: QPainter) -> None:
        """Hatch a column where no run has ended yet; say so where all have, but the figure is of none."""
        half = max(min(self._apart * 0.35, 16.0), 2.0)
        rect, written = self.axes.rect, -math.inf
        missing = np.flatnonzero(np.isnan(self.ys))
        for cell in missing[np.argsort(self.xs[missing])].tolist():
            column = QRectF(round(self.xs[cell] - half), rect.top() + 1, round(2 * half), rect.height() - 1)
            if not self.table.done[cell]:
                painter.setOpacity(0.5)
                painter.fillRect(column, hatching(self.paper.theme))
                painter.setOpacity(1.0)
            else:
                painter.setFont(self.paper.font)
                painter.setPen(self.paper.theme.color("muted"))
                wide = self.paper.metrics.horizontalAdvance("none") + 2
                line, left = self.paper.line, float(self.xs[cell]) - wide / 2
                if left >= written:  # cells that were drawn by chance can lie close together
                    painter.drawText(QRectF(left, rect.bottom() - line - 2, wide, line), TOP, "none")
                    written = left + wide + 4

    def _paint_point(self, painter: QPainter, cell: int, color: QColor) -> None:
        theme, x, y = self.paper.theme, float(self.xs[cell]), float(self.ys[cell])
        top, bottom = float(self._tops[cell]), float(self._bottoms[cell])
        painter.setPen(QPen(theme.color("text"), 1.5))
        if np.isfinite(top) and np.isfinite(bottom):
            painter.drawLine(QLineF(x, top, x, bottom))
            for end in (top, bottom):
                painter.drawLine(QLineF(x - _END, end, x + _END, end))
        whole = self.table.is_whole(cell)
        painter.setPen(QPen(color if not whole else theme.color("plot_background"), 1.5))
        painter.setBrush(color if whole else theme.color("plot_background"))
        painter.drawEllipse(QPointF(x, y), 4.5, 4.5)

    def _paint_texts(self, painter: QPainter, known: Array) -> None:
        """Write the values beside their points while there is room."""
        texts = {cell: self.figure.text(float(self.value[cell])) for cell in known.tolist()}
        widest = max(map(self.paper.metrics.horizontalAdvance, texts.values()), default=0.0)
        if not texts or widest + 10 > self._apart or self.axes.rect.height() < 6 * self.paper.line:
            return
        painter.setFont(self.paper.font)
        painter.setPen(self.paper.theme.color("text"))
        line, rect = self.paper.line, self.axes.rect
        before, behind = np.r_[np.nan, self.ys[known][:-1]], np.r_[self.ys[known][1:], np.nan]
        for (cell, text), left, right in zip(texts.items(), before, behind, strict=True):
            above = np.nanmin([self._tops[cell], self.ys[cell]]) - line - 5
            below = np.nanmax([self._bottoms[cell], self.ys[cell]]) + 5
            y = above if above >= rect.top() else below
            # A line that goes up from the point would cross a text above it, unless that stands on its other side.
            rises = [bool(self._joined and y == above and each < above + line) for each in (left, right)]
            wide = self.paper.metrics.horizontalAdvance(text) + 4
            aside = 0.0 if rises[0] == rises[1] else wide / 2 if rises[0] else -wide / 2
            x = min(max(self.xs[cell] - wide / 2 + aside, rect.left() + 1), rect.right() - wide - 1)
            painter.drawText(QRectF(x, y, wide, line), TOP, text)
