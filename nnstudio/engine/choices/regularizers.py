"""The regularizers: what holds the weights small, or the neurons independent, while training. Biases are left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnstudio.engine.registry import Entry, Number, Option, Parameter, Registry

Array = NDArray[Any]


class Regularizer:
    """No regularization; the others add to it.

    The penalty is part of what training descends, whatever the reduction, but not of the loss that is reported, so that
    losses stay comparable.

    Parameters
    ----------
    rate : float, or ndarray
        Strength of the penalty; for a population, one for each member, as it broadcasts against the parameters.
    applied : {"in_gradient", "after_step"}
        Added to the loss's gradient, so that the optimizer sees their sum; or taken off the weights once the optimizer
        has made its step.

    Attributes
    ----------
    dropout : float, or ndarray
        Share of each hidden layer's outputs that is silenced in every training pass.
    memory : dict of str to ndarray, like the parameters
        What has to be kept to go on later.
    """

    def __init__(self, *, rate: float = 0.0, applied: str = "in_gradient") -> None:
        self.rate = rate
        self.dropout = 0.0
        self.memory: dict[str, Array] = {}
        self.adds_gradient = bool(np.any(rate)) and applied == "in_gradient"
        self.follows_step = bool(np.any(rate)) and applied == "after_step"

    def prepare(self, weights: Array, dtype: DTypeLike) -> None:
        """Make room for parameters like these.

        Parameters
        ----------
        weights : ndarray, like the parameters
            1 where a parameter is a weight, 0 where it is a bias: biases are left alone.
        dtype : dtype
        """
        self._strength = (self.rate * weights).astype(dtype)
        self._scratch = np.empty(weights.shape, dtype)

    def slope(self, parameters: Array, out: Array) -> None:
        """Write the derivative of the penalty at rate 1 to `out`, an array like `parameters`."""
        raise NotImplementedError

    def add_gradient(self, gradient: Array, parameters: Array) -> None:
        """Add the penalty's gradient to `gradient`, in place."""
        self.before_step(parameters)
        np.add(gradient, self._scratch, gradient)

    def before_step(self, parameters: Array) -> None:
        """Note the slope at the weights that the optimizer is about to change."""
        self.slope(parameters, self._scratch)
        np.multiply(self._scratch, self._strength, self._scratch)

    def after_step(self, parameters: Array, rate: Array) -> None:
        """Take the learning rate times what `before_step` noted off the weights, in place."""
        np.multiply(self._scratch, rate, self._scratch)
        np.subtract(parameters, self._scratch, parameters)

    def follow(self, parameters: Array) -> None:
        """Take note of parameters that come from elsewhere than a step."""


class L1(Regularizer):
    """rate * sum |w|.

    Applied after the step, a weight that the penalty drives across 0 becomes 0 and stays there: it is dead.
    """

    def prepare(self, weights: Array, dtype: DTypeLike) -> None:
        super().prepare(weights, dtype)
        if self.follows_step:
            self._alive = self.memory["alive"] = np.ones(weights.shape, dtype)
            self._stepped = np.empty(weights.shape, dtype)

    def slope(self, parameters: Array, out: Array) -> None:
        np.sign(parameters, out)

    def after_step(self, parameters: Array, rate: Array) -> None:
        # A dead weight has taken part in the optimizer's step; that is undone here.
        np.multiply(parameters, self._alive, parameters)
        np.copyto(self._stepped, parameters)
        super().after_step(parameters, rate)
        np.multiply(self._stepped, parameters, self._stepped)
        np.greater_equal(self._stepped, 0, self._stepped)
        np.multiply(self._alive, self._stepped, self._alive)
        np.multiply(parameters, self._alive, parameters)

    def follow(self, parameters: Array) -> None:
        """Let a dead weight live again that is given a value."""
        if self.follows_step:
            self._alive[parameters != 0] = 1


class L2(Regularizer):
    """rate / 2 * sum w^2."""

    def slope(self, parameters: Array, out: Array) -> None:
        np.copyto(out, parameters)


class Dropout(Regularizer):
    """Silences each hidden output with probability rate while training, and scales the others by 1 / (1 - rate)."""

    def __init__(self, *, rate: float = 0.2) -> None:
        super().__init__()
        self.dropout = rate


_APPLIED = Option(
    key="applied",
    label="Applied",
    default="in_gradient",
    options=(
        ("in_gradient", "in the gradient, as part of the loss"),
        ("after_step", "to the weights, after the optimizer's step"),
    ),
    help="Where the penalty acts. After the step, as TensorFlow Playground does it, a weight that L1 drives across 0 "
    "stays 0 for good.",
)


def _penalty(help: str) -> tuple[Parameter, ...]:
    rate = Number(key="rate", label="Rate", default=0.001, minimum=0.0, maximum=10.0, log=True, help=help)
    return rate, _APPLIED


REGULARIZERS: Registry[Regularizer] = Registry(
    "regularizer",
    [
        Entry(name="none", label="None", build=Regularizer, summary="Nothing but the loss. The tutorial's."),
        Entry(
            name="l1",
            label="L1",
            build=L1,
            parameters=_penalty("How strongly each weight is pulled to 0, whatever its size."),
            summary="Pulls every weight to 0 with the same force: many end there.",
            source="Tibshirani, JRSS B 58 (1996)",
        ),
        Entry(
            name="l2",
            label="L2",
            build=L2,
            parameters=_penalty("How strongly each weight is pulled to 0, in proportion to its size."),
            summary="Pulls large weights harder: all stay small. Also called weight decay.",
            source="Krogh & Hertz, NIPS 4 (1991)",
        ),
        Entry(
            name="dropout",
            label="Dropout",
            build=Dropout,
            summary="Silences hidden neurons at random in training, so that none relies on another. For wide layers.",
            source="Srivastava et al., JMLR 15 (2014)",
            parameters=(
                Number(
                    key="rate",
                    label="Rate",
                    default=0.2,
                    minimum=0.0,
                    maximum=1.0,
                    below=True,
                    help="Share of each hidden layer that is silenced in every pass.",
                ),
            ),
        ),
    ],
)
