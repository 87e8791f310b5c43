"""Turns samples into what a network sees, and its outputs back into the data's units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.features import FEATURES, Feature

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
    features : list of Feature
        The functions that it is given; empty where it is given the inputs as they are.
    means : ndarray, shape (inputs,), or None
        What stands in for values that are missing; None where none is.
    scale, target_scale : (ndarray, ndarray) or None
        What is taken off each column, and what the rest is multiplied with; None where nothing is scaled.
    """

    def __init__(self, dataset: Dataset, training_rows: Array, features: Sequence[str], scaling: str) -> None:
        self.names = dataset.input_names
        self.features: list[Feature] = []
        if len(dataset.input_names) == 2 and tuple(features) != ("x1", "x2"):
            self.features = [FEATURES[name].build() for name in features]
            self.names = tuple(feature.pattern.format(*dataset.input_names) for feature in self.features)
        self.means = _known_means(dataset.inputs[training_rows]) if np.isnan(dataset.inputs).any() else None
        self.scale: tuple[Array, Array] | None = None
        self.target_scale: tuple[Array, Array] | None = None
        if scaling != "none":
            fit = _standardizing if scaling == "standardize" else _to_range
            self.scale = fit(self._chosen(dataset.inputs[training_rows]))
            if not dataset.is_classification:
                self.target_scale = fit(dataset.targets[training_rows])

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
        return chosen if self.scale is None else (chosen - self.scale[0]) * self.scale[1]

    def targets(self, targets: Array) -> Array:
        """Return what the network is to answer for targets in the data's units, shape (samples, outputs)."""
        return targets if self.target_scale is None else (targets - self.target_scale[0]) * self.target_scale[1]

    def outputs(self, outputs: Array) -> Array:
        """Return a network's answers in the data's units, shape (samples, outputs)."""
        return outputs if self.target_scale is None else outputs / self.target_scale[1] + self.target_scale[0]

    def _chosen(self, inputs: Array) -> Array:
        if self.means is not None:
            inputs = np.where(np.isnan(inputs), self.means, inputs)
        if not self.features:
            return inputs
        x, y = inputs.T
        return np.column_stack([feature.function(x, y) for feature in self.features])


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
