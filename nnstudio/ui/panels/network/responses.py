"""Keeps what every neuron of a run gives, as colours of its map over the input plane or as the level of a gauge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.network import Network
from nnstudio.insight.neuron_maps import bounds_of, plane_points
from nnstudio.insight.responses import NeuronResponses
from nnstudio.insight.surface import Plane, resolution_for
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import nice_ceil
from nnstudio.ui.panels.network.places import Places
from nnstudio.ui.panels.surface.subject import number_range

Array = NDArray[Any]

COLORS = 256
#: Points along each side of a map while a run is under way, and when it rests.
COARSEST, FINEST, FINEST_AT_REST = 16, 40, 96
#: So many samples say what range a neuron's values have, where there is no plane of inputs.
SAMPLES = 127


@dataclass(eq=False)
class Atlas:
    """The maps of one layer, below each other in one image that keeps their pixels alive.

    Attributes
    ----------
    image : QImage
    first : int
        The unit whose map is the uppermost.
    rows, columns : int
        Points of each map.
    """

    image: QImage
    first: int
    rows: int
    columns: int
    pixels: Array


class Responses:
    """What the neurons of a run give.

    Parameters
    ----------
    run : Run

    Attributes
    ----------
    mapped : bool
        There is a plane of inputs to show maps of; otherwise there are gauges for one sample.
    atlases : dict of int to Atlas
        The maps of each layer, as far as they can be seen.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.mapped = run.dataset.inputs.shape[1] <= 2
        self._bounds = [None, *map(bounds_of, Network.from_spec(run.spec).activations)]
        self._spans = [0.0] * len(self._bounds)
        self._resolution = 0
        self._sample = 0
        self._lut: Array = np.zeros(COLORS, np.uint32)
        self.atlases: dict[int, Atlas] = {}
        self._others: Array = np.zeros((0, 0))
        self._others_atlas: Atlas | None = None
        if not self.mapped:
            self._responses = NeuronResponses(run.spec, self._samples())

    def set_sample(self, sample: int) -> None:
        """Let another sample be the current one."""
        self._sample = sample
        if self._resolution or not self.mapped:
            self._responses.set_point(-1, self._run.dataset.inputs[sample])

    def set_lut(self, lut: Array) -> None:
        """Take the colours for values from low to high."""
        self._lut = lut
        self._others_atlas = None

    def resolution(self, side: float, at_rest: bool) -> int:
        """Return how many points along each side suit maps of a size, in pixels of the screen."""
        affordable = resolution_for(self._run.layout, at_rest=at_rest)
        finest = min(affordable, FINEST_AT_REST if at_rest else FINEST)
        return int(np.clip(np.ceil(side / 8) * 8, min(COARSEST, finest), finest))

    def compute(self, places: Places, seen: list[range], resolution: int) -> None:
        """Pass the points through the network as it is now, and colour the maps that can be seen."""
        if self.mapped and resolution != self._resolution:
            self._take_resolution(resolution)
        self._responses.compute(self._run.frame.parameters)
        self._find_spans()
        self.atlases = {}
        if self.mapped:
            for column, units in zip(places.columns, seen, strict=True):
                if len(units) and not column.picture:
                    values = self._responses.layer(column.layer)[units.start : units.stop, :-1]
                    self.atlases[column.layer] = self._atlas(values, *self._scale(column.layer), units.start)

    def features(self) -> Atlas:
        """Return the maps of all features there are, whether they are in use or not."""
        if self._others_atlas is None:
            self._others_atlas = self._atlas(self._others, 0.0, _reach(self._others), 0)
        return self._others_atlas

    def now(self, layer: int) -> Array:
        """Return what a layer gives for the current sample, shape (units,)."""
        if layer == len(self._bounds) - 1:
            return np.asarray(self._run.frame.outputs[self._sample])
        return np.asarray(self._responses.layer(layer)[:, -1])

    def over(self) -> str:
        """Return what ranges are taken over, in words."""
        if not self.mapped:
            return "the samples" if self._run.dataset.samples <= SAMPLES else f"{SAMPLES} samples"
        return "the plane" if self._run.dataset.inputs.shape[1] == 2 else "the inputs"

    def range_of(self, layer: int, unit: int) -> tuple[float, float]:
        """Return the least and the greatest value of a neuron."""
        values = self._responses.layer(layer)[unit, :-1]
        return float(values.min()), float(values.max())

    def levels(self, layer: int) -> tuple[Array, Array]:
        """Return how full each gauge of a layer is: from where its zero is to where its value is, 0 to 1.

        Returns
        -------
        start, end : ndarray, shape (units,)
        """
        now = self.now(layer).astype(float)
        if layer == 0:
            values = self._responses.layer(0)
            low, high = values.min(axis=1), values.max(axis=1)
        else:
            center, reach = self._scale(layer)
            positive = self._bounds[layer] is None and not (self._responses.layer(layer) < 0).any()
            low, high = np.full(len(now), 0.0 if positive else center - reach), np.full(len(now), center + reach)
        spread = np.where(high > low, high - low, 1.0)
        with np.errstate(all="ignore"):
            end = np.nan_to_num(((now - low) / spread).clip(0, 1))
            start = ((np.zeros(len(now)) - low) / spread).clip(0, 1)
        return start, end

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _samples(self) -> Array:
        inputs = self._run.dataset.inputs
        rows = np.unique(np.linspace(0, len(inputs) - 1, min(len(inputs), SAMPLES)).astype(int))
        return inputs[[*rows.tolist(), self._sample]]

    def _take_resolution(self, resolution: int) -> None:
        self._resolution = resolution
        data = self._run.dataset
        points, self._shape = plane_points(Plane.of(data), resolution)
        self._responses = NeuronResponses(self._run.spec, np.vstack([points, data.inputs[self._sample]]))
        self._others_atlas = None
        if points.shape[1] == 2:
            self._others = np.stack([entry.build().function(*points.T) for entry in FEATURES.values()])

    def _find_spans(self) -> None:
        """Let the scale of unbounded neurons follow their values in steps, so that colours do not flicker."""
        for layer, bounds in enumerate(self._bounds):
            if bounds is not None or layer == 0:
                continue
            values = np.abs(self._responses.layer(layer)[:, :-1])
            largest = float(np.max(values, where=np.isfinite(values), initial=0.0))
            if not 0.35 * self._spans[layer] <= largest <= self._spans[layer]:
                self._spans[layer] = nice_ceil(max(largest, 1e-6))

    def _scale(self, layer: int) -> tuple[Any, Any]:
        """Return which value has the middle colour, and how far from it the strongest colours are.

        As in the surface panel: an output's colour changes where the answer does, or goes from the least target to the
        greatest; a neuron's middle is that of its bounds, or 0.
        """
        if layer == 0:
            return 0.0, _reach(self._responses.layer(0)[:, :-1])
        bounds, data = self._bounds[layer], self._run.dataset
        if layer == len(self._bounds) - 1 and not data.is_classification:
            low, high = number_range(data.targets)
            return (low + high) / 2, (high - low) / 2
        if layer == len(self._bounds) - 1:
            middle = 0.5 if len(data.output_names) > 1 else self._run.spec.threshold
            reach = self._spans[layer] if bounds is None else max(bounds[1] - middle, middle - bounds[0])
            return middle, max(reach, 0.5)
        if bounds is None:
            return 0.0, self._spans[layer] or 1.0
        return (bounds[0] + bounds[1]) / 2, (bounds[1] - bounds[0]) / 2

    def _atlas(self, values: Array, center: Any, reach: Any, first: int) -> Atlas:
        rows, columns = self._shape
        with np.errstate(all="ignore"):
            places = (values - center) * (COLORS / 2 / reach) + COLORS / 2
        if not np.isfinite(places).all():
            places = np.nan_to_num(places, nan=COLORS / 2)
        pixels = np.ascontiguousarray(self._lut[places.clip(0, COLORS - 1).astype(np.uint8)])
        image = QImage(pixels.data, columns, rows * len(values), columns * 4, QImage.Format.Format_RGB32)
        return Atlas(image, first, rows, columns, pixels)


def _reach(values: Array) -> Array:
    """Return a round number for each row that none of its values is further from 0 than, shape (rows, 1)."""
    largest = np.nan_to_num(np.abs(values)).max(axis=1)
    return np.array([[nice_ceil(float(value)) if value > 0 else 1.0] for value in largest])
