"""The regularizers: what holds the weights small, or the neurons independent, while training. Biases are left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.registry import Entry, Number, Registry

Array = NDArray[Any]


class Regularizer:
    """No regularization; the others add to it.

    The penalty is part of what training descends, whatever the reduction, but not of the loss that is reported, so that
    losses stay comparable.

    Attributes
    ----------
    rate : float
        Strength of the penalty.
    dropout : float
        Share of each hidden layer's outputs that is silenced in every training pass.
    """

    def __init__(self, *, rate: float = 0.0) -> None:
        self.rate = rate
        self.dropout = 0.0

    def add_gradient(self, gradient: Array, parameters: Array, strength: Array, scratch: Array) -> None:
        """Add the penalty's gradient to `gradient`, in place.

        Parameters
        ----------
        gradient, parameters, scratch : ndarray, shape (parameters, ...)
        strength : ndarray, shape (parameters, ...)
            The rate where the parameter is a weight, 0 where it is a bias.
        """


class L1(Regularizer):
    """rate * sum |w|."""

    def add_gradient(self, gradient: Array, parameters: Array, strength: Array, scratch: Array) -> None:
        np.sign(parameters, scratch)
        np.multiply(scratch, strength, scratch)
        np.add(gradient, scratch, gradient)


class L2(Regularizer):
    """rate / 2 * sum w^2."""

    def add_gradient(self, gradient: Array, parameters: Array, strength: Array, scratch: Array) -> None:
        np.multiply(parameters, strength, scratch)
        np.add(gradient, scratch, gradient)


class Dropout(Regularizer):
    """Silences each hidden output with probability rate while training, and scales the others by 1 / (1 - rate)."""

    def __init__(self, *, rate: float = 0.2) -> None:
        super().__init__()
        self.dropout = rate


def _penalty(help: str) -> Number:
    return Number(key="rate", label="Rate", default=0.001, minimum=0.0, maximum=10.0, log=True, help=help)


REGULARIZERS: Registry[Regularizer] = Registry(
    "regularizer",
    [
        Entry(name="none", label="None", build=Regularizer, summary="Nothing but the loss. The tutorial's."),
        Entry(
            name="l1",
            label="L1",
            build=L1,
            parameters=(_penalty("How strongly each weight is pulled to 0, whatever its size."),),
            summary="Pulls every weight to 0 with the same force: many end there.",
            source="Tibshirani, JRSS B 58 (1996)",
        ),
        Entry(
            name="l2",
            label="L2",
            build=L2,
            parameters=(_penalty("How strongly each weight is pulled to 0, in proportion to its size."),),
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
