"""Gives every class of samples its shape, so that colour is not all that tells them apart."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

_STAR = [
    (radius * math.sin(step * math.pi / 5), 0.1 - radius * math.cos(step * math.pi / 5))
    for step, radius in enumerate((1.35, 0.6) * 5)
]
_PLUS = [(0.4, 1.15), (0.4, 0.4), (1.15, 0.4), (1.15, -0.4), (0.4, -0.4), (0.4, -1.15)]
_PLUS += [(-x, -y) for x, y in _PLUS]
# Corners in half sizes, y downwards. A circle and six shapes of about its area: with the theme's eight colours, no two
# of the first 56 classes look the same.
_POLYGONS = (
    [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    [(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
    [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
    [(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)],
    _PLUS,
    _STAR,
)


def marks(number: int, centers: NDArray[Any], size: float) -> QPainterPath:
    """Return the outlines of a class's points.

    Parameters
    ----------
    number : int
        Index of the class: circles, squares, triangles, diamonds, triangles on their heads, pluses, stars, and these
        again.
    centers : ndarray, shape (points, 2)
        In pixels.
    size : float
        About as wide as one is, in pixels.
    """
    path, half = QPainterPath(), size / 2
    path.setFillRule(Qt.FillRule.WindingFill)
    shape = number % (len(_POLYGONS) + 1)
    if shape == 0:
        for x, y in centers.tolist():
            path.addEllipse(QPointF(x, y), half, half)
    else:
        corners = _POLYGONS[shape - 1]
        closed = QPolygonF([QPointF(x * half, y * half) for x, y in (*corners, corners[0])])
        for x, y in centers.tolist():
            path.addPolygon(closed.translated(x, y))
    return path
