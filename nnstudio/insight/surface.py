"""Computes a network's outputs, and what its neurons give, over a plane of its inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.choices.activations import Activation
from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Layout, Network
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.responses import NeuronResponses

Array = NDArray[Any]

FINEST, COARSEST = 64, 16
#: What one live picture may cost, about a fifth of a millisecond: neurons to be computed for all its points together,
#: 16 weights counting as one neuron.
NEURONS = 150_000
#: A picture at rest may take many times as long: steep networks change their answer between two points of a live one.
FINEST_AT_REST, NEURONS_AT_REST = 192, 80 * NEURONS
#: A line of one input has so many times the points of a side of a picture.
LINE = 4


@dataclass(frozen=True)
class Plane:
    """Two inputs that vary, while the others are held.

    Attributes
    ----------
    x, y : int
        The inputs that vary.
    x_range, y_range : (float, float)
        From where to where.
    held : tuple of float
        A value for each input; those of x and y do not count.
    """

    x: int
    y: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    held: tuple[float, ...]

    @classmethod
    def of(cls, dataset: Dataset, x: int = 0, y: int = 1, held: tuple[float, ...] | None = None) -> Plane:
        """Return the plane of two inputs of a data set, a tenth wider than the data on each side, a quarter for gates.

        The other inputs are held at the first sample's values where the samples are all the patterns there are, else at
        the medians of what is known. The plane of a data set of one input is a line: y is 0 and means nothing.
        """
        inputs = dataset.inputs
        if held is None:
            middles = inputs[0] if dataset.enumerates else [_median(values) for values in inputs.T]
            held = tuple(float(v) for v in middles)
        y, share = min(y, inputs.shape[1] - 1), 0.25 if dataset.enumerates else 0.1
        return cls(x, y, padded_range(inputs[:, x], share), padded_range(inputs[:, y], share), held)

    @property
    def is_line(self) -> bool:
        """Whether only one input varies."""
        return self.x == self.y

    def contains(self, inputs: Array, tolerance: float = 1e-9) -> Array:
        """Return for each sample whether its other inputs have the values that are held, shape (samples,)."""
        others = [i for i in range(inputs.shape[1]) if i not in (self.x, self.y)]
        return np.asarray((np.abs(inputs[:, others] - np.array(self.held)[others]) <= tolerance).all(axis=1))

    def points(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return samples at some places of the plane, shape (points, inputs).

        Parameters
        ----------
        x, y : array_like, shape (points,)
        """
        points = np.tile(np.array(self.held), (np.size(x), 1))
        points[:, self.y], points[:, self.x] = y, x
        return points


class Surface:
    """A network of its own, evaluated over a grid of a plane; made once, then fed with parameters.

    Parameters
    ----------
    spec : ExperimentSpec
    plane : Plane
    resolution : int, optional
        Points along each side; chosen by the size of the network without it. A line has four times as many, in one row.

    Attributes
    ----------
    xs, ys : ndarray, shape (columns,) and (rows,)
        Where the grid's columns and rows are; the first and last lie on the edges of the plane.
    """

    def __init__(self, spec: ExperimentSpec, plane: Plane, resolution: int | None = None) -> None:
        self._spec = spec
        self._exact = Network.from_spec(replace(spec, precision="float64"))
        self._encoding = spec.encoding()
        self.plane = plane
        count = resolution or resolution_for(self._exact.layout)
        self.xs = np.linspace(*plane.x_range, count * LINE if plane.is_line else count)
        self.ys = np.zeros(1) if plane.is_line else np.linspace(*plane.y_range, count)
        points = plane.points(np.tile(self.xs, len(self.ys)), np.repeat(self.ys, len(self.xs)))
        self._responses = NeuronResponses(spec, points)

    def outputs(self, parameters: Array) -> Array:
        """Return the outputs over the grid for these parameters.

        Parameters
        ----------
        parameters : ndarray, shape (parameters,)
            Flat; they are copied.

        Returns
        -------
        ndarray, shape (outputs, rows, columns)
            Rows go with `ys`, columns with `xs`; the next call overwrites them.
        """
        self._exact.parameters[:] = parameters
        self._responses.compute(parameters)
        outputs = self._responses.layer(len(self._exact.activations))
        return outputs.reshape(-1, len(self.ys), len(self.xs))

    def neuron(self, layer: int, unit: int) -> Array:
        """Return what one neuron gave over the grid when `outputs` was last called.

        Parameters
        ----------
        layer : int
            0 for the network's inputs (its features), 1 for the first hidden layer, and so on. The outputs are in the
            data's units.
        unit : int

        Returns
        -------
        ndarray, shape (rows, columns)
            A view: the next call of `outputs` overwrites it.
        """
        return np.asarray(self._responses.layer(layer)[unit].reshape(len(self.ys), len(self.xs)))

    def at(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return the outputs at some points of the plane for the latest parameters, in full precision.

        Parameters
        ----------
        x, y : array_like, shape (points,)

        Returns
        -------
        ndarray, shape (points, outputs)
        """
        with np.errstate(all="ignore"):
            return self._encoding.outputs(self._exact.predict(self._encoding.inputs(self.plane.points(x, y))))

    def activation(self, layer: int) -> Activation | None:
        """Return a layer's activation; the inputs, layer 0, have none."""
        return self._exact.activations[layer - 1] if layer else None

    def neuron_at(self, layer: int, unit: int, x: ArrayLike, y: ArrayLike) -> Array:
        """Return what one neuron gives at some points of the plane for the latest parameters, shape (points,).

        Parameters
        ----------
        layer, unit : int
            As for `neuron`.
        x, y : array_like, shape (points,)
        """
        responses = NeuronResponses(self._spec, self.plane.points(x, y), precision="float64")
        responses.compute(self._exact.parameters)
        return np.asarray(responses.layer(layer)[unit])


def padded_range(values: Array, share: float) -> tuple[float, float]:
    """Return the range of what is known of some values, shape (values,), wider on each side by a share of it."""
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    pad = (high - low) * share or 1.0
    return low - pad, high + pad


def _median(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else 0.0


def resolution_for(layout: Layout, *, at_rest: bool = False) -> int:
    """Return how many points along each side of a picture a network can afford, live or at rest; a multiple of 8."""
    neurons = sum(outputs + inputs * outputs / 16 for inputs, outputs in layout.shapes)
    afforded, finest = (NEURONS_AT_REST, FINEST_AT_REST) if at_rest else (NEURONS, FINEST)
    return int(np.clip(np.sqrt(afforded / neurons) // 8 * 8, COARSEST, finest))
