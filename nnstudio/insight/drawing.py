"""Turns strokes into a picture such as those of a data set: of their size, in their place, with as much ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset

Array = NDArray[Any]

#: Dots along a pixel's side that are counted to find how dark it is: the UCI digits are counts of 4 x 4.
FINE = 4
#: At most so many dots along a side of the whole picture.
MOST_DOTS = 128
#: A pen's width as a share of how high the data's pictures are drawn, where the ink does not say: digits of MNIST.
PEN = 1 / 7
#: A pen that has to bring a certain amount of ink gets at most so many times as wide, or as narrow.
PEN_RANGE = 3.0
#: What is drawn tall is widened at most so many times more than it is heightened, so that a 1 stays a 1.
MOST_STRETCH = 2.0
#: What varies less than this from picture to picture (deviation over mean) was made equal on purpose.
SAME = 0.2
#: Pictures that are looked at.
MOST_SAMPLES = 2000
#: Share of full ink below which a pixel counts as blank.
BLANK = 0.05
#: Rounds in which pen and place are fitted to one another.
ROUNDS = 3


@dataclass(frozen=True)
class Framing:
    """How the pictures of a data set sit in their frame, so that another can be made like them.

    The UCI digits (Alpaydin & Kaynak, 1998), for instance, were fitted into 20 x 32 of 32 x 32 dots, whatever their
    proportions, hold about the same amount of ink, and were counted in blocks of 4 x 4. Those of MNIST (LeCun et al.,
    1998) keep their proportions and their pens, and have their centre of mass in the middle.

    Attributes
    ----------
    shape : (int, int)
        Rows and columns.
    blank, full : float
        The value of a pixel without ink, and of one full of it.
    size : (float, float)
        Width and height, in pixels, into which a drawing is fitted.
    center : (float, float)
        Where its middle comes to lie, in pixels from the left and the top.
    stretched : bool
        Width and height are fitted each for itself; otherwise proportions stay.
    by_mass : bool
        The middle is the centre of mass; otherwise that of the outline.
    ink : float or None
        How many full pixels' worth of ink there is, if it is the same in all pictures.
    """

    shape: tuple[int, int]
    blank: float
    full: float
    size: tuple[float, float]
    center: tuple[float, float]
    stretched: bool
    by_mass: bool
    ink: float | None

    @classmethod
    def of(cls, dataset: Dataset) -> Framing:
        """Return how the pictures of a data set are framed.

        Parameters
        ----------
        dataset : Dataset
            One whose `image_shape` is known.
        """
        assert dataset.image_shape is not None
        rows, columns = shape = dataset.image_shape
        pictures = dataset.inputs[:MOST_SAMPLES].reshape(-1, rows, columns)
        low, high = float(pictures.min()), float(pictures.max())
        edge = np.concatenate([pictures[:, [0, -1]].ravel(), pictures[:, :, [0, -1]].ravel()])
        on_dark = float(np.median(edge)) <= (low + high) / 2
        blank, full = (low, high) if on_dark else (high, low)
        amounts = (pictures - blank) / ((full - blank) or 1.0)
        inked = amounts.max(axis=(1, 2)) > BLANK
        if not inked.any():
            return cls(
                shape, blank, full if full != blank else blank + 1, (columns, rows), _middle(shape), True, False, None
            )
        amounts = amounts[inked]
        ink = amounts.sum(axis=(1, 2))
        starts, ends = zip(_extent(amounts.max(axis=1)), _extent(amounts.max(axis=2)), strict=True)
        sizes, middles = np.subtract(ends, starts), np.add(ends, starts) / 2
        places = np.arange(0.5, max(shape))
        masses = np.stack([amounts.sum(axis=1) @ places[:columns], amounts.sum(axis=2) @ places[:rows]]) / ink
        stretched = all(_is_same(size) for size in sizes)
        by_mass = bool(masses.std(axis=1).sum() < middles.std(axis=1).sum())
        if stretched:
            width, height = np.median(sizes, axis=1)
        else:  # the longer side fills the box, whichever it is
            width, height = np.minimum(np.median(sizes.max(axis=0)), (columns, rows))
        x, y = np.median(masses if by_mass else middles, axis=1)
        return cls(
            shape,
            blank,
            full,
            (float(width), float(height)),
            (float(x), float(y)),
            stretched,
            by_mass,
            float(np.median(ink)) if _is_same(ink) else None,
        )

    @property
    def pen(self) -> float:
        """Width of a pen, in pixels."""
        return self.size[1] * PEN

    def amounts(self, values: Array) -> Array:
        """Return how much ink there is in pixels: 0 for blank ones, 1 for full ones."""
        return (values - self.blank) / (self.full - self.blank)

    def picture(self, strokes: Sequence[Array], thickness: float = 1.0) -> Array:
        """Return the picture of some strokes, wherever and however large they were drawn.

        Parameters
        ----------
        strokes : sequence of ndarray, shape (points, 2)
            From left and top, in any unit.
        thickness : float
            Of the pen, as a multiple of what the data's pictures are drawn with.

        Returns
        -------
        ndarray, shape (rows * columns,)
            In the data's units, row by row.
        """
        rows, columns = self.shape
        drawn = [np.asarray(stroke, float) for stroke in strokes if len(stroke)]
        if not drawn:
            return np.full(rows * columns, self.blank)
        fine = max(1, min(FINE, MOST_DOTS // max(self.shape)))
        radius = first = max(self.pen / 2, 0.75 / fine)  # no stroke slips between the dots
        middle = np.array(self.center)
        for _ in range(ROUNDS):
            distances = self._distances(self._fitted(drawn, radius, middle), fine)
            if self.ink is not None:
                dots = min(max(round(self.ink * fine**2), 1), distances.size)
                wanted = float(np.partition(distances.ravel(), dots - 1)[dots - 1])
                radius = min(max(wanted, first / PEN_RANGE), first * PEN_RANGE)
            if self.by_mass:
                middle = middle + np.array(self.center) - _center_of_mass(distances <= radius, fine)
        inked = self._distances(self._fitted(drawn, radius, middle), fine) <= radius * thickness
        amounts = inked.reshape(rows, fine, columns, fine).mean(axis=(1, 3))
        return np.asarray(self.blank + (self.full - self.blank) * amounts.ravel())

    def _fitted(self, strokes: Sequence[Array], radius: float, middle: Array) -> list[Array]:
        """Return the strokes where they belong, so that with the width of the pen they fill the box."""
        points = np.vstack(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.maximum(np.array(self.size) - 2 * radius, 1 / FINE)
        with np.errstate(divide="ignore"):
            scale = room / (high - low)
        least = float(scale.min())
        if not np.isfinite(least):
            least = 1.0  # a single dot
        scale = np.minimum(scale, least * MOST_STRETCH) if self.stretched else np.full(2, least)
        return [(stroke - (low + high) / 2) * scale + middle for stroke in strokes]

    def _distances(self, strokes: Sequence[Array], fine: int) -> Array:
        """Return how far each dot of the frame is from the strokes, in pixels, shape (rows * fine, columns * fine)."""
        rows, columns = self.shape
        points = np.vstack([resampled(stroke, 1 / fine) for stroke in strokes]).astype(np.float32)
        x = (np.arange(columns * fine, dtype=np.float32) + 0.5) / fine
        y = (np.arange(rows * fine, dtype=np.float32) + 0.5) / fine
        across, down = (x[:, None] - points[:, 0]) ** 2, (y[:, None] - points[:, 1]) ** 2
        # Row by row, because all rows times all points would not fit into a cache.
        return np.asarray(np.sqrt(np.stack([(across + row).min(axis=1) for row in down])))


def resampled(stroke: Array, step: float) -> Array:
    """Return a stroke with its points no more than a step apart, shape (points, 2)."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = int(np.ceil(along[-1] / step)) + 1
    places = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(places, along, stroke[:, 0]), np.interp(places, along, stroke[:, 1])])


def erased(strokes: Sequence[Array], at: tuple[float, float], radius: float) -> tuple[Array, ...]:
    """Return what is left of some strokes around a place: those that run through it are parted.

    Parameters
    ----------
    strokes : sequence of ndarray, shape (points, 2)
        With their points close to one another.
    at : (float, float)
    radius : float
    """
    left: list[Array] = []
    for stroke in strokes:
        kept = np.hypot(*(stroke - np.array(at)).T) > radius
        if kept.all():
            left.append(stroke)
            continue
        cuts = np.flatnonzero(np.diff(kept)) + 1
        left += [part for part, keep in zip(np.split(stroke, cuts), np.split(kept, cuts), strict=True) if keep[0]]
    return tuple(left)


def _extent(profiles: Array) -> tuple[Array, Array]:
    """Return where the ink begins and ends in the profiles (pictures, places); a half-inked edge counts half."""
    inked = profiles > BLANK
    first = inked.argmax(axis=1)
    last = profiles.shape[1] - 1 - inked[:, ::-1].argmax(axis=1)
    each = np.arange(len(profiles))
    return first + 1 - profiles[each, first], last + profiles[each, last]


def _is_same(values: Array) -> bool:
    return bool(values.std() < SAME * values.mean())


def _middle(shape: tuple[int, int]) -> tuple[float, float]:
    return shape[1] / 2, shape[0] / 2


def _center_of_mass(inked: Array, fine: int) -> Array:
    y, x = np.nonzero(inked)
    return np.array([x.mean() + 0.5, y.mean() + 0.5]) / fine
