"""Draws the cells of a random search over two settings as points where their values are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui.lab.cell_view import SCALE_WIDTH, CellView, Paper, nearest, ramp
from nnstudio.ui.lab.figures import CellTable, Figure
from nnstudio.ui.lab.plot_axes import axes_in
from nnstudio.ui.lab.scales import Scale
from nnstudio.ui.panels.chart import paint_axes

Array = NDArray[Any]

#: Points grow with the figure: half their width, from the lowest to the highest.
SMALLEST, LARGEST = 3.5, 8.5
#: The hole of a hollow point, as a share of it.
HOLE = 0.55


class ScatterView(CellView):
    """The first axis across, the second up; size and colour of a point show the figure."""

    def __init__(self, paper: Paper, table: CellTable, figure: Figure) -> None:
        super().__init__(paper, table, figure)
        self._across, self._up = (Scale(axis, drawn=True) for axis in self.sweep.axes)
        area = paper.area.adjusted(0, 0, -self.scale_room - 14, 0)
        self._y_ticks = self._up.ticks(area.height(), lambda _: paper.line, 4.0)
        texts = [text for _, text in self._y_ticks] or [""]
        self.axes = axes_in(
            area, self._across.range, self._up.range, paper.metrics, texts, titles=paper.titles, right=0
        )
        self.xs = np.asarray(self.axes.x(self._across.places([cell[0] for cell in self.sweep.cells])))
        self.ys = np.asarray(self.axes.y(self._up.places([cell[1] for cell in self.sweep.cells])))
        self._shares = self.shares()

    def place(self, cell: int) -> QRectF:
        half = self._size(cell) + 3
        return QRectF(self.xs[cell] - half, self.ys[cell] - half, 2 * half, 2 * half)

    def _size(self, cell: int) -> float:
        share = float(self._shares[cell])
        return SMALLEST if np.isnan(share) else SMALLEST + (LARGEST - SMALLEST) * min(max(share, 0.0), 1.0)

    def find(self, point: QPointF) -> int | None:
        return nearest(point, self.xs, self.ys)

    def step(self, cell: int, key: int) -> int:
        """Return the nearest cell in the direction of the arrow."""
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}
        if Qt.Key(key) not in ways:
            return cell
        across, down = ways[Qt.Key(key)]
        right, below = self.xs - self.xs[cell], self.ys - self.ys[cell]
        along = right * across + below * down
        aside = np.abs(right * down) + np.abs(below * across)
        ahead = along > 0.5
        return int(np.where(ahead, along + 2 * aside, np.inf).argmin()) if ahead.any() else cell

    def frame(self, painter: QPainter, cell: int, color: QColor, width: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self.place(cell))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        theme, paper, rect = self.paper.theme, self.paper, self.axes.rect
        ticks = self._across.ticks(rect.width(), paper.metrics.horizontalAdvance)
        x_texts, y_texts = dict(ticks), dict(self._y_ticks)
        paint_axes(
            painter,
            theme,
            paper.font,
            self.axes,
            self._across.title if paper.titles else "",
            self._up.title if paper.titles else "",
            x_ticks=np.array([place for place, _ in ticks]),
            x_text=lambda place: x_texts.get(place, ""),
            y_ticks=np.array([place for place, _ in self._y_ticks]),
            y_text=lambda place: y_texts.get(place, ""),
        )
        colors = ramp(theme, np.nan_to_num(self._shares))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        # Large points lie below small ones, so that none is hidden.
        for cell in np.argsort(-np.nan_to_num(self._shares, nan=-1.0), kind="stable").tolist():
            known, whole = np.isfinite(self._shares[cell]), self.table.done[cell] == self.table.seeds
            painter.setPen(
                QPen(
                    theme.color("text" if known else "muted"),
                    1,
                    Qt.PenStyle.SolidLine if whole else Qt.PenStyle.DotLine,
                )
            )
            painter.setBrush(QColor(*colors[cell].tolist()) if known else Qt.BrushStyle.NoBrush)
            size = self._size(cell)
            painter.drawEllipse(QPointF(self.xs[cell], self.ys[cell]), size, size)
            if self.table.cut[cell]:  # hollow: it was given up before its last epoch
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("plot_background"))
                painter.drawEllipse(QPointF(self.xs[cell], self.ys[cell]), size * HOLE, size * HOLE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.paint_scale(painter, QRectF(rect.right() + 14, rect.top(), SCALE_WIDTH, rect.height()))
