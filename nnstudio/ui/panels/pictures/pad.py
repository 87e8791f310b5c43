"""Keeps what is drawn on a pad: strokes, what an eraser leaves of them, and how it was before each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.insight.drawing import erased, resampled

Array = NDArray[Any]
Point = tuple[float, float]

#: Between two points of a stroke, so that it can be erased in part; in pixels of the picture.
STEP = 0.1


class Pad:
    """Strokes in pixels of a picture, from its left and top.

    Attributes
    ----------
    strokes : tuple of ndarray, shape (points, 2)
    changes : int
        Counts what has been done, so that it is known when the strokes have changed.
    """

    def __init__(self) -> None:
        self.strokes: tuple[Array, ...] = ()
        self.changes = 0
        self._before: list[tuple[Array, ...]] = []
        self._last: Point | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self._before)

    def press(self) -> None:
        """Begin to draw or to erase: one step for undo."""
        self._before.append(self.strokes)
        self._last = None

    def draw(self, point: Point) -> None:
        """Draw on to a point."""
        if self._last is None:
            stroke = np.array([point])
            self.strokes = (*self.strokes, stroke)
        else:
            line = resampled(np.array([self._last, point]), STEP)
            self.strokes = (*self.strokes[:-1], np.vstack([self.strokes[-1], line[1:]]))
        self._take(point)

    def erase(self, point: Point, radius: float) -> None:
        """Erase on to a point."""
        path = resampled(np.array([self._last or point, point]), max(radius / 2, STEP))
        for x, y in path.tolist():
            self.strokes = erased(self.strokes, (x, y), radius)
        self._take(point)

    def release(self) -> None:
        """End a stroke; one that changed nothing is no step."""
        self._last = None
        if self._before and len(self._before[-1]) == len(self.strokes):
            pairs = zip(self._before[-1], self.strokes, strict=True)
            if all(before is after for before, after in pairs):
                self._before.pop()

    def undo(self) -> None:
        """Take back the last stroke, or what was erased last, or the last clearing."""
        if self._before:
            self.strokes = self._before.pop()
            self.changes += 1

    def clear(self) -> None:
        """Take everything off the pad; it can be taken back."""
        if self.strokes:
            self._before.append(self.strokes)
            self.strokes = ()
            self.changes += 1

    def reset(self) -> None:
        """Begin with an empty pad, for pictures of another size."""
        self.strokes, self._before, self._last = (), [], None
        self.changes += 1

    def _take(self, point: Point) -> None:
        self._last = point
        self.changes += 1
