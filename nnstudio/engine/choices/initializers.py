"""The initializers: the weights and biases that training starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.registry import Entry, Number, Registry

Array = NDArray[Any]
# RandomState and Generator share the methods that are drawn with here.
Draw = Callable[[Any, int, int], Array]


class Initializer:
    """Draws the parameters of a network, layer by layer from the inputs on.

    Parameters
    ----------
    draw : callable
        Given a random generator, the number of inputs and the number of outputs of a layer, returns its weights,
        shape (inputs, outputs).
    bias : float
        Value of every bias.
    legacy : bool
        Draw from NumPy's legacy generator, seeded anew with the experiment's seed, as the tutorial does.
    """

    def __init__(self, draw: Draw, *, bias: float = 0.0, legacy: bool = False) -> None:
        self._draw = draw
        self._bias = bias
        self._legacy = legacy

    def initialize(self, shapes: Sequence[tuple[int, int]], seed: int, generator: np.random.Generator) -> list[Array]:
        """Return the parameters of each layer, float64.

        Parameters
        ----------
        shapes : sequence of (int, int)
            Inputs and outputs of each layer.
        seed : int
            The experiment's seed, for the legacy generator.
        generator : numpy.random.Generator
            The experiment's stream for weights.

        Returns
        -------
        list of ndarray, shape (inputs + 1, outputs)
            The weights, with the biases as their last row.
        """
        source = np.random.RandomState(seed) if self._legacy else generator
        return [
            np.vstack([self._draw(source, inputs, outputs), np.full(outputs, self._bias)]) for inputs, outputs in shapes
        ]


def _uniform(*, limit: float = 0.5, bias: float = 0.1) -> Initializer:
    return Initializer(lambda generator, n, m: generator.uniform(-limit, limit, (n, m)), bias=bias)


def _scaled_uniform(gain: float, fan: Callable[[int, int], float]) -> Callable[[], Initializer]:
    def draw(generator: Any, inputs: int, outputs: int) -> Array:
        # A uniform distribution of this half-width has the variance gain / fan.
        limit = np.sqrt(3 * gain / fan(inputs, outputs))
        weights: Array = generator.uniform(-limit, limit, (inputs, outputs))
        return weights

    return lambda: Initializer(draw)


def _scaled_normal(gain: float, fan: Callable[[int, int], float]) -> Callable[[], Initializer]:
    def draw(generator: Any, inputs: int, outputs: int) -> Array:
        weights: Array = generator.standard_normal((inputs, outputs)) * np.sqrt(gain / fan(inputs, outputs))
        return weights

    return lambda: Initializer(draw)


def _fan_mean(inputs: int, outputs: int) -> float:
    return (inputs + outputs) / 2


def _fan_in(inputs: int, outputs: int) -> float:
    return inputs


def _constant(*, value: float = 0.5, bias: float = 0.0) -> Initializer:
    return Initializer(lambda generator, n, m: np.full((n, m), value), bias=bias)


def _bias(default: float) -> Number:
    return Number(
        key="bias", label="Bias", default=default, minimum=-100.0, maximum=100.0, help="Every bias starts here."
    )


_GLOROT = "Glorot & Bengio, AISTATS (2010)"
_HE = "He, Zhang, Ren & Sun, ICCV (2015)"

INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    [
        Entry(
            name="standard_normal",
            label="Standard normal",
            build=lambda: Initializer(lambda legacy, n, m: legacy.standard_normal((n, m)), legacy=True),
            summary="Weights from the bell curve of deviation 1, biases 0: the tutorial's, from its legacy generator.",
        ),
        Entry(
            name="uniform",
            label="Uniform",
            build=_uniform,
            summary="Weights spread evenly between minus and plus a limit, biases 0.1.",
            parameters=(
                Number(
                    key="limit",
                    label="Limit",
                    default=0.5,
                    minimum=0.0,
                    above=True,
                    maximum=100.0,
                    help="No weight starts further from 0 than this.",
                ),
                _bias(0.1),
            ),
        ),
        Entry(
            name="xavier_uniform",
            label="Xavier uniform",
            build=_scaled_uniform(1, _fan_mean),
            summary="Uniform, scaled so that signals keep their size in both directions. For sigmoid and tanh.",
            source=_GLOROT,
        ),
        Entry(
            name="xavier_normal",
            label="Xavier normal",
            build=_scaled_normal(1, _fan_mean),
            summary="The same scale from the bell curve. For sigmoid and tanh.",
            source=_GLOROT,
        ),
        Entry(
            name="he_uniform",
            label="He uniform",
            build=_scaled_uniform(2, _fan_in),
            summary="Uniform, scaled for neurons that block half of their sums. For ReLU and its relatives.",
            source=_HE,
        ),
        Entry(
            name="he_normal",
            label="He normal",
            build=_scaled_normal(2, _fan_in),
            summary="The same scale from the bell curve. For ReLU and its relatives.",
            source=_HE,
        ),
        Entry(
            name="zeros",
            label="Zeros",
            build=lambda: _constant(value=0.0),
            summary="All weights 0: every hidden neuron stays the same as its neighbours for ever.",
        ),
        Entry(
            name="constant",
            label="Constant",
            build=_constant,
            summary="All weights the same: like zeros, never leaves its symmetry.",
            parameters=(
                Number(
                    key="value",
                    label="Value",
                    default=0.5,
                    minimum=-100.0,
                    maximum=100.0,
                    help="Every weight starts here.",
                ),
                _bias(0.0),
            ),
        ),
    ],
)
