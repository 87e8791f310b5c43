"""What every picture in the scores panel is: it has a place, a still part and a live one, and can be read."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnstudio.ui.panels.scores.scored import Scored
from nnstudio.ui.theme import Theme, ui_font


class ScoreChart:
    """One picture.

    Attributes
    ----------
    key, title : str
        Of the choice that shows this picture alone.
    wants_square : bool
        Whether it needs no more width than height.
    rect : QRectF
        Where it is painted.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    wants_square: ClassVar[bool] = False

    def __init__(self, theme: Theme) -> None:
        self.rect = QRectF()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.theme = theme
        self.font: QFont = ui_font(theme, "caption")
        self.metrics = QFontMetricsF(self.font)
        self.line = self.metrics.height()

    def least(self) -> QSizeF:
        """Return how much room it needs to be read."""
        return QSizeF(14 * self.line, 11 * self.line)

    def place(self, rect: QRectF) -> None:
        """Take a place."""
        self.rect = rect

    def take(self, scored: Scored) -> None:
        """Take other scores."""
        raise NotImplementedError

    def look(self) -> Hashable:
        """Return what the still part depends on, besides theme and place."""
        return None

    def paint_still(self, painter: QPainter) -> None:
        """Paint what seldom changes."""

    def paint(self, painter: QPainter) -> None:
        """Paint what changes with the scores."""
        raise NotImplementedError

    def reading(self, point: QPointF) -> str:
        """Return what is to be read at a point; empty where there is nothing."""
        raise NotImplementedError

    def stops(self) -> list[QPointF]:
        """Return where there is something to be read; of very many places some."""
        raise NotImplementedError
