"""What a person asks of the lab: an experiment, axes, seeds, how cells are chosen, and ready-made such plans."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.sweep import Sweep

Method = Literal["grid", "random", "hyperband"]

#: The sizes of which the share that learns is known for the tutorial's experiment.
HIDDEN_SIZES = (1, 2, 3, 4, 5, 8)


@dataclass(frozen=True)
class Plan:
    """A sweep before its cells are made.

    Attributes
    ----------
    base : ExperimentSpec
    axes : tuple of Axis
    seeds : range
    method : str
        "grid": every combination; "random": so many drawn by chance; "hyperband": so many drawn, of which the better
        ones go on.
    cells : int
        How many are drawn.
    """

    base: ExperimentSpec
    axes: tuple[Axis, ...] = ()
    seeds: range = range(1000)
    method: Method = "grid"
    cells: int = 27

    @property
    def runs(self) -> int:
        """How many runs there are, or are at the most."""
        grid = self.method == "grid" or not self.axes
        return len(self.seeds) * (math.prod(len(axis.values) for axis in self.axes) if grid else self.cells)

    def sweep(self) -> Sweep:
        """Make the cells.

        Raises
        ------
        SettingError
            If one of them cannot be run, or there are too many.
        """
        if self.method == "grid" or not self.axes:
            return Sweep.grid(self.base, self.axes, self.seeds)
        return Sweep.random(self.base, self.axes, self.seeds, self.cells, self.base.seed)


@dataclass(frozen=True)
class ReadyMade:
    """A plan that is started with one click.

    Attributes
    ----------
    name : str
    label : str
    summary : str
        What it shows, in a sentence.
    plan : callable
        Makes it for an experiment.
    unfit : callable
        Says why an experiment cannot be swept so; an empty string if it can.
    """

    name: str
    label: str
    summary: str
    plan: Callable[[ExperimentSpec], Plan]
    unfit: Callable[[ExperimentSpec], str] = lambda spec: ""


def _of_hidden_sizes(spec: ExperimentSpec) -> Plan:
    layers = spec.network.hidden
    activation = layers[0].activation if layers else None
    values = tuple((HiddenLayer(size, activation),) for size in HIDDEN_SIZES)
    return Plan(spec, (Axis.listed("network.hidden", values, spec),))


def _unfit_for_sizes(spec: ExperimentSpec) -> str:
    layers = len(spec.network.hidden)
    return f"The experiment has {layers} hidden layers, not one." if layers > 1 else ""


def _of_learning_rates(spec: ExperimentSpec) -> Plan:
    return Plan(spec, (Axis.ranged("training.learning_rate", "log", 0.01, 10, 9, spec),), range(200))


def _of_optimizers(spec: ExperimentSpec) -> Plan:
    values: tuple[Any, ...] = tuple(OPTIMIZERS)
    return Plan(spec, (Axis.listed("training.optimizer", values, spec),), range(200))


READY_MADE = (
    ReadyMade("seeds", "1,000 seeds", "Train the experiment from 1,000 seeds, and see how many learn it.", Plan),
    ReadyMade(
        "hidden",
        "1 to 8 hidden neurons",
        "Train 1, 2, 3, 4, 5 and 8 hidden neurons from 1,000 seeds each.",
        _of_hidden_sizes,
        _unfit_for_sizes,
    ),
    ReadyMade(
        "rates", "Learning rates", "Train 9 learning rates from 0.01 to 10 from 200 seeds each.", _of_learning_rates
    ),
    ReadyMade("optimizers", "Optimizers", "Train every optimizer from 200 seeds.", _of_optimizers),
)
