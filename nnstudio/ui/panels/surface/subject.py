"""Says what of a run a surface shows: which outputs or which neuron, over which plane, in which names and scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.insight.surface import Plane, Surface
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import fixed, short
from nnstudio.ui.panels.surface.shading import ClassShading, Shading, ValueShading, neuron_shading
from nnstudio.ui.theme import Theme

Array = NDArray[Any]


class Neuron(NamedTuple):
    """One neuron: its layer (0 for the inputs), its place in the layer, and what it is called."""

    layer: int
    unit: int
    name: str


@dataclass(frozen=True, eq=False)
class Subject:
    """What is shown.

    Attributes
    ----------
    run : Run
    plane : Plane
    output : int or None
        None for all classes together.
    held : str
        Where the other inputs are held, in words.
    neuron : Neuron or None
        The neuron that is shown in place of the output.
    discretized : bool
        Whether outputs become answers, or a few steps.
    """

    run: Run
    plane: Plane
    output: int | None
    held: str = ""
    neuron: Neuron | None = None
    discretized: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """What runs across and up; nothing runs up in the plane of one input."""
        names, plane = self.run.dataset.input_names, self.plane
        return names[plane.x], "" if plane.is_line else names[plane.y]

    @property
    def threshold(self) -> float:
        """What a single output is compared with."""
        return self.run.spec.threshold

    @property
    def value_name(self) -> str:
        """What the shown number is called."""
        if self.neuron is not None:
            return self.neuron.name
        names = self.run.dataset.output_names
        return names[self.output] if self.output is not None and len(names) > 1 else "output"

    @property
    def caption(self) -> str:
        """What has to be said about the picture; empty where it shows what it always does."""
        return f"{self.neuron.name} instead of the output" if self.neuron is not None else ""

    def values(self, surface: Surface, parameters: Array) -> Array:
        """Return what is shown over a surface's grid, shape (outputs, rows, columns); one neuron counts as one output.

        The next call overwrites it.
        """
        outputs = surface.outputs(parameters)
        if self.neuron is None:
            return outputs
        return surface.neuron(self.neuron.layer, self.neuron.unit)[None]

    def reading(self, surface: Surface, x: float, y: float, digits: int) -> str:
        """Return in words what is shown at a point: "x1 0.25  x2 0.75  output 0.430"."""
        across, up = self.names
        place = f"{across} {fixed(x, 2)}" + (f"  {up} {fixed(y, 2)}" if up else "")
        if self.neuron is not None:
            value = float(surface.neuron_at(self.neuron.layer, self.neuron.unit, [x], [y])[0])
            return f"{place}  {self.neuron.name} {fixed(value, digits)}"
        outputs = surface.at([x], [y])[0]
        if self.output is None:
            winner = int(np.argmax(outputs))
            return f"{place}  {self.run.dataset.class_names[winner]} {fixed(float(outputs[winner]), digits)}"
        return f"{place}  {self.value_name} {fixed(float(outputs[self.output]), digits)}"

    def shading(self, theme: Theme, surface: Surface, values: Array) -> Shading:
        """Return the colours for what is shown, which is `values` now."""
        if self.neuron is not None:
            return neuron_shading(theme, surface.activation(self.neuron.layer), values)
        data = self.run.dataset
        span = 0.5 if self.threshold else 1.0  # answers are 0 and 1, or -1 and 1
        shading: Shading
        if not data.is_classification:
            shading = self.target_shading(theme)
        elif self.output is None:
            shading = ClassShading(theme, len(data.class_names), 2 * span)
        else:
            low, high = self.threshold - span, self.threshold + span
            shading = ValueShading(theme, self.output, low, high, boundary=self.threshold)
        shading.discretized = self.discretized
        return shading

    def target_shading(self, theme: Theme) -> ValueShading:
        """Return the colours for the targets of a regression, whatever is shown."""
        assert self.output is not None
        return ValueShading(theme, self.output, *number_range(self.run.dataset.targets[:, self.output]))

    def is_wrong(self, rows: Array) -> Array:
        """Return whether the network has these samples in another class than theirs, shape (rows,)."""
        outputs, data = self.run.frame.outputs, self.run.dataset
        return class_of(outputs[rows], self.threshold) != class_of(data.targets[rows], 0.5)


def number_range(targets: Array) -> tuple[float, float]:
    """Return from where to where a regression's targets go, never an empty range."""
    if not len(targets):
        return -1.0, 1.0
    low, high = float(targets.min()), float(targets.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def class_texts(dataset: Dataset) -> tuple[str, ...]:
    """Return what the classes are called in the legend: by their targets, where there is a truth table of them."""
    targets = dataset.targets
    if dataset.enumerates and targets.shape[1] == 1:
        low, high = (-1.0, 1.0) if targets.min() < 0 else (0.0, 1.0)
        return f"target {short(low)}", f"target {short(high)}"
    return dataset.class_names
