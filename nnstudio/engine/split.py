"""Parts the samples into those that train, those that validate and those that test."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset

Array = NDArray[Any]

TRAINING, VALIDATION, TEST = range(3)
#: What the parts are called, by their number.
PARTS = ("training", "validation", "test")


def split(dataset: Dataset, *, validation: float, test: float, generator: np.random.Generator) -> Array:
    """Return for each sample the number of its part, shape (samples,), dtype int8.

    Classes are stratified: each is spread over the parts as evenly as whole samples allow.

    Parameters
    ----------
    dataset : Dataset
    validation, test : float
        Shares of all samples; what is left trains.
    generator : numpy.random.Generator
        Draws who goes where.
    """
    samples = dataset.samples
    parts = np.full(samples, TRAINING, np.int8)
    first, second = round(samples * validation), round(samples * test)
    if not first + second:
        return parts
    order = generator.permutation(samples)
    if dataset.is_classification:
        order = order[np.argsort(_places(dataset.labels[order]), kind="stable")]
    parts[order[:first]] = VALIDATION
    parts[order[first : first + second]] = TEST
    return parts


def _places(labels: Array) -> Array:
    """Return for each sample how far it stands in the queue of its class, 0 to 1: sorted by it, the classes mix."""
    places = np.empty(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        places[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return places
