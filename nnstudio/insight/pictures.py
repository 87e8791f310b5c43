"""Looks at how a network reads pictures: what it answers to one, and which samples it reads wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.network import Network
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]

_PROBABILITIES = ("softmax", "sigmoid")


def has_pictures(dataset: Dataset) -> bool:
    """Return whether the samples are pictures of classes."""
    shape = dataset.image_shape
    return shape is not None and dataset.is_classification and shape[0] * shape[1] == dataset.inputs.shape[1]


@dataclass(frozen=True)
class Answer:
    """What a network says to one sample.

    Attributes
    ----------
    names : tuple of str
        What each value belongs to: the classes, or the one output where it is no probability.
    values : tuple of float
    chosen : int
        The index of the class that is answered.
    kind : {"probability", "output"}
    meaning : str
        What the values are, in words: "output, yes above 0.5".
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    chosen: int
    kind: str
    meaning: str

    @classmethod
    def of(cls, spec: ExperimentSpec, outputs: Array) -> Answer:
        """Return the answer that some outputs are.

        Parameters
        ----------
        spec : ExperimentSpec
            One with classes.
        outputs : ndarray, shape (outputs,)
        """
        dataset = spec.dataset()
        chosen = int(class_of(outputs[None], spec.threshold)[0])
        kind = _kind(spec)
        values = tuple(outputs.tolist())
        if len(values) > 1:
            return cls(dataset.class_names, values, chosen, kind, kind)
        if kind == "probability":  # that of the second class: the first has the rest
            return cls(dataset.class_names, (1 - values[0], values[0]), chosen, kind, kind)
        meaning = f"{kind}, {dataset.class_names[1]} above {spec.threshold:g}"
        return cls(dataset.output_names, values, chosen, kind, meaning)


class Reader:
    """A network of its own that answers to any sample; made once, then fed with parameters.

    Parameters
    ----------
    spec : ExperimentSpec
    """

    def __init__(self, spec: ExperimentSpec) -> None:
        self._network = Network.from_spec(spec)
        self._encoding = spec.encoding()

    def outputs(self, parameters: Array, inputs: Array) -> Array:
        """Return what the network answers with these parameters.

        Parameters
        ----------
        parameters : ndarray, shape (parameters,)
            Flat; they are copied.
        inputs : ndarray, shape (samples, inputs)
            In the data's units.

        Returns
        -------
        ndarray, shape (samples, outputs)
            In the data's units.
        """
        self._network.parameters[:] = parameters
        return self._encoding.outputs(self._network.predict(self._encoding.inputs(inputs)))


def sample_losses(spec: ExperimentSpec, outputs: Array, targets: Array) -> Array:
    """Return the loss of each sample, as training measures it, shape (samples,).

    Parameters
    ----------
    spec : ExperimentSpec
        One with classes.
    outputs, targets : ndarray, shape (samples, outputs)
    """
    loss = LOSSES.build(spec.training.loss)
    # Axes behind the first two are free: each sample is a batch of one.
    a, y = (np.ascontiguousarray(values.T[:, None], np.float64) for values in (outputs, targets))
    with np.errstate(all="ignore"):
        if loss.pairs_with == "softmax" and spec.network.output_activation.name == "softmax":
            # The logarithms of the probabilities are weighted sums that softmax turns into these probabilities.
            z = np.log(np.maximum(a, np.finfo(float).tiny))
            terms = loss.paired_terms_and_gradient(z, a, y, np.empty_like(a))
        else:
            terms = loss.terms_and_gradient(a, y, np.empty_like(a))
    return np.asarray(terms / loss.count(len(a), 1))


def mistakes(spec: ExperimentSpec, outputs: Array) -> tuple[Array, Array]:
    """Return the samples that are read wrong, the worst first, and the loss of each.

    Parameters
    ----------
    spec : ExperimentSpec
        One with classes.
    outputs : ndarray, shape (samples, outputs)
        For all samples of its data set.

    Returns
    -------
    rows : ndarray of int, shape (mistakes,)
    losses : ndarray, shape (mistakes,)
    """
    targets = spec.dataset().targets
    rows = np.flatnonzero(~is_right(outputs, targets, spec.threshold))
    losses = sample_losses(spec, outputs[rows], targets[rows])
    order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")
    return rows[order], losses[order]


def _kind(spec: ExperimentSpec) -> str:
    probable = spec.network.output_activation.name in _PROBABILITIES and spec.data.targets != "signed"
    return "probability" if probable else "output"
