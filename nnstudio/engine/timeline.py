"""Remembers a run of any length in bounded memory: every loss in outline, and the parameters at chosen epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class LossOutline:
    """A run of losses in buckets of `stride` epochs each, the last of which may not be full.

    Attributes
    ----------
    stride : int
        Epochs in a bucket.
    first, low, high : ndarray, shape (buckets,)
        The loss at the bucket's first epoch, and the lowest and highest in it.
    last : float
        The latest loss of all; nan while there is none.
    """

    stride: int
    first: Array
    low: Array
    high: Array
    last: float

    @property
    def epochs(self) -> Array:
        """The first epoch of each bucket, shape (buckets,)."""
        return np.arange(len(self.first)) * self.stride


class LossHistory:
    """Takes one loss an epoch and keeps their outline; when the buckets are full, neighbours are merged.

    Parameters
    ----------
    capacity : int
        The most buckets that are kept; even.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._stride = 1
        self._first, self._low, self._high = (np.empty(capacity) for _ in range(3))
        self._epochs = 0
        self._last = np.nan

    @property
    def epochs(self) -> int:
        """How many losses have been taken."""
        return self._epochs

    @property
    def last(self) -> float:
        """The latest loss; nan while there is none."""
        return self._last

    def extend(self, losses: Array) -> None:
        """Take the losses of the epochs that follow those taken so far, shape (epochs,)."""
        start = 0
        while start < len(losses):
            bucket, offset = divmod(self._epochs, self._stride)
            if bucket == self._capacity:
                self._merge()
                continue
            # Fill up the bucket that is under way, or as many whole ones as there is room for.
            whole = 0 if offset else min((len(losses) - start) // self._stride, self._capacity - bucket)
            count = whole * self._stride or min(self._stride - offset, len(losses) - start)
            part = np.asarray(losses[start : start + count], float)
            if whole:
                rows = part.reshape(whole, self._stride)
                self._first[bucket : bucket + whole] = rows[:, 0]
                self._low[bucket : bucket + whole] = rows.min(axis=1)
                self._high[bucket : bucket + whole] = rows.max(axis=1)
            else:
                if not offset:
                    self._first[bucket] = self._low[bucket] = self._high[bucket] = part[0]
                self._low[bucket] = min(self._low[bucket], part.min())
                self._high[bucket] = max(self._high[bucket], part.max())
            self._epochs += count
            self._last = float(part[-1])
            start += count

    def _merge(self) -> None:
        half = self._capacity // 2
        self._first[:half] = self._first[::2]
        self._low[:half] = np.minimum(self._low[::2], self._low[1::2])
        self._high[:half] = np.maximum(self._high[::2], self._high[1::2])
        self._stride *= 2

    def outline(self) -> LossOutline:
        """Return a copy of what is kept."""
        count = -(-self._epochs // self._stride)
        return LossOutline(
            self._stride, self._first[:count].copy(), self._low[:count].copy(), self._high[:count].copy(), self._last
        )

    @classmethod
    def from_outline(cls, outline: LossOutline, epochs: int, capacity: int = 4096) -> LossHistory:
        """Return the history that an outline was taken from after so many epochs."""
        history = cls(max(capacity, len(outline.first) + len(outline.first) % 2))
        count = len(outline.first)
        history._stride, history._epochs, history._last = outline.stride, epochs, outline.last
        history._first[:count], history._low[:count], history._high[:count] = outline.first, outline.low, outline.high
        return history


class Keyframes:
    """Copies of a vector at epochs that are a multiple of a stride, which doubles whenever the room is full.

    Parameters
    ----------
    size : int
        Length of the vector.
    capacity : int
        The most copies that are kept; fewer where they would take more than `max_bytes`.
    max_bytes : int
        Bound on the memory of the copies.
    """

    def __init__(self, size: int, capacity: int = 512, max_bytes: int = 2**25) -> None:
        self._capacity = max(16, min(capacity, max_bytes // (8 * max(size, 1)))) // 2 * 2
        self._rows = np.empty((self._capacity, size))
        self._count = 0
        self.stride = 1

    @property
    def next_epoch(self) -> int:
        """The next epoch of which a copy is due."""
        return self._count * self.stride

    def record(self, epoch: int, vector: Array) -> None:
        """Keep a copy if one is due at this epoch."""
        if epoch != self.next_epoch:
            return
        if self._count == self._capacity:
            self._rows[: self._capacity // 2] = self._rows[::2]
            self._count //= 2
            self.stride *= 2
        self._rows[self._count] = vector
        self._count += 1

    @property
    def epochs(self) -> Array:
        """The epochs of which copies are kept, shape (copies,)."""
        return np.arange(self._count) * self.stride

    @property
    def rows(self) -> Array:
        """A view of the copies, shape (copies, size)."""
        return self._rows[: self._count]

    @classmethod
    def from_rows(cls, rows: Array, stride: int, capacity: int = 512, max_bytes: int = 2**25) -> Keyframes:
        """Return keyframes that hold these rows."""
        keyframes = cls(rows.shape[1], capacity, max_bytes)
        keyframes._count, keyframes.stride = len(rows), stride
        keyframes._rows[: len(rows)] = rows
        return keyframes
