"""Computes what every neuron of a network gives for the same points, so that each can be shown as a map or a number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.choices.activations import Activation
from nnstudio.engine.network import Network, Propagation, with_constant
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.surface import Plane

Array = NDArray[Any]

#: Sums at which a bounded activation has long come to its bounds, and any other has grown far beyond them.
FAR = 1000.0


class NeuronResponses:
    """A network of its own that is fed with the same points again and again; made once, then given parameters.

    Parameters
    ----------
    spec : ExperimentSpec
    points : array_like, shape (points, inputs)
        In the data's units.
    """

    def __init__(self, spec: ExperimentSpec, points: ArrayLike) -> None:
        # Half the digits of a float64 are more than a picture shows, and take half the time.
        self._network = Network.from_spec(replace(spec, precision="float32"))
        self._encoding = spec.encoding()
        encoded = self._encoding.inputs(np.asarray(points, np.float64))
        self._inputs = np.ascontiguousarray(with_constant(encoded, np.float32).T)
        self._propagation = Propagation(self._network, len(encoded))
        self._outputs: Array = self._propagation.layer_outputs[-1]

    def set_point(self, index: int, point: ArrayLike) -> None:
        """Replace one of the points, for the passes from now on."""
        self._inputs[:-1, index] = self._encoding.inputs(np.asarray(point, np.float64)[None])[0]

    def compute(self, parameters: Array) -> None:
        """Pass all points through the network with these parameters, shape (parameters,); they are copied."""
        with np.errstate(all="ignore"):
            self._network.parameters[:] = parameters
            outputs = self._propagation.forward_propagation(self._inputs)
            self._outputs = self._encoding.outputs(outputs.T).T

    def layer(self, layer: int) -> Array:
        """Return what a layer gave in the latest pass, a row for each unit: a view that the next pass overwrites.

        Parameters
        ----------
        layer : int
            0 for what the network is given (its features), 1 for the first hidden layer, and so on. The outputs are in
            the data's units.

        Returns
        -------
        ndarray of float32, shape (units, points)
        """
        if layer == 0:
            return self._inputs[:-1]
        layers = self._propagation.layer_outputs
        return self._outputs if layer == len(layers) else layers[layer - 1]


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
    points = np.tile(np.array(plane.held), (len(xs) * len(ys), 1))
    points[:, plane.y] = np.repeat(ys, len(xs))
    points[:, plane.x] = np.tile(xs, len(ys))
    return points, (len(ys), len(xs))


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
