"""Counts how many curves pass through each pixel, so that a thousand runs are one picture and none is hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

Array = NDArray[Any]

#: Curves that are counted together: as many as leave the arrays in the processor's cache.
BLOCK = 1024
#: Rows that stand for what lies above the plot, and for curves that have ended.
ABOVE, GONE = -1, -2
#: How much ink a single curve has, of what the most crowded pixel has: faint, but to be seen.
LEAST_INK = 0.22


class Density:
    """Numbers of curves in the pixels of a plot; what has been counted stays, so that curves can grow.

    Parameters
    ----------
    columns, rows : int
        Pixels of the plot.
    places : ndarray, shape (points,)
        Where the points of all curves lie across, in pixels, from 0 to `columns`, each to the right of the last.
    thickness : int
        Of a curve, in pixels.
    """

    def __init__(self, columns: int, rows: int, places: Array, thickness: int = 1) -> None:
        self.columns, self.rows, self._thickness = columns, rows, thickness
        edges = np.arange(columns + 1)
        places = np.round(places, 6)
        # Behind which point the left edge of a column lies, and how far on to the next. Right at a point, it is all
        # the way from the one before: what comes behind may not be there yet.
        self._before = np.clip(np.searchsorted(places, edges, side="left") - 1, 0, max(len(places) - 2, 0))
        start = places[self._before]
        length = places[np.minimum(self._before + 1, len(places) - 1)] - start
        part = np.divide(edges - start, length, out=np.zeros(columns + 1), where=length > 0)
        self._part = part.clip(0, 1).astype(np.float32)[:, None]
        self._reached = np.minimum(np.floor(places).astype(int), columns)
        self._points = len(places)
        # Where the count changes on the way down a column; its sum over the rows is the count.
        self._changes = np.zeros((columns, rows + 1), np.int32)

    def first_needed(self, point: int) -> int:
        """Return the first point that has to be known to count curves from a point on."""
        return min(int(self._before[self._reached[point]]), point)

    def add(self, levels: Array, first: int, last: int, origin: int = 0) -> None:
        """Count curves from one of their points to another.

        Each curve is joined from point to point. It counts once in each pixel that it passes, ends at its first nan,
        and is not seen where it lies above the plot.

        Parameters
        ----------
        levels : ndarray of float32, shape (points, curves)
            How far down the points lie, in pixels: 0 at the upper edge. Below the lower edge counts as on it.
        first, last : int
            Points; from `first` on the curves have not been counted before.
        origin : int
            The point in the first row of `levels`; at most `first_needed` of `first`.
        """
        start, stop = int(self._reached[first]), int(self._reached[last])
        if self._points < 2 or stop <= start:
            return
        before, part = self._before[start : stop + 1], self._part[start : stop + 1]
        low = int(before[0])
        seen = levels[low - origin : int(before[-1]) + 2 - origin]
        for begin in range(0, levels.shape[1], BLOCK):
            block = seen[:, begin : begin + BLOCK]
            at = block[before - low]
            at += (block[before - low + 1] - at) * part
            self._count(at, start, stop)

    def _count(self, at: Array, start: int, stop: int) -> None:
        """Count curves from their heights at the edges of some columns, shape (columns + 1, curves)."""
        gone = np.isnan(at)
        np.clip(at, ABOVE, self.rows - 1, out=at)
        if some_gone := bool(gone.any()):
            at[gone] = GONE
        rows = at.astype(np.int16)
        top, bottom = np.minimum(rows[:-1], rows[1:]), np.maximum(rows[:-1], rows[1:])
        width = self.rows + 1
        offsets = np.arange(0, (stop - start) * width, width)[:, None]
        tops, ends = np.maximum(top, 0) + offsets, np.minimum(bottom + self._thickness, self.rows) + offsets
        if some_gone or bottom.min() < 0:
            there = (bottom >= 0) & (top > GONE)
            tops, ends = tops[there], ends[there]
        size = (stop - start) * width
        change = np.bincount(tops.ravel(), minlength=size) - np.bincount(ends.ravel(), minlength=size)
        self._changes[start:stop] += change.reshape(-1, width)

    @property
    def counts(self) -> Array:
        """How many curves pass each pixel, shape (rows, columns), the upper row first."""
        return np.asarray(self._changes[:, :-1].cumsum(axis=1, dtype=np.int32).T)


def ink(most: int) -> Array:
    """Return how much ink a pixel gets for each number of curves from 0 to `most`: none, then up to 1 by ratios.

    Equal ratios are equal steps: of two bundles, one of a hundred curves and one of ten, both can be seen.
    """
    counts = np.arange(max(most, 1) + 1)
    shares = np.zeros(len(counts))
    shares[1:] = LEAST_INK + (1 - LEAST_INK) * np.log(counts[1:]) / np.log(max(most, 2))
    return shares


def ink_image(counts: Array, color: QColor, most: int | None = None) -> QImage:
    """Return counts as a picture in one colour on nothing: the more curves, the more of the colour.

    Parameters
    ----------
    counts : ndarray of int, shape (rows, columns)
    color : QColor
    most : int, optional
        The number of curves that gets all of the colour; the highest count, without it.
    """
    most = int(counts.max(initial=1)) if most is None else most
    pixels = np.ascontiguousarray(premultiplied(color, ink(most))[np.minimum(counts, max(most, 1))])
    rows, columns = pixels.shape
    # Copied, because QImage does not keep the array alive.
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def premultiplied(color: QColor, shares: Array) -> Array:
    """Return a colour with so much of it, from 0 to 1, as QImage holds it: one number each."""
    parts = [np.rint(part * shares).astype(np.uint32) for part in (255, color.red(), color.green(), color.blue())]
    return np.asarray(parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3], np.uint32)
