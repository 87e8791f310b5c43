"""Turns samples into what a network sees, and its outputs back into the data's units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.features import FEATURES

Array = NDArray[Any]


class Encoding:
    """Features of the inputs, scaled as the training samples say.

    Parameters
    ----------
    dataset : Dataset
    training_rows : ndarray of int
        The rows of the training samples: no others may have a say in the scale.
    features : sequence of str
        Names of features, for data of two inputs; any other data is taken as it is.
    scaling : {"none", "standardize", "range"}
        Of the features, and of the targets of a regression: nothing, to mean 0 and deviation 1, or to -1 to 1.

    Attributes
    ----------
    names : tuple of str
        What the network is given, in words: "x1", "x1²".
    """

    def __init__(self, dataset: Dataset, training_rows: Array, features: Sequence[str], scaling: str) -> None:
        self._features = []
        self.names = dataset.input_names
        if len(dataset.input_names) == 2 and tuple(features) != ("x1", "x2"):
            self._features = [FEATURES[name].build() for name in features]
            self.names = tuple(feature.pattern.format(*dataset.input_names) for feature in self._features)
        self._means = _known_means(dataset.inputs[training_rows]) if np.isnan(dataset.inputs).any() else None
        self._shift: Array | None = None
        self._target_shift: Array | None = None
        if scaling != "none":
            fit = _standardizing if scaling == "standardize" else _to_range
            self._shift, self._factor = fit(self._chosen(dataset.inputs[training_rows]))
            if not dataset.is_classification:
                self._target_shift, self._target_factor = fit(dataset.targets[training_rows])

    def inputs(self, inputs: Array) -> Array:
        """Return what the network is given for some samples.

        Parameters
        ----------
        inputs : ndarray, shape (samples, inputs)
            In the data's units. If the data set has gaps, NaN, any gap is filled with the mean of its column over the
            training samples.

        Returns
        -------
        ndarray, shape (samples, features)
        """
        chosen = self._chosen(inputs)
        return chosen if self._shift is None else (chosen - self._shift) * self._factor

    def targets(self, targets: Array) -> Array:
        """Return what the network is to answer for targets in the data's units, shape (samples, outputs)."""
        return targets if self._target_shift is None else (targets - self._target_shift) * self._target_factor

    def outputs(self, outputs: Array) -> Array:
        """Return a network's answers in the data's units, shape (samples, outputs)."""
        return outputs if self._target_shift is None else outputs / self._target_factor + self._target_shift

    def _chosen(self, inputs: Array) -> Array:
        if self._means is not None:
            inputs = np.where(np.isnan(inputs), self._means, inputs)
        if not self._features:
            return inputs
        x, y = inputs.T
        return np.column_stack([feature.function(x, y) for feature in self._features])


def _known_means(values: Array) -> Array:
    """Return the mean of what is known in each column, and 0 where nothing is."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _standardizing(values: Array) -> tuple[Array, Array]:
    return values.mean(axis=0), _inverse(values.std(axis=0))


def _to_range(values: Array) -> tuple[Array, Array]:
    low, high = values.min(axis=0), values.max(axis=0)
    return (low + high) / 2, 2 * _inverse(high - low)


def _inverse(spread: Array) -> Array:
    """Return 1 / spread, and 1 for a column that never changes."""
    return 1 / np.where(spread > 0, spread, 1.0)
