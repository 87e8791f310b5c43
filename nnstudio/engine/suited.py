"""Finds the settings that have to change for an experiment to go with other data."""

from __future__ import annotations

import numpy as np

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import FIELDS, ExperimentSpec

#: With more samples than these, a step for the sum over all of them is too long for any usual learning rate.
MANY_SAMPLES = 64
BATCH_SIZE = 10
#: Inputs or numbers to be learned beyond this saturate a network that begins with weights of about 1.
FAR = 20.0
_FOR_NUMBERS = ("mse", "half_mse", "mae", "huber")


def suited(spec: ExperimentSpec, dataset: Dataset) -> dict[str, object]:
    """Return the settings, by their paths, that an experiment should change to be asked this data set.

    Where the kind of answer stays the same, so do output and loss: they are the person's choice.

    Parameters
    ----------
    spec : ExperimentSpec
        As it is, with the data that it has now.
    dataset : Dataset
        What it is to learn instead.
    """
    before, kind = _kind(spec.dataset()), _kind(dataset)
    changes: dict[str, object] = {}
    if kind != before:
        if kind == "numbers":
            changes["network.output_activation"] = "linear"
            if spec.training.loss.name not in _FOR_NUMBERS:
                changes["training.loss"] = "mse"
            if spec.data.targets == "one_hot":
                changes["data.targets"] = "single"
        elif kind == "classes":
            changes |= {"network.output_activation": "softmax", "training.loss": "softmax_cross_entropy"}
            changes["data.targets"] = "single"  # more than two classes have an output each all the same
        elif spec.data.targets == "signed":
            changes["network.output_activation"] = "tanh"
        else:
            changes |= {"network.output_activation": "sigmoid", "training.loss": "binary_cross_entropy"}
            changes["data.targets"] = "single"
    if spec.data.scaling == "none" and _is_far_from_1(dataset):
        changes["data.scaling"] = "standardize"
    elif spec.data.scaling == "standardize" and _is_far_from_1(spec.dataset()) and not _is_far_from_1(dataset):
        changes["data.scaling"] = "none"
    if dataset.enumerates:  # a table of all patterns has none to spare
        changes |= {"data.test_share": 0.0, "data.validation_share": 0.0}
        if spec.data.validation_share:
            changes["stop.validation_patience"] = "off"
    if spec.training.reduction == "sum" and dataset.samples > MANY_SAMPLES:
        changes["training.reduction"] = "mean"
        if spec.training.batch_size is None:
            changes["training.batch_size"] = BATCH_SIZE
    return {key: value for key, value in changes.items() if FIELDS[key].parse(value) != spec.get(key)}


def _is_far_from_1(dataset: Dataset) -> bool:
    """Whether values are so large that they have to be scaled."""
    largest = float(np.nanmax(np.abs(dataset.inputs)))
    return largest > FAR or (not dataset.is_classification and float(np.abs(dataset.targets).max()) > FAR)


def _kind(dataset: Dataset) -> str:
    if not dataset.is_classification:
        return "numbers"
    return "two classes" if len(dataset.class_names) == 2 else "classes"
