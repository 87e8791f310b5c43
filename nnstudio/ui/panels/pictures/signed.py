"""Colours weights as pictures: by sign and size, with the sign marked in each pixel that has room for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from nnstudio.ui.panels.chart import image_of, nice_ceil, packed
from nnstudio.ui.panels.pictures.canvas import enlarged
from nnstudio.ui.theme import Theme, prefers_white

Array = NDArray[Any]

COLORS = 256
#: Dots along a pixel's side from which on a minus, and then a plus, can be told in it.
MINUS_FROM, PLUS_FROM = 4, 7
#: Dots from which on a mark may stand out: between smaller pixels the marks would be all that is seen.
STRONG_FROM = 12
#: Share of the scale from which on a sign matters.
MATTERS = 0.1
#: How far a faint mark stands out from its colour, on the way to black or white.
FAINT = 0.4
#: The scale's steps within a decade, and the share of it below which the largest value calls for a smaller one.
STEPS = (2, 3, 4, 5, 6, 8, 10)
SHRUNK = 0.6


class SignedInk:
    """The theme's colours from negative to positive, and marks on them for the signs."""

    def __init__(self, theme: Theme) -> None:
        lut = theme.diverging_lut(COLORS)
        self.lut = packed(lut)
        ink = np.where(prefers_white(lut), 255, 0)[:, None]
        # Behind the colours, for each of them, a faint mark and a strong one.
        faint = np.rint(lut + FAINT * (ink - lut)).astype(np.uint8)
        marks = np.broadcast_to(ink, lut.shape).astype(np.uint8)
        self._all = np.concatenate([self.lut, packed(faint), packed(marks)])

    def image(self, values: Array, columns: int, side: int, limit: float) -> QImage:
        """Return pictures below one another, each pixel as a square of so many dots a side.

        Parameters
        ----------
        values : ndarray, shape (..., rows * columns)
        columns : int
        side : int
        limit : float
            The value that has the strongest colour.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            shares = np.nan_to_num(values.reshape(-1, columns) / limit, nan=0.0).clip(-1, 1)
        colors = ((shares + 1) * ((COLORS - 1) / 2) + 0.5).astype(np.intp)
        dots = enlarged(colors, side)
        if side >= MINUS_FROM:
            self._mark_signs(dots.reshape(len(colors), side, columns, side), colors, shares)
        return image_of(dots, self._all)

    def _mark_signs(self, dots: Array, colors: Array, shares: Array) -> None:
        """Draw the signs into dots of shape (rows, side, columns, side)."""
        side = dots.shape[1]
        half = max(side // 5, 1)
        middle = side // 2
        arm = slice(1, 3) if side == MINUS_FROM else slice(middle - half, middle + half + 1)
        matters = shares < -MATTERS if side < PLUS_FROM else np.abs(shares) > MATTERS
        marked = np.where(matters, colors + (COLORS if side < STRONG_FROM else 2 * COLORS), colors)
        dots[:, middle, :, arm] = marked[:, :, None]
        if side >= PLUS_FROM:
            dots[:, arm, :, middle] = np.where(shares > MATTERS, marked, colors)[:, None]
            dots[:, middle, :, middle] = marked


def stepped_limit(limit: float, values: Array) -> float:
    """Return the value that is to have the strongest colour: one that moves in steps and is slow to shrink.

    Parameters
    ----------
    limit : float
        The one before; 0 for none.
    values : ndarray
    """
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    if limit and SHRUNK * limit <= largest <= limit:
        return limit
    return nice_ceil(largest, STEPS) if largest > 1e-12 else limit or 1.0
