"""Holds points that a person paints on the plane, and makes them a data set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.choices.datasets import Dataset

Array = NDArray[Any]

MOST_POINTS = 50_000
MOST_CLASSES = 6
#: Title of what was painted on an empty plane.
FROM_EMPTY = "Painted points"
_PAINTED = ", painted"
#: Pixels between two single points of one stroke, and of a spray from one point of its way to the next.
_APART, _STEP = 12.0, 8.0
#: Pixels of the spray's radius for each point that it leaves at a point of its way.
_PIXELS_A_POINT = 10.0


@dataclass(frozen=True, eq=False)
class Painting:
    """Points with their answers; every change makes another painting.

    Attributes
    ----------
    title : str
    inputs : ndarray, shape (points, 2)
        In the data's units.
    answers : ndarray, shape (points,)
        The index of each point's class, or its number.
    class_names : tuple of str
        Empty where the answers are numbers.
    input_names : tuple of str
    target_name : str
    """

    title: str
    inputs: Array
    answers: Array
    class_names: tuple[str, ...]
    input_names: tuple[str, ...]
    target_name: str

    @classmethod
    def of(cls, dataset: Dataset) -> Painting:
        """Return the samples of a data set that `can_be_painted` as points to go on with."""
        answers = dataset.labels if dataset.is_classification else dataset.targets[:, 0]
        names = dataset.class_names, dataset.input_names, dataset.target_name
        return cls(dataset.title, dataset.inputs, answers, *names)

    def emptied(self) -> Painting:
        """Return an empty plane, for two new classes or for numbers."""
        classes = ("class 1", "class 2") if self.class_names else ()
        empty = self.take(np.zeros(len(self.inputs), bool))
        return replace(empty, title=FROM_EMPTY, class_names=classes)

    def with_class(self) -> Painting:
        """Return the painting with one class more, which has no points yet."""
        number = len(self.class_names) + 1
        while f"class {number}" in self.class_names:
            number += 1
        return replace(self, class_names=(*self.class_names, f"class {number}"))

    def with_points(self, points: ArrayLike, answer: float) -> Painting:
        """Return the painting with points behind those that it has, all of one answer, as far as there is room.

        Parameters
        ----------
        points : array_like, shape (points, 2)
        answer : float
            The index of a class, or a number.
        """
        added = np.asarray(points, float).reshape(-1, 2)[: max(MOST_POINTS - len(self.inputs), 0)]
        answers = np.append(self.answers, np.full(len(added), answer)).astype(self.answers.dtype)
        return replace(self, inputs=np.concatenate([self.inputs, added]), answers=answers)

    def without(self, center: tuple[float, float], radii: tuple[float, float]) -> Painting:
        """Return the painting without the points in an ellipse; itself, where there are none.

        Parameters
        ----------
        center : (float, float)
        radii : (float, float)
            Across and up, in the units of the inputs.
        """
        apart = ((self.inputs - center) / radii) ** 2
        outside = ~(apart.sum(axis=1) <= 1)  # a point that is not known lies nowhere
        return self if outside.all() else self.take(outside)

    def take(self, rows: Array) -> Painting:
        """Return the painting that has only the given points."""
        return replace(self, inputs=self.inputs[rows], answers=self.answers[rows])

    @property
    def missing(self) -> str:
        """What has to be painted before there is something to learn, in words; empty if nothing has."""
        if not self.class_names:
            return "" if len(self.answers) > 1 else "Paint at least two points"
        return "" if len(np.unique(self.answers)) > 1 else "Paint at least one point of two classes"

    def dataset(self) -> Dataset:
        """Return the points as a data set, once nothing is `missing`; classes at the end without points are left out.

        A class before one that has points keeps its place, and with it its colour, even without points of its own.
        """
        title = self.title if self.title == FROM_EMPTY or self.title.endswith(_PAINTED) else self.title + _PAINTED
        if not self.class_names:
            return Dataset.of_numbers(
                title, self.inputs, self.answers, input_names=self.input_names, output_names=(self.target_name,)
            )
        used = max(int(self.answers.max()) + 1, 2)
        return Dataset.of_classes(
            title,
            self.inputs,
            self.answers,
            self.class_names[:used],
            input_names=self.input_names,
            target_name=self.target_name,
        )

    def has_same_points(self, other: Painting) -> bool:
        """Return whether another painting has the same points with the same answers and names."""
        names = self.class_names, self.input_names, self.target_name
        return (
            names == (other.class_names, other.input_names, other.target_name)
            and np.array_equal(self.inputs, other.inputs, equal_nan=True)
            and np.array_equal(self.answers, other.answers)
        )


def can_be_painted(dataset: Dataset) -> bool:
    """Return whether a data set is one of points on a plane, with a class or one number for each."""
    return len(dataset.input_names) == 2 and (dataset.is_classification or len(dataset.output_names) == 1)


class Brush:
    """Leaves points along a way, in pixels: single ones, or a spray around it.

    Parameters
    ----------
    radius : float
        Of the spray; 0 leaves single points.
    rng : numpy.random.Generator
        Scatters the spray.
    """

    def __init__(self, radius: float, rng: np.random.Generator) -> None:
        self._radius, self._rng = radius, rng
        self._last: Array | None = None

    def to(self, x: float, y: float) -> Array:
        """Go on to a place, and return the points left on the way, shape (points, 2); the first place gets some too."""
        place = np.array([x, y])
        if self._last is None:
            self._last = place
            return self._around(place[None])
        step = _STEP if self._radius else _APART
        way = place - self._last
        length = float(np.hypot(*way))
        count = int(length // step)
        stops = self._last + way * (np.arange(1, count + 1)[:, None] * step / max(length, step))
        if count:
            self._last = stops[-1]
        return self._around(stops)

    def _around(self, stops: Array) -> Array:
        if not self._radius:
            return stops
        each = max(round(self._radius / _PIXELS_A_POINT), 1)
        count = len(stops) * each
        # The root spreads the points evenly over the disc.
        away = self._radius * np.sqrt(self._rng.random(count))
        turn = 2 * np.pi * self._rng.random(count)
        return np.repeat(stops, each, axis=0) + np.column_stack([away * np.cos(turn), away * np.sin(turn)])
