"""Keeps what stands still in a live picture, so that a frame draws only what moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

#: Pictures of more pixels than this are not kept: a table of a thousand rows, of which a few are in sight.
MOST_PIXELS = 2**22


class Backdrop:
    """The axes, names, scales and grounds of a widget: drawn once for each look, and then copied into every frame.

    Drawings (SVG, print) get it drawn straight, as lines and letters. Pictures of other sizes and resolutions get it
    drawn anew, so that it is always sharp.
    """

    def __init__(self) -> None:
        self._look: tuple[object, ...] = ()
        self._pixmap = QPixmap()

    def paint(
        self,
        painter: QPainter,
        widget: QWidget,
        seen: QRect,
        ground: QColor,
        look: Hashable | tuple[object, ...],
        draw: Callable[[QPainter, QRect], None],
    ) -> None:
        """Paint it, first of all that a widget paints.

        Parameters
        ----------
        painter : QPainter
            On the widget.
        widget : QWidget
        seen : QRect
            What has to be painted.
        ground : QColor
            What it is drawn on; it covers all of the widget.
        look : object
            Equal as long as the same would be drawn in the same size: theme, ranges, names.
        draw : callable
            Draws it with a painter, as far as it lies in a rectangle.
        """
        engine, width, height = painter.paintEngine(), widget.width(), widget.height()
        ratio = engine.paintDevice().devicePixelRatio()
        if engine.type() != QPaintEngine.Type.Raster or width * height * ratio**2 > MOST_PIXELS:
            painter.fillRect(seen, ground)
            draw(painter, seen)
            return
        looks = (width, height, ratio, look)
        if looks != self._look:
            self._look = looks
            self._pixmap = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(ground)
            inner = QPainter(self._pixmap)
            draw(inner, widget.rect())
            inner.end()
        painter.drawPixmap(0, 0, self._pixmap)
