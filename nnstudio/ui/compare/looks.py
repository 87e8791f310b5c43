"""Gives every pinned run a colour and a kind of line of its own, the same in the table and on the chart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.ui.theme import Theme

_STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)
SWATCH_WIDTH, SWATCH_HEIGHT = 30, 12


class Looks:
    """Numbers of colours and lines, which a run keeps while others come and go."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def follow(self, pins: Sequence[PinnedRun]) -> None:
        """Give those that are new the lowest numbers that are free."""
        # A run that is renamed is another object, with the same curve.
        known = {id(pin.curve): self._numbers.get(id(pin.curve)) for pin in pins}
        taken = {number for number in known.values() if number is not None}
        free = iter(number for number in range(len(pins) + 1) if number not in taken)
        self._numbers = {key: next(free) if number is None else number for key, number in known.items()}

    def pen(self, pin: PinnedRun, theme: Theme, width: float) -> QPen:
        """Return the pen of a run's curve; eight colours and five kinds of line make forty that differ."""
        number = self._numbers[id(pin.curve)]
        pen = QPen(theme.curve_color(number), width, _STYLES[number % len(_STYLES)])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def swatch(self, pin: PinnedRun, theme: Theme, ratio: float) -> QPixmap:
        """Return a short piece of a run's curve, for the table."""
        pixmap = QPixmap(round(SWATCH_WIDTH * ratio), round(SWATCH_HEIGHT * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.pen(pin, theme, theme.lines.strong))
        painter.drawLine(QLineF(0, SWATCH_HEIGHT / 2, SWATCH_WIDTH, SWATCH_HEIGHT / 2))
        painter.end()
        return pixmap
