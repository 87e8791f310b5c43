"""The logic gates and parity: data sets that list all the patterns there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.registry import Entry, Number

Array = NDArray[Any]


def _truth_table(title: str, bits: int, answer: Callable[[Array], Array]) -> Dataset:
    patterns = (np.arange(2**bits)[:, None] >> np.arange(bits)[::-1]) & 1
    return Dataset.of_classes(title, patterns, answer(patterns), ("no", "yes"), enumerates=True)


def _gate(name: str, label: str, summary: str, answer: Callable[[Array], Array]) -> Entry[Dataset]:
    return Entry(name=name, label=label, summary=summary, build=lambda *, rng: _truth_table(label, 2, answer))


def _parity(*, rng: np.random.Generator, bits: int = 3) -> Dataset:
    return _truth_table(f"{bits}-bit parity", bits, lambda x: x.sum(axis=1) % 2)


GATES: tuple[Entry[Dataset], ...] = (
    _gate("xor", "XOR", "1 where exactly one input is 1: no straight line separates it.", lambda x: x[:, 0] ^ x[:, 1]),
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
        ),
    ),
)
