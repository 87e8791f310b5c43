"""Computes a network's output over a plane of its inputs, and the line on which its answer changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Layout, Network, Propagation, with_constant
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]

FINEST, COARSEST = 64, 16
#: What one live picture may cost, about a fifth of a millisecond: neurons to be computed for all its points together,
#: 16 weights counting as one neuron.
NEURONS = 150_000
#: A picture at rest may take many times as long: steep networks change their answer between two points of a live one.
FINEST_AT_REST, NEURONS_AT_REST = 192, 80 * NEURONS

# A cell's corners, counter-clockwise from its lowest x and y, are the bits 1, 2, 4, 8; edge i goes from corner i to the
# next. For each case of corners above the level: the edges that one or two pieces of the contour begin and end on, with
# what is above on their right. In the saddles 5 and 10 the cell's middle is below the level; 16 and 17 are the same
# with it above.
_PIECES = np.full((18, 2, 2), -1)
for _case, _pairs in {
    1: [(3, 0)], 2: [(0, 1)], 3: [(3, 1)], 4: [(1, 2)], 5: [(3, 0), (1, 2)], 6: [(0, 2)], 7: [(3, 2)], 8: [(2, 3)],
    9: [(2, 0)], 10: [(0, 1), (2, 3)], 11: [(2, 1)], 12: [(1, 3)], 13: [(1, 0)], 14: [(0, 3)],
    16: [(1, 0), (3, 2)], 17: [(0, 3), (2, 1)],
}.items():  # fmt: skip
    _PIECES[_case, : len(_pairs)] = _pairs


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
        """Return the plane of two inputs of a data set, a quarter wider than the data on each side.

        The other inputs are held at the first sample's values where the samples are all the patterns there are, else at
        their medians. A data set of one input has a plane all the same: y is 0 and means nothing.
        """
        inputs = dataset.inputs
        if held is None:
            held = tuple(float(v) for v in (inputs[0] if dataset.enumerates else np.median(inputs, axis=0)))
        y = min(y, inputs.shape[1] - 1)
        return cls(x, y, padded_range(inputs[:, x]), padded_range(inputs[:, y]), held)

    def contains(self, inputs: Array, tolerance: float = 1e-9) -> Array:
        """Return for each sample whether its other inputs have the values that are held, shape (samples,)."""
        others = [i for i in range(inputs.shape[1]) if i not in (self.x, self.y)]
        return np.asarray((np.abs(inputs[:, others] - np.array(self.held)[others]) <= tolerance).all(axis=1))


class Surface:
    """A network of its own, evaluated over a grid of a plane; made once, then fed with parameters.

    Parameters
    ----------
    spec : ExperimentSpec
    plane : Plane
    resolution : int, optional
        Points along each side; chosen by the size of the network without it.

    Attributes
    ----------
    xs, ys : ndarray, shape (resolution,)
        Where the grid's columns and rows are; the first and last lie on the edges of the plane.
    """

    def __init__(self, spec: ExperimentSpec, plane: Plane, resolution: int | None = None) -> None:
        # Half the digits of a float64 are more than a picture shows, and take half the time.
        self._network = Network.from_spec(replace(spec, precision="float32"))
        self._exact = Network.from_spec(replace(spec, precision="float64"))
        self._encoding = spec.encoding()
        self.plane = plane
        count = resolution or resolution_for(self._network.layout)
        self.xs = np.linspace(*plane.x_range, count)
        self.ys = np.linspace(*plane.y_range, count)
        points = self._points(np.tile(self.xs, count), np.repeat(self.ys, count))
        self._inputs = np.ascontiguousarray(with_constant(self._encoding.inputs(points), np.float32).T)
        self._propagation = Propagation(self._network, count * count)

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
        with np.errstate(all="ignore"):
            self._exact.parameters[:] = parameters
            self._network.parameters[:] = parameters
            outputs = self._propagation.forward_propagation(self._inputs)
        return self._encoding.outputs(outputs.T).T.reshape(-1, len(self.ys), len(self.xs))

    def neuron(self, layer: int, unit: int) -> Array:
        """Return what one neuron gave over the grid when `outputs` was last called.

        Parameters
        ----------
        layer : int
            0 for the network's inputs (its features), 1 for the first hidden layer, and so on.
        unit : int

        Returns
        -------
        ndarray, shape (rows, columns)
            A view: the next call of `outputs` overwrites it.
        """
        units = self._inputs if layer == 0 else self._propagation.layer_outputs[layer - 1]
        return np.asarray(units[unit].reshape(len(self.ys), len(self.xs)))

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
            return self._encoding.outputs(self._exact.predict(self._encoding.inputs(self._points(x, y))))

    def _points(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return samples at these places of the plane, shape (points, inputs)."""
        points = np.tile(np.array(self.plane.held), (np.size(x), 1))
        points[:, self.plane.y], points[:, self.plane.x] = y, x
        return points


def padded_range(values: Array) -> tuple[float, float]:
    """Return the range of some values, a quarter wider on each side: -0.25 to 1.25 for gates."""
    low, high = float(values.min()), float(values.max())
    pad = (high - low) / 4 or 1.0
    return low - pad, high + pad


def resolution_for(layout: Layout, *, at_rest: bool = False) -> int:
    """Return how many points along each side of a picture a network can afford, live or at rest; a multiple of 8."""
    neurons = sum(outputs + inputs * outputs / 16 for inputs, outputs in layout.shapes)
    afforded, finest = (NEURONS_AT_REST, FINEST_AT_REST) if at_rest else (NEURONS, FINEST)
    return int(np.clip(np.sqrt(afforded / neurons) // 8 * 8, COARSEST, finest))


def decision_margin(outputs: Array, output: int, threshold: float) -> Array:
    """Return by how much an answer is given: above 0 where it is "yes", or where this class has the largest output.

    Parameters
    ----------
    outputs : ndarray, shape (outputs, ...)
    output : int
        The class; with a single output there is only 0.
    threshold : float
        What a single output is compared with.

    Returns
    -------
    ndarray, shape (...)
    """
    if outputs.shape[0] == 1:
        return np.asarray(outputs[0] - threshold)
    others = np.delete(outputs, output, axis=0)
    return np.asarray(outputs[output] - others.max(axis=0))


def contour(values: Array, level: float, xs: Array, ys: Array) -> list[Array]:
    """Return the lines on which a grid of values has a level, by marching squares with linear interpolation.

    Lorensen and Cline, "Marching cubes", SIGGRAPH 1987, in two dimensions; saddles are told apart by the mean of their
    corners. Cells with a corner that is not finite have no line.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
    level : float
    xs : ndarray, shape (columns,)
    ys : ndarray, shape (rows,)

    Returns
    -------
    list of ndarray, shape (points, 2)
        Each line as its points (x, y), with the values above the level on its right; a closed one ends where it began.
    """
    values = np.asarray(values)
    above = (values > level).view(np.uint8)
    case = above[:-1, :-1] | above[:-1, 1:] << 1 | above[1:, 1:] << 2 | above[1:, :-1] << 3
    finite = np.isfinite(values)
    if not finite.all():
        case[~(finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, 1:] & finite[1:, :-1])] = 0
    # Few cells are crossed: from here on they are all that is looked at.
    rows, columns = np.nonzero((case > 0) & (case < 15))
    case, flat, wide = case[rows, columns], values.size, values.shape[1]
    for saddle in np.flatnonzero((case == 5) | (case == 10)):
        row, column = rows[saddle], columns[saddle]
        if values[row : row + 2, column : column + 2].mean(dtype=float) > level:
            case[saddle] = 16 if case[saddle] == 5 else 17
    # A number for each edge of the grid, the same seen from both its cells: first those along x, then those along y.
    pieces = _PIECES[case]
    cells, which = np.nonzero(pieces[:, :, 0] >= 0)
    edges = (rows * wide + columns)[cells] + np.array([0, flat + 1, wide, flat])[pieces[cells, which].T]
    chains = _chains(*edges.tolist())
    return [_crossings(np.array(chain), values, level, xs, ys) for chain in chains]


def _crossings(edges: Array, values: Array, level: float, xs: Array, ys: Array) -> Array:
    """Return where some edges of the grid cross the level, shape (edges, 2)."""
    upright, first = np.divmod(edges, values.size)
    last = first + np.where(upright, values.shape[1], 1)
    low, high = values.ravel()[[first, last]].astype(float)
    with np.errstate(over="ignore"):
        along = (level - low) / (high - low)
    (top, left), (bottom, right) = np.divmod(first, values.shape[1]), np.divmod(last, values.shape[1])
    points = np.empty((len(edges), 2))
    points[:, 0] = xs[left] + along * (xs[right] - xs[left])
    points[:, 1] = ys[top] + along * (ys[bottom] - ys[top])
    return points


def _chains(starts: list[int], ends: list[int]) -> list[list[int]]:
    """Order pieces that lead from edge to edge into lines of edges; from each edge at most one piece leads on."""
    follows = dict(zip(starts, ends, strict=True))
    reached = set(ends)
    chains = []
    # Open lines have to be followed from their beginnings; what is left are closed ones, which begin anywhere.
    for start in [*(start for start in starts if start not in reached), *starts]:
        chain, edge = [start], follows.pop(start, None)
        while edge is not None:
            chain.append(edge)
            edge = follows.pop(edge, None)
        if len(chain) > 1:
            chains.append(chain)
    return chains
