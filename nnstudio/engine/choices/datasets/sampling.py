"""Holds what all generated data sets share: their parameters, and the shuffle at the end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.registry import Number

Array = NDArray[Any]

PLAYGROUND = "Smilkov et al., Direct-Manipulation Visualization of Deep Networks (2017): TensorFlow Playground"


def samples(default: int) -> Number:
    """Return the parameter that says how many points are drawn."""
    return Number(
        key="samples",
        label="Samples",
        default=default,
        whole=True,
        minimum=10,
        maximum=50_000,
        log=True,
        help="How many points are drawn, test and validation samples included.",
    )


def noise(what: str) -> Number:
    """Return the parameter that says how much chance there is.

    Parameters
    ----------
    what : str
        What strays, in words that follow "How far".
    """
    return Number(
        key="noise",
        label="Noise",
        default=0.0,
        minimum=0.0,
        maximum=50.0,
        help=f"How far {what}, from 0 (not at all) to 50, in percent of the data's reach.",
    )


def classes(minimum: int) -> Number:
    """Return the parameter that says how many classes there are, up to six."""
    return Number(
        key="classes",
        label="Classes",
        default=3,
        whole=True,
        minimum=minimum,
        maximum=6,
        help="How many classes there are. More than two have an output each.",
    )


def shuffled(dataset: Dataset, rng: np.random.Generator) -> Dataset:
    """Return the data set in random order, so that batches are mixed even where training does not shuffle."""
    return dataset.take(rng.permutation(dataset.samples))
