"""Says above the fan what its lines, its band and its colours are, and gives them their looks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnstudio.ui.lab.density import ink
from nnstudio.ui.panels.chart import LEFT, elided, translucent
from nnstudio.ui.theme import Theme

#: Why curves end early, from long to short.
RUNGS = ("runs end at the rung where Hyperband gave them up", "Hyperband ends runs at rungs", "runs end at rungs")
_SAMPLE = 22.0
_GAP = 11.0


def run_color(theme: Theme) -> QColor:
    """Return the colour of the runs: all of it stands for many of them."""
    return theme.curve_color(0)


def band_color(theme: Theme) -> QColor:
    """Return the colour of the band between the quartiles, which leaves what is behind it to be seen."""
    return translucent(theme.color("text"), 0.07)


def quartile_pen(theme: Theme) -> QPen:
    """Return the line of both quartiles."""
    pen = QPen(theme.color("text"), theme.lines.curve)
    pen.setDashPattern([4, 3])
    return pen


def median_pen(theme: Theme) -> QPen:
    """Return the line of the median."""
    return QPen(theme.color("text"), theme.lines.strong)


def paint_legend(
    painter: QPainter, theme: Theme, font: QFont, place: QRectF, most: int, every: float, *, cut: bool = False
) -> None:
    """Draw a sample of each look with its words.

    Parameters
    ----------
    painter : QPainter
    theme : Theme
    font : QFont
    place : QRectF
        One line of text.
    most : int
        How many runs pass the most crowded pixel.
    every : float
        Of how many runs one is drawn.
    cut : bool
        Whether a search has given up some of the runs.
    """
    metrics = QFontMetricsF(font)
    runs = f"1 to {most:,} runs" if most > 1 else "a run"
    if every > 1:
        runs += f" (one of {every:.0f} is drawn)"
    sample, high, gap = theme.scaled(_SAMPLE), theme.scaled(10), theme.scaled(5)
    room = place.width() - 3 * (sample + gap + _GAP)
    ways = [("median", "half of the runs", runs), ("median", "half", runs), ("median", "half", "runs")]
    if cut:  # the words on it need the room more
        del ways[:2]
    texts = next((way for way in ways if sum(map(metrics.horizontalAdvance, way)) <= room), ())
    painter.setFont(font)
    x = place.left()
    for number, text in enumerate(texts):
        _paint_sample(painter, theme, number, QRectF(x, place.center().y() - high / 2, sample, high), most)
        x += sample + gap
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(x, place.top(), place.width(), place.height()), LEFT, text)
        x += metrics.horizontalAdvance(text) + _GAP
    if cut:
        painter.setPen(theme.color("muted"))
        rest = QRectF(x, place.top(), max(place.right() - x, 0.0), place.height())
        painter.drawText(rest, LEFT, elided(metrics, RUNGS, rest.width()))


def _paint_sample(painter: QPainter, theme: Theme, number: int, place: QRectF, most: int) -> None:
    middle = place.center().y()
    if number == 0:
        painter.setPen(median_pen(theme))
        painter.drawLine(QLineF(place.left(), middle, place.right(), middle))
    elif number == 1:
        painter.fillRect(place, band_color(theme))
        painter.setPen(quartile_pen(theme))
        for y in (place.top(), place.bottom()):
            painter.drawLine(QLineF(place.left(), y, place.right(), y))
    else:
        low, high = ink(most)[[1, -1]].tolist()
        steps = int(place.width())
        for step, share in enumerate(np.linspace(low, high, steps).tolist()):
            column = QRectF(place.left() + step, place.top(), 1, place.height())
            painter.fillRect(column, translucent(run_color(theme), share))
