"""Draws the pointer so that it is found from the last row: an arrow in a translucent ring."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QPainter, QPen, QPixmap, QPolygonF

#: The ring's diameter on a screen of 720 pixels in height.
DIAMETER = 64
ARROW = ((0, 0), (0, 17), (4, 13.2), (6.6, 19.2), (9.4, 18), (6.8, 12.2), (12, 12))
ARROW_SIZE = 1.5
_RING, _GROUND = QColor(255, 196, 0, 235), QColor(255, 196, 0, 70)


def ringed_pointer(height: int, ratio: float) -> QCursor:
    """Return a pointer whose tip is in the middle of a ring.

    It is the system's own cursor with another picture, so it moves as smoothly as ever, however busy the program is,
    and nothing below it is painted anew.

    Parameters
    ----------
    height : int
        Of the screen, in device-independent pixels: the ring takes the same share of every screen.
    ratio : float
        Pixels of the screen for each of those.
    """
    scale = height / 720
    size = round(DIAMETER * scale)
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle, line = size / 2, 4 * scale
    painter.setBrush(_GROUND)
    ring = QRectF(0, 0, size, size).adjusted(line, line, -line, -line)
    # A dark line on both sides keeps the ring apart from any ground.
    for width, ink in ((line + 2 * scale, QColor(0, 0, 0, 130)), (line, _RING)):
        painter.setPen(QPen(ink, width))
        painter.drawEllipse(ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(middle, middle)
    painter.scale(ARROW_SIZE * scale, ARROW_SIZE * scale)
    painter.setPen(
        QPen(QColor("white"), 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(QColor("black"))
    painter.drawPolygon(QPolygonF([QPointF(*point) for point in ARROW]))
    painter.end()
    if QGuiApplication.platformName() == "xcb":
        # There the tip counts in the picture's own pixels, whatever its ratio (Qt 6.10).
        pixmap.setDevicePixelRatio(1)
        return QCursor(pixmap, pixmap.width() // 2, pixmap.height() // 2)
    return QCursor(pixmap, size // 2, size // 2)
