"""Computes what every neuron of a network gives for the same points, as its parameters change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.network import Network, Propagation, with_constant
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]


class NeuronResponses:
    """A network of its own that is fed with the same points again and again; made once, then given parameters.

    Parameters
    ----------
    spec : ExperimentSpec
    points : array_like, shape (points, inputs)
        In the data's units.
    precision : {"float32", "float64"}
        Half the digits of a float64 are more than a picture shows, and take half the time.
    """

    def __init__(self, spec: ExperimentSpec, points: ArrayLike, *, precision: str = "float32") -> None:
        self._network = Network.from_spec(replace(spec, precision=precision))
        self._encoding = spec.encoding()
        encoded = self._encoding.inputs(np.asarray(points, np.float64))
        self._inputs = np.ascontiguousarray(with_constant(encoded, self._network.dtype).T)
        self._propagation = Propagation(self._network, len(encoded))
        self._outputs: Array = self._propagation.layer_outputs[-1]

    def set_point(self, index: int, point: ArrayLike) -> None:
        """Replace one of the points, shape (inputs,), for the passes from now on."""
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
        ndarray, shape (units, points)
        """
        if layer == 0:
            return self._inputs[:-1]
        layers = self._propagation.layer_outputs
        return self._outputs if layer == len(layers) else layers[layer - 1]
