"""Measured data that comes with the program: Iris, Palmer penguins and handwritten digits."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.choices.datasets.sampling import shuffled
from nnstudio.engine.registry import Entry, SettingError
from nnstudio.resource_files import resource

Array = NDArray[Any]

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, csv.Error, zipfile.BadZipFile, zlib.error)


def _shipped(name: str, file: str, read: Callable[[Path], Dataset]) -> Callable[..., Dataset]:
    """Return the builder of a data set that is read from a file of resources/data."""

    def build(*, rng: np.random.Generator) -> Dataset:
        try:
            dataset = read(resource("data", file))
        except FileNotFoundError:
            expected = f"its file data/{file} to be where nnstudio is installed; install nnstudio again"
            raise SettingError("data.name", name, expected) from None
        except _UNREADABLE:
            expected = f"its file data/{file} to be whole, which it is not; install nnstudio again"
            raise SettingError("data.name", name, expected) from None
        return shuffled(dataset, rng)  # a file lists one class after the other

    return build


def _species(title: str, samples: int) -> Callable[[Path], Dataset]:
    """Return the reader of a table with a heading, numbers in the first columns and the species in the last."""

    @cache
    def read(path: Path) -> Dataset:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        if len(rows) != samples + 1 or len({len(row) for row in rows}) != 1:
            raise ValueError(f"{path} has rows too few or too many, or ragged ones")
        *names, target_name = rows[0]
        species = np.array([row[-1] for row in rows[1:]])
        classes, labels = np.unique(species, return_inverse=True)
        inputs = np.array([row[:-1] for row in rows[1:]], float)
        return Dataset.of_classes(
            title, inputs, labels, [str(name) for name in classes], input_names=names, target_name=target_name
        )

    return read


@cache
def _digits(path: Path) -> Dataset:
    # NumPy leaves a file open that it cannot read, so it is opened here.
    with path.open("rb") as file, np.load(file) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    if images.shape != (1797, 8, 8) or labels.shape != (1797,):
        raise ValueError(f"{path} holds arrays of other shapes")
    return Dataset.of_classes(
        "Digits",
        images.reshape(len(images), 64) / 16,
        labels,
        [str(digit) for digit in range(10)],
        input_names=[f"row {row} column {column}" for row in range(1, 9) for column in range(1, 9)],
        target_name="digit",
        image_shape=(8, 8),
    )


SHIPPED: tuple[Entry[Dataset], ...] = (
    Entry(
        name="iris",
        label="Iris",
        build=_shipped("iris", "iris.csv", _species("Iris", 150)),
        summary="150 flowers of three species by four measures: one species stands apart, two overlap.",
        source="Fisher, The use of multiple measurements in taxonomic problems (1936); UCI, CC BY 4.0",
    ),
    Entry(
        name="penguins",
        label="Palmer penguins",
        build=_shipped("penguins", "penguins.csv", _species("Palmer penguins", 342)),
        summary="342 penguins of three species, in mm and g: see what scaling does. 2 with gaps are left out.",
        source="Gorman, Williams & Fraser, Ecological Sexual Dimorphism … of Antarctic Penguins (2014); CC0",
    ),
    Entry(
        name="digits",
        label="Handwritten digits",
        build=_shipped("digits", "digits.npz", _digits),
        summary="1,797 pictures of 8×8 pixels, a class for each digit: a small network learns to read them.",
        source="Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (1998); UCI, CC BY 4.0",
    ),
)
