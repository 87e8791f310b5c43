"""Lays the training samples out in batches, in a new order for each epoch where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.network import Propagation, with_constant

Array = NDArray[Any]


class Batches:
    """The samples of one epoch, batch by batch, as views of arrays that are made once.

    Parameters
    ----------
    inputs : ndarray, shape (samples, features)
        What the network sees.
    targets : ndarray, shape (samples, outputs)
        What it is to answer.
    dtype : dtype
        The network's, for both.
    size : int
        Samples in a batch; the last one may be smaller.
    shuffling : numpy.random.Generator or None
        Draws the order of each epoch; without it the samples keep theirs.
    propagation : callable
        Makes the arrays that a batch of so many samples passes through.

    Attributes
    ----------
    order : ndarray of int or None
        The order under way; None where it never changes.
    """

    def __init__(
        self,
        inputs: Array,
        targets: Array,
        *,
        dtype: np.dtype[Any],
        size: int,
        shuffling: np.random.Generator | None,
        propagation: Callable[[int], Propagation],
    ) -> None:
        samples = len(inputs)
        self._generator = shuffling if size < samples else None
        # Rows for shuffling, seen as columns by the network; each batch is a view of them.
        self._inputs, self._targets = with_constant(inputs, dtype), targets.astype(dtype)
        self.order = np.arange(samples) if self._generator is not None else None
        shuffled = self.order is not None
        self._epoch_inputs = self._inputs.copy() if shuffled else self._inputs
        self._epoch_targets = self._targets.copy() if shuffled else self._targets
        by_size: dict[int, Propagation] = {}
        self._batches: list[tuple[Array, Array, Propagation]] = []
        for start in range(0, samples, size):
            batch, answers = self._epoch_inputs[start : start + size].T, self._epoch_targets[start : start + size].T
            count = batch.shape[1]
            if count not in by_size:
                by_size[count] = propagation(count)
            answers = answers if shuffled else np.ascontiguousarray(answers)
            self._batches.append((batch, answers, by_size[count]))

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[Array, Array, Propagation]:
        return self._batches[index]

    def shuffle(self) -> None:
        """Draw the order of the next epoch."""
        if self.order is not None and self._generator is not None:
            self.order[...] = np.arange(len(self.order))
            self._generator.shuffle(self.order)
            self.gather(self.order)

    def gather(self, order: Array) -> None:
        """Lay the samples out in an order, shape (samples,)."""
        # The mode only spares NumPy a copy: the order never leaves the range.
        np.take(self._inputs, order, axis=0, out=self._epoch_inputs, mode="clip")
        np.take(self._targets, order, axis=0, out=self._epoch_targets, mode="clip")
