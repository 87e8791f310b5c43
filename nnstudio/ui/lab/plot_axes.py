"""Finds room for the axes of a chart, and names losses on a logarithmic one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from nnstudio.ui.panels.chart import Array, Axes, Range, short
from nnstudio.ui.panels.loss_axes import log_ticks, loss_tick

#: Charts that are lower than this have no axis titles.
LEAST_HEIGHT = 130.0


def axes_in(
    area: QRectF,
    x_range: Range,
    y_range: Range,
    metrics: QFontMetricsF,
    y_texts: list[str],
    *,
    below: float | None = None,
    right: float = 8.0,
    titles: bool = True,
) -> Axes:
    """Return axes that leave room in an area for their texts.

    Parameters
    ----------
    area : QRectF
    x_range, y_range : (float, float)
    metrics : QFontMetricsF
    y_texts : list of str
        What stands beside the y axis.
    below : float, optional
        Room for what stands below the x axis; one line of texts, without it.
    right : float
        Room on the right.
    titles : bool
        Whether the axes have titles.
    """
    line = metrics.height()
    left = max(map(metrics.horizontalAdvance, y_texts)) + 8 + (line + 4 if titles else 0)
    under = (line + 5 if below is None else below) + (line if titles else 0)
    rect = area.adjusted(left, line / 2, -right, -under)
    whole = QRectF(round(rect.left()), round(rect.top()), max(round(rect.width()), 1), max(round(rect.height()), 1))
    return Axes(whole, x_range, y_range)


def loss_ticks(range_: Range, length: float, each: float) -> Array:
    """Return the decimal logarithms of round losses on an axis of some length, about `each` pixels apart."""
    return np.array(log_ticks(*range_, max(int(length // each), 2)))


def loss_text(level: float) -> str:
    """Return the loss at a decimal logarithm, as it stands beside an axis."""
    return loss_tick(float(f"{10.0**level:.3g}"))


def loss_words(loss: float) -> str:
    """Return a loss as it is read out: three digits of it."""
    if not np.isfinite(loss):
        return "beyond all numbers" if loss == loss else "none"
    return short(float(f"{loss:.3g}"))
