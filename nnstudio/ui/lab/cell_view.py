"""What every drawing of a sweep's cells is: places of cells that can be pointed at, and steps between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from nnstudio.ui.lab.figures import CellTable, Figure
from nnstudio.ui.panels.chart import Range, packed, paint_scale
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: How far from a point the pointer still means it, in pixels.
NEAR = 24.0
#: Room for a colour bar with its texts.
SCALE_WIDTH = 12.0


@dataclass(frozen=True)
class Paper:
    """What a drawing is made with, and where.

    Attributes
    ----------
    theme : Theme
    font : QFont
    metrics : QFontMetricsF
    area : QRectF
    titles : bool
        Whether there is room for axis titles.
    """

    theme: Theme
    font: QFont
    metrics: QFontMetricsF
    area: QRectF
    titles: bool

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return self.metrics.height()


class CellView:
    """A drawing of cells, made anew for each size and figure.

    Parameters
    ----------
    paper : Paper
    table : CellTable
    figure : Figure
    """

    def __init__(self, paper: Paper, table: CellTable, figure: Figure) -> None:
        self.paper, self.table, self.figure = paper, table, figure
        self.low, self.value, self.high = table.values(figure)
        self.sweep = table.sweep

    @property
    def height(self) -> float:
        """The height that is needed to show all cells; 0 where it always suffices."""
        return 0.0

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        """Draw what lies in a rectangle, but for the frames of cells."""
        raise NotImplementedError

    def place(self, cell: int) -> QRectF:
        """Return the place of a cell."""
        raise NotImplementedError

    def find(self, point: QPointF) -> int | None:
        """Return the cell at a point."""
        raise NotImplementedError

    def step(self, cell: int, key: int) -> int:
        """Return the cell that an arrow key goes to."""
        raise NotImplementedError

    @property
    def first(self) -> int:
        """The cell that the first arrow key goes to."""
        return 0

    def frame(self, painter: QPainter, cell: int, color: QColor, width: float) -> None:
        """Draw a frame around a cell."""
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.place(cell))

    # ---- what several of them need ---------------------------------------------------------------------------------

    def known_range(self) -> tuple[float, float]:
        """Return the lowest and the highest finite value, the ends of spreads included."""
        return self._range_of(np.concatenate([self.low, self.value, self.high]))

    def _range_of(self, values: Array) -> tuple[float, float]:
        # A loss of exactly 0 lies at the end of a logarithmic scale, wherever that is.
        finite = values[np.isfinite(values) & ((values > 0) | (not self.figure.is_log))]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.1, 1.0)

    def colored_range(self) -> Range:
        """Return the ends of the colour scale, as they are placed on it."""
        if self.figure.key == "share":
            return 0.0, 1.0
        low, high = (float(end) for end in self._tone(np.array(self._range_of(self.value))))
        return (low, high) if high - low > 1e-9 * max(abs(high), 1e-9) else (low - 0.5, high + 0.5)

    def shares(self) -> Array:
        """Return how far up the colour scale each cell is, from 0 to 1; nan where that is not known."""
        low, high = self.colored_range()
        return np.asarray((self._tone(self.value) - low) / (high - low))

    @property
    def _is_wide(self) -> bool:
        """Whether colours go by order of magnitude: on the figure's own scale, or as its values span a decade."""
        finite = self.value[np.isfinite(self.value) & (self.value > 0)]
        wide = self.figure.key != "share" and finite.size > 0 and finite.max() > 10 * finite.min()
        return self.figure.is_log or bool(wide)

    def _tone(self, values: Array) -> Array:
        """Return where values lie on the colour scale; a count of 0 lies at its end, as 1 does."""
        if self.figure.is_log:
            return np.asarray(self.figure.place(values))
        return np.log10(np.maximum(values, 1.0)) if self._is_wide else np.asarray(values)

    def paint_scale(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the colour scale with its ends and its middle."""
        texts = self._scale_texts() if np.isfinite(self.value).any() else []
        lut = packed(ramp(self.paper.theme, np.linspace(0, 1, 128)))
        paint_scale(painter, self.paper.theme, self.paper.font, rect, lut, texts)

    def _scale_texts(self) -> list[tuple[float, str]]:
        low, high = self.colored_range()
        ends = [(place, low + place * (high - low)) for place in (0.0, 0.5, 1.0)]
        if self.figure.key == "share":
            return [(place, f"{100 * at:.0f} %") for place, at in ends]
        return [(place, self.figure.text(10**at if self._is_wide else at)) for place, at in ends]

    @property
    def scale_room(self) -> float:
        """How wide the colour scale and its texts are."""
        return SCALE_WIDTH + 10 + max(self.paper.metrics.horizontalAdvance(text) for _, text in self._scale_texts())


def ramp(theme: Theme, shares: Array) -> Array:
    """Return the colours of shares from 0 to 1: the ground with more and more of one colour, uint8, shape (n, 3)."""
    ground, ink = (_rgb(color) for color in (theme.color("plot_background"), theme.curve_color(0)))
    part = 0.08 + 0.92 * np.clip(shares, 0, 1)[:, None]
    return np.rint(ground + part * (ink - ground)).astype(np.uint8)


def hatching(theme: Theme) -> QBrush:
    """Return what cells are filled with whose runs have not ended."""
    return QBrush(theme.color("border_strong"), Qt.BrushStyle.BDiagPattern)


def nearest(point: QPointF, xs: Array, ys: Array) -> int | None:
    """Return which of some points is the nearest, if one is near."""
    away = np.hypot(xs - point.x(), ys - point.y())
    if not len(away) or not np.isfinite(away).any():
        return None
    best = int(np.nan_to_num(away, nan=np.inf).argmin())
    return best if away[best] <= NEAR else None


def _rgb(color: QColor) -> Array:
    return np.array([color.red(), color.green(), color.blue()], float)
