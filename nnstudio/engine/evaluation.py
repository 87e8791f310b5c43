"""Measures a network as it is: its outputs, its loss, the gradient, and which samples it gets right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.choices.losses import Loss
from nnstudio.engine.encoding import Encoding
from nnstudio.engine.network import Network, Propagation, with_constant

Array = NDArray[Any]


class Evaluation:
    """Measures a network over a data set, without dropout and in arrays that are made once."""

    def __init__(self, network: Network, loss: Loss, reduction: str, dataset: Dataset, encoding: Encoding) -> None:
        self._network = network
        self._inputs = with_constant(encoding.inputs(dataset.inputs), network.dtype).T
        self._targets = np.ascontiguousarray(encoding.targets(dataset.targets).T.astype(network.dtype))
        self._propagation = Propagation(network, dataset.samples, loss=loss, reduction=reduction)
        self._count = loss.count(*self._targets.shape)

    def outputs(self) -> Array:
        """Return the outputs as the network gives them, shape (outputs, samples)."""
        return self._propagation.forward_propagation(self._inputs)

    def loss(self) -> float:
        """Return the mean loss."""
        self.outputs()
        return float(self._propagation.loss(self._targets)) / self._count

    def gradient(self) -> Array:
        """Return a copy of the gradient by the parameters, shape (parameters,); `loss` comes before it."""
        self._propagation.backpropagation()
        return self._network.gradient.copy()


def is_right(outputs: Array, targets: Array, threshold: float) -> Array:
    """Return for each sample whether its class is the target's.

    Parameters
    ----------
    outputs, targets : ndarray, shape (samples, outputs)
        One output that is compared with the threshold, or one for each class, of which the largest counts.
    threshold : float

    Returns
    -------
    ndarray of bool, shape (samples,)
    """
    return np.asarray(class_of(outputs, threshold) == class_of(targets, 0.5))
