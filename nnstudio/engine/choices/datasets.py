"""The data sets: what a network is asked to learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.registry import Entry, Number, Option, Registry

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with their targets: copies, float64 and not writable.

    Attributes
    ----------
    title : str
        What is being learned, as it reads in a sentence: "XOR".
    inputs : ndarray, shape (samples, inputs)
    targets : ndarray, shape (samples, outputs)
        0 and 1 for classes: one column, or one for each class.
    input_names, output_names : tuple of str
    enumerates : bool
        The samples are all the patterns that there are, so they can be listed in a truth table.
    """

    title: str
    inputs: Array
    targets: Array
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    enumerates: bool = False

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            values = np.array(getattr(self, name), np.float64)
            values.flags.writeable = False
            object.__setattr__(self, name, values)

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.inputs)

    def take(self, rows: Array) -> Dataset:
        """Return the data set that holds only the given rows."""
        return Dataset(self.title, self.inputs[rows], self.targets[rows], self.input_names, self.output_names)


def _truth_table(title: str, bits: int, answer: Callable[[Array], Array], targets: str) -> Dataset:
    patterns = (np.arange(2**bits)[:, None] >> np.arange(bits)[::-1]) & 1
    right = answer(patterns).astype(float)[:, None]
    one_hot = targets == "one_hot"
    return Dataset(
        title=title,
        inputs=patterns.astype(float),
        targets=np.hstack([1 - right, right]) if one_hot else right,
        input_names=tuple(f"x{i + 1}" for i in range(bits)),
        output_names=("no", "yes") if one_hot else ("y",),
        enumerates=True,
    )


_TARGETS = Option(
    key="targets",
    label="Targets",
    default="single",
    help="One output that says 0 or 1, or one output for each class, as softmax needs.",
    options=(("single", "one output, 0 or 1"), ("one_hot", "one output for each class")),
)


def _gate(name: str, label: str, summary: str, answer: Callable[[Array], Array]) -> Entry[Dataset]:
    def build(*, rng: np.random.Generator, targets: str = "single") -> Dataset:
        return _truth_table(label, 2, answer, targets)

    return Entry(name=name, label=label, summary=summary, build=build, parameters=(_TARGETS,))


def _parity(*, rng: np.random.Generator, bits: int = 3, targets: str = "single") -> Dataset:
    return _truth_table(f"{bits}-bit parity", bits, lambda x: x.sum(axis=1) % 2, targets)


DATASETS: Registry[Dataset] = Registry(
    "data set",
    [
        _gate(
            "xor", "XOR", "1 where exactly one input is 1: no straight line separates it.", lambda x: x[:, 0] ^ x[:, 1]
        ),
        _gate("and", "AND", "1 where both inputs are 1: a straight line separates it.", lambda x: x[:, 0] & x[:, 1]),
        _gate("or", "OR", "1 where any input is 1: a straight line separates it.", lambda x: x[:, 0] | x[:, 1]),
        _gate("nand", "NAND", "0 where both inputs are 1, 1 elsewhere.", lambda x: 1 - (x[:, 0] & x[:, 1])),
        _gate("xnor", "XNOR", "1 where both inputs are equal: XOR turned round.", lambda x: 1 - (x[:, 0] ^ x[:, 1])),
        Entry(
            name="parity",
            label="Parity",
            build=_parity,
            summary="1 where the number of ones is odd: XOR for more inputs, and harder with each.",
            source="Minsky & Papert, Perceptrons (1969)",
            parameters=(
                Number(
                    key="bits",
                    label="Bits",
                    default=3,
                    whole=True,
                    minimum=2,
                    maximum=10,
                    help="Number of inputs; there are 2 to that power patterns.",
                ),
                _TARGETS,
            ),
        ),
    ],
)
