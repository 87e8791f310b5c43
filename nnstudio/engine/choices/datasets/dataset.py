"""Holds samples with their targets, and codes classes as a network is to answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with their targets, float64 and not writable. Two are equal if all that they hold is.

    Attributes
    ----------
    title : str
        What is being learned, as it reads in a sentence: "XOR".
    inputs : ndarray, shape (samples, inputs)
        As they were measured: scaling and features come later, in the experiment's encoding, and so does what fills a
        gap, NaN.
    targets : ndarray, shape (samples, outputs)
        Numbers for regression. For classes, one column for two classes, or one for each class.
    input_names, output_names : tuple of str
    class_names : tuple of str
        The classes; empty for regression.
    target_name : str
        What the targets say: the output's name where there is a single one.
    enumerates : bool
        The samples are all the patterns that there are, so they can be listed in a truth table.
    image_shape : (int, int) or None
        Rows and columns, where the inputs are the pixels of a picture, row by row.
    """

    title: str
    inputs: Array
    targets: Array
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    target_name: str = "y"
    enumerates: bool = False
    image_shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            values = getattr(self, name)
            if values.dtype != np.float64 or values.flags.writeable:  # what nobody can change needs no copy
                values = np.array(values, np.float64)
                values.flags.writeable = False
            object.__setattr__(self, name, values)

    @classmethod
    def of_classes(
        cls,
        title: str,
        inputs: ArrayLike,
        labels: ArrayLike,
        class_names: Sequence[str],
        *,
        input_names: Sequence[str] = (),
        target_name: str = "y",
        enumerates: bool = False,
        image_shape: tuple[int, int] | None = None,
    ) -> Dataset:
        """Return a data set of classes: one output, 0 or 1, for two of them, else one output for each.

        Parameters
        ----------
        inputs : array_like, shape (samples, inputs)
        labels : array_like of int, shape (samples,)
            Index of each sample's class.
        class_names : sequence of str
        input_names : sequence of str, optional
            x1, x2, … without it.
        """
        inputs = np.asarray(inputs, np.float64)
        bare = cls(
            title,
            inputs,
            np.asarray(labels, np.float64)[:, None],
            tuple(input_names) or numbered(inputs.shape[1]),
            (target_name,),
            tuple(class_names),
            target_name,
            enumerates,
            image_shape,
        )
        return bare if len(bare.class_names) == 2 else bare._coded(np.asarray(labels, int), "single")

    @classmethod
    def of_numbers(
        cls,
        title: str,
        inputs: ArrayLike,
        targets: ArrayLike,
        *,
        input_names: Sequence[str] = (),
        output_names: Sequence[str] = ("y",),
    ) -> Dataset:
        """Return a data set for regression.

        Parameters
        ----------
        inputs : array_like, shape (samples, inputs)
        targets : array_like, shape (samples, outputs) or (samples,)
        input_names, output_names : sequence of str, optional
        """
        inputs, targets = np.asarray(inputs, np.float64), np.asarray(targets, np.float64)
        columns = targets.reshape(len(targets), -1)
        names = tuple(input_names) or numbered(inputs.shape[1])
        return cls(title, inputs, columns, names, tuple(output_names), target_name=output_names[0])

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Dataset) or self._words() != other._words():
            return False
        return np.array_equal(self.inputs, other.inputs, equal_nan=True) and np.array_equal(self.targets, other.targets)

    def __hash__(self) -> int:
        return hash(self._words())

    def _words(self) -> tuple[object, ...]:
        names = self.input_names, self.output_names, self.class_names, self.target_name
        return self.title, *names, self.enumerates, self.image_shape, self.inputs.shape

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.inputs)

    @property
    def is_classification(self) -> bool:
        """Whether the targets are classes, not numbers."""
        return bool(self.class_names)

    @property
    def labels(self) -> Array:
        """The index of each sample's class, shape (samples,); for classes only."""
        return class_of(self.targets, 0.5)

    def coded(self, coding: str) -> Dataset:
        """Return the data set with its classes answered in another way; one of numbers is returned as it is.

        Parameters
        ----------
        coding : {"single", "signed", "one_hot"}
            One output of 0 or 1, one of -1 or 1, or an output of 0 or 1 for each class. More than two classes have an
            output each, whatever the coding.
        """
        return self._coded(self.labels, coding) if self.is_classification else self

    def _coded(self, labels: Array, coding: str) -> Dataset:
        count = len(self.class_names)
        several = coding == "one_hot" or count != 2
        targets = np.eye(count)[labels] if several else labels[:, None].astype(float)
        if coding == "signed":
            targets = 2 * targets - 1
        return replace(self, targets=targets, output_names=self.class_names if several else (self.target_name,))

    def take(self, rows: Array) -> Dataset:
        """Return the data set that holds only the given rows, shape (rows,)."""
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows], enumerates=False)


def numbered(count: int) -> tuple[str, ...]:
    """Return x1, x2, … as names for so many inputs."""
    return tuple(f"x{i + 1}" for i in range(count))


def class_of(outputs: Array, threshold: float) -> Array:
    """Return the class that outputs or targets stand for, shape (samples,).

    Parameters
    ----------
    outputs : ndarray, shape (samples, outputs)
        One output that is compared with the threshold, or one for each class, of which the largest counts.
    threshold : float
    """
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > threshold).astype(int)
    return np.asarray(outputs.argmax(axis=1))
