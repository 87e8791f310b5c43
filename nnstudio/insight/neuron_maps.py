"""Finds the points of a neuron's map, and the scale that its values are shown on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.activations import Activation
from nnstudio.insight.surface import Plane

Array = NDArray[Any]

#: Sums at which a bounded activation has long come to its bounds, and any other has grown far beyond them.
FAR = 1000.0


def plane_points(plane: Plane, resolution: int) -> tuple[Array, tuple[int, int]]:
    """Return the points of a picture of a plane, from its top row down, and the picture's rows and columns.

    The plane of a single input has two rows, which are the same.

    Parameters
    ----------
    plane : Plane
    resolution : int
        Columns, and rows where two inputs vary.

    Returns
    -------
    points : ndarray, shape (rows * columns, inputs)
    shape : (int, int)
    """
    xs = np.linspace(*plane.x_range, resolution)
    ys = np.linspace(*plane.y_range[::-1], 2 if plane.x == plane.y else resolution)
    return plane.points(np.tile(xs, len(ys)), np.repeat(ys, len(xs))), (len(ys), len(xs))


def bounds_of(activation: Activation) -> tuple[float, float] | None:
    """Return from where to where an activation's values go, or None where they grow with its sums.

    Parameters
    ----------
    activation : Activation
        It is tried out: on sums far from 0, beside another neuron whose sum is 0.
    """
    near, far = (_reach(activation, FAR / 2), _reach(activation, FAR))
    if not np.allclose(near, far, atol=0.01):
        return None
    low, high = (round(float(value), 2) for value in far)
    return low, high


def _reach(activation: Activation, furthest: float) -> tuple[float, float]:
    sums = np.zeros((2, 4001))
    sums[0] = np.linspace(-furthest, furthest, sums.shape[1])
    values = np.empty_like(sums)
    with np.errstate(all="ignore"):
        activation.forward(sums, values)
    return float(values[0].min()), float(values[0].max())
