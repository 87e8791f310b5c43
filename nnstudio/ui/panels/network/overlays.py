"""Paints what lies over the drawing: the card of what is under the pointer, notes, and numbers beside edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from nnstudio.ui.panels.chart import CENTER, LEFT, elided, translucent
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

PADDING = 8.0


def paint_card(
    painter: QPainter,
    theme: Theme,
    fonts: tuple[QFont, QFont],
    lines: Sequence[str],
    beside: QRectF,
    bounds: QRectF,
    spared: Array,
) -> None:
    """Write some lines, the first in bold, on a card where it hides little of what is spoken of.

    Parameters
    ----------
    painter : QPainter
    theme : Theme
    fonts : (QFont, QFont)
        Usual and bold.
    lines : sequence of str
    beside, bounds : QRectF
        The place that is spoken of, and where the card may lie.
    spared : ndarray, shape (points, 2)
        Points that it had better not hide.
    """
    metrics, bold = (QFontMetricsF(font) for font in fonts)
    width = max(bold.horizontalAdvance(lines[0]), *(metrics.horizontalAdvance(line) for line in lines[1:]))
    width, line = min(width + 2 * PADDING, bounds.width()), metrics.height() + 1
    card = _free_place(QSizeF(width, len(lines) * line + 2 * PADDING - 4), beside, bounds, spared)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("border_strong"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(card, 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for number, text in enumerate(lines):
        painter.setFont(fonts[number == 0])
        painter.setPen(theme.color("muted" if text.startswith("Click") else "text"))
        place = QRectF(card.left() + PADDING, card.top() + PADDING - 2 + number * line, width - 2 * PADDING + 1, line)
        painter.drawText(place, LEFT, elided(bold if number == 0 else metrics, (text,), place.width()))


def _free_place(size: QSizeF, beside: QRectF, bounds: QRectF, spared: Array) -> QRectF:
    """Return the place, of some beside the target and in the corners, that hides the fewest points: the nearest."""
    width, height, middle = size.width(), size.height(), beside.center()
    best, least = QRectF(), (math.inf, math.inf)
    for x, y in (
        (beside.right() + 12, middle.y() - height / 2),
        (beside.left() - 12 - width, middle.y() - height / 2),
        (middle.x() - width / 2, beside.bottom() + 12),
        (middle.x() - width / 2, beside.top() - 12 - height),
        *((x, y) for x in (bounds.left(), bounds.right()) for y in (bounds.top(), bounds.bottom())),
    ):
        left = min(max(x, bounds.left()), bounds.right() - width)
        top = min(max(y, bounds.top()), max(bounds.bottom() - height, bounds.top()))
        card = QRectF(round(left) + 0.5, round(top) + 0.5, round(width), round(height))
        hidden = ((spared > (card.left(), card.top())) & (spared < (card.right(), card.bottom()))).all(axis=1).sum()
        # On the target itself only where there is no room anywhere else.
        over = 1000 if card.intersects(beside.adjusted(-2, -2, 2, 2)) else 0
        away = (card.center() - middle).manhattanLength()
        if (over + int(hidden), away) < least:
            best, least = card, (over + int(hidden), away)
    return best


def paint_note(painter: QPainter, theme: Theme, font: QFont, text: str, bounds: QRectF, tone: str = "muted") -> None:
    """Write a note at the lower edge, on ground of its own."""
    metrics = QFontMetricsF(font)
    text = elided(metrics, (text,), bounds.width() - 16)
    width = metrics.horizontalAdvance(text) + 12
    place = QRectF(bounds.left() + 4, bounds.bottom() - metrics.height() - 6, width, metrics.height() + 4)
    painter.fillRect(place, translucent(theme.color("plot_background"), 0.85))
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    painter.drawText(place, CENTER, text)


def paint_tags(painter: QPainter, theme: Theme, font: QFont, tags: Sequence[tuple[QPointF, str, bool]]) -> None:
    """Write numbers beside edges, each around its place, on ground of its own; true means positive."""
    metrics = QFontMetricsF(font)
    ground = translucent(theme.color("plot_background"), 0.85)
    inks = theme.color("negative"), theme.color("positive")
    painter.setFont(font)
    height = metrics.height()
    for middle, text, positive in tags:
        width = metrics.horizontalAdvance(text) + 4
        place = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        painter.fillRect(place, ground)
        painter.setPen(inks[positive])
        painter.drawText(place, CENTER, text)
