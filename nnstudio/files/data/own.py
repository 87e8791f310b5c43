"""Turns a person's own samples into arrays for an experiment file, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset

Array = NDArray[Any]

_NAMES = ("input_names", "output_names", "class_names")


def dataset_arrays(dataset: Dataset) -> dict[str, Array]:
    """Return samples as arrays of numbers and text, ready for an .npz file without pickle."""
    words = {name: getattr(dataset, name) for name in ("title", "target_name", "enumerates", "image_shape", *_NAMES)}
    return {"inputs": dataset.inputs, "targets": dataset.targets, "words": np.array(json.dumps(words))}


def dataset_from_arrays(arrays: Mapping[str, Array]) -> Dataset:
    """Return the samples that `dataset_arrays` wrote.

    Raises
    ------
    ValueError, TypeError or LookupError
        If they are damaged.
    """
    inputs, targets, words = arrays["inputs"], arrays["targets"], json.loads(str(arrays["words"]))
    for values, names in ((inputs, words["input_names"]), (targets, words["output_names"])):
        if values.dtype.kind != "f" or values.ndim != 2 or values.shape[1] != len(names) or not len(values):
            raise ValueError("expected a column of numbers for each name")
    # Among the inputs a value may be missing (NaN); among the targets none.
    if len(inputs) != len(targets) or np.isinf(inputs).any() or not np.isfinite(targets).all():
        raise ValueError("expected as many finite inputs as targets")
    names = {name: tuple(str(each) for each in words[name]) for name in _NAMES}
    if names["class_names"] and targets.shape[1] not in (1, len(names["class_names"])):
        raise ValueError("expected one output, or one for each class")
    shape = words["image_shape"]
    return Dataset(
        title=str(words["title"]),
        inputs=inputs,
        targets=targets,
        target_name=str(words["target_name"]),
        enumerates=bool(words["enumerates"]),
        image_shape=None if shape is None else (int(shape[0]), int(shape[1])),
        **names,
    )
