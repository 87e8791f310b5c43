"""What in the drawing of a network a person can point at, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.network import Layout
from nnstudio.session.run import Run
from nnstudio.ui.numbers import DIGITS, ON_DRAWING, POINTED_AT, scientific
from nnstudio.ui.panels.chart import fixed
from nnstudio.ui.panels.heatmap import layer_names, unit_names

Array = NDArray[Any]


@dataclass(frozen=True)
class Target:
    """A place in the drawing.

    Attributes
    ----------
    kind : str
        "unit", "bias", "edge", "feature" (one that can be added or taken away), or "more" (units folded away).
    layer : int
        0 for what the network is given.
    unit : int
        The unit; the one that an edge leads to; -1 for a feature that is not in use.
    source : int
        The unit that an edge comes from.
    feature : int
        Which of all features.
    """

    kind: str
    layer: int
    unit: int = -1
    source: int = -1
    feature: int = -1

    @property
    def is_parameter(self) -> bool:
        """Whether it has a value that can be typed."""
        return self.kind in ("edge", "bias")


def parameter_index(layout: Layout, target: Target) -> int:
    """Return the place of an edge's weight, or of a bias, in the flat vector of parameters."""
    start = sum((inputs + 1) * outputs for inputs, outputs in layout.shapes[: target.layer - 1])
    inputs, outputs = layout.shapes[target.layer - 1]
    return start + (inputs if target.kind == "bias" else target.source) * outputs + target.unit


class Reading:
    """Puts into words what is shown of a run.

    Parameters
    ----------
    run : Run
        Its names; numbers are taken of the frame that is latest when something is read.
    digits : int
        Behind the point, of outputs and weights.
    """

    def __init__(self, run: Run, digits: int = DIGITS) -> None:
        self._run, self.digits = run, digits
        self.units = unit_names(run)
        self._layers = layer_names(run)
        self._has_choice = len(run.dataset.input_names) == 2

    @property
    def features(self) -> tuple[int | None, ...]:
        """For every feature that there is, its unit or None; empty where the data leaves no choice."""
        chosen = self._run.spec.data.features
        return tuple(chosen.index(n) if n in chosen else None for n in FEATURES) if self._has_choice else ()

    @property
    def input_names(self) -> tuple[str, ...]:
        """What stands beside the inputs, features that are not in use among them."""
        return tuple(map(self.feature_name, range(len(FEATURES)))) if self._has_choice else self.units[0]

    def name(self, target: Target) -> str:
        """Return what a target is called: "weight x1 → h2", "bias h2", "h2"."""
        if target.kind == "feature":
            return self.feature_name(target.feature)
        if target.kind == "unit":
            return self.units[target.layer][target.unit]
        row = -1 if target.kind == "bias" else target.source
        names = self._layers[target.layer - 1]
        return names.parameter(row % len(names.rows), target.unit)

    def feature_name(self, feature: int) -> str:
        """Return what a feature is called with the names of this data: "x1²"."""
        entry = list(FEATURES.values())[feature]
        return entry.build().pattern.format(*self._run.dataset.input_names)

    def layer_title(self, layer: int) -> str:
        """Return what a layer is called: "inputs", "hidden 2", "output"."""
        last = len(self.units) - 1
        if layer == 0:
            return "features" if self._has_choice else "inputs" if len(self.units[0]) > 1 else "input"
        if layer == last:
            return "outputs" if len(self.units[-1]) > 1 else "output"
        return f"hidden {layer}" if last > 2 else "hidden"

    def activation(self, layer: int) -> str:
        """Return what a layer's neurons make of their sums: "Tanh"."""
        network = self._run.spec.network
        hidden = network.hidden
        if layer > len(hidden):
            return ACTIVATIONS[network.output_activation.name].label
        return ACTIVATIONS[(hidden[layer - 1].activation or network.activation).name].label

    def lines(self, target: Target, now: float, low: float, high: float, over: str) -> list[str]:
        """Return what is said of a target, its name first.

        Parameters
        ----------
        target : Target
        now, low, high : float
            For units: the value for the current sample, and the least and greatest value.
        over : str
            What these are taken over: "the plane".
        """
        if target.kind == "more":
            return self._of_folded(target)
        if target.is_parameter:
            return [self.name(target), *self._of_parameter(target)]
        lines = [self.name(target)]
        if target.layer:
            lines[0] += f"  ({self.layer_title(target.layer)}, {self.activation(target.layer)})"
        if target.unit >= 0:
            now_text, low_text, high_text = (signed(value, self.digits) for value in (now, low, high))
            lines += [f"value {now_text} for this sample", f"{low_text} … {high_text} over {over}"]
        if target.layer:
            value, gradient = self._of_parameter(Target("bias", target.layer, target.unit))
            lines += [f"bias {value.removeprefix('value ')}, {gradient}", "Click to type its bias"]
        if target.kind == "feature":
            lines.append(list(FEATURES.values())[target.feature].summary)
            lines.append("Click to take it away" if target.unit >= 0 else "Click to give it to the network")
        return lines

    def _of_parameter(self, target: Target) -> tuple[str, str]:
        index, frame = parameter_index(self._run.layout, target), self._run.frame
        value, gradient = (signed(float(numbers[index]), self.digits) for numbers in (frame.parameters, frame.gradient))
        return f"value {value}", f"gradient {gradient}"

    def _of_folded(self, target: Target) -> list[str]:
        names, first = self.units[target.layer], target.unit
        if first < 0:
            return ["all of this layer", "Click to fold it"]
        return [f"{len(names) - first} more: {names[first]} … {names[-1]}", "Click to show them"]


def signed(value: float, digits: int = DIGITS) -> str:
    """Return a number that is pointed at with its sign, unless it is 0; small ones as 1.2e-5."""
    digits += POINTED_AT
    is_small = value != 0 and abs(value) < 5 * 10.0**-digits
    text = scientific(value, 2) if is_small else fixed(value, digits)
    return f"+{text}" if value > 0 else text


def short_signed(value: float, digits: int = DIGITS) -> str:
    """Return a number with its sign, for where there is little room."""
    text = fixed(value, digits + ON_DRAWING)
    if not text.strip("−0."):
        return text.removeprefix("−")  # what is rounded to 0 has no sign
    return f"+{text}" if value > 0 else text


def incoming(layout: Layout, layer: int, unit: int) -> Sequence[Target]:
    """Return what decides a neuron's sum: its bias, and the edges that lead to it."""
    inputs, _ = layout.shapes[layer - 1]
    return [Target("bias", layer, unit), *(Target("edge", layer, unit, source) for source in range(inputs))]
